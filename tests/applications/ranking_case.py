"""A phase whose seal is open, with marks: the ground of the tests of the ranking."""

from datetime import timedelta
from typing import NamedTuple

from django.utils import timezone

from applications.models import Candidature, Criterion, Member, Review, Score, SelectionPhase, Status
from tests.factories import CandidatureFactory, CriterionFactory, MemberFactory, PhaseFactory, SeatFactory


class RankingCase(NamedTuple):
    phase: SelectionPhase
    criteria: list[Criterion]
    members: list[Member]  # one a seat; the first presides
    files: list[Candidature]


def ranking_case(files, weights=(1, 1), ties=(), hours=None) -> RankingCase:
    """One file for each line, one signed review for each line of marks in it, by the seats in their order.

    Args:
        files: for each file, the marks of each seat: one a criterion, None without an opinion; None for a seat that
            reviewed nothing.
        ties: places of the criteria that break ties, the first to decide first.
        hours: how long ago each file was deposited; by default one hour more for each file, the first being the last.
    """
    phase = PhaseFactory(closed=True, seal_opened_at=timezone.now())
    call = phase.call
    criteria = [
        CriterionFactory(call=call, weight=weight, tie_rank=ties.index(place) + 1 if place in ties else None)
        for place, weight in enumerate(weights)
    ]
    count = max(map(len, files), default=0)
    members = [MemberFactory(seat=SeatFactory(call=call, position=n), is_chair=n == 0) for n in range(max(count, 1))]
    hours = range(len(files)) if hours is None else hours
    made = [add_file(phase, members, criteria, *each) for each in zip(files, hours, strict=True)]
    return RankingCase(phase, criteria, members, made)


def add_file(phase, members, criteria, reviews, hours) -> Candidature:
    file = CandidatureFactory(status=Status.ADMISSIBLE, phase=phase)
    file.submitted_at = phase.closes_at - timedelta(hours=hours)
    file.save(update_fields=["submitted_at"])
    for member, marks in zip(members, reviews, strict=False):
        if marks is not None:
            add_review(file, member, criteria, marks)
    return file


def add_review(file, member, criteria, marks, **columns) -> Review:
    """A review that counts, written as it is: the rules of who may sign when are tested elsewhere."""
    review = Review.objects.create(
        candidature=file,
        seat=member.seat,
        submission=file.last_submission,
        advice="reserved",
        comment="x",
        drafted_by=member.user,
        **{"signed_by": member.user, "signed_at": timezone.now()} | columns,
    )
    Score.objects.bulk_create(
        Score(review=review, criterion=criterion, mark=mark, abstains=mark is None)
        for criterion, mark in zip(criteria, marks, strict=True)
    )
    return review
