"""The rule of the ranking in plain Python, for whoever holds the marks: nothing here knows Django or a database.

The total of a review is the weighted mean of its marks, on 100, criteria without an opinion left out. The average of a
file is the mean of its totals, rounded to two decimals, halves up. At the same average, the criteria that break ties
decide one after the other by the mean mark that the file got, rounded the same way; then the earlier deposit goes
first, then the lower number. What has no average, or no mark, comes last. All of it is exact: no float.
"""

from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

MAX_MARK = 5


class Criterion(NamedTuple):
    key: Any
    weight: int
    tie_rank: int | None = None  # 1 breaks ties first; None breaks none


class File(NamedTuple):
    """A file and the reviews that count: signed, by seats with a vote, not set aside by a recusal."""

    number: int
    submitted_at: Any  # whatever sorts in order of time
    reviews: dict[Any, dict[Any, Decimal | None]]  # seat → key of a criterion → mark, None without an opinion


class Place(NamedTuple):
    number: int
    rank: int
    average: Decimal | None
    ties: tuple[Decimal | None, ...]  # mean marks of the criteria that break ties, in their order


def points(marks, criteria) -> tuple[Decimal, int]:
    """The marks multiplied by their weights, added up; and the weights of the criteria that were marked."""
    given = [(marks[each.key], each.weight) for each in criteria if marks.get(each.key) is not None]
    return sum((Decimal(mark) * weight for mark, weight in given), Decimal(0)), sum(weight for _, weight in given)


def total(marks, criteria) -> Fraction | None:
    """What one seat gives to one file, on 100; None when no criterion that weighs was marked."""
    weighted, weights = points(marks, criteria)
    return Fraction(weighted) * 100 / (MAX_MARK * weights) if weights else None


def mean(values) -> Fraction | None:
    """The mean of what is there; None without a value."""
    there = [Fraction(value) for value in values if value is not None]
    return sum(there) / len(there) if there else None


def median(values) -> Fraction | None:
    """The middle one, or the mean of the two in the middle; None without a value."""
    there = sorted(Fraction(value) for value in values if value is not None)
    middle = len(there) // 2
    return mean(there[middle : middle + 1] if len(there) % 2 else there[max(0, middle - 1) : middle + 1])


def half_up(value) -> Decimal | None:
    """Rounded to two decimals, halves up: 79.975 gives 79.98."""
    return None if value is None else Decimal((value * 200 + 1) // 2) / 100


def without(files, seats) -> list[File]:
    """The same files as if these seats had reviewed none."""
    return [
        file._replace(reviews={seat: marks for seat, marks in file.reviews.items() if seat not in seats})
        for file in files
    ]


def ranked(files, criteria, middle=mean) -> list[Place]:
    """The files, best first.

    Args:
        middle: `mean`, which is the rule; `median` to see what it would change.
    """
    breaking = sorted((each for each in criteria if each.tie_rank), key=lambda each: each.tie_rank)
    found = []
    for file in files:
        reviews = file.reviews.values()
        average = half_up(middle(total(marks, criteria) for marks in reviews))
        ties = tuple(half_up(mean(marks.get(each.key) for marks in reviews)) for each in breaking)
        found.append((file, average, ties))
    found.sort(key=lambda each: (*map(highest_first, (each[1], *each[2])), each[0].submitted_at, each[0].number))
    return [Place(file.number, rank, average, ties) for rank, (file, average, ties) in enumerate(found, start=1)]


def highest_first(value) -> tuple:
    """A key by which the highest sorts first, and what is missing last."""
    return (value is None, -(value or 0))
