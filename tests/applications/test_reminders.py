"""Reminders before a closing: on which days, to whom, once for each, and what they say."""

from datetime import datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone
from post_office.models import Email

from applications.models import Call, Extension, Membership, Question, SelectionPhase, Status
from applications.reminding import send_reminders
from tests.applications.file_case import ask
from tests.factories import (
    CandidatureFactory,
    MembershipFactory,
    PhaseFactory,
    StaffFactory,
    UserFactory,
    lead_of,
)

CLOSES = datetime(2027, 6, 25, 18, tzinfo=timezone.get_default_timezone())  # a Friday


@pytest.fixture
def phase():
    return PhaseFactory(opens_at=CLOSES - timedelta(days=90), closes_at=CLOSES)


@pytest.fixture
def draft(phase):
    with time_machine.travel(CLOSES - timedelta(days=60), tick=False):
        return CandidatureFactory(call=phase.call)


def deposited(phase, **fields):
    with time_machine.travel(CLOSES - timedelta(days=30), tick=False):
        return CandidatureFactory(status=Status.SUBMITTED, phase=phase, **fields)


def run(days: float, closing=CLOSES, hour=8) -> int:
    """Run the command this number of days before a closing, early in the morning; how many it reminded."""
    day = timezone.localtime(closing) - timedelta(days=days)
    with time_machine.travel(day.replace(hour=hour), tick=False):
        return send_reminders()


def sent(candidature=None) -> list[int]:
    """The days of the reminders, in the order in which they were sent, as the number of days before CLOSES."""
    mails = Email.objects.filter(to=lead_of(candidature).email) if candidature else Email.objects.all()
    return [(CLOSES.date() - timezone.localdate(mail.created)).days for mail in mails.order_by("created", "pk")]


def mail_text() -> str:
    return Email.objects.get().message.replace("\N{NO-BREAK SPACE}", " ")


# On which days


def test_reminders_leave_14_7_2_days_before_and_on_the_last_day(draft):
    for days in range(20, -2, -1):
        run(days)

    assert sent() == [14, 7, 2, 0]


@pytest.mark.parametrize("days", [14, 7, 2, 0])
def test_reminder_run_twice_in_a_day_leaves_once(draft, days):
    assert [run(days), run(days), run(days, hour=17)] == [1, 0, 0]

    assert Email.objects.count() == 1


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ([13, 12, 7], [13, 7]),
        ([14, 6, 5], [14, 6]),
        ([1], [1]),
        ([8, 3, 1, 0], [8, 3, 1, 0]),
        ([30, 15], []),
    ],
)
def test_missed_day_is_made_up_for_once(draft, days, expected):
    for each in days:
        run(each)

    assert sent() == expected


def test_nothing_leaves_after_the_closing(draft):
    assert run(0, hour=18) == 0


def test_last_day_is_that_of_paris_whatever_the_hour_of_the_server(phase, draft):
    with time_machine.travel(datetime(2027, 6, 24, 22, 30, tzinfo=CLOSES.tzinfo), tick=False):
        send_reminders()  # 24 June, 20:30 UTC
    with time_machine.travel(datetime(2027, 6, 25, 0, 30, tzinfo=CLOSES.tzinfo), tick=False):
        send_reminders()  # still 24 June in UTC

    assert sent() == [1, 0]


@pytest.mark.parametrize(("hour", "minute"), [(0, 0), (23, 59)])
def test_closing_at_midnight_has_its_last_day(draft, hour, minute):
    """Whether it is written as the last minute of a day or the first of the next, tolerance or not."""
    day = CLOSES + timedelta(days=1) if hour == 0 else CLOSES
    SelectionPhase.objects.update(closes_at=day.replace(hour=hour, minute=minute))
    Call.objects.update(tolerance_minutes=10)

    for days in range(20, -2, -1):
        run(days)

    assert sent() == [14, 7, 2, 0]


def test_reminder_tells_the_closing_and_not_the_tolerance(draft):
    Call.objects.update(tolerance_minutes=10)

    run(2)

    assert "Dépôt possible jusqu’au vendredi 25 juin 2027 à 18 h 00 (heure de Paris)." in mail_text()


# Whose own closing


def give_time(candidature, phase, days, at=0):
    """Give this many days after CLOSES, `at` days before it."""
    with time_machine.travel(CLOSES - timedelta(days=at, hours=1), tick=False):
        Extension.grant(candidature, phase, CLOSES + timedelta(days=days), "Panne.", StaffFactory())


def test_more_time_moves_the_reminders_of_that_candidature_alone(draft, phase):
    with time_machine.travel(CLOSES - timedelta(days=60), tick=False):
        other = CandidatureFactory(call=phase.call)
    give_time(draft, phase, days=3, at=30)

    for days in range(20, -5, -1):
        run(days)

    assert sent(draft) == [11, 4, -1, -3]
    assert sent(other) == [14, 7, 2, 0]


def test_more_time_given_after_the_reminders_begins_them_again(draft, phase):
    for days in range(20, -1, -1):
        run(days)
    give_time(draft, phase, days=10)

    for days in range(0, -12, -1):
        run(days, hour=17)

    assert sent() == [14, 7, 2, 0, 0, -3, -8, -10]


def test_closing_moved_for_everybody_begins_the_reminders_again(draft, phase):
    run(2)
    phase.closes_at = CLOSES + timedelta(days=30)
    phase.save()

    for days in range(1, -32, -1):
        run(days)

    assert sent() == [2, -16, -23, -28, -30]


def test_reminder_tells_the_time_given(draft, phase):
    give_time(draft, phase, days=3, at=30)

    run(-1)

    assert "Dépôt possible jusqu’au lundi 28 juin 2027 à 18 h 00 (heure de Paris)." in mail_text()


# What they say


def test_draft_is_told_what_is_missing(phase, draft):
    carrier = draft.carriers.get()
    draft.attachments.all().delete()
    draft.answers.filter(question__code="title").update(value=None)
    ask(draft.call, "porteurs", "maire", per_carrier=True, is_required=True, label="Représentant")

    run(7)

    text = mail_text()
    assert "Votre candidature est un brouillon : rien n’est encore déposé." in text
    missing = text.partition("Il reste à compléter :\n")[2].partition("\n\n")[0]
    assert missing.splitlines() == [
        f"- Porteurs : Représentant ({carrier.name}) : à remplir",
        "- Projet : Intitulé : à remplir",
        "- Pièces : Délibération ou lettre d’engagement : à joindre",
    ]


def test_complete_draft_is_told_to_deposit(draft):
    run(7)

    assert "Tout est complet : il reste à relire et à déposer." in mail_text()
    assert "Il reste à compléter" not in mail_text()


def test_changes_never_deposited_are_told_with_the_deposit_that_counts(phase):
    candidature = deposited(phase)
    candidature.answers.filter(question__code="summary").update(value="Réécrit.")

    assert run(7) == 1

    assert "ces modifications ne sont pas déposées." in mail_text()
    assert "Seul votre dépôt du mercredi 26 mai 2027 à 18 h 00 compte" in mail_text()


def test_what_people_wrote_is_told_as_they_wrote_it(draft):
    question = Question.objects.get(section__call=draft.call, code="title")
    question.label = "Le « titre » & {{ settings }} <b>"
    question.save()
    draft.answers.filter(question=question).delete()

    run(7)

    assert "- Projet : Le « titre » & {{ settings }} <b> : à remplir" in mail_text()


# To whom


def test_only_those_who_may_deposit_and_sign_in_are_reminded(draft):
    editor = MembershipFactory(candidature=draft).user
    MembershipFactory(candidature=draft, role=Membership.Role.READER)
    MembershipFactory(candidature=draft, user=UserFactory(is_active=False))

    run(7)

    assert sorted(mail.to[0] for mail in Email.objects.all()) == sorted([editor.email, lead_of(draft).email])


def test_nobody_is_reminded_of_what_is_all_deposited(phase):
    deposited(phase)

    assert run(7) == 0


@pytest.mark.parametrize("status", [status for status in Status if status not in ("draft", "submitted")])
def test_file_that_no_longer_waits_for_a_deposit_is_left_alone(phase, status):
    with time_machine.travel(CLOSES - timedelta(days=30), tick=False):
        CandidatureFactory(status=status, phase=phase).answers.update(value="Autre chose")

    assert run(7) == 0


def test_draft_of_a_phase_that_is_not_open_is_left_alone(phase, draft):
    phase.opens_at = CLOSES - timedelta(days=5)
    phase.save()

    assert run(7) == 0


def test_draft_of_a_call_that_is_not_public_is_left_alone(draft):
    Call.objects.update(is_published=False)

    assert run(7) == 0


def test_each_candidature_has_its_own_reminder(phase):
    with time_machine.travel(CLOSES - timedelta(days=60), tick=False):
        drafts = CandidatureFactory.create_batch(3, call=phase.call)

    assert run(7) == 3
    assert [sent(draft) for draft in drafts] == [[7]] * 3


def test_command_says_how_many_it_reminded(draft):
    out = StringIO()

    with time_machine.travel(CLOSES - timedelta(days=7), tick=False):
        call_command("send_reminders", stdout=out)
        call_command("send_reminders", stdout=out)

    assert [line for line in out.getvalue().splitlines() if line.startswith("Candidatures")] == [
        "Candidatures rappelées : 1.",
        "Candidatures rappelées : 0.",
    ]
