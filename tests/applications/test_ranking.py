from datetime import timedelta
from fractions import Fraction

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from applications.models import Candidature, Progress, Recusal, Review, Score, Status, coverage, ranking
from tests.applications.committee_case import committee_case, write_review
from tests.factories import CandidatureFactory, CriterionFactory, MemberFactory, PhaseFactory, SeatFactory, StaffFactory

MARKS = st.one_of(st.none(), st.integers(0, 5))


def exact_average(reviews, weights) -> float | None:
    """The rule in plain Python: mean of the weighted means on 100, rounded half up to two decimals."""
    totals = []
    for marks in reviews:
        given_marks = [(mark, weight) for mark, weight in zip(marks, weights, strict=True) if mark is not None]
        if given_marks:
            total = sum(mark * weight for mark, weight in given_marks)
            totals.append(Fraction(100 * total, 5 * sum(weight for _, weight in given_marks)))
    if not totals:
        return None
    return int(sum(totals) / len(totals) * 100 + Fraction(1, 2)) / 100


def open_phase_with(files, weights):
    """A phase whose seal is open, one signed review for each line of marks; the first file was deposited last."""
    phase = PhaseFactory(closed=True, seal_opened_at=timezone.now())
    criteria = [CriterionFactory(call=phase.call, weight=weight) for weight in weights]
    members = [MemberFactory(seat=SeatFactory(call=phase.call)) for _ in range(max(map(len, files), default=0))]
    for age, reviews in enumerate(files):
        candidature = CandidatureFactory(status=Status.ADMISSIBLE, phase=phase)
        Candidature.objects.filter(pk=candidature.pk).update(submitted_at=timezone.now() - timedelta(hours=age))
        for member, marks in zip(members, reviews, strict=False):
            signed(candidature, member, criteria, marks)
    return phase


def signed(candidature, member, criteria, marks):
    review = Review.objects.create(
        candidature=candidature,
        seat=member.seat,
        submission=candidature.last_submission,
        advice="reserved",
        comment="x",
        drafted_by=member.user,
        signed_by=member.user,
        signed_at=timezone.now(),
    )
    for criterion, mark in zip(criteria, marks, strict=True):
        Score.objects.create(review=review, criterion=criterion, mark=mark, abstains=mark is None)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    weights=st.lists(st.integers(1, 100), min_size=3, max_size=3),
    files=st.lists(st.lists(st.lists(MARKS, min_size=3, max_size=3).filter(any), max_size=3), min_size=1, max_size=3),
)
def test_ranking_equals_the_rule_in_plain_python(weights, files):
    phase = open_phase_with(files, weights)
    numbers = list(phase.candidatures.order_by("number").values_list("number", flat=True))
    averages = {number: exact_average(reviews, weights) for number, reviews in zip(numbers, files, strict=True)}

    ranked = list(ranking(phase, StaffFactory()))

    best_first = sorted(numbers, key=lambda n: (averages[n] is None, -(averages[n] or 0), -numbers.index(n)))
    assert [(file.number, file.average, file.rank) for file in ranked] == [
        (number, averages[number], rank) for rank, number in enumerate(best_first, start=1)
    ]


@pytest.mark.parametrize(
    ("reviews", "average"),
    [
        ([[5, 0], [5, 0], [5, 0]], 0.5),  # weights 1 and 199: 100 × 5 ÷ (5 × 200)
        ([[1, 0], [0, 0], [0, 0], [0, 0]], 0.03),  # 0.025 exactly: half goes up
        ([[3, 4], [4, 4], [4, 4], [4, 4]], 79.98),  # 79.975 exactly, which no float holds
    ],
)
def test_average_rounds_half_up_on_every_database(reviews, average):
    phase = open_phase_with([reviews], [1, 199])

    assert ranking(phase, StaffFactory()).get().average == average


def test_same_average_ranks_the_earlier_deposit_first():
    phase = open_phase_with([[[5, 1]], [[1, 5]], [[3, 3]]], [2, 2])

    ranked = list(ranking(phase, StaffFactory()))

    assert [file.average for file in ranked] == [60.0, 60.0, 60.0]
    assert [file.submitted_at for file in ranked] == sorted(file.submitted_at for file in ranked)
    assert [file.rank for file in ranked] == [1, 2, 3]


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
    phase = open_phase_with([[], [[0, 0]]], [1, 1])

    ranked = list(ranking(phase, StaffFactory()))

    assert [(file.average, file.reviews_counted) for file in ranked] == [(0.0, 1), (None, 0)]


def test_ranking_of_a_sealed_phase_is_empty():
    case = committee_case()

    assert list(ranking(case.phase, case.people["staff"])) == []
    assert list(ranking(case.phase, case.people["chair"])) == []


def test_rank_counts_only_the_files_that_the_reader_may_see():
    case = committee_case()
    other = CandidatureFactory(status=Status.ADMISSIBLE, phase=case.phase)
    Recusal.declare(case.file, case.people["chair"], "Parenté")
    case.phase.open_seal(case.people["chair"])

    assert [(file, file.rank) for file in ranking(case.phase, case.people["chair"])] == [(other, 1)]
    assert [file.rank for file in ranking(case.phase, case.people["staff"])] == [1, 2]


def test_coverage_tells_how_far_each_seat_has_come():
    case = committee_case()
    write_review(case.file, case.members["unsigned"], sign=False)
    write_review(case.file, case.members["recused"])
    Recusal.declare(case.file, case.people["recused"], "Parenté")
    Recusal.declare(case.file, case.people["recused_seat"], "Partenaire", whole_seat=True)

    found = coverage(case.phase, case.people["staff"])

    assert [cell for _, cells in found.rows for cell in cells] == [
        Progress.SIGNED,
        Progress.BEGUN,
        Progress.SET_ASIDE,
        Progress.RECUSED,
        Progress.NOTHING,
        Progress.NOTHING,
    ]
    assert (found.signed, found.expected) == (1, 5)


@pytest.mark.parametrize("read", [lambda phase, user: list(ranking(phase, user)), coverage])
def test_number_of_queries_does_not_grow_with_the_files(read):
    counts = []
    for files in (1, 3):
        phase, staff = open_phase_with([[[3, 3], [4, 4]]] * files, [1, 1]), StaffFactory()
        with CaptureQueriesContext(connection) as queries:
            read(phase, staff)
        counts.append(len(queries))
    assert counts[0] == counts[1]
