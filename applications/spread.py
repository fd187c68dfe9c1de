"""What the totals of the seats say beside the ranking: how far apart they are, and who is severe or generous.

Everything is computed from the files that the reader may know, and from nothing else.
"""

from collections import Counter
from dataclasses import dataclass, field
from statistics import fmean, median, pstdev
from typing import NamedTuple

from .models import Candidature, Criterion, Recusal, Seat, ranking, seat_totals, tie_criteria

FILES_IN_COMMON = 5  # below, a seat's severity is not told from the worth of the few files that it marked
OUTLYING = 25  # points on 100 between a seat's total and the median of the file
ENOUGH_SEATS = 3  # below, no total lies outside: there is nothing to lie outside of


class SeatTotal(NamedTuple):
    seat: Seat
    total: float  # on 100
    is_outlying: bool


class Effect(NamedTuple):
    """By how much a seat marks above (below 0: under) the others, in points on 100."""

    seat: Seat
    points: float

    @property
    def words(self) -> str:
        if round(self.points, 2) == 0:
            return "comme les autres"
        size = f"{abs(self.points):.2f}".replace(".", ",")
        return f"{size} points de {'plus' if self.points > 0 else 'moins'} que les autres"


@dataclass
class Line:
    """One file of the ranking."""

    file: Candidature  # with `rank`, `average`, `tie_1`…
    totals: list[SeatTotal]  # in the order of the seats
    expected: int  # voting seats that are not recused
    adjusted: float | None  # average without the severity of the seats; None when no seat's is known
    ties: list[tuple[str, float | None]] = field(default_factory=list)  # only beside a file of the same average

    @property
    def values(self) -> list[float]:
        return [each.total for each in self.totals]

    @property
    def median(self) -> float | None:
        return median(self.values) if self.totals else None

    @property
    def spread(self) -> float | None:
        """The standard deviation of the totals, in points on 100."""
        return pstdev(self.values) if len(self.totals) > 1 else None

    @property
    def lowest(self) -> list[SeatTotal]:
        """The seats that gave the least: several when they agree."""
        return [each for each in self.totals if round(each.total, 2) == round(min(self.values), 2)]

    @property
    def highest(self) -> list[SeatTotal]:
        return [each for each in self.totals if round(each.total, 2) == round(max(self.values), 2)]


@dataclass
class Spread:
    """The ranking of a phase with all that is shown beside it."""

    lines: list[Line]
    criteria: list[Criterion]  # those that break ties
    effects: list[Effect]  # of the seats whose severity or generosity is known
    too_few: list[Seat]  # seats that marked files, too few in common with others


def spread_of(phase, user) -> Spread:
    """The ranking of `phase` that `user` may know, with the totals of each seat. Empty while the phase is sealed.

    Five queries, whatever the number of files.
    """
    criteria = tie_criteria(phase)
    files = list(ranking(phase, user, criteria).select_related("decision"))
    totals = seat_totals(phase, user)
    seats = list(phase.call.seats.filter(is_voting=True).select_related("organisation"))
    away = set(Recusal.objects.filter(candidature__phase=phase, member=None).values_list("candidature", "seat"))
    effects = severity(totals)
    lines = [
        Line(
            file=file,
            totals=told(totals.get(file.pk, {}), seats),
            expected=sum((file.pk, seat.pk) not in away for seat in seats),
            adjusted=adjusted(totals.get(file.pk, {}), effects),
        )
        for file in files
    ]
    explain_ties(lines, criteria)
    marked = {seat for given in totals.values() for seat in given}
    return Spread(
        lines,
        criteria,
        effects=[Effect(seat, effects[seat.pk]) for seat in seats if seat.pk in effects],
        too_few=[seat for seat in seats if seat.pk in marked - set(effects)],
    )


def told(totals, seats) -> list[SeatTotal]:
    """Each seat's total of one file, the outlying ones told."""
    middle = median(totals.values()) if len(totals) >= ENOUGH_SEATS else None
    return [
        SeatTotal(seat, totals[seat.pk], middle is not None and abs(totals[seat.pk] - middle) > OUTLYING)
        for seat in seats
        if seat.pk in totals
    ]


def severity(totals) -> dict[int, float]:
    """By how much each seat marks above (or below 0, under) the others, in points on 100.

    It is the mean of what separates the seat's totals from the averages of the same files, over the files that others
    marked too. Seats with fewer than FILES_IN_COMMON such files are left out.

    Args:
        totals: the total of each seat, by file then by seat.
    """
    apart = {}
    for given in totals.values():
        if len(given) > 1:
            average = fmean(given.values())
            for seat, total in given.items():
                apart.setdefault(seat, []).append(total - average)
    return {seat: fmean(found) for seat, found in apart.items() if len(found) >= FILES_IN_COMMON}


def adjusted(totals, effects) -> float | None:
    """The average of one file once each seat's severity is taken away; None when none of them is known."""
    if not any(seat in effects for seat in totals):
        return None
    return fmean(total - effects.get(seat, 0) for seat, total in totals.items())


def explain_ties(lines, criteria):
    """Beside the files of a same average, the mean marks that broke the tie."""
    averages = Counter(line.file.average for line in lines)
    for line in lines:
        if line.file.average is not None and averages[line.file.average] > 1:
            line.ties = [(str(each), getattr(line.file, f"tie_{n}")) for n, each in enumerate(criteria, start=1)]
