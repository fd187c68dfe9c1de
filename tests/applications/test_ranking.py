from fractions import Fraction
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from applications import rule
from applications.models import (
    Candidature,
    Recusal,
    Review,
    Score,
    Status,
    coverage,
    grid,
    ranking,
    rule_criteria,
    rule_files,
)
from tests.applications.committee_case import committee_case, write_review
from tests.applications.ranking_case import add_review, ranking_case
from tests.factories import CandidatureFactory, CriterionFactory, StaffFactory

SEATS, CRITERIA = 3, 3
MARKS = st.one_of(st.none(), st.integers(0, 10).map(lambda halves: halves / 2))
REVIEWS = st.one_of(st.none(), st.lists(MARKS, min_size=CRITERIA, max_size=CRITERIA).filter(any))
FILES = st.lists(st.lists(REVIEWS, min_size=SEATS, max_size=SEATS), min_size=1, max_size=4)
WEIGHTS = st.lists(st.sampled_from([1, 2, 3, 10, 33, 100]), min_size=CRITERIA, max_size=CRITERIA)
TIES = st.permutations(range(CRITERIA)).flatmap(lambda places: st.integers(0, CRITERIA).map(lambda n: places[:n]))
HOURS = st.lists(st.integers(0, 2), min_size=4, max_size=4)  # often deposited at the same moment
of_any_marks = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def half_up(value) -> float | None:
    return None if value is None else int(value * 100 + Fraction(1, 2)) / 100


def exact_mean(values) -> Fraction | None:
    there = [Fraction(value) for value in values if value is not None]
    return sum(there) / len(there) if there else None


def exact_total(marks, weights) -> Fraction:
    """The weighted mean on 100 of the marks that were given."""
    there = [(Fraction(mark), weight) for mark, weight in zip(marks, weights, strict=True) if mark is not None]
    return sum(mark * weight for mark, weight in there) * 20 / sum(weight for _, weight in there)


def written_rule(case, files, weights, ties, hours) -> list[tuple]:
    """The rule of the calls written a second time: number, average and rank of each file, best first."""
    found = []
    for file, reviews, hour in zip(case.files, files, hours, strict=False):
        counted = [marks for marks in reviews if marks is not None]
        average = half_up(exact_mean([exact_total(marks, weights) for marks in counted]))
        breaking = [half_up(exact_mean([marks[place] for marks in counted])) for place in ties]
        key = [-1 if value is None else value for value in (average, *breaking)]
        found.append(([-value for value in key], -hour, file.number, average))
    found.sort()
    return [(number, average, rank) for rank, (_, _, number, average) in enumerate(found, start=1)]


def told(ranked) -> list[tuple]:
    return [(file.number, file.average, file.rank) for file in ranked]


@of_any_marks
@given(files=FILES, weights=WEIGHTS, ties=TIES, hours=HOURS)
def test_ranking_equals_the_rule_in_plain_python(files, weights, ties, hours):
    case = ranking_case(files, weights, ties, hours[: len(files)])

    assert told(ranking(case.phase, StaffFactory())) == written_rule(case, files, weights, ties, hours)


@of_any_marks
@given(files=FILES, weights=WEIGHTS, ties=TIES, hours=HOURS)
def test_rule_to_be_read_alone_ranks_as_the_database_does(files, weights, ties, hours):
    case = ranking_case(files, weights, ties, hours[: len(files)])
    reader = StaffFactory()

    places = rule.ranked(rule_files(case.phase, reader), rule_criteria(case.phase.call))

    ranked = list(ranking(case.phase, reader))
    assert [(place.number, place.average and float(place.average), place.rank) for place in places] == told(ranked)
    in_sql = [tuple(getattr(file, f"tie_{n}") for n, _ in enumerate(ties, start=1)) for file in ranked]
    assert [tuple(tie and float(tie) for tie in place.ties) for place in places] == in_sql


@of_any_marks
@given(files=FILES, weights=WEIGHTS, seed=st.integers(0, 1000))
def test_order_in_which_rows_were_written_changes_nothing(files, weights, seed):
    case, reader, chance = ranking_case(files, weights, [0]), StaffFactory(), Random(seed)
    before = told(ranking(case.phase, reader))
    reviews = list(Review.objects.filter(candidature__phase=case.phase).prefetch_related("scores__criterion"))
    marks = [[(score.criterion, score.mark) for score in review.scores.all()] for review in reviews]

    Score.objects.filter(review__in=reviews).delete()
    Review.objects.filter(pk__in=[review.pk for review in reviews]).delete()
    for review, given_marks in chance.sample(list(zip(reviews, marks, strict=True)), len(reviews)):
        shuffled = chance.sample(given_marks, len(given_marks))
        add_review(review.candidature, review.seat.members.get(), *zip(*shuffled, strict=True))

    assert told(ranking(case.phase, reader)) == before


@of_any_marks
@given(files=FILES, weights=WEIGHTS, mark=st.integers(0, 5), where=st.integers(0, 3))
def test_recused_review_changes_nothing(files, weights, mark, where):
    case, reader = ranking_case(files, weights, [0]), StaffFactory()
    before = told(ranking(case.phase, reader))
    file, member = case.files[where % len(files)], case.members[0]
    reviews = file.reviews.filter(seat=member.seat)
    marks = [list(review.scores.order_by("criterion__position").values_list("mark", flat=True)) for review in reviews]
    Score.objects.filter(review__in=reviews).delete()
    reviews.delete()
    without = told(ranking(case.phase, reader))

    add_review(file, member, case.criteria, marks[0] if marks else [mark] * CRITERIA)
    Recusal.raise_for(file, member.seat, "Partenaire du projet", reader)

    assert told(ranking(case.phase, reader)) == without
    assert marks or without == before


@pytest.mark.parametrize(
    ("reviews", "average"),
    [
        ([[5, 0], [5, 0], [5, 0]], 0.5),  # weights 1 and 199: 100 × 5 ÷ (5 × 200)
        ([[1, 0], [0, 0], [0, 0], [0, 0]], 0.03),  # 0.025 exactly: half goes up
        ([[3, 4], [4, 4], [4, 4], [4, 4]], 79.98),  # 79.975 exactly, which no float holds
        ([[3.5, 4]], 79.95),
    ],
)
def test_average_rounds_half_up_on_every_database(reviews, average):
    case = ranking_case([reviews], [1, 199])

    assert ranking(case.phase, StaffFactory()).get().average == average


# Ties


def test_same_average_ranks_by_the_criteria_of_the_call_in_their_order():
    reviews = [[[3, 2, 4]], [[3, 4, 2]], [[5, 2, 2]], [[5, 0, 4]]]
    case = ranking_case(reviews, [1, 1, 1], ties=[0, 1])

    ranked = list(ranking(case.phase, StaffFactory()))

    assert {file.average for file in ranked} == {60.0}
    assert [case.files.index(file) for file in ranked] == [2, 3, 1, 0]
    assert [(file.tie_1, file.tie_2) for file in ranked] == [(5, 2), (5, 0), (3, 4), (3, 2)]


def test_same_average_and_no_mark_to_break_the_tie_comes_after():
    case = ranking_case([[[None, 3]], [[3, 3]]], [1, 1], ties=[0])

    assert [case.files.index(file) for file in ranking(case.phase, StaffFactory())] == [1, 0]


def test_same_marks_rank_the_earlier_deposit_first_then_the_lower_number():
    case = ranking_case([[[3, 3]], [[3, 3]], [[3, 3]]], ties=[1], hours=[0, 5, 0])

    ranked = list(ranking(case.phase, StaffFactory()))

    assert [(case.files.index(file), file.rank) for file in ranked] == [(1, 1), (0, 2), (2, 3)]


def test_tie_rule_is_said_in_words():
    first, second = CriterionFactory.build(name="Besoins", tie_rank=2), CriterionFactory.build(name="Site", tie_rank=1)

    assert grid.tie_rule([first, second]) == (
        "À moyenne égale, la note moyenne à « Site », puis à « Besoins » départage, puis "
        "le dépôt le plus ancien passe devant."
    )


# What counts, and who reads it


def test_unsigned_recused_and_voteless_reviews_do_not_count():
    case = committee_case()
    write_review(case.file, case.members["unsigned"], mark=0, sign=False)
    write_review(case.file, case.members["recused"], mark=0)
    Recusal.declare(case.file, case.people["recused"], "Parenté")
    write_review(case.file, case.members["recused_seat"], mark=0)
    seat = case.members["recused_seat"].seat
    seat.is_voting = False
    seat.save()
    case.phase.open_seal(case.people["chair"])

    file = ranking(case.phase, case.people["chair"]).get()

    assert (file.average, file.reviews_counted, file.rank) == (100.0, 1, 1)


def test_file_without_a_review_comes_last_without_an_average():
    case = ranking_case([[], [[0, 0]]])

    ranked = list(ranking(case.phase, StaffFactory()))

    assert [(file.average, file.reviews_counted) for file in ranked] == [(0.0, 1), (None, 0)]


def test_ranking_of_a_sealed_phase_is_empty():
    case = committee_case()

    for who in ("staff", "chair"):
        assert list(ranking(case.phase, case.people[who])) == []
        assert rule_files(case.phase, case.people[who]) == []


def test_rank_counts_only_the_files_that_the_reader_may_see():
    case = committee_case()
    other = CandidatureFactory(status=Status.ADMISSIBLE, phase=case.phase)
    Recusal.declare(case.file, case.people["chair"], "Parenté")
    case.phase.open_seal(case.people["chair"])

    assert [(file, file.rank) for file in ranking(case.phase, case.people["chair"])] == [(other, 1)]
    assert [file.rank for file in ranking(case.phase, case.people["staff"])] == [1, 2]


@pytest.mark.parametrize("read", [lambda phase, user: list(ranking(phase, user)), rule_files, coverage])
def test_number_of_queries_does_not_grow_with_the_files(read):
    counts = []
    for files in (1, 3):
        case, staff = ranking_case([[[3, 3], [4, 4]]] * files, ties=[0]), StaffFactory()
        with CaptureQueriesContext(connection) as queries:
            read(case.phase, staff)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_rule_without_a_weight_or_a_mark_gives_nothing():
    criteria = [rule.Criterion("a", 0), rule.Criterion("b", 3)]

    assert rule.total({"a": 5, "b": None}, criteria) is None
    assert rule.total({"a": 5, "b": 1}, criteria) == 20
    assert (rule.mean([]), rule.median([None]), rule.half_up(None)) == (None, None, None)


@pytest.mark.parametrize(("values", "middle"), [([3], 3), ([1, 9], 5), ([9, 1, 2], 2), ([1, None, 2, 4, 8], 3)])
def test_rule_takes_the_middle_total_or_the_mean_of_two(values, middle):
    assert rule.median(values) == middle


def test_deposit_later_than_the_closing_still_ranks_by_its_time():
    case = ranking_case([[[3, 3]], [[3, 3]]], hours=[1, 2])
    Candidature.objects.filter(pk=case.files[1].pk).update(submitted_at=timezone.now())

    assert [file.pk for file in ranking(case.phase, StaffFactory())] == [each.pk for each in case.files]
