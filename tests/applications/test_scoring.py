import threading
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import Role
from applications.models import (
    ChangedMeanwhile,
    Event,
    ForbiddenTransition,
    Member,
    Recusal,
    Review,
    Score,
    SelectionPhase,
    Status,
)
from tests.applications.committee_case import committee_case, write_review
from tests.factories import CandidatureFactory, MemberFactory, PhaseFactory, SeatFactory, UserFactory


@pytest.fixture
def case():
    return committee_case()


def test_signed_review_is_signed_once(case):
    review = case.file.reviews.get()

    with pytest.raises(ForbiddenTransition, match="déjà signée"):
        review.sign(case.people["signed"])
    assert Event.objects.filter(verb="sign_review").count() == 1


def test_incomplete_review_says_what_is_missing(case):
    first, second = case.phase.call.criteria.all()
    marks = {first.pk: {"mark": 0, "abstains": False, "comment": ""}}
    review = Review.write(case.file, case.people["unsigned"], 0, marks, "", "")

    assert review.missing() == [second.name, "avis", "appréciation d’ensemble"]
    with pytest.raises(ForbiddenTransition, match=second.name):
        review.sign(case.people["unsigned"])


def test_review_without_any_mark_is_not_signed(case):
    marks = {c.pk: {"mark": None, "abstains": True, "comment": ""} for c in case.phase.call.criteria.all()}
    review = Review.write(case.file, case.people["unsigned"], 0, marks, "reserved", "Hors de notre champ.")

    assert review.missing() == ["au moins une note"]


def test_grid_without_criteria_gives_nothing_to_sign():
    member = MemberFactory()
    file = CandidatureFactory(status=Status.ADMISSIBLE, phase=PhaseFactory(call=member.seat.call, closed=True))

    review = Review.write(file, member.user, 0, {}, Review.Advice.FAVOURABLE, "Un avis sans note.")

    assert review.missing() == ["au moins une note"]


def test_second_colleague_of_a_seat_is_told_and_overwrites_nothing(case):
    colleague = MemberFactory(seat=case.members["unsigned"].seat)
    write_review(case.file, case.members["unsigned"], comment="Premier", sign=False)

    with pytest.raises(ChangedMeanwhile):
        write_review(case.file, colleague, mark=1, comment="Second", sign=False)

    review = Review.objects.get(seat=colleague.seat)
    assert (review.comment, review.revision, review.drafted_by) == ("Premier", 1, case.people["unsigned"])


def test_signature_holds_only_for_the_text_that_was_read(case):
    review = write_review(case.file, case.members["unsigned"], sign=False)
    read = Review.objects.get(pk=review.pk)
    marks = {c.pk: {"mark": 0, "abstains": False, "comment": ""} for c in case.phase.call.criteria.all()}
    Review.write(case.file, case.people["unsigned"], 1, marks, "unfavourable", "Autre texte")

    with pytest.raises(ChangedMeanwhile):
        read.sign(case.people["unsigned"])


def test_member_never_signs_for_another_seat(case):
    review = write_review(case.file, case.members["unsigned"], sign=False)

    with pytest.raises(ForbiddenTransition, match="autre siège"):
        review.sign(case.people["chair"])


@pytest.mark.parametrize("who", ["ended", "elsewhere", "no_seat", "staff", "applicant"])
def test_those_who_hold_no_seat_today_do_not_score(case, who):
    with pytest.raises(ForbiddenTransition, match="pas accès"):
        Review.draft(case.file, case.people[who])


def test_staff_never_judge_even_with_a_seat(case):
    case.people["unsigned"].role = Role.STAFF
    case.people["unsigned"].save()

    with pytest.raises(ForbiddenTransition, match="pas accès"):
        Review.draft(case.file, case.people["unsigned"])


def test_seat_without_a_vote_does_not_score(case):
    observer = MemberFactory(seat=SeatFactory(call=case.phase.call, is_voting=False))

    with pytest.raises(ForbiddenTransition, match="voix délibérative"):
        Review.draft(case.file, observer.user)


def test_review_after_its_due_moment_is_refused(case):
    now = timezone.now()
    SelectionPhase.objects.update(closes_at=now - timedelta(days=2), reviews_due_at=now - timedelta(seconds=1))
    case.file.refresh_from_db()

    with pytest.raises(ForbiddenTransition, match="délai"):
        Review.draft(case.file, case.people["unsigned"])


@pytest.mark.parametrize("mark", [6, -1])
def test_database_refuses_a_mark_out_of_range(case, mark):
    with pytest.raises(IntegrityError), transaction.atomic():
        Score.objects.update(mark=mark)


def test_database_refuses_a_mark_with_no_opinion(case):
    with pytest.raises(IntegrityError), transaction.atomic():
        Score.objects.update(abstains=True)


def test_score_is_named_without_its_mark(case):
    score = Score.objects.first()

    assert "5" not in str(score).replace(str(score.review), "").replace(score.criterion.name, "")


# Who sits


def test_person_sits_once_in_a_committee(case):
    second = Member(seat=SeatFactory(call=case.phase.call), user=case.people["unsigned"])

    with pytest.raises(ValidationError, match="autre siège"):
        second.full_clean()


def test_person_may_change_seats_when_the_terms_do_not_overlap(case):
    today = timezone.localdate()
    seat = SeatFactory(call=case.phase.call)

    Member(seat=seat, user=case.people["ended"], starts_on=today).full_clean()


def test_member_holds_a_committee_account(case):
    with pytest.raises(ValidationError, match="membre du comité"):
        Member(seat=SeatFactory(), user=UserFactory()).full_clean()


def test_person_with_two_seats_all_the_same_scores_for_the_first_voting_one(case):
    first = case.members["unsigned"].seat
    for seat in (SeatFactory(call=first.call, is_voting=False, position=0), SeatFactory(call=first.call, position=9)):
        MemberFactory(seat=seat, user=case.people["unsigned"])

    assert Review.draft(case.file, case.people["unsigned"]).seat == first


# Recusals


def test_recusal_of_one_member_leaves_the_seat_to_colleagues(case):
    colleague = MemberFactory(seat=case.members["unsigned"].seat)
    Recusal.declare(case.file, case.people["unsigned"], "Parenté")

    write_review(case.file, colleague)

    assert Review.objects.counted().count() == 2


@pytest.mark.parametrize("whole_seat", [False, True])
def test_signed_review_does_not_count_after_the_recusal_of_its_author(case, whole_seat):
    Recusal.declare(case.file, case.people["signed"], "Découvert depuis", whole_seat=whole_seat)

    assert list(Review.objects.counted()) == []


def test_recusal_is_raised_for_a_seat_of_the_call_only(case):
    with pytest.raises(ForbiddenTransition, match="comité de cet appel"):
        Recusal.raise_for(case.file, SeatFactory(), "Motif", case.people["staff"])


@pytest.mark.parametrize("who", ["signed", "applicant", "elsewhere_chair"])
def test_recusal_is_raised_by_staff_or_chair_only(case, who):
    with pytest.raises(ForbiddenTransition, match="relevé par"):
        Recusal.raise_for(case.file, case.members["unsigned"].seat, "Motif", case.people[who])


@pytest.mark.django_db(transaction=True)
def test_of_two_colleagues_recusing_their_seat_at_once_the_second_is_told(case):
    colleague = MemberFactory(seat=case.members["unsigned"].seat)
    outcomes, ready = [], threading.Barrier(2)

    def recuse(user):
        try:
            ready.wait(timeout=20)
            Recusal.declare(case.file, user, "Motif", whole_seat=True)
            outcomes.append("done")
        except ForbiddenTransition:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=recuse, args=[user]) for user in (case.people["unsigned"], colleague.user)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["done", "refused"]
