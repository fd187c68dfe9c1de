"""What if: the ranking under another hypothesis, to see how far the result depends on one seat or one weight.

It is computed again each time by `applications.rule` and stored nowhere.
"""

from dataclasses import dataclass
from decimal import Decimal
from math import ceil
from typing import NamedTuple

from . import rule
from .models import Candidature, Decision, ranking, rule_criteria, rule_files


class Row(NamedTuple):
    """A file as it is ranked, and as it would be."""

    file: Candidature  # with `rank` and `average`
    rank: int
    average: Decimal | None

    @property
    def shift(self) -> int:
        """Places gained (above 0) or lost."""
        return self.file.rank - self.rank

    @property
    def words(self) -> str:
        if self.shift == 0:
            return "même place"
        places = "place" if abs(self.shift) == 1 else "places"
        return f"{'gagne' if self.shift > 0 else 'perd'} {abs(self.shift)} {places}"


@dataclass(frozen=True)
class Comparison:
    rows: list[Row]  # in the order of the ranking
    first: int  # how many files are looked at from the top

    @property
    def moved(self) -> int:
        return sum(row.shift != 0 for row in self.rows)

    @property
    def entering(self) -> list[Row]:
        """Those that would be among the first and are not."""
        return [row for row in self.rows if row.rank <= self.first < row.file.rank]

    @property
    def leaving(self) -> list[Row]:
        return [row for row in self.rows if row.file.rank <= self.first < row.rank]


class Ground(NamedTuple):
    """What a hypothesis starts from: the ranking as it is and its marks, as far as the reader may know them."""

    ranked: list[Candidature]
    files: list[rule.File]
    criteria: list[rule.Criterion]

    @classmethod
    def of(cls, phase, user):
        return cls(list(ranking(phase, user)), rule_files(phase, user), rule_criteria(phase.call))

    @property
    def seats(self) -> set[int]:
        """The keys of the seats that marked at least one file."""
        return {seat for file in self.files for seat in file.reviews}

    def compare(self, first, seats=(), weights=None, middle=rule.mean) -> Comparison:
        """The ranking beside what it would be.

        Args:
            seats: the keys of the seats left out.
            weights: of each criterion by its key, 0 to leave it out; those of the grid by default.
            middle: `rule.mean` or `rule.median`.
        """
        criteria = [each._replace(weight=(weights or {}).get(each.key, each.weight)) for each in self.criteria]
        would_be = {place.number: place for place in rule.ranked(rule.without(self.files, seats), criteria, middle)}
        places = [(file, would_be[file.number]) for file in self.ranked]
        return Comparison([Row(file, place.rank, place.average) for file, place in places], first)


def usual_first(ranked, user) -> int:
    """How many files matter most: those that the committee decided to label, else a third of them."""
    labels = Decision.objects.visible_to(user).filter(
        candidature__in=ranked, outcome__in=[Decision.Outcome.LABEL, Decision.Outcome.CONDITIONS]
    )
    return labels.count() or ceil(len(ranked) / 3)
