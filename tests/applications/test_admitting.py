"""The team admits candidatures: what speaks against it, one or several at once, and which ones wait for it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from post_office.models import Email

from applications.admin.waiting import waiting
from applications.models import (
    Candidature,
    Event,
    Extension,
    ForbiddenTransition,
    Status,
)
from tests.applications.at_once import at_once
from tests.applications.examining import POINT, add_points, find, make_listed, to_examine
from tests.applications.file_case import address, deposit, text
from tests.factories import (
    CandidatureFactory,
    CarrierFactory,
    EpciFactory,
    PhaseFactory,
    StaffFactory,
    lead_of,
)

pytestmark = pytest.mark.usefixtures("without_second_factor")

CHANGE_LIST = reverse("admin:applications_candidature_changelist")


@pytest.fixture
def phase():
    return PhaseFactory(closed=True, number=1)


@pytest.fixture
def points(phase):
    return add_points(phase.call, 1, 2)


# What speaks against admitting


def doubts_told(client, candidature) -> str:
    return text(client.get(address(candidature, "act", "admit")))


def test_incomplete_list_and_refused_points_ask_for_a_motive(client, staff, phase, points):
    candidature = to_examine(phase)
    make_listed(candidature)
    find(candidature, staff, {points[0]: ("no", "")})

    with pytest.raises(ForbiddenTransition) as refusal:
        candidature.admit(staff, " ")
    html = doubts_told(client, candidature)
    candidature.admit(staff, "Signature attendue lundi.")

    doubts = [f"« {POINT} 1 » est à « non »", "un point de la liste n’est pas vérifié"]
    assert str(refusal.value) == f"{' ; '.join(doubts)} : écrivez le motif."
    assert [doubt for doubt in doubts if f"<li>{doubt}</li>" not in html] == []
    assert candidature.status == Status.ADMISSIBLE


def test_complete_list_of_a_listed_territory_asks_for_none(client, staff, phase, points):
    candidature = to_examine(phase)
    make_listed(candidature)
    find(candidature, staff, {points[0]: ("yes", ""), points[1]: ("not_concerned", "")})

    assert "écrivez le motif" not in doubts_told(client, candidature)
    candidature.admit(staff)
    assert candidature.status == Status.ADMISSIBLE


def test_territory_outside_the_lists_asks_for_a_motive(phase):
    candidature = to_examine(phase)

    with pytest.raises(ForbiddenTransition, match=r"^Aucun territoire .* : écrivez le motif\.$"):
        candidature.admit(StaffFactory())


def test_eligibility_is_judged_on_the_deposit(phase):
    candidature = to_examine(phase)
    make_listed(candidature)
    candidature.carriers.all().delete()

    candidature.admit(StaffFactory())

    assert candidature.status == Status.ADMISSIBLE


# Several at once


def choose(client, *candidatures):
    """The page that confirms, from the list of candidatures."""
    chosen = [candidature.pk for candidature in candidatures]
    return client.post(CHANGE_LIST, {"action": "admit_selected", "_selected_action": chosen})


def confirm(client, shown, note="Motif commun.") -> str:
    """Send what the page shows, and read what follows."""
    data = {"files": shown.context["form"]["files"].value(), "note": note}
    return text(client.post(reverse("admin:admit_together"), data, follow=True))


def test_files_are_admitted_together_each_with_its_line_and_its_mail(client, staff, phase):
    files = [to_examine(phase) for _ in range(3)]

    html = confirm(client, choose(client, *files[:2]))

    assert [each.status for each in Candidature.objects.order_by("pk")] == ["admissible", "admissible", "submitted"]
    assert [(e.verb, e.note, e.by) for e in Event.objects.all()] == [("admit", "Motif commun.", staff)] * 2
    assert {mail.to[0] for mail in Email.objects.all()} == {lead_of(each).email for each in files[:2]}
    assert f"2 candidatures déclarées recevables : {files[0].reference}, {files[1].reference}." in html


def test_confirmation_restates_the_count_and_what_is_known_of_each(client, staff, phase, points):
    epci = EpciFactory()
    first, second = to_examine(phase), to_examine(phase)
    for each in (first, second):
        CarrierFactory(candidature=each, commune=None, epci=epci, is_lead=False)
        deposit(each)
    find(first, staff, {points[0]: ("no", "")})
    admissible = CandidatureFactory(status=Status.ADMISSIBLE, phase=phase)
    waits = CandidatureFactory(status=Status.SUBMITTED)

    html = text(choose(client, first, second, admissible, waits))

    assert "4 candidatures choisies" in html
    assert "2 seront déclarées recevables" in html
    assert "2 ne le seront pas" in html
    assert f"« {POINT} 1 » est à « non »." in html
    assert html.count("porte aussi") == 2
    assert html.count("Aucun territoire de cette candidature") == 2
    assert "la candidature est « recevable »" in html
    assert "Les porteurs peuvent déposer une nouvelle version jusqu’au" in html
    assert Status.ADMISSIBLE not in Candidature.objects.exclude(pk=admissible.pk).values_list("status", flat=True)


def test_without_a_motive_those_that_need_one_are_not_admitted(client, staff, phase):
    listed, outside = to_examine(phase), to_examine(phase)
    make_listed(listed)

    html = confirm(client, choose(client, listed, outside), note="")

    assert [each.status for each in Candidature.objects.order_by("pk")] == ["admissible", "submitted"]
    assert "1 candidature déclarée recevable" in html
    assert "1 candidature non déclarée recevable" in html
    assert "écrivez le motif" in html
    assert Email.objects.count() == 1


def test_agent_who_comes_second_is_told_and_nothing_is_done_twice(client, staff, phase):
    files = [to_examine(phase) for _ in range(2)]
    shown = choose(client, *files)
    files[0].admit(StaffFactory(), "Par une collègue.")

    html = confirm(client, shown)

    assert "1 candidature déclarée recevable" in html
    assert "la candidature est « recevable »" in html
    assert [e.note for e in files[0].events.filter(verb="admit")] == ["Par une collègue."]
    assert Email.objects.count() == 1


def test_file_that_changed_since_the_page_was_read_is_not_admitted(client, staff, phase):
    new_version, answered = to_examine(phase), CandidatureFactory(status=Status.SUPPLEMENTS_REQUESTED, phase=phase)
    shown = choose(client, new_version, answered, to_examine(phase))
    deposit(new_version)
    answered.close_supplements(staff, "Assez attendu.")

    html = confirm(client, shown)

    assert html.count("Le dossier a changé depuis que vous avez affiché cette liste") == 2
    assert [each.status for each in Candidature.objects.order_by("pk")] == ["submitted", "submitted", "admissible"]


def test_motive_too_long_admits_nothing_and_is_kept(client, staff, phase):
    candidature = to_examine(phase)

    html = confirm(client, choose(client, candidature), note="MOTIFTROPLONG" + "x" * 4000)

    assert "MOTIFTROPLONG" in html
    assert Candidature.objects.get().status == Status.SUBMITTED


@pytest.mark.parametrize("files", ["", "x", "1", "1:1,", "0:0;", "9" * 30 + ":1"])
def test_absurd_choice_is_told_calmly(client, staff, files):
    html = text(client.post(reverse("admin:admit_together"), {"files": files, "note": "Motif"}, follow=True))

    assert "Choisissez des candidatures dans la liste" in html


def test_page_of_several_files_read_without_a_choice_leads_to_the_list(client, staff):
    assert "Choisissez" in text(client.get(reverse("admin:admit_together"), follow=True))


def test_confirmation_takes_as_many_queries_for_three_files_as_for_one(client, staff, phase, points):
    counts, files = [], [to_examine(phase)]
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            choose(client, *files)
        counts.append(len(queries))
        files += [to_examine(phase) for _ in range(2)]

    assert counts[0] == counts[1]


@pytest.mark.django_db(transaction=True)
def test_of_two_agents_admitting_the_same_file_at_the_same_moment_one_is_told(phase):
    candidature = to_examine(phase)

    def admit():
        Candidature.objects.get(pk=candidature.pk).admit(StaffFactory(), "Motif")

    assert at_once(admit, admit) == ["done", "refused"]
    assert candidature.events.filter(verb="admit").count() == 1


# What waits


def test_first_page_counts_the_files_that_can_be_examined_now(client, staff, phase):
    ready = to_examine(phase)
    CandidatureFactory(status=Status.SUBMITTED)  # its phase is open
    CandidatureFactory(status=Status.ADMISSIBLE, phase=phase)
    granted, ended, shortened = (to_examine(phase) for _ in range(3))
    give_time(granted, timedelta(days=1))
    give_time(ended, timedelta(minutes=-5))
    give_time(shortened, timedelta(days=1))
    give_time(shortened, timedelta(minutes=-5))

    [(label, number, link), *_] = client.get("/admin/").context["todo"]

    found = set(client.get(link).context["cl"].result_list)
    assert (label, number, found) == ("candidatures à examiner", 3, {ready, ended, shortened})
    assert found == {each for each in Candidature.objects.all() if not each.why_not("admit", staff)}


def give_time(candidature, left):
    """More time for this candidature alone, which ends in `left`."""
    now = timezone.now()
    Extension.objects.create(
        candidature=candidature, phase=candidature.phase, until=now + left, reason="Crue", by=StaffFactory(), at=now
    )


def test_technical_tolerance_is_waited_for(phase):
    phase.closes_at = timezone.now() - timedelta(minutes=5)
    phase.save()
    phase.call.tolerance_minutes = 10
    phase.call.save()
    to_examine(phase)

    assert not waiting(Candidature.objects, "examen").exists()
