import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from applications.charts import chart_of
from applications.models import Recusal
from applications.reckoning import reckoning_of
from applications.spread import spread_of
from tests.applications.ranking_case import ranking_case
from tests.factories import StaffFactory


def lines_of(case, user=None) -> dict:
    """Each line of the ranking, by the place of its file in the case."""
    spread = spread_of(case.phase, user or StaffFactory())
    return {case.files.index(line.file): line for line in spread.lines}


def named(totals) -> list:
    return [(each.seat.position, each.total) for each in totals]


def test_line_tells_median_spread_and_the_seats_of_both_ends():
    case = ranking_case([[[5, 4], [1, 2], [3, 3], [2, 1]]])

    line = lines_of(case)[0]

    assert (line.file.average, line.median, line.spread) == (52.5, 45, pytest.approx(618.75**0.5))
    assert (named(line.lowest), named(line.highest)) == ([(1, 30), (3, 30)], [(0, 90)])


def test_file_with_one_review_has_no_spread_and_one_without_has_nothing():
    case = ranking_case([[[5, 4]], [None]])

    one, none = lines_of(case).values()

    assert (one.median, one.spread, one.adjusted) == (90, None, None)
    assert (none.median, none.spread, none.lowest, none.highest) == (None, None, [], [])


def test_total_far_from_the_median_is_outlying_from_three_reviews_on():
    case = ranking_case([[[5, 5], [3, 3], [3, 3]], [[5, 5], [0, 0]], [[4, 4], [3, 3], [3, 3]]])

    outlying = {
        place: named(each for each in line.totals if each.is_outlying) for place, line in lines_of(case).items()
    }

    assert outlying == {0: [(0, 100)], 1: [], 2: []}


def test_coverage_of_a_file_leaves_recused_seats_out():
    case = ranking_case([[[3, 3], [4, 4], None]])
    Recusal.raise_for(case.files[0], case.members[1].seat, "Partenaire", StaffFactory())

    line = lines_of(case)[0]

    assert (len(line.totals), line.expected) == (1, 2)


# Severe and generous seats


def severe_case(files):
    """The second seat marks one point in five, 20 on 100, under the first; the third marks the last file alone."""
    reviews = [[[4, 4], [3, 3], None] for _ in range(files)]
    return ranking_case([*reviews, [None, None, [2, 2]]])


def test_severity_is_taken_from_the_files_marked_in_common():
    case = ranking_case([*[[[4, 4], [3, 3]] for _ in range(5)], [None, [3, 3]]])

    spread = spread_of(case.phase, StaffFactory())
    lines = lines_of(case)

    assert [(effect.seat.position, effect.points) for effect in spread.effects] == [(0, 10), (1, -10)]
    assert [effect.words for effect in spread.effects] == [
        "10,00 points de plus que les autres",
        "10,00 points de moins que les autres",
    ]
    assert (lines[0].file.average, lines[0].adjusted) == (70, 70)
    assert (lines[5].file.average, lines[5].adjusted) == (60, 70)


def test_seat_with_fewer_than_five_files_in_common_is_not_adjusted_and_is_named():
    case = severe_case(5)

    spread = spread_of(case.phase, StaffFactory())

    assert [seat.position for seat in spread.too_few] == [2]
    assert lines_of(case)[5].adjusted is None


def test_no_seat_is_adjusted_when_all_have_too_few_files_in_common():
    case = severe_case(4)

    spread = spread_of(case.phase, StaffFactory())

    assert (spread.effects, [line.adjusted for line in spread.lines]) == ([], [None] * 5)


def test_adjusting_counts_only_the_files_that_the_reader_may_see():
    case = severe_case(5)
    chair = case.members[0]
    Recusal.raise_for(case.files[0], chair.seat, "Élu du territoire", StaffFactory(), member=chair)

    assert spread_of(case.phase, chair.user).effects == []
    assert case.files[0] not in [line.file for line in spread_of(case.phase, chair.user).lines]


def test_spread_of_a_sealed_phase_is_empty():
    case = ranking_case([[[3, 3]]])
    case.phase.seal_opened_at = None
    case.phase.save()

    assert spread_of(case.phase, StaffFactory()).lines == []


def test_files_of_a_same_average_say_what_broke_the_tie():
    case = ranking_case([[[3, 4]], [[4, 3]], [[5, 5]]], ties=[1])

    lines = lines_of(case)

    assert [lines[place].ties for place in range(3)] == [
        [(case.criteria[1].name, 4)],
        [(case.criteria[1].name, 3)],
        [],
    ]


@pytest.mark.parametrize("files", [1, 3])
def test_spread_takes_five_queries_whatever_the_files(files):
    case, staff = ranking_case([[[3, 3], [4, 4]]] * files, ties=[0]), StaffFactory()

    with CaptureQueriesContext(connection) as queries:
        spread_of(case.phase, staff)

    assert len(queries) == 5


# How an average is made


def test_reckoning_opens_an_average_into_its_marks():
    case = ranking_case([[[3.5, 4], [None, 2], None]], [30, 10])

    found = reckoning_of(case.phase.call, case.files[0].reviews.order_by("seat__position"))

    assert [(each.points, each.most, str(each.total)) for each in found.columns] == [
        ("145", 200, "72.5"),
        ("20", 50, "40"),
    ]
    assert [[tuple(cell) for cell in cells] for _, cells in found.rows] == [
        [("3,5", "105"), ("", "")],
        [("4", "40"), ("2", "20")],
    ]
    assert str(found.average) == "56.25"


def test_reckoning_leaves_out_what_does_not_count():
    case = ranking_case([[[3, 3], [5, 5]]])
    Recusal.raise_for(case.files[0], case.members[1].seat, "Partenaire", StaffFactory())

    found = reckoning_of(case.phase.call, case.files[0].reviews.all())

    assert ([column.review.seat for column in found.columns], found.average) == ([case.members[0].seat], 60)


def test_chart_places_totals_along_the_width():
    case = ranking_case([[[0, 0], [5, 5], [5, 5]], [None]])

    chart = chart_of(spread_of(case.phase, StaffFactory()).lines)

    assert [(row.name, row.low, row.mean, row.high) for row in chart.rows] == [
        (f"1. {case.files[0].reference}", "2.0%", "66.0%", "98.0%")
    ]
    assert [dot.is_outlying for dot in chart.rows[0].dots] == [True, False, False]
