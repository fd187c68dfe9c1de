"""The steps of an antenna's life: their guards, the state that they make, their corrections, their order."""

from contextlib import suppress
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from applications.models import Event, ForbiddenTransition
from labels.models import OPENED, Antenna, Fact, Milestone, OpeningChange, State, Step, out_of_order
from tests.applications.at_once import at_once
from tests.factories import AntennaFactory, MilestoneFactory, OpeningFactory, StaffFactory, UserFactory

LABEL = date(2020, 1, 10)


@pytest.fixture
def antenna():
    return AntennaFactory(labelled_on=LABEL)


@pytest.fixture
def staff():
    return StaffFactory()


def states_of(antenna) -> tuple[str, str]:
    """Its state as the database and as Python say it."""
    in_sql = Antenna.objects.with_opening().with_state().get(pk=antenna.pk).state
    return in_sql, Antenna.objects.get(pk=antenna.pk).compute_state().value


def note(antenna, kind, day, by=None):
    by = by or StaffFactory()
    return OpeningChange.open(antenna, day, by) if kind == OPENED else Milestone.record(antenna, kind, day, by)


# The state


def test_antenna_without_any_step_is_labelled(antenna):
    assert states_of(antenna) == (State.LABELLED, State.LABELLED)


@pytest.mark.parametrize(
    ("kinds", "state"),
    [
        ([Step.AGREEMENT], State.AGREED),
        ([Step.PREMISES], State.PREPARING),
        ([Step.AGREEMENT, Step.RECRUITMENT], State.PREPARING),
        ([Step.FIRST_TRAINING], State.PREPARING),
        ([Step.AGREEMENT, OPENED], State.OPEN),
        ([OPENED, Step.SUSPENDED], State.SUSPENDED),
        ([OPENED, Step.SUSPENDED, Step.RESUMED], State.OPEN),
        ([Step.AGREEMENT, Step.SUSPENDED, Step.RESUMED, Step.SUSPENDED], State.SUSPENDED),
        ([Step.SUSPENDED, Step.ABANDONED], State.ABANDONED),
    ],
)
def test_state_follows_the_steps(antenna, kinds, state):
    for index, kind in enumerate(kinds):
        note(antenna, kind, LABEL + timedelta(days=index))

    assert states_of(antenna) == (state, state)


KINDS = [*Step, OPENED]
LINES = st.lists(
    st.tuples(st.sampled_from(KINDS), st.integers(0, 5), st.sampled_from(["", "moved", "void"])), max_size=9
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=LINES)
def test_state_in_sql_equals_the_state_in_python(lines):
    """Whatever the table holds, in order or not, corrected or not."""
    antenna, staff = AntennaFactory(), StaffFactory()
    for kind, day, corrected in lines:
        if kind == OPENED:
            fields = {"kind": "denied", "reason": "Erreur"} if corrected == "void" else {"kind": "opened"}
            opened_on = None if corrected == "void" else LABEL + timedelta(days=day)
            OpeningFactory(antenna=antenna, year=None, opened_on=opened_on, **fields)
            continue
        line = MilestoneFactory(antenna=antenna, kind=kind, happened_on=LABEL + timedelta(days=day), recorded_by=staff)
        if corrected:
            new = None if corrected == "void" else LABEL + timedelta(days=5 - day)
            MilestoneFactory(
                antenna=antenna, kind=kind, happened_on=new, corrects=line, note="Erreur", recorded_by=staff
            )

    in_sql, in_python = states_of(antenna)
    assert in_sql == in_python


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.sampled_from(KINDS), st.integers(-1, 4)), max_size=8))
def test_what_the_acts_let_through_is_always_in_order(steps):
    antenna, staff = AntennaFactory(labelled_on=LABEL), StaffFactory()
    for kind, day in steps:
        with suppress(ForbiddenTransition):
            note(antenna, kind, LABEL + timedelta(days=day), staff)

    assert out_of_order(Antenna.objects.get(pk=antenna.pk).facts(), LABEL) == []


# The guards


@pytest.mark.parametrize(
    ("before", "kind", "days", "words"),
    [
        ([], OPENED, -1, "avant le label, qui date au plus tôt du 10 janvier 2020"),
        ([], Step.AGREEMENT, -1, "avant le label"),
        ([], Step.RESUMED, 1, "aucune suspension ne la précède"),
        ([(Step.SUSPENDED, 1)], Step.RESUMED, 1, "aucune suspension ne la précède"),
        ([(Step.SUSPENDED, 1)], Step.SUSPENDED, 2, "déjà suspendue depuis le 11 janvier 2020"),
        ([(Step.SUSPENDED, 1)], OPENED, 2, "notez d’abord la reprise"),
        ([(Step.ABANDONED, 1)], Step.PREMISES, 2, "après l’abandon du 11 janvier 2020"),
        ([(Step.ABANDONED, 1)], OPENED, 2, "après l’abandon"),
        ([(OPENED, 5)], Step.ABANDONED, 2, "Ouverture, le 15 janvier 2020 : après l’abandon du 12 janvier 2020"),
        ([(Step.ABANDONED, 1)], Step.ABANDONED, 2, "après l’abandon"),
        ([(Step.AGREEMENT, 1)], Step.AGREEMENT, 2, "n’a lieu qu’une fois"),
        ([(OPENED, 1)], OPENED, 2, "n’a lieu qu’une fois"),
    ],
)
def test_step_that_cannot_be_is_refused_in_words(antenna, before, kind, days, words):
    for step, day in before:
        note(antenna, step, LABEL + timedelta(days=day))

    with pytest.raises(ForbiddenTransition, match=words):
        note(antenna, kind, LABEL + timedelta(days=days))


@pytest.mark.parametrize("kind", [Step.PREMISES, Step.RECRUITMENT])
def test_town_may_have_had_the_place_before_the_label(antenna, kind):
    note(antenna, kind, LABEL - timedelta(days=400))

    assert antenna.compute_state() == State.PREPARING


def test_forgotten_step_is_noted_at_its_own_day(antenna):
    note(antenna, Step.ABANDONED, LABEL + timedelta(days=9))
    note(antenna, Step.AGREEMENT, LABEL + timedelta(days=2))

    assert antenna.compute_state() == State.ABANDONED


@pytest.mark.parametrize("kind", [Step.AGREEMENT, OPENED])
@pytest.mark.parametrize("day", [date(9999, 12, 31), timezone.localdate() + timedelta(days=1)])
def test_step_to_come_is_refused(antenna, kind, day):
    with pytest.raises(ForbiddenTransition, match="Cette date est à venir"):
        note(antenna, kind, day)


@pytest.mark.parametrize("day", [date(1, 1, 1), date(1999, 12, 31)])
def test_step_of_another_age_is_refused(antenna, day):
    with pytest.raises(ForbiddenTransition, match="vérifiez l’année"):
        note(antenna, Step.PREMISES, day)


def test_label_without_a_day_is_dated_by_its_announcement_then_by_its_call(staff):
    told = AntennaFactory(phase__announced_on=LABEL)
    unknown = AntennaFactory(phase__call__launched_on=LABEL)

    for antenna in (told, unknown):
        with pytest.raises(ForbiddenTransition, match="avant le label, qui date au plus tôt du 10 janvier 2020"):
            note(antenna, OPENED, LABEL - timedelta(days=1))


def test_steps_are_noted_by_the_team_alone(antenna):
    for act in (
        lambda by: Milestone.record(antenna, Step.AGREEMENT, LABEL, by),
        lambda by: OpeningChange.open(antenna, LABEL, by),
        lambda by: OpeningChange.announce(antenna, 2090, by),
    ):
        with pytest.raises(ForbiddenTransition, match="L’équipe du programme"):
            act(UserFactory())


def test_step_says_who_noted_it_and_the_journal_too(antenna, staff):
    line = Milestone.record(antenna, Step.AGREEMENT, LABEL, staff, "Signée en mairie")

    assert (line.recorded_by, line.recorded_at.date()) == (staff, timezone.now().date())
    event = Event.objects.about(antenna).get()
    assert (event.verb, event.by, event.note) == ("note_milestone", staff, "Signée en mairie")


# Corrections


def test_corrected_step_stands_in_place_of_the_wrong_one(antenna, staff):
    wrong = Milestone.record(antenna, Step.AGREEMENT, LABEL, staff)

    right = wrong.correct(LABEL + timedelta(days=3), "Date de la signature", staff)

    assert antenna.facts() == [Fact(right.happened_on, Step.AGREEMENT)]
    assert antenna.milestones.count() == 2


def test_step_that_never_was_stands_no_more(antenna, staff):
    Milestone.record(antenna, Step.AGREEMENT, LABEL, staff).correct(None, "Pas signée", staff)

    assert states_of(antenna) == (State.LABELLED, State.LABELLED)
    Milestone.record(antenna, Step.AGREEMENT, LABEL, staff)
    assert states_of(antenna) == (State.AGREED, State.AGREED)


def test_correction_needs_a_reason(antenna, staff):
    line = Milestone.record(antenna, Step.AGREEMENT, LABEL, staff)

    with pytest.raises(ForbiddenTransition, match="motif"):
        line.correct(None, "  ", staff)


def test_line_is_corrected_once(antenna, staff):
    line = Milestone.record(antenna, Step.AGREEMENT, LABEL, staff)
    line.correct(LABEL + timedelta(days=1), "Erreur", staff)

    with pytest.raises(ForbiddenTransition, match="vient d’être corrigée"):
        line.correct(LABEL + timedelta(days=2), "Erreur", staff)


def test_correction_that_breaks_the_order_is_refused(antenna, staff):
    stop = Milestone.record(antenna, Step.SUSPENDED, LABEL, staff)
    Milestone.record(antenna, Step.RESUMED, LABEL + timedelta(days=2), staff)

    with pytest.raises(ForbiddenTransition, match="aucune suspension"):
        stop.correct(None, "Jamais suspendue", staff)


def test_database_holds_no_step_without_its_day(antenna):
    with pytest.raises(IntegrityError), transaction.atomic():
        MilestoneFactory(antenna=antenna, happened_on=None)


@pytest.mark.django_db(transaction=True)
def test_of_two_people_noting_the_same_step_one_is_told():
    antenna, people = AntennaFactory(labelled_on=LABEL), [StaffFactory(), StaffFactory()]

    outcomes = at_once(*(lambda by=by: Milestone.record(antenna, Step.AGREEMENT, LABEL, by) for by in people))

    assert outcomes == ["done", "refused"]
    assert antenna.milestones.count() == 1
