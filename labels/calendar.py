"""The laureates in the order of their opening: by school year, then by call and phase, then by place."""

from collections import Counter
from dataclasses import dataclass
from itertools import groupby

from applications.models import SelectionPhase
from applications.years import school_year

from .models import Antenna


@dataclass(frozen=True)
class PhaseGroup:
    phase: SelectionPhase
    antennas: list[Antenna]

    @property
    def label(self) -> str:
        """« AMI#2, phase 1 »; the name of the call alone when it had a single phase. Needs `with_opening()`."""
        return str(self.phase) if self.antennas[0].is_phased else str(self.phase.call)


class SchoolYear:
    """What is shown of the school year that starts in `start`; None while nothing is announced."""

    start: int | None
    number: int  # laureates, demonstration left out

    @property
    def label(self) -> str:
        return school_year(self.start)

    @property
    def anchor(self) -> str:
        return f"ouverture-{self.label}" if self.start else "calendrier-a-preciser"

    @property
    def marks(self) -> range:
        """One mark for each laureate, to draw."""
        return range(self.number)


@dataclass(frozen=True)
class YearGroup(SchoolYear):
    """The antennas that open in one school year."""

    start: int | None
    phases: list[PhaseGroup]

    @property
    def antennas(self) -> list[Antenna]:
        return [antenna for group in self.phases for antenna in group.antennas]

    @property
    def number(self) -> int:
        return sum(not antenna.phase.call.is_demo for antenna in self.antennas)

    @property
    def count(self) -> str:
        return count_label(self.antennas)


def by_year(antennas: list[Antenna]) -> list[YearGroup]:
    """Group antennas read `with_opening()` by year, those without a calendar last."""
    ordered = sorted(antennas, key=rank)
    return [
        YearGroup(start, [PhaseGroup(phase, list(rows)) for phase, rows in groupby(group, lambda row: row.phase)])
        for start, group in groupby(ordered, lambda row: row.planned_year)
    ]


def rank(antenna: Antenna) -> tuple:
    """The slug is the name of the place without accents: it sorts alike on every database."""
    call = antenna.phase.call
    year = antenna.planned_year or float("inf")
    return year, call.is_demo, str(call.launched_on), call.pk, antenna.phase.number, antenna.slug


def count_label(antennas: list[Antenna]) -> str:
    """« 7 lauréats », those of a demonstration told apart."""
    demo = sum(antenna.phase.call.is_demo for antenna in antennas)
    real = len(antennas) - demo
    label = f"{real} lauréat{'s' if real > 1 else ''}" if real or not demo else ""
    return " et ".join(filter(None, [label, f"{demo} de démonstration" if demo else ""]))


@dataclass(frozen=True)
class YearCount(SchoolYear):
    """How many laureates open in one school year."""

    start: int | None
    number: int


def opening_counts() -> list[YearCount]:
    """The school years with at least one laureate, in order, « calendrier à préciser » last. One query."""
    starts = Antenna.objects.real().with_opening().order_by().values_list("planned_year", flat=True)
    counts = Counter(starts)
    return [YearCount(start, counts[start]) for start in sorted(counts, key=lambda year: year or float("inf"))]
