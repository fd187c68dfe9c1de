"""The rules of an antenna's life: its state and what is out of order, both computed from dated facts, and only here."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from django.db import models
from django.db.models import Case, CharField, Q, Value, When
from django.utils import timezone

from applications.models import ForbiddenTransition
from territories.reference import day_in_words

EARLIEST = date(2000, 1, 1)  # before, a year was mistyped


class State(models.TextChoices):
    """Where an antenna stands. Never stored."""

    LABELLED = "labelled", "labellisée"
    AGREED = "agreed", "convention signée"
    PREPARING = "preparing", "en préparation"
    OPEN = "open", "ouverte"
    SUSPENDED = "suspended", "suspendue"
    ABANDONED = "abandoned", "abandonnée"


class Step(models.TextChoices):
    """What is noted with its day. The label and the opening are steps too, each kept in one place of its own:
    `Antenna.labelled_on` and the calendar of openings.
    """

    AGREEMENT = "agreement", "convention signée"
    PREMISES = "premises", "locaux trouvés ou livrés"
    RECRUITMENT = "recruitment", "équipe recrutée"
    FIRST_TRAINING = "first_training", "première formation"
    SUSPENDED = "suspended", "suspension"
    RESUMED = "resumed", "reprise"
    ABANDONED = "abandoned", "abandon du projet"


OPENED = "opened"
PREPARATION = (Step.PREMISES, Step.RECRUITMENT, Step.FIRST_TRAINING)
BEFORE_THE_LABEL = (Step.PREMISES, Step.RECRUITMENT)  # a town may have had the place and the people already
ONCE = (Step.AGREEMENT, Step.FIRST_TRAINING, OPENED)
# On one day, in this order: what is resumed was stopped before that day, and what is abandoned ends it.
DAY_ORDER = [
    Step.AGREEMENT,
    Step.PREMISES,
    Step.RECRUITMENT,
    Step.RESUMED,
    Step.FIRST_TRAINING,
    OPENED,
    Step.SUSPENDED,
    Step.ABANDONED,
]


class Fact(NamedTuple):
    """A step that stands: what happened, on which day."""

    day: date
    kind: str  # a Step, or OPENED

    @property
    def words(self) -> str:
        label = "ouverture" if self.kind == OPENED else Step(self.kind).label
        return f"{label}, le {day_in_words(self.day)}"


# The state


def state_of(facts: Iterable[Fact]) -> State:
    """The state that standing facts make. `state_in_sql` says the same to the database."""
    kinds, stops = {fact.kind for fact in facts}, [f for f in facts if f.kind in (Step.SUSPENDED, Step.RESUMED)]
    if Step.ABANDONED in kinds:
        return State.ABANDONED
    if stops and max(stops).kind == Step.SUSPENDED:  # on the same day, « suspended » sorts after « resumed »
        return State.SUSPENDED
    if OPENED in kinds:
        return State.OPEN
    if kinds & set(PREPARATION):
        return State.PREPARING
    return State.AGREED if Step.AGREEMENT in kinds else State.LABELLED


def state_in_sql(has: dict[str, models.Expression], last_stop: str, opened_on: str) -> Case:
    """The same rule over columns: `has` says by step whether one stands, `last_stop` names the last of suspended and
    resumed, `opened_on` the day of the opening.
    """
    return Case(
        When(has[Step.ABANDONED], then=Value(State.ABANDONED)),
        When(Q(**{last_stop: Step.SUSPENDED}), then=Value(State.SUSPENDED)),
        When(Q(**{f"{opened_on}__isnull": False}), then=Value(State.OPEN)),
        *(When(has[step], then=Value(State.PREPARING)) for step in PREPARATION),
        When(has[Step.AGREEMENT], then=Value(State.AGREED)),
        default=Value(State.LABELLED),
        output_field=CharField(),
    )


# The order


def out_of_order(facts: Iterable[Fact], floor: date | None) -> list[str]:
    """What cannot be true together, in words; empty for a life in order.

    Args:
        floor: the day of the label, or of the call when nobody published the label's; None when neither is known.
    """
    problems, seen, stopped_on, ended_on = [], set(), None, None
    for fact in sorted(facts, key=lambda fact: (fact.day, DAY_ORDER.index(fact.kind))):
        if problem := problem_of(fact, floor, seen, stopped_on, ended_on):
            problems.append(f"{fact.words} : {problem}")
        seen.add(fact.kind)
        stopped_on = {Step.SUSPENDED: fact.day, Step.RESUMED: None}.get(fact.kind, stopped_on)
        ended_on = ended_on or (fact.day if fact.kind == Step.ABANDONED else None)
    return problems


def problem_of(fact, floor, seen, stopped_on, ended_on) -> str:
    """Why this fact cannot follow those before it, or ""."""
    if ended_on:
        return f"après l’abandon du {day_in_words(ended_on)}"
    if floor and fact.day < floor and fact.kind not in BEFORE_THE_LABEL:
        return f"avant le label, qui date au plus tôt du {day_in_words(floor)}"
    if fact.kind in ONCE and fact.kind in seen:
        return "cette étape est déjà notée, et n’a lieu qu’une fois"
    return problem_of_stop(fact, stopped_on)


def problem_of_stop(fact, stopped_on) -> str:
    if fact.kind == Step.RESUMED and not stopped_on:
        return "aucune suspension ne la précède"
    if fact.kind == Step.SUSPENDED and stopped_on:
        return f"déjà suspendue depuis le {day_in_words(stopped_on)}"
    if fact.kind == OPENED and stopped_on:
        return f"suspendue depuis le {day_in_words(stopped_on)} : notez d’abord la reprise"
    return ""


# What every act on an antenna checks


def check_staff(by) -> None:
    """Raises ForbiddenTransition for whoever is not of the programme's team."""
    if not by.is_staff:
        raise ForbiddenTransition("L’équipe du programme suit la vie des antennes.")


def check_past(day: date) -> None:
    """A fact has a day that is not to come.

    Raises:
        ForbiddenTransition: to come, or so early that the year was mistyped.
    """
    if day > timezone.localdate():
        raise ForbiddenTransition("Cette date est à venir : notez ce fait quand il aura eu lieu.")
    if day < EARLIEST:
        raise ForbiddenTransition("Cette date n’est pas possible : vérifiez l’année.")
