"""The check-list by which the team examines a candidature, what stands beside it, and who reads it."""

from io import BytesIO
from zipfile import ZipFile

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from applications.models import (
    AdmissibilityCheck,
    Candidature,
    ChangedMeanwhile,
    Event,
    ForbiddenTransition,
    Status,
    checklists_of,
)
from tests.applications.at_once import at_once
from tests.applications.committee_case import committee_case
from tests.applications.examining import POINT, REMARK, add_points, find, page_of, to_examine
from tests.applications.file_case import address, deposit, text
from tests.factories import (
    CandidatureFactory,
    CarrierFactory,
    EpciFactory,
    PhaseFactory,
    StaffFactory,
    UserFactory,
    lead_of,
)

pytestmark = pytest.mark.usefixtures("without_second_factor")


@pytest.fixture
def phase():
    return PhaseFactory(closed=True, number=1)


@pytest.fixture
def points(phase):
    return add_points(phase.call, 1, 2)


def form_of(points, found=None, seen=None) -> dict:
    """What the browser sends: the answers of each point, and those that the page showed."""
    data = {}
    for point in points:
        for name, answers in (("", found or {}), ("initial-", seen or {})):
            verdict, note = answers.get(point, ("", ""))
            data |= {f"{name}verdict_{point.pk}": verdict, f"{name}note_{point.pk}": note}
    return data


def saved(candidature) -> list[tuple]:
    checks = AdmissibilityCheck.objects.filter(candidature=candidature).order_by("point__position")
    return [(check.verdict, check.note, check.by) for check in checks]


# The check-list


def test_list_is_saved_signed_and_dated(client, staff, phase, points):
    candidature = to_examine(phase)

    found = {points[0]: ("yes", ""), points[1]: ("no", REMARK)}
    html = text(client.post(page_of(candidature), form_of(points, found), follow=True))

    assert saved(candidature) == [("yes", "", staff), ("no", REMARK, staff)]
    assert "2 points modifiés." in html
    assert "2 sur 2 points vérifiés, dont 1 « non »" in html
    assert html.count(f'value="{REMARK}"') == 2  # the field, and what it showed


def test_only_what_changed_is_signed_anew(client, staff, phase, points):
    candidature, colleague = to_examine(phase), StaffFactory()
    find(candidature, colleague, {points[0]: ("yes", "")})

    seen = {points[0]: ("yes", "")}
    client.post(page_of(candidature), form_of(points, seen | {points[1]: ("not_concerned", "")}, seen))

    assert saved(candidature) == [("yes", "", colleague), ("not_concerned", "", staff)]


def test_each_writing_leaves_its_line_in_the_journal_of_the_team(phase, points):
    candidature, staff = to_examine(phase), StaffFactory()
    find(candidature, staff, {points[0]: ("no", REMARK)})
    find(candidature, staff, {points[0]: ("", "")})

    lines = candidature.events.filter(verb="check_admissibility")
    assert [line.note for line in lines] == [f"{POINT} 1 : non ({REMARK})", f"{POINT} 1 : à vérifier"]
    assert not candidature.events.visible_to(lead_of(candidature)).exists()


def test_saving_what_stands_changes_nothing(client, staff, phase, points):
    candidature = to_examine(phase)
    find(candidature, StaffFactory(), {points[0]: ("yes", "")})
    seen = {points[0]: ("yes", "")}

    html = text(client.post(page_of(candidature), form_of(points, seen, seen), follow=True))

    assert "rien n’avait changé" in html
    assert candidature.events.count() == 1


def test_two_people_filling_in_different_points_are_both_kept(client, staff, phase, points):
    candidature, colleague = to_examine(phase), StaffFactory()
    find(candidature, colleague, {points[0]: ("no", REMARK)})

    client.post(page_of(candidature), form_of(points, {points[1]: ("yes", "")}))

    assert saved(candidature) == [("no", REMARK, colleague), ("yes", "", staff)]


def test_of_two_people_filling_in_the_same_point_the_second_is_told_and_both_texts_shown(client, staff, phase, points):
    candidature, colleague = to_examine(phase), StaffFactory()
    find(candidature, colleague, {points[0]: ("yes", "DUCOLLEGUE")})

    response = client.post(page_of(candidature), form_of(points, {points[0]: ("no", "DELAMIENNE")}))

    html = text(response)
    assert f"{colleague} a répondu entre-temps" in html
    assert "oui, « DUCOLLEGUE »" in html
    assert 'value="DELAMIENNE"' in html
    assert saved(candidature) == [("yes", "DUCOLLEGUE", colleague)]


def test_second_person_replaces_knowingly(client, staff, phase, points):
    candidature = to_examine(phase)
    find(candidature, StaffFactory(), {points[0]: ("yes", "DUCOLLEGUE")})
    mine = form_of(points, {points[0]: ("no", "DELAMIENNE")})

    shown_again = client.post(page_of(candidature), mine).context["form"]
    again = {name: shown_again[name].value() for name in shown_again.fields}
    again |= {shown_again.add_initial_prefix(name): shown_again.data[f"initial-{name}"] for name in shown_again.fields}
    client.post(page_of(candidature), again)

    assert saved(candidature) == [("no", "DELAMIENNE", staff)]


def test_list_of_a_file_admitted_meanwhile_is_refused_and_what_was_typed_kept(client, staff, phase, points):
    candidature = to_examine(phase)
    candidature.admit(StaffFactory(), "Motif")

    html = text(client.post(page_of(candidature), form_of(points, {points[0]: ("no", REMARK)})))

    assert "n’est plus à examiner" in html
    assert f'value="{REMARK}"' in html
    assert saved(candidature) == []


@pytest.mark.parametrize(
    ("name", "value", "words"), [("verdict", "absurde", "Sélectionnez un choix valide"), ("note", "x" * 501, "500")]
)
def test_bad_answer_saves_nothing_and_keeps_the_text(client, staff, phase, points, name, value, words):
    candidature = to_examine(phase)
    data = form_of(points, {points[1]: ("yes", REMARK)}) | {f"{name}_{points[0].pk}": value}

    html = text(client.post(page_of(candidature), data))

    assert words in html
    assert f'value="{REMARK}"' in html
    assert saved(candidature) == []


@pytest.mark.parametrize("status", [each for each in Status if each not in {Status.DRAFT, Status.SUBMITTED}])
def test_list_is_filled_in_only_while_the_file_is_examined(client, staff, phase, points, status):
    candidature = CandidatureFactory(status=status, phase=phase)

    has_form = "Enregistrer la liste" in text(client.get(page_of(candidature)))

    assert has_form == (status == Status.SUPPLEMENTS_REQUESTED)


def test_draft_has_nothing_to_examine(client, staff):
    candidature = CandidatureFactory()

    assert "rien à examiner" in text(client.get(page_of(candidature), follow=True))


def test_check_older_than_the_last_deposit_is_marked(client, staff, phase, points):
    candidature = to_examine(phase)
    find(candidature, staff, {points[0]: ("yes", "")})
    deposit(candidature)

    assert "avant la version 2 du dossier : à revoir" in text(client.get(page_of(candidature)))


@pytest.mark.django_db(transaction=True)
def test_of_two_agents_saving_at_the_same_moment_one_is_told(phase, points):
    candidature, people = to_examine(phase), StaffFactory.create_batch(2)

    def save(person, note):
        mine = Candidature.objects.get(pk=candidature.pk)
        AdmissibilityCheck.write(mine, person, {points[0].pk: ("yes", note)}, seen={})

    assert at_once(*[lambda person=person: save(person, str(person)) for person in people]) == ["done", "refused"]
    assert AdmissibilityCheck.objects.count() == 1


def test_only_the_team_writes_the_list(phase, points):
    candidature = to_examine(phase)

    for person in (lead_of(candidature), UserFactory(role=Role.COMMITTEE)):
        with pytest.raises(ForbiddenTransition, match="L’équipe du programme"):
            find(candidature, person, {points[0]: ("yes", "")})


# The page


def test_page_shows_what_is_known_beside_the_list(client, staff, phase, points):
    epci = EpciFactory()
    candidature, other = to_examine(phase), to_examine(phase)
    for each in (candidature, other):
        CarrierFactory(candidature=each, commune=None, epci=epci, is_lead=False)
        deposit(each)
    before = CandidatureFactory(status=Status.INADMISSIBLE, phase=PhaseFactory(closed=True), carrier=None)
    CarrierFactory(candidature=before, commune=None, epci=epci)
    Event.objects.record(before, "refuse", staff, note="MOTIFDALORS")

    html = text(client.get(page_of(candidature)))

    links = [address(other), address(before), reverse("admin:piece", args=[candidature.attachments.get().pk])]
    links += [address(candidature, "act", verb) for verb in ("admit", "refuse", "request_supplements")]
    assert [link for link in links if f'href="{link}"' not in html] == []
    assert "MOTIFDALORS" in html


def test_page_of_an_open_phase_says_until_when_it_waits(client, staff):
    candidature = CandidatureFactory(status=Status.SUBMITTED)

    html = text(client.get(page_of(candidature)))

    assert "Les porteurs peuvent déposer une nouvelle version jusqu’au" in html
    assert address(candidature, "act", "admit") not in html


def test_page_takes_as_many_queries_for_three_points_as_for_one(client, staff, phase):
    counts, candidature = [], to_examine(phase)
    for positions in ([1], [2, 3]):
        add_points(phase.call, *positions)
        for point in phase.call.admissibility_points.all():
            find(candidature, StaffFactory(), {point: ("yes", str(point.pk))})
        with CaptureQueriesContext(connection) as queries:
            client.get(page_of(candidature))
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_page_of_the_candidature_says_how_far_the_list_is(client, staff, phase, points):
    candidature = to_examine(phase)
    find(candidature, staff, {points[0]: ("yes", "")})

    html = text(client.get(address(candidature)))

    assert "1 sur 2 points vérifiés" in html
    assert f'href="{page_of(candidature)}"' in html


# Who reads it


def admin_pages(case) -> list[str]:
    """Every page of the admin where a file, its history or its journal may be told."""
    reference = case.file.reference
    names = [f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist" for model in admin.site._registry]
    return [
        *(reverse(name) for name in names),
        *(reverse(f"admin:committee_{name}", args=[reference]) for name in ("file", "sign", "recuse")),
        *(reverse(f"admin:applications_candidature_{name}", args=[case.file.pk]) for name in ("change", "history")),
        reverse("admin:committee_queue"),
        reverse("admin:phase", args=[case.phase.pk]),
        reverse("admin:phase_file", args=[case.phase.pk, reference]),
        page_of(case.file),
    ]


def applicant_pages(candidature) -> list[str]:
    names = ("detail", "versions", "team", "messages", "archive", "set_aside", "former_pieces")
    pages = [reverse("applications:list"), reverse("applications:call_detail", args=[candidature.call.slug])]
    return pages + [reverse(f"applications:{name}", args=[candidature.reference]) for name in names]


@pytest.mark.parametrize("is_open", [False, True], ids=["sealed", "open"])
@pytest.mark.parametrize("who", ["visitor", "applicant", "signed", "chair", "recused", "elsewhere_chair", "no_seat"])
def test_nobody_but_the_team_reads_the_list(client, who, is_open):
    case = committee_case()
    if is_open:
        case.phase.open_seal(case.people["chair"])
    point = case.phase.call.admissibility_points.create(position=1, label=POINT)
    AdmissibilityCheck.objects.create(
        candidature=case.file, point=point, verdict="no", note=REMARK, by=case.people["staff"], at=timezone.now()
    )
    AdmissibilityCheck.tell(case.file, case.people["staff"], [point.pk])
    if who != "visitor":
        client.force_login(case.people[who])

    pages = [*admin_pages(case), *applicant_pages(case.file)]
    bodies = {page: client.get(page) for page in pages}
    told = {page: answer.getvalue() if answer.streaming else answer.content for page, answer in bodies.items()}

    assert [page for page, body in told.items() if POINT.encode() in body or REMARK.encode() in body] == []


def test_archive_of_the_applicant_says_nothing_of_the_list(client, phase, points):
    candidature = to_examine(phase)
    find(candidature, StaffFactory(), {points[0]: ("no", REMARK)})
    client.force_login(lead_of(candidature))

    answer = client.get(reverse("applications:archive", args=[candidature.reference]))

    with ZipFile(BytesIO(answer.getvalue())) as archive:
        told = b"".join(archive.read(name) for name in archive.namelist())
    assert candidature.reference.encode() in told
    assert POINT.encode() not in told
    assert REMARK.encode() not in told


# The points of a call


def call_form(call, points, **changes) -> dict:
    """What the browser sends of the page of a call whose only rows are its points."""
    data = {name: getattr(call, name) for name in ("slug", "name", "prefix", "title", "tolerance_minutes")}
    data |= {"lede": "En bref", "presentation": "Présentation", "is_published": "on"}
    for prefix in ("phases", "sections", "criteria", "seats", "figures", "admissibility_points"):
        data |= {f"{prefix}-TOTAL_FORMS": "0", f"{prefix}-INITIAL_FORMS": "0"}
    data |= {"admissibility_points-TOTAL_FORMS": len(points), "admissibility_points-INITIAL_FORMS": len(points)}
    for number, point in enumerate(points):
        row = {"id": point.pk, "call": call.pk, "position": point.position, "label": point.label, "help": ""}
        data |= {f"admissibility_points-{number}-{name}": value for name, value in row.items()}
    return data | changes


def save_call(client, call, points, **changes):
    page = reverse("admin:applications_call_change", args=[call.pk])
    return client.post(page, call_form(call, points, **changes))


def test_points_are_edited_on_the_page_of_the_call(client, staff, phase, points):
    response = save_call(client, phase.call, points, **{"admissibility_points-1-label": "Reformulé"})

    assert response.status_code == 302
    assert [point.label for point in phase.call.admissibility_points.all()] == [f"{POINT} 1", "Reformulé"]


def test_point_that_was_checked_is_not_deleted_and_says_why(client, staff, phase, points):
    find(to_examine(phase), staff, {points[0]: ("yes", "")})

    html = text(save_call(client, phase.call, points, **{"admissibility_points-0-DELETE": "on"}))

    assert f"« {POINT} 1 » est déjà vérifié pour une candidature : ce point ne peut pas être supprimé." in html
    assert phase.call.admissibility_points.count() == 2


def test_point_that_nobody_checked_is_deleted(client, staff, phase, points):
    save_call(client, phase.call, points, **{"admissibility_points-0-DELETE": "on"})

    assert list(phase.call.admissibility_points.all()) == points[1:]


# What the model answers


def test_write_tells_of_the_points_that_both_touched_only(phase, points):
    candidature, staff = to_examine(phase), StaffFactory()
    find(candidature, staff, {points[0]: ("yes", "")})

    AdmissibilityCheck.write(candidature, staff, {points[1].pk: ("no", "")}, seen={})
    with pytest.raises(ChangedMeanwhile):
        AdmissibilityCheck.write(candidature, staff, {points[0].pk: ("no", "")}, seen={})

    assert [verdict for verdict, _, _ in saved(candidature)] == ["yes", "no"]


@pytest.mark.parametrize(
    ("verdicts", "words", "doubts"),
    [
        ([], "0 sur 2 points vérifiés", ["2 points de la liste ne sont pas vérifiés"]),
        (["yes"], "1 sur 2 points vérifiés", ["un point de la liste n’est pas vérifié"]),
        (["not_concerned", "no"], "2 sur 2 points vérifiés, dont 1 « non »", [f"« {POINT} 2 » est à « non »"]),
        (["yes", "yes"], "2 sur 2 points vérifiés", []),
    ],
)
def test_checklist_says_how_far_it_is_and_what_speaks_against(phase, points, verdicts, words, doubts):
    candidature = to_examine(phase)
    find(candidature, StaffFactory(), {point: (verdict, "") for point, verdict in zip(points, verdicts, strict=False)})

    checklist = checklists_of([candidature])[candidature.pk]

    assert (checklist.in_words, checklist.doubts()) == (words, doubts)
