"""A phase whose seal is open, with many files, each reviewed by every seat: 500 × 9 × 6 make 27,000 marks.

Run in the environment of a portal whose database is its own; prints JSON: the cookie of the chair and, for each page,
its address and how many queries it makes.
"""

import json
import random
import sys
from datetime import timedelta

import django

django.setup()

from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402

from applications.models import Candidature, Review, Score, Status, Submission  # noqa: E402
from tests.bench.crowd import session_of  # noqa: E402
from tests.factories import (  # noqa: E402
    CallFactory,
    ConceptFactory,
    CriterionFactory,
    MemberFactory,
    PhaseFactory,
    SeatFactory,
    UserFactory,
)


def make_files(phase, count) -> list[Submission]:
    """`count` admissible candidatures and their deposits, one a minute."""
    concept, person = ConceptFactory(), UserFactory(email="porteur@bench.example", password="!")
    candidatures = Candidature.objects.bulk_create(
        Candidature(
            call=phase.call,
            phase=phase,
            number=number,
            title=f"Une antenne au cœur de la ville numéro {number}",
            summary="Former ici.",
            concept=concept,
            target_year=2027,
            status=Status.ADMISSIBLE,
            created_at=phase.opens_at,
            submitted_at=phase.opens_at + timedelta(minutes=number),
        )
        for number in range(1, count + 1)
    )
    return Submission.objects.bulk_create(
        Submission(
            candidature=each,
            number=1,
            content={},
            sha256="0" * 64,
            code=f"BENCH{each.number:07d}",
            submitted_at=each.submitted_at,
            submitted_by=person,
        )
        for each in candidatures
    )


def make_reviews(deposits, members, criteria):
    """One signed review for each file and seat; each seat has its severity, each file its worth."""
    chance, now = random.Random(2019), timezone.now()
    worth = {deposit.pk: chance.uniform(1, 4) for deposit in deposits}
    severity = {member.pk: chance.uniform(-0.8, 0.8) for member in members}
    pairs = [(deposit, member) for deposit in deposits for member in members]
    reviews = Review.objects.bulk_create(
        Review(
            candidature_id=deposit.candidature_id,
            seat=member.seat,
            submission=deposit,
            advice="reserved",
            comment="Lu.",
            drafted_by=member.user,
            signed_by=member.user,
            signed_at=now,
        )
        for deposit, member in pairs
    )
    Score.objects.bulk_create(
        Score(
            review=review,
            criterion=criterion,
            mark=round(min(5, max(0, worth[deposit.pk] + severity[member.pk] + chance.uniform(-1, 1)))),
        )
        for review, (deposit, member) in zip(reviews, pairs, strict=True)
        for criterion in criteria
    )


def main(files: int, seats: int, marks: int):
    """`files` candidatures × `seats` seats × `marks` criteria."""
    call = CallFactory(form=False)
    phase = PhaseFactory(call=call, closed=True, seal_opened_at=timezone.now())
    criteria = [CriterionFactory(call=call, weight=10 + n, tie_rank=n if n < 3 else None) for n in range(1, marks + 1)]
    members = [
        MemberFactory(seat=SeatFactory(call=call, position=n), user__password="!", is_chair=n == 0)
        for n in range(seats)
    ]
    make_reviews(make_files(phase, files), members, criteria)
    pages = {name: reverse(f"admin:{name}", args=[phase.pk]) for name in ("phase_ranking", "phase_coverage")}
    queries = {name: count_queries(address, members[0].user) for name, address in pages.items()}
    sys.stdout.write(json.dumps({"cookie": session_of(members[0].user), "pages": pages, "queries": queries}))


def count_queries(address, user) -> int:
    """How many queries the page makes when nothing of it is kept yet."""
    client = Client()
    client.force_login(user)
    with CaptureQueriesContext(connection) as queries:
        response = client.get(address)
    if response.status_code != 200:
        raise RuntimeError(f"{address} answered {response.status_code}")
    return len(queries)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
