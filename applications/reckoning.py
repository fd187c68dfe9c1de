"""How the average of one file is made: every mark, what it weighs, the total of each seat, and their mean."""

from decimal import Decimal
from statistics import median
from typing import NamedTuple

from . import rule
from .models import MAX_MARK, Criterion, Review, mark_in_words
from .spread import ENOUGH_SEATS, OUTLYING


class Cell(NamedTuple):
    mark: str  # in words, "" without an opinion
    points: str  # the mark multiplied by the weight


class Column(NamedTuple):
    """One seat: the sum of its points, over the most that the criteria it marked can give."""

    review: Review
    points: str
    most: int
    total: Decimal | None  # on 100, two decimals
    is_outlying: bool


class Reckoning(NamedTuple):
    columns: list[Column]
    rows: list[tuple[Criterion, list[Cell]]]
    average: Decimal | None


def reckoning_of(call, reviews) -> Reckoning:
    """The parts of the average of one file.

    Args:
        reviews: those that the reader may know, signed, with `seat` and `scores` at hand. Only those that count are
            reckoned.
    """
    counted = [each for each in reviews if each.signed_at and each.recusal_id is None and each.seat.is_voting]
    criteria = list(call.criteria.all())
    weighing = [rule.Criterion(each.pk, each.weight, each.tie_rank) for each in criteria]
    marks = [{score.criterion_id: score.mark for score in review.scores.all()} for review in counted]
    totals = [rule.total(given, weighing) for given in marks]
    there = [total for total in totals if total is not None]
    middle = median(there) if len(there) >= ENOUGH_SEATS else None
    columns = [
        column_of(review, rule.points(given, weighing), total, middle)
        for review, given, total in zip(counted, marks, totals, strict=True)
    ]
    rows = [(each, [cell_of(given.get(each.pk), each.weight) for given in marks]) for each in criteria]
    return Reckoning(columns, rows, rule.half_up(rule.mean(totals)))


def column_of(review, points, total, middle) -> Column:
    given, weights = points
    is_outlying = None not in (middle, total) and abs(total - middle) > OUTLYING
    return Column(review, mark_in_words(given), MAX_MARK * weights, rule.half_up(total), is_outlying)


def cell_of(mark, weight) -> Cell:
    return Cell("", "") if mark is None else Cell(mark_in_words(mark), mark_in_words(mark * weight))
