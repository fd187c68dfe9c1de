"""Sealed pages walked as every role: no word nor mark of another seat before the seal opens, none ever once recused."""

import pytest
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.urls import NoReverseMatch, reverse

from applications.models import Candidature, ForbiddenTransition, Recusal, Review, Status, coverage, ranking
from tests.applications.committee_case import SECRET, TITLE, committee_case, write_review
from tests.applications.session_case import deliberate_on

pytestmark = pytest.mark.usefixtures("without_second_factor")

MARKS = ["5 sur 5", "100,00"]  # how the marks and the average of the signed review are written
OUTSIDERS = ["recused", "recused_seat", "ended", "elsewhere", "elsewhere_chair", "no_seat"]
EVERYBODY = ["visitor", "applicant", "signed", "unsigned", "chair", "staff", *OUTSIDERS]


@pytest.fixture
def case():
    case = committee_case()
    Recusal.declare(case.file, case.people["recused"], "Parenté")
    Recusal.declare(case.file, case.people["recused_seat"], "Partenaire du projet", whole_seat=True)
    return case


REVIEW_PAGES = ("file", "sign", "recuse", "note", "versions")
SESSION_PAGES = ("phase_coverage", "phase_ranking", "phase_reminder", "phase_what_if")
MINUTES_PAGES = ("minutes", "minutes_pdf", "minutes_text")  # once the committee reads them: `test_minutes_pages.py`
ROOM_PAGES = ("room", "room_close", "room_state", "room_file", "room_read_back")
BUNDLES = ("zip", "pdf")  # their content: `test_review_bundle.py` and `test_seal_walk.py`


def people_pages(case) -> dict[str, str]:
    """The pages on who sits, who is tied to what, and who stays away."""
    reference, phase, seat = case.file.reference, case.phase.pk, case.members["signed"].seat_id
    arguments = {
        "conflicts": [],
        "confirm_conflict": [reference, seat, 0],
        "dismiss_conflict": [reference, seat, 0],
        "mandates": [],
        "mandate": [1],
        "remove_mandate": [1],
        "raise_recusal": [phase, reference],
        "reopen_review": [phase, reference, seat],
    }
    return {name: reverse(f"admin:{name}", args=found) for name, found in arguments.items()}


def session_pages(case) -> dict[str, str]:
    """Coverage, ranking, hypotheses and exports of the phase."""
    phase = [case.phase.pk]
    pages = {name: reverse(f"admin:{name}", args=phase) for name in SESSION_PAGES}
    pages["sealed_record"] = reverse("admin:sealed_record", args=phase)
    return pages | {"phase_export": reverse("admin:phase_export", args=[*phase, "csv"])}


def room_pages(case) -> dict[str, str]:
    """The pages of the session of the phase; before the seal opens there is none, and they name nothing."""
    session = case.phase.sessions.first()
    arguments = [session.pk if session else 987654]
    files = {"room_file", "room_read_back"}
    names = ROOM_PAGES + MINUTES_PAGES
    pages = {name: [*arguments, case.file.reference] if name in files else arguments for name in names}
    return {name: reverse(f"admin:{name}", args=found) for name, found in pages.items()}


def work_pages(case) -> list[str]:
    """Every page of the admin that is no list of a model, for the file of the case."""
    reference, phase = case.file.reference, case.phase.pk
    return [
        reverse("admin:index"),
        reverse("admin:committee_queue"),
        *[reverse(f"admin:committee_{name}", args=[reference]) for name in REVIEW_PAGES],
        reverse("admin:admissibility", args=[reference]),
        reverse("admin:admit_together"),
        *people_pages(case).values(),
        *session_pages(case).values(),
        *room_pages(case).values(),
        reverse("admin:clarification", args=[phase]),
        reverse("admin:phase", args=[phase]),
        reverse("admin:phase_convene", args=[phase]),
        reverse("admin:phase_open_seal", args=[phase]),
        reverse("admin:phase_file", args=[phase, reference]),
        reverse("admin:piece", args=[case.file.attachments.get().pk]),
        reverse("admin:view_on_site", args=[ContentType.objects.get_for_model(Candidature).pk, case.file.pk]),
    ]


def model_pages() -> list[str]:
    """Every page that Django's admin makes of every registered model, for a first object: history, deletion…"""
    pages = []
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        pages += [reverse(f"{name}_changelist"), f"{reverse(f'{name}_changelist')}?q={SECRET}", reverse(f"{name}_add")]
        if first := model.objects.first():
            pages += [reverse(f"{name}_{page}", args=[first.pk]) for page in ("change", "history", "delete")]
    for name in ("candidature", "seat"):
        query = f"app_label=applications&model_name=recusal&field_name={name}&term="
        pages.append(f"{reverse('admin:autocomplete')}?{query}")
    return pages


def text_of(response) -> str:
    body = response.getvalue() if response.streaming else response.content
    return body.decode(errors="replace") + response.headers.get("Location", "")


def walk(client, case, who) -> dict[str, str]:
    """What each page of the admin answers to this person."""
    client.logout()
    if who != "visitor":
        client.force_login(case.people[who])
    return {page: text_of(client.get(page)) for page in [*work_pages(case), *model_pages()]}


def pages_with(texts, *words) -> list[str]:
    return [page for page, text in texts.items() if any(word in text for word in words)]


@pytest.mark.parametrize("who", [who for who in EVERYBODY if who != "signed"])
def test_before_the_seal_opens_nobody_reads_the_review_of_another_seat(client, case, who):
    assert pages_with(walk(client, case, who), f">{SECRET}", *MARKS) == []


def test_before_the_seal_opens_a_seat_reads_its_own_review(client, case):
    page = reverse("admin:committee_file", args=[case.file.reference])

    assert pages_with(walk(client, case, "signed"), SECRET) == [page]


@pytest.mark.parametrize("who", ["visitor", "applicant", *OUTSIDERS])
@pytest.mark.parametrize("is_open", [False, True], ids=["sealed", "open"])
def test_outsiders_find_no_trace_of_the_file(client, case, who, is_open):
    if is_open:
        deliberate_on(case, reason=f">{SECRET}")

    assert pages_with(walk(client, case, who), TITLE, f">{SECRET}", *MARKS) == []


@pytest.mark.parametrize("who", ["signed", "unsigned", "chair"])
def test_once_the_seal_is_open_seats_read_each_other(client, case, who):
    case.phase.open_seal(case.people["chair"])

    page = reverse("admin:committee_file", args=[case.file.reference])

    assert page in pages_with(walk(client, case, who), SECRET)


@pytest.mark.parametrize("who", ["chair", "staff"])
def test_once_the_seal_is_open_chair_and_staff_read_the_marks_in_session(client, case, who):
    deliberate_on(case)

    texts = walk(client, case, who)

    assert "100,00" in texts[reverse("admin:phase", args=[case.phase.pk])]
    assert SECRET in texts[reverse("admin:phase_file", args=[case.phase.pk, case.file.reference])]
    assert SECRET in texts[room_pages(case)["room_file"]]


@pytest.mark.parametrize("whole_seat", [False, True])
def test_recused_after_signing_finds_its_own_review_closed(client, case, whole_seat):
    Recusal.declare(case.file, case.people["signed"], "Découvert depuis", whole_seat=whole_seat)
    case.phase.open_seal(case.people["chair"])

    assert pages_with(walk(client, case, "signed"), TITLE, f">{SECRET}", *MARKS) == []


def test_recused_chair_sees_neither_mark_nor_rank_nor_file_in_session(client, case):
    deliberate_on(case, reason=f">{SECRET}")
    Recusal.raise_for(case.file, case.members["chair"].seat, "Élu du territoire", case.people["staff"])

    texts = walk(client, case, "chair")

    assert pages_with(texts, TITLE, case.file.reference + " –", f">{SECRET}", "Labelliser", *MARKS) == []
    assert list(ranking(case.phase, case.people["chair"])) == []
    assert coverage(case.phase, case.people["chair"]).rows == []


def test_member_who_works_on_the_file_neither_judges_nor_ranks_it(case):
    insider = case.people["unsigned"]
    case.file.memberships.create(user=insider, role="editor")
    case.phase.open_seal(case.people["chair"])

    assert list(Candidature.objects.visible_to(insider)) == [case.file]
    assert list(Candidature.objects.judged_by(insider)) == []
    assert list(ranking(case.phase, insider)) == []
    assert list(Review.objects.visible_to(insider)) == []


@pytest.mark.parametrize("who", ["recused", "recused_seat", "elsewhere", "ended"])
@pytest.mark.parametrize("name", ["file", "sign", "recuse", "note"])
def test_closed_file_refuses_writing_too(client, case, who, name):
    client.force_login(case.people[who])

    response = client.post(reverse(f"admin:committee_{name}", args=[case.file.reference]), {"reason": "x"})

    assert response.status_code == 404


def test_draft_is_read_by_its_own_seat_only(client, case):
    write_review(case.file, case.members["unsigned"], comment="BROUILLONSECRET", sign=False)

    readers = [who for who in EVERYBODY if pages_with(walk(client, case, who), "BROUILLONSECRET")]
    case.phase.open_seal(case.people["chair"])
    later = [who for who in EVERYBODY if pages_with(walk(client, case, who), "BROUILLONSECRET")]

    assert (readers, later) == (["unsigned"], ["unsigned"])


STRANGER, NO, OK, GONE, POST_ONLY = 302, 403, 200, 404, 405
ACCESS = {  # page: codes for visitor, applicant, staff, signed, chair, recused, member of another call, its chair
    "committee_queue": (STRANGER, NO, NO, OK, OK, OK, OK, OK),
    "committee_file": (STRANGER, NO, NO, OK, OK, GONE, GONE, GONE),
    "committee_sign": (STRANGER, NO, NO, STRANGER, GONE, GONE, GONE, GONE),
    "committee_recuse": (STRANGER, NO, NO, OK, OK, GONE, GONE, GONE),
    "committee_note": (STRANGER, NO, NO, *[POST_ONLY] * 5),
    "committee_versions": (STRANGER, NO, NO, OK, OK, GONE, GONE, GONE),
    "committee_zip": (STRANGER, NO, NO, OK, OK, GONE, GONE, GONE),
    "committee_pdf": (STRANGER, NO, NO, OK, OK, GONE, GONE, GONE),
    "admissibility": (STRANGER, NO, OK, *[NO] * 5),
    "admit_together": (STRANGER, NO, STRANGER, *[NO] * 5),
    "clarification": (STRANGER, NO, GONE, *[NO] * 5),  # there is none
    "conflicts": (STRANGER, NO, OK, NO, OK, NO, NO, OK),
    "confirm_conflict": (STRANGER, NO, STRANGER, NO, STRANGER, NO, NO, GONE),
    "dismiss_conflict": (STRANGER, NO, STRANGER, NO, STRANGER, NO, NO, GONE),
    "mandates": (STRANGER, NO, NO, *[OK] * 5),
    "mandate": (STRANGER, NO, NO, *[GONE] * 5),
    "remove_mandate": (STRANGER, NO, NO, *[GONE] * 5),
    "raise_recusal": (STRANGER, NO, OK, NO, OK, NO, NO, GONE),
    "reopen_review": (STRANGER, NO, NO, NO, OK, NO, NO, GONE),
    "phase": (STRANGER, NO, OK, NO, OK, NO, NO, GONE),
    **dict.fromkeys(SESSION_PAGES, (STRANGER, NO, OK, NO, OK, NO, NO, GONE)),
    **dict.fromkeys(ROOM_PAGES, (STRANGER, NO, GONE, NO, GONE, NO, NO, GONE)),
    **dict.fromkeys(MINUTES_PAGES, (STRANGER, NO, *[GONE] * 6)),
    "sealed_record": (STRANGER, NO, OK, NO, OK, NO, NO, GONE),
    "phase_convene": (STRANGER, NO, STRANGER, NO, STRANGER, NO, NO, GONE),
    "phase_export": (STRANGER, NO, GONE, NO, GONE, NO, NO, GONE),
    "phase_open_seal": (STRANGER, NO, STRANGER, NO, OK, NO, NO, GONE),
    "phase_file": (STRANGER, NO, OK, NO, OK, NO, NO, GONE),
    "piece": (STRANGER, NO, OK, OK, OK, GONE, GONE, GONE),
    "view_on_site": (STRANGER, NO, STRANGER, NO, NO, NO, NO, NO),
}


@pytest.mark.parametrize("name", ACCESS)
def test_page_answers_each_role_with_its_code(client, case, name):
    bundles = [reverse(f"admin:committee_{kind}", args=[case.phase.pk]) for kind in BUNDLES]
    page = next(page for page in [*work_pages(case), *bundles] if page == address(case, name))
    codes = []
    for who in ("visitor", "applicant", "staff", "signed", "chair", "recused", "elsewhere", "elsewhere_chair"):
        client.logout()
        if who != "visitor":
            client.force_login(case.people[who])
        response = client.get(page)
        text_of(response)
        codes.append(response.status_code)

    assert tuple(codes) == ACCESS[name]


def address(case, name) -> str:
    if page := (people_pages(case) | session_pages(case) | room_pages(case)).get(name):
        return page
    arguments = [
        [],
        [case.phase.pk],
        [case.file.reference],
        [case.phase.pk, case.file.reference],
        [case.file.attachments.get().pk],
        [ContentType.objects.get_for_model(Candidature).pk, case.file.pk],
    ]
    wanted = [2] if name in {f"committee_{page}" for page in REVIEW_PAGES} else None
    wanted = wanted or ([1] if name in {f"committee_{page}" for page in BUNDLES} else None)
    wanted = wanted or {"committee_queue": [0], "phase": [1], "phase_open_seal": [1], "phase_file": [3]}.get(name)
    wanted = wanted or ([1] if name == "phase_convene" else None)
    wanted = wanted or {"admissibility": [2], "admit_together": [0], "clarification": [1]}.get(name)
    wanted = wanted or {"piece": [4], "view_on_site": [5]}[name]
    return reverse(f"admin:{name}", args=arguments[wanted[0]])


def test_every_work_page_has_its_line_of_access():
    from applications.admin.urls import work_urls

    assert {url.name for url in work_urls(admin.site)} == set(ACCESS)


def test_registered_models_hold_neither_review_nor_score():
    registered = {model.__name__ for model in admin.site._registry}

    assert registered & {"Review", "Score", "Decision", "LogEntry"} == set()
    with pytest.raises(NoReverseMatch):
        reverse("admin:applications_review_changelist")


# The seal itself


def test_seal_stays_for_anybody_but_the_chair(case):
    for who in ("staff", "signed", "elsewhere_chair"):
        with pytest.raises(ForbiddenTransition, match="présidence"):
            case.phase.open_seal(case.people[who])


@pytest.mark.parametrize("status", [Status.SUBMITTED, Status.SUPPLEMENTS_REQUESTED])
def test_seal_stays_while_a_file_may_still_reach_the_committee(case, status):
    Candidature.objects.filter(pk=case.file.pk).update(status=status)

    with pytest.raises(ForbiddenTransition, match="recevabilité"):
        case.phase.open_seal(case.people["chair"])


def test_chair_opens_the_seal_from_the_page_once(client, case):
    client.force_login(case.people["chair"])
    page = reverse("admin:phase_open_seal", args=[case.phase.pk])

    first, second = client.post(page, follow=True), client.post(page, follow=True)

    case.phase.refresh_from_db()
    assert not case.phase.is_sealed()
    assert "Le scellé est levé" in text_of(first)
    assert "déjà levé" in text_of(second)


def test_nothing_is_written_once_the_seal_is_open(case):
    review = write_review(case.file, case.members["unsigned"], sign=False)
    case.phase.open_seal(case.people["chair"])

    with pytest.raises(ForbiddenTransition, match="scellé"):
        review.sign(case.people["unsigned"])
    with pytest.raises(ForbiddenTransition, match="scellé"):
        write_review(case.file, case.members["chair"])
