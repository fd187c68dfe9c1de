"""The yearly report: asked once, reminded twice, written by the antenna's people, handed in once."""

from datetime import date
from io import StringIO

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core.management import call_command
from post_office.models import Email

from applications.models import Event, ForbiddenTransition, Membership, Status
from applications.models.workflow import ChangedMeanwhile
from labels.models import LearnerCount, Step, YearlyReport, reported_year
from labels.reporting import send_requests
from tests.applications.at_once import at_once
from tests.factories import (
    AntennaFactory,
    CandidatureFactory,
    MembershipFactory,
    MilestoneFactory,
    StaffFactory,
    UserFactory,
    YearlyReportFactory,
    lead_of,
)

IN_SEASON = "2026-06-20 08:00"
TEXTS = {name: f"Texte de {name}." for name in YearlyReport.TEXTS}
WHOLE = TEXTS | {"learners": 34}


def antenna_of_members(**fields):
    """An antenna whose candidature has a lead and a reader."""
    candidature = CandidatureFactory(status=Status.LABELLED)
    MembershipFactory(candidature=candidature, role=Membership.Role.READER)
    return AntennaFactory(candidature=candidature, **fields)


def lead(antenna):
    return lead_of(antenna.candidature)


def reader(antenna):
    return antenna.candidature.memberships.get(role=Membership.Role.READER).user


def person_at(email, verified=True):
    user = UserFactory(email=email)
    EmailAddress.objects.create(user=user, email=email, verified=verified, primary=True)
    return user


# Asking


@pytest.mark.parametrize(
    ("day", "year"),
    [
        (date(2026, 6, 14), None),
        (date(2026, 6, 15), 2025),
        (date(2026, 9, 30), 2025),
        (date(2026, 10, 31), 2025),
        (date(2026, 11, 1), None),
        (date(2027, 1, 5), None),
    ],
)
def test_report_of_the_ending_year_is_asked_from_june_to_october(day, year):
    assert reported_year(day) == year


def test_report_is_asked_once_of_those_who_may_write_it():
    antenna = antenna_of_members(contact_email="mairie@ville.fr", slug="dreux")

    with time_machine.travel(IN_SEASON, tick=False):
        assert [send_requests(), send_requests()] == [1, 0]

    assert sorted(email.to[0] for email in Email.objects.all()) == sorted([lead(antenna).email, "mairie@ville.fr"])
    body = Email.objects.first().email_message().body
    assert "/antennes/dreux/bilan/2025-2026/" in body
    assert "cinq lignes" in body
    assert Event.objects.about(antenna).get().verb == "ask_report"


@time_machine.travel(IN_SEASON, tick=False)
def test_report_is_not_asked_of_the_abandoned_the_new_nor_of_nobody():
    abandoned = antenna_of_members()
    MilestoneFactory(antenna=abandoned, kind=Step.ABANDONED, happened_on=date(2026, 1, 1))
    antenna_of_members(labelled_on=date(2026, 1, 1))
    AntennaFactory(contact_email="")

    assert send_requests() == 0


@time_machine.travel(IN_SEASON, tick=False)
def test_report_is_asked_of_an_antenna_labelled_before_january():
    antenna_of_members(labelled_on=date(2025, 12, 31))

    assert send_requests() == 1


def test_report_is_reminded_after_fifteen_and_thirty_days_each_once():
    antenna_of_members()
    sent = []
    for day in ("06-20", "07-04", "07-05", "07-06", "07-19", "07-20", "07-21", "09-30"):
        with time_machine.travel(f"2026-{day} 08:00", tick=False):
            sent.append(send_requests())

    assert sent == [1, 0, 1, 0, 0, 1, 0, 0]


def test_missed_reminder_is_made_up_for_by_the_last_one_alone():
    antenna_of_members()
    with time_machine.travel(IN_SEASON, tick=False):
        send_requests()
    with time_machine.travel("2026-08-01 08:00", tick=False):
        assert [send_requests(), send_requests()] == [1, 0]


def test_submitted_report_is_reminded_no_more():
    antenna = antenna_of_members()
    with time_machine.travel(IN_SEASON, tick=False):
        send_requests()
        report = antenna.reports.get()
        report.write(WHOLE, lead(antenna), 0)
        report.submit(lead(antenna), 1)
    with time_machine.travel("2026-08-01 08:00", tick=False):
        assert send_requests() == 0


def test_command_of_the_reminders_asks_for_the_reports_too():
    antenna_of_members()
    out = StringIO()
    with time_machine.travel(IN_SEASON, tick=False):
        call_command("send_reminders", stdout=out)
        call_command("send_reminders", stdout=out)

    assert out.getvalue() == (
        "Candidatures rappelées : 0.\nBilans annuels demandés ou rappelés : 1.\n"
        "Candidatures rappelées : 0.\nBilans annuels demandés ou rappelés : 0.\n"
    )


@pytest.mark.django_db(transaction=True)
def test_two_commands_at_once_ask_once():
    antenna_of_members()
    with time_machine.travel(IN_SEASON, tick=False):
        at_once(send_requests, send_requests)

    assert (YearlyReport.objects.count(), Email.objects.count()) == (1, 1)


# Writing


def test_report_is_saved_then_handed_in_with_its_learners():
    antenna = antenna_of_members()
    report = YearlyReportFactory(antenna=antenna)
    report.write(WHOLE, lead(antenna), 0)

    report.submit(lead(antenna), 1)

    report.refresh_from_db()
    assert (report.submitted_by, report.done) == (lead(antenna), "Texte de done.")
    count = LearnerCount.objects.get()
    assert (count.antenna, count.year, count.value, count.source) == (antenna, 2025, 34, "bilan annuel de l’antenne")


@pytest.mark.parametrize("empty", [*YearlyReport.TEXTS, "learners"])
def test_report_with_an_empty_line_is_not_handed_in(empty):
    antenna = antenna_of_members()
    report = YearlyReportFactory(antenna=antenna)
    report.write(WHOLE | {empty: None if empty == "learners" else " "}, lead(antenna), 0)

    with pytest.raises(ForbiddenTransition, match="Remplissez les cinq lignes"):
        report.submit(lead(antenna), 1)


def test_submitted_report_changes_no_more_until_the_team_reopens_it():
    antenna = antenna_of_members()
    report = YearlyReportFactory(antenna=antenna)
    report.write(WHOLE, lead(antenna), 0)
    report.submit(lead(antenna), 1)
    for act in (lambda: report.write(WHOLE, lead(antenna), 2), lambda: report.submit(lead(antenna), 2)):
        with pytest.raises(ForbiddenTransition, match="remis"):
            act()

    report.reopen(StaffFactory(), "Un nombre à revoir")
    report.write(WHOLE | {"learners": 30}, lead(antenna), report.revision)
    report.submit(lead(antenna), report.revision)

    assert LearnerCount.objects.get().value == 30


@pytest.mark.parametrize(("by", "reason"), [(StaffFactory, " "), (UserFactory, "Motif")])
def test_report_is_reopened_by_the_team_with_a_reason(by, reason):
    antenna = antenna_of_members()
    report = YearlyReportFactory(antenna=antenna)
    report.write(WHOLE, lead(antenna), 0)
    report.submit(lead(antenna), 1)

    with pytest.raises(ForbiddenTransition):
        report.reopen(by(), reason)


def test_text_of_somebody_else_is_never_written_over_unseen():
    antenna = antenna_of_members()
    report = YearlyReportFactory(antenna=antenna)
    report.write(WHOLE | {"done": "Le premier texte"}, lead(antenna), 0)

    with pytest.raises(ChangedMeanwhile):
        report.write(WHOLE | {"done": "Le second"}, lead(antenna), 0)

    report.refresh_from_db()
    assert report.done == "Le premier texte"


def test_each_text_saved_stays_in_the_journal():
    antenna = antenna_of_members()
    report = YearlyReportFactory(antenna=antenna)
    report.write(WHOLE | {"done": "Le premier texte"}, lead(antenna), 0)
    report.write(WHOLE | {"done": "Le second"}, lead(antenna), 1)

    assert [event.payload["done"] for event in Event.objects.about(antenna)] == ["Le premier texte", "Le second"]


@pytest.mark.django_db(transaction=True)
def test_of_two_people_saving_at_once_one_is_told():
    antenna = antenna_of_members()
    report = YearlyReportFactory(antenna=antenna)

    def write(text):
        YearlyReport.objects.get(pk=report.pk).write(WHOLE | {"done": text}, lead(antenna), 0)

    assert at_once(lambda: write("un"), lambda: write("deux")) == ["done", "refused"]
    report.refresh_from_db()
    assert report.revision == 1


@pytest.mark.django_db(transaction=True)
def test_report_is_handed_in_once_by_two_people_at_once():
    antenna = antenna_of_members()
    report = YearlyReportFactory(antenna=antenna)
    report.write(WHOLE, lead(antenna), 0)

    def submit():
        YearlyReport.objects.get(pk=report.pk).submit(lead(antenna), 1)

    assert at_once(submit, submit) == ["done", "refused"]
