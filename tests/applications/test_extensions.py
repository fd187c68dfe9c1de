"""The time given before a closing to one candidature alone: who gives it, until when it counts, whom it holds up."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from applications.models import Candidature, Extension, ForbiddenTransition, SelectionPhase, Status
from tests.factories import CandidatureFactory, MemberFactory, PhaseFactory, SeatFactory, StaffFactory, lead_of

CLOSES = datetime(2027, 6, 25, 12, tzinfo=timezone.get_default_timezone())
SECOND = timedelta(seconds=1)
LATER = "Le délai doit finir plus tard que la clôture, et plus tard que maintenant."


def fresh(candidature) -> Candidature:
    return Candidature.objects.get(pk=candidature.pk)


@pytest.fixture
def phase():
    return PhaseFactory(opens_at=CLOSES - timedelta(days=60), closes_at=CLOSES)


@pytest.fixture
def late(phase):
    """A draft of this phase, an hour before the closing."""
    with time_machine.travel(CLOSES - timedelta(hours=1), tick=False):
        yield CandidatureFactory(call=phase.call, target_year=2028)


def grant(candidature, phase, until, reason="Panne de réseau.", by=None):
    return Extension.grant(candidature, phase, until, reason, by or StaffFactory())


def submit(candidature, at):
    with time_machine.travel(at, tick=False):
        fresh(candidature).submit(by=lead_of(candidature))


def test_time_given_is_kept_with_its_reason_and_told_in_the_journal(late, phase):
    staff, until = StaffFactory(), CLOSES + timedelta(days=2)

    extension = grant(late, phase, until, by=staff)

    assert (extension.reason, extension.by, extension.until) == ("Panne de réseau.", staff, until)
    event = late.events.get()
    assert (event.verb, event.by, event.note) == ("extend", staff, "Panne de réseau.")
    assert event.payload["phase"] == phase.number


def test_deposit_is_taken_after_the_common_closing_until_the_last_second(late, phase):
    until = CLOSES + timedelta(days=2)
    grant(late, phase, until)

    submit(late, until - SECOND)

    assert (fresh(late).status, fresh(late).phase) == (Status.SUBMITTED, phase)


def test_deposit_is_refused_from_the_moment_granted(late, phase):
    until = CLOSES + timedelta(days=2)
    grant(late, phase, until)

    with pytest.raises(ForbiddenTransition, match="clos"):
        submit(late, until)


def test_others_are_refused_meanwhile(late, phase):
    grant(late, phase, CLOSES + timedelta(days=2))
    other = CandidatureFactory(call=phase.call)

    with pytest.raises(ForbiddenTransition, match="clos"):
        submit(other, CLOSES)


@pytest.mark.parametrize(("days", "counts"), [((2, 5), 5), ((5, 2), 2)])
def test_latest_grant_counts_even_when_shorter(late, phase, days, counts):
    for number in days:
        grant(late, phase, CLOSES + timedelta(days=number))

    assert fresh(late).deadline(phase) == CLOSES + timedelta(days=counts)
    with pytest.raises(ForbiddenTransition, match="clos"):
        submit(late, CLOSES + timedelta(days=counts))
    submit(late, CLOSES + timedelta(days=counts) - SECOND)


@pytest.mark.parametrize("status", [Status.DRAFT, Status.SUBMITTED])
def test_open_phase_is_the_extended_one_until_its_own_closing(status, phase):
    with time_machine.travel(CLOSES - timedelta(hours=1), tick=False):
        deposited = {"phase": phase} if status != Status.DRAFT else {"call": phase.call}
        candidature = CandidatureFactory(status=status, **deposited)
        grant(candidature, phase, CLOSES + timedelta(days=1))

    def open_at(moment):
        with time_machine.travel(moment, tick=False):
            return fresh(candidature).open_phase()

    assert open_at(CLOSES - SECOND) == phase
    assert open_at(CLOSES + timedelta(days=1) - SECOND) == phase
    assert open_at(CLOSES + timedelta(days=1)) is None


@pytest.mark.parametrize("status", [Status.DRAFT, Status.SUBMITTED])
def test_deposited_file_only_opens_in_its_own_phase(status):
    first = PhaseFactory(closed=True, number=1)
    second = PhaseFactory(call=first.call, number=2)
    deposited = {"phase": first} if status != Status.DRAFT else {"call": first.call}
    candidature = CandidatureFactory(status=status, **deposited)

    assert fresh(candidature).open_phase() == (second if status == Status.DRAFT else None)


def test_team_waits_for_the_end_of_the_time_given(phase):
    with time_machine.travel(CLOSES - timedelta(hours=1), tick=False):
        candidature = CandidatureFactory(status=Status.SUBMITTED, phase=phase)
        grant(candidature, phase, CLOSES + timedelta(days=1))

    with time_machine.travel(CLOSES + SECOND, tick=False), pytest.raises(ForbiddenTransition, match="examinez ensuite"):
        fresh(candidature).refuse(by=StaffFactory(), note="Motif")


@pytest.mark.parametrize("status", [Status.DRAFT, Status.WITHDRAWN])
def test_seal_waits_for_the_time_given_to_a_file_that_may_still_be_deposited(status):
    phase = PhaseFactory(closed=True)
    chair = MemberFactory(seat=SeatFactory(call=phase.call), is_chair=True).user
    deposited = {"phase": phase} if status != Status.DRAFT else {"call": phase.call}
    candidature = CandidatureFactory(status=status, **deposited)
    extension = grant(candidature, phase, timezone.now() + timedelta(days=1))

    assert phase.why_seal_stays(chair).startswith("Un délai accordé à une candidature court encore")

    with time_machine.travel(extension.until, tick=False):
        SelectionPhase.objects.get(pk=phase.pk).open_seal(chair)


def test_seal_waits_no_longer_than_the_last_time_given():
    phase = PhaseFactory(closed=True)
    chair = MemberFactory(seat=SeatFactory(call=phase.call), is_chair=True).user
    candidature = CandidatureFactory(call=phase.call)
    now = timezone.now()
    grant(candidature, phase, now + timedelta(days=9))
    grant(candidature, phase, now + timedelta(days=1))

    with time_machine.travel(now + timedelta(days=2), tick=False):
        assert phase.why_seal_stays(chair) == ""


REFUSED = [
    (lambda file, phase: {"by": lead_of(file)}, "L’équipe du programme accorde les délais."),
    (lambda file, phase: {"phase": PhaseFactory()}, "Cette candidature n’est pas de cette phase."),
    (
        lambda file, phase: {"phase": PhaseFactory(call=phase.call, closes_at=None)},
        "Cette phase n’a pas de date de clôture.",
    ),
    (
        lambda file, phase: {"phase": PhaseFactory(call=phase.call, closed=True, seal_opened_at=timezone.now())},
        "Le scellé de cette phase est levé.",
    ),
    (lambda file, phase: {"reason": " \n"}, "Écrivez le motif du délai."),
    (lambda file, phase: {"until": phase.closes_at}, LATER),
    (lambda file, phase: {"phase": PhaseFactory(call=phase.call, closed=True), "until": timezone.now()}, LATER),
]


@pytest.mark.parametrize(("changed", "words"), REFUSED)
def test_grant_that_cannot_be_is_refused_and_nothing_is_written(changed, words):
    phase = PhaseFactory()
    candidature = CandidatureFactory(call=phase.call)
    usual = {"phase": phase, "until": phase.closes_at + timedelta(days=1)}

    assert refusal(candidature, **usual | changed(candidature, phase)) == words


def refusal(candidature, phase, until, **changes) -> str:
    with pytest.raises(ForbiddenTransition) as refused:
        grant(candidature, phase, until, **changes)
    assert not Extension.objects.exists()
    assert not candidature.events.exists()
    return str(refused.value)


@pytest.mark.parametrize("status", [s for s in Status if s not in ("draft", "submitted", "withdrawn")])
def test_file_under_examination_gets_no_more_time(status):
    candidature = CandidatureFactory(status=status, phase__closed=True)

    words = refusal(candidature, candidature.phase, timezone.now() + timedelta(days=1))

    assert words == "L’examen de cette candidature est commencé : demandez plutôt des compléments."


def test_deposited_file_gets_no_time_in_another_phase():
    candidature = CandidatureFactory(status=Status.SUBMITTED)
    other = PhaseFactory(call=candidature.call)

    words = refusal(candidature, other, other.closes_at + timedelta(days=1))

    assert words == "Cette candidature n’est pas de cette phase."


def test_time_that_ends_within_the_tolerance_gives_nothing(late, phase):
    phase.call.tolerance_minutes = 10

    assert refusal(late, phase, CLOSES + timedelta(minutes=10)) == LATER
