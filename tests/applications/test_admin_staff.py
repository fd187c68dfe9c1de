from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from post_office import mail
from post_office.models import STATUS, Email

from applications.admin.candidatures import STAFF_VERBS
from applications.models import (
    Call,
    Candidature,
    Criterion,
    Event,
    Member,
    Recusal,
    SelectionPhase,
    Source,
    Status,
)
from tests.applications.committee_case import committee_case, write_review
from tests.factories import (
    CandidatureFactory,
    CriterionFactory,
    PhaseFactory,
    SeatFactory,
    StaffFactory,
    UserFactory,
    lead_of,
)

pytestmark = pytest.mark.usefixtures("without_second_factor")

LIST = "/admin/applications/candidature/"


@pytest.fixture
def staff(client):
    staff = StaffFactory()
    client.force_login(staff)
    return staff


def text(response) -> str:
    return response.content.decode()


def found(client, **query) -> list[Candidature]:
    return list(client.get(LIST, query).context["cl"].result_list)


def to_examine(**fields) -> Candidature:
    """A deposited candidature whose phase is closed: the team may examine it."""
    return CandidatureFactory(status=Status.SUBMITTED, phase=PhaseFactory(closed=True), **fields)


def act(candidature, verb) -> str:
    return reverse("admin:applications_candidature_act", args=[candidature.pk, verb])


# The list


def test_list_is_searched_by_reference_title_and_carrier(client, staff):
    CandidatureFactory()
    wanted = CandidatureFactory(title="Un lieu pour apprendre")
    carrier = wanted.carriers.get()

    for query in (wanted.reference, wanted.reference.lower(), "apprendre", carrier.code):
        assert found(client, q=query) == [wanted]


def test_list_is_searched_by_name_whatever_the_accents(client, staff):
    wanted = CandidatureFactory()
    wanted.sites.get().commune.search_keys.create(key="chateaubriant", rank=1, weight=1)
    CandidatureFactory()

    assert found(client, q="Châteaubriant") == [wanted]


@pytest.mark.parametrize("query", ["AP-99999999999999999999", "AP-" + "9" * 5000, "'", "%", "é" * 5000, "-"])
def test_absurd_search_answers_calmly(client, staff, query):
    assert client.get(LIST, {"q": query}).status_code == 200


def test_list_is_filtered_by_status_phase_and_region(client, staff):
    CandidatureFactory()
    wanted = CandidatureFactory(status=Status.SUBMITTED)
    region = wanted.sites.get().commune.department.region_id

    assert found(client, status__exact="submitted") == [wanted]
    assert found(client, phase__id__exact=wanted.phase_id) == [wanted]
    assert len(found(client, sites__commune__department__region__code__exact=region)) == 2


@pytest.mark.parametrize("page", [LIST, "/admin/", "/admin/applications/recusal/", "/admin/applications/event/"])
def test_page_takes_as_many_queries_for_three_files_as_for_one(client, staff, page):
    counts, case = [], committee_case()
    for _ in range(2):
        Recusal.raise_for(case.file, SeatFactory(call=case.phase.call), "Motif", staff)
        with CaptureQueriesContext(connection) as queries:
            client.get(page)
        counts.append(len(queries))
        CandidatureFactory.create_batch(2, status=Status.ADMISSIBLE, phase=case.phase)

    assert counts[0] == counts[1]


def test_candidature_is_neither_added_nor_deleted_nor_edited_here(client, staff):
    candidature = CandidatureFactory(status=Status.SUBMITTED)

    codes = [
        client.post(f"{LIST}{page}", {"status": "labelled"}).status_code
        for page in ("add/", f"{candidature.pk}/delete/", f"{candidature.pk}/change/")
    ]

    assert codes == [403, 403, 200]
    assert Candidature.objects.get().status == Status.SUBMITTED


# The verbs


@pytest.mark.parametrize("is_closed", [False, True], ids=["open", "closed"])
def test_page_shows_the_buttons_that_are_possible_and_only_these(client, staff, is_closed):
    for status in Status:
        candidature = CandidatureFactory(status=status, phase=PhaseFactory(closed=is_closed))
        page = text(client.get(f"{LIST}{candidature.pk}/change/"))
        shown = {verb for verb in STAFF_VERBS if f'href="{act(candidature, verb)}"' in page}
        assert shown == set(candidature.transitions_for(staff)) & set(STAFF_VERBS)


def test_verb_acts_with_its_motive_and_tells_the_carriers(client, staff):
    candidature = to_examine()

    client.post(act(candidature, "refuse"), {"note": "Hors du périmètre."})

    candidature.refresh_from_db()
    event = candidature.events.get()
    assert (candidature.status, event.verb, event.note, event.by) == (
        Status.INADMISSIBLE,
        "refuse",
        "Hors du périmètre.",
        staff,
    )
    assert "Hors du périmètre." in Email.objects.get().email_message().body


def test_verb_without_its_motive_is_refused(client, staff):
    candidature = to_examine()

    response = client.post(act(candidature, "refuse"), {"note": "  "})

    assert "Ce champ est obligatoire" in text(response)
    assert Candidature.objects.get().status == Status.SUBMITTED


def test_admitting_outside_the_lists_asks_for_a_motive_and_keeps_the_page(client, staff):
    candidature = to_examine()

    refused = client.post(act(candidature, "admit"), {"note": ""})
    client.post(act(candidature, "admit"), {"note": "Bassin d’emploi prioritaire."})

    assert "écrivez le motif" in text(refused)
    assert Candidature.objects.get().status == Status.ADMISSIBLE


def test_verb_waits_for_the_closing_of_the_phase(client, staff):
    candidature = CandidatureFactory(status=Status.SUBMITTED)

    page = text(client.get(f"{LIST}{candidature.pk}/change/"))
    refused = text(client.post(act(candidature, "admit"), {"note": "Motif"}))

    assert "Les porteurs peuvent déposer une nouvelle version jusqu’au" in page
    assert "examinez ensuite" in refused
    assert Candidature.objects.get().status == Status.SUBMITTED


def test_verb_that_is_no_longer_possible_is_told(client, staff):
    candidature = CandidatureFactory(status=Status.WITHDRAWN)

    response = client.post(act(candidature, "admit"), {"note": "Motif"}, follow=True)

    assert "n’est pas possible" in text(response)
    assert Candidature.objects.get().status == Status.WITHDRAWN


def test_mail_that_fails_undoes_the_verb(client, staff, monkeypatch):
    candidature = to_examine()
    monkeypatch.setattr("post_office.mail.send", lambda *args, **kwargs: 1 / 0)
    client.raise_request_exception = False

    assert client.post(act(candidature, "refuse"), {"note": "Motif"}).status_code == 500
    assert Candidature.objects.get().status == Status.SUBMITTED
    assert not Event.objects.exists()


@pytest.mark.parametrize("verb", ["submit", "label", "unknown"])
def test_verb_of_others_does_nothing_here(client, staff, verb):
    candidature = CandidatureFactory(status=Status.SUBMITTED)

    response = client.post(f"{LIST}{candidature.pk}/{verb}/", {"note": "x"}, follow=True)

    assert "n’existe pas" in text(response).replace("&#x27;", "’").replace("n'existe", "n’existe")
    assert Candidature.objects.get().status == Status.SUBMITTED


# The first page


def test_dashboard_says_what_waits(client, staff):
    case = committee_case()
    Recusal.declare(case.file, case.people["recused_seat"], "Partenaire", whole_seat=True)
    to_examine()
    CandidatureFactory.create_batch(2, status=Status.SUPPLEMENTS_REQUESTED)
    Email.objects.create(from_email="a@b.fr", to=["c@d.fr"], status=STATUS.failed)

    context = client.get("/admin/").context

    assert [number for _, number, _ in context["todo"]] == [1, 2, 0, 0, 0, 0, 0, 1, 0]
    assert context["phases"] == [{"phase": case.phase, "files": 1, "signed": 1, "expected": 5}]
    for _, _, address in context["todo"]:
        assert client.get(address).status_code == 200


# Calls and their grid


def call_form(call, **changes) -> dict:
    """What the browser sends of the page of a call, its inlines empty but for `changes`."""
    data = {name: getattr(call, name) for name in ("slug", "name", "prefix", "title", "tolerance_minutes")}
    data |= {"lede": "En bref", "presentation": "Présentation", "is_published": "on"}
    for prefix in ("phases", "sections", "admissibility_points", "criteria", "seats", "figures"):
        data |= {f"{prefix}-TOTAL_FORMS": "0", f"{prefix}-INITIAL_FORMS": "0"}
    return data | changes


def test_closing_before_the_opening_is_refused_with_its_reason(client, staff):
    call = CriterionFactory().call
    phase = {"phases-TOTAL_FORMS": "1", "phases-0-number": "1"}
    phase |= {"phases-0-opens_at_0": "02/06/2026", "phases-0-opens_at_1": "12:00"}
    phase |= {"phases-0-closes_at_0": "01/06/2026", "phases-0-closes_at_1": "12:00"}

    response = client.post(f"/admin/applications/call/{call.pk}/change/", call_form(call, **phase))

    assert "La clôture doit suivre l’ouverture." in text(response)
    assert not SelectionPhase.objects.exists()


def test_grid_moves_until_the_first_review(client, staff):
    criterion = CriterionFactory()
    levels = {"levels-TOTAL_FORMS": "0", "levels-INITIAL_FORMS": "0"}
    page = f"/admin/applications/criterion/{criterion.pk}/change/"

    client.post(page, {"position": 1, "name": "Autre nom", "weight": 9} | levels)

    criterion.refresh_from_db()
    assert (criterion.name, criterion.weight) == ("Autre nom", 9)


def test_grid_is_frozen_once_a_review_is_signed(client, staff):
    case = committee_case()
    criterion = case.phase.call.criteria.first()
    page = f"/admin/applications/criterion/{criterion.pk}/"
    inline = {
        "criteria-TOTAL_FORMS": "1",
        "criteria-0-position": "9",
        "criteria-0-name": "Ajouté",
        "criteria-0-weight": "1",
    }

    codes = [client.post(f"{page}{name}/", {"weight": 99, "post": "yes"}).status_code for name in ("change", "delete")]
    client.post(f"/admin/applications/call/{case.phase.call_id}/change/", call_form(case.phase.call, **inline))

    assert codes == [403, 403]
    assert list(Criterion.objects.values_list("weight", flat=True)) == [1, 1]
    assert "la grille ne change plus" in text(client.get(f"/admin/applications/call/{case.phase.call_id}/change/"))


def test_call_is_never_deleted(client, staff):
    call = CriterionFactory().call

    assert client.post(f"/admin/applications/call/{call.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Call.objects.filter(pk=call.pk).exists()


def test_deleting_pages_of_the_committee_name_no_mark(client, staff):
    case = committee_case()
    seat = case.members["signed"].seat

    page = text(client.get(f"/admin/applications/seat/{seat.pk}/delete/"))

    assert "5 sur 5" not in page
    assert "MOTSOUSSCELLE" not in page


# Seats, recusals, journal, sources


def test_seat_takes_committee_accounts_only(client, staff):
    seat, applicant = SeatFactory(), UserFactory()
    data = {"organisation": seat.organisation_id, "call": seat.call_id, "position": 0, "is_voting": "on"}
    data |= {"members-TOTAL_FORMS": "1", "members-INITIAL_FORMS": "0", "members-0-user": applicant.pk}

    response = client.post(f"/admin/applications/seat/{seat.pk}/change/", data)

    assert "Sélectionnez un choix valide" in text(response)
    assert not Member.objects.exists()


def test_recusal_is_raised_through_its_verb(client, staff):
    case = committee_case()
    data = {"candidature": case.file.pk, "seat": case.members["unsigned"].seat_id, "reason": "Partenaire du projet"}

    first = client.post("/admin/applications/recusal/add/", data)
    second = client.post("/admin/applications/recusal/add/", data)

    recusal = Recusal.objects.get()
    assert (recusal.origin, recusal.by, recusal.member) == (Recusal.Origin.RAISED, staff, None)
    assert case.file.events.filter(verb="recuse").count() == 1
    assert first.status_code == 302
    assert "déjà déporté" in text(second)


def test_recusal_for_the_seat_of_another_call_is_refused(client, staff):
    case = committee_case()
    data = {"candidature": case.file.pk, "seat": SeatFactory().pk, "reason": "Motif"}

    response = client.post("/admin/applications/recusal/add/", data)

    assert "pas du comité de cet appel" in text(response)
    assert not Recusal.objects.exists()


def test_recusal_is_neither_changed_nor_lifted(client, staff):
    case = committee_case()
    recusal = Recusal.declare(case.file, case.people["recused"], "Parenté")
    page = f"/admin/applications/recusal/{recusal.pk}/"

    assert client.get(f"{page}change/").status_code == 200
    assert [client.post(f"{page}{name}/", {"post": "yes"}).status_code for name in ("change", "delete")] == [403, 403]


def test_journal_is_read_only(client, staff):
    case = committee_case()
    event = case.file.events.first()
    page = f"/admin/applications/event/{event.pk}/"

    assert client.get(f"{page}change/").status_code == 200
    assert client.post("/admin/applications/event/add/").status_code == 403
    assert [client.post(f"{page}{name}/", {"post": "yes"}).status_code for name in ("change", "delete")] == [403, 403]


def test_source_keeps_its_address(client, staff):
    client.post("/admin/applications/source/add/", {"title": "Titre", "publisher": "Cnam", "url": "cnam.fr"})

    assert Source.objects.get().url == "https://cnam.fr"


def test_file_page_shows_reviews_as_numbers_before_the_seal(client, staff):
    case = committee_case()
    write_review(case.file, case.members["unsigned"], sign=False)

    page = client.get(f"{LIST}{case.file.pk}/change/")

    assert page.context["signed_reviews"] == 1
    assert "5 sur 5" not in text(page)


def test_reviews_due_before_the_closing_are_refused_with_the_reason():
    phase = PhaseFactory()
    phase.reviews_due_at = phase.closes_at - timedelta(days=1)

    with pytest.raises(ValidationError, match="La fin des évaluations"):
        phase.full_clean()


# The outbox


def test_failed_mail_is_read_and_queued_again(client, staff):
    failed = Email.objects.create(from_email="a@b.fr", to=["c@d.fr"], status=STATUS.failed, message="Bonjour")
    sent = Email.objects.create(from_email="a@b.fr", to=["e@f.fr"], status=STATUS.sent)
    mails = "/admin/post_office/email/"

    assert "Bonjour" in text(client.get(f"{mails}{failed.pk}/change/"))
    client.post(mails, {"action": "queue_again", "_selected_action": [failed.pk, sent.pk]})

    assert list(Email.objects.order_by("pk").values_list("status", flat=True)) == [STATUS.queued, STATUS.sent]
    assert client.post(f"{mails}{sent.pk}/change/", {"message": "Autre"}).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_outbox_query_count_does_not_grow(client, staff, count):
    for _ in range(count):
        mail.send("marie@example.fr", subject="{{ about }}", message="Bonjour", context={"about": "Objet du courriel"})

    with CaptureQueriesContext(connection) as queries:
        page = text(client.get(reverse("admin:post_office_email_changelist")))

    assert page.count("Objet du courriel") == count
    assert len(queries) == 5


def test_motive_of_a_verb_made_impossible_meanwhile_is_kept(client, staff):
    candidature = CandidatureFactory(status=Status.SUBMITTED)
    candidature.withdraw(by=lead_of(candidature), note="Le conseil y renonce.")

    page = text(client.post(act(candidature, "refuse"), {"note": "Une longue explication"}))

    assert "Cette action n’est pas possible" in page
    assert "Une longue explication" in page


def test_recusal_recorded_meanwhile_by_someone_else_is_told(client, staff):
    case = committee_case()
    seat = case.members["unsigned"].seat
    Recusal.raise_for(case.file, seat, "Premier motif", staff)

    typed = {"candidature": case.file.pk, "seat": seat.pk, "reason": "Second motif"}
    page = text(client.post(reverse("admin:applications_recusal_add"), typed))

    assert "Ce siège est déjà déporté de cette candidature." in page
    assert "Second motif" in page
