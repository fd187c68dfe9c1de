"""A session of the committee: convened, opened with its quorum, file after file, closed."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from applications.models import (
    Attendance,
    Candidature,
    ChangedMeanwhile,
    CommitteeSession,
    Decision,
    Event,
    ForbiddenTransition,
    Recusal,
    SelectionPhase,
    Status,
    Vote,
    unknown_to,
)
from tests.applications.at_once import at_once
from tests.applications.committee_case import committee_case
from tests.applications.ranking_case import add_file, ranking_case
from tests.applications.session_case import call, convene, decide, judged_phase, open_session, proposal
from tests.factories import CandidatureFactory, MemberFactory, PhaseFactory, SeatFactory, StaffFactory

Order = CommitteeSession.Order
MARKS = [[[1, 1], [1, 1]], [[5, 5], [5, 5]], [[5, 5], [0, 0]], [[4, 4], [4, 4]]]  # ranks 4, 1, 3, 2


@pytest.fixture
def staff():
    return StaffFactory()


@pytest.fixture
def case():
    """Two seats and four files; by rank: the second, the fourth, the third, the first."""
    return ranking_case(MARKS)


def agenda(session) -> list[Candidature]:
    return [item.candidature for item in session.items.order_by("position")]


def absent(session, by, number=0):
    session.seat(by, session.revision, session.attendances.order_by("seat__position")[number], "absent")


# Convening


@pytest.mark.parametrize(
    ("order", "places"), [(Order.RANK, [1, 3, 2, 0]), (Order.REFERENCE, [0, 1, 2, 3]), (Order.DISPUTED, [2, 1, 3, 0])]
)
def test_agenda_has_every_file_in_the_order_asked(case, staff, order, places):
    assert agenda(convene(case.phase, staff, order=order)) == [case.files[place] for place in places]


@pytest.mark.parametrize("order", [Order.RANK, Order.DISPUTED])
@pytest.mark.parametrize("by_chair", [False, True])
def test_place_on_the_agenda_tells_nobody_the_rank_of_a_file_they_are_kept_from(case, staff, order, by_chair):
    chair, other = case.members
    Recusal.raise_for(case.files[1], chair.seat, "Élue", staff, member=chair)
    case.files[2].memberships.create(user=other.user, role="reader")

    session = convene(case.phase, chair.user if by_chair else staff, order=order)

    assert agenda(session) == [case.files[place] for place in (3, 0, 1, 2)]


def test_file_that_is_not_admissible_is_not_on_the_agenda(case, staff):
    CandidatureFactory(phase=case.phase, status=Status.WITHDRAWN)

    assert len(agenda(convene(case.phase, staff))) == 4


def test_session_is_not_convened_under_the_seal(staff):
    with pytest.raises(ForbiddenTransition, match="scellé"):
        convene(committee_case().phase, staff)


def test_session_is_not_convened_once_the_phase_is_proclaimed(case, staff):
    SelectionPhase.objects.filter(pk=case.phase.pk).update(proclaimed_at=timezone.now())
    case.phase.refresh_from_db()

    with pytest.raises(ForbiddenTransition, match="proclamés"):
        convene(case.phase, staff)


def test_session_is_not_convened_while_the_proclamation_is_planned(case, staff):
    hour = timezone.now() + timedelta(days=1)
    SelectionPhase.objects.filter(pk=case.phase.pk).update(proclamation_at=hour, proclamation_by=staff)
    case.phase.refresh_from_db()

    with pytest.raises(ForbiddenTransition, match="programmée"):
        convene(case.phase, staff)


def test_second_session_waits_for_the_first_to_be_closed(case, staff):
    first = open_session(case.phase, staff)

    with pytest.raises(ForbiddenTransition, match="déjà convoquée"):
        convene(case.phase, staff)
    first.close(staff, first.revision)

    assert convene(case.phase, staff).number == 2


def test_session_without_any_file_is_not_convened(staff):
    with pytest.raises(ForbiddenTransition, match="Aucune candidature recevable"):
        convene(judged_phase(), staff)


def test_member_who_does_not_preside_convenes_nothing(case):
    with pytest.raises(ForbiddenTransition, match="présidence"):
        convene(case.phase, case.members[1].user)


# Opening and running


def test_session_opens_with_the_quorum_only(case, staff):
    session = convene(case.phase, staff)

    with pytest.raises(ForbiddenTransition, match="quorum"):
        session.open(staff, session.revision)
    session.refresh_from_db()
    assert (session.opened_at, session.revision) == (None, 0)

    attendance = session.attendances.first()
    session.seat(staff, session.revision, attendance, Attendance.State.PRESENT)
    session.open(staff, session.revision)
    assert session.state == "En séance"


def test_session_opens_once(case, staff):
    session = open_session(case.phase, staff)

    with pytest.raises(ForbiddenTransition, match="déjà ouverte"):
        session.open(staff, session.revision)


def test_committee_without_a_voting_seat_cannot_open(staff):
    phase = judged_phase()
    MemberFactory(seat=SeatFactory(call=phase.call, is_voting=False), is_chair=True)
    CandidatureFactory(phase=phase, status=Status.ADMISSIBLE)

    with pytest.raises(ForbiddenTransition, match="Aucun siège du comité n’a voix délibérative"):
        open_session(phase, staff)


def test_quorum_lost_in_the_middle_blocks_the_decision_until_it_is_regained(case, staff):
    case.phase.call.quorum_percent = 100
    case.phase.call.save()
    session = open_session(case.phase, staff)
    file = case.files[0]
    call(session, file, staff)
    absent(session, staff, 1)

    with pytest.raises(ForbiddenTransition, match="quorum n’est pas atteint : 1 siège présent ou représenté, 2"):
        Decision.record(session, file, staff, session.revision, proposal("label", "Motif"), Vote(1))
    assert not Decision.objects.exists()

    session.refresh_from_db()
    late = session.attendances.order_by("seat__position")[1]
    session.seat(staff, session.revision, late, Attendance.State.PRESENT)
    Decision.record(session, file, staff, session.revision, proposal("label", "Motif"), Vote(2))
    assert Decision.objects.get().room["quorum"] == [2, 2]


def test_files_are_called_one_by_one_and_the_clock_starts_once(case, staff, time_machine):
    session = open_session(case.phase, staff)
    item = call(session, case.files[0], staff)
    started = item.called_at

    time_machine.move_to(timezone.now() + timedelta(minutes=5))
    call(session, case.files[1], staff)
    again = call(session, case.files[0], staff)

    assert (session.current, again.called_at) == (item, started)


def test_file_is_called_in_an_open_session_only(case, staff):
    session = convene(case.phase, staff)

    with pytest.raises(ForbiddenTransition, match="pas ouverte"):
        call(session, case.files[0], staff)


def test_file_of_another_session_is_not_called(case, staff):
    session, other = open_session(case.phase, staff), open_session(ranking_case([[[1, 1]]]).phase, staff)

    with pytest.raises(ForbiddenTransition, match="pas à l’ordre du jour"):
        session.call_file(staff, session.revision, other.items.first())


def test_file_withdrawn_meanwhile_is_not_called(case, staff):
    session = open_session(case.phase, staff)
    Candidature.objects.filter(pk=case.files[0].pk).update(status=Status.WITHDRAWN)

    with pytest.raises(ForbiddenTransition, match="n’attend plus de décision"):
        call(session, case.files[0], staff)


def test_recused_chair_does_not_call_the_file(case, staff):
    chair = case.members[0]
    Recusal.raise_for(case.files[0], chair.seat, "Élue", staff, member=chair)
    session = open_session(case.phase, staff)

    with pytest.raises(ForbiddenTransition, match="déporté"):
        call(session, case.files[0], chair.user)


def test_next_file_follows_on_the_agenda_then_comes_back_to_those_passed_over(case, staff):
    session = open_session(case.phase, staff)
    by_rank = agenda(session)

    assert session.next_item(staff).candidature == by_rank[0]
    decide(by_rank[2], by=staff)
    session.refresh_from_db()
    assert session.next_item(staff).candidature == by_rank[3]
    decide(by_rank[3], by=staff)
    session.refresh_from_db()
    assert session.next_item(staff).candidature == by_rank[0]


def test_next_file_of_a_recused_chair_is_another_one(case, staff):
    chair = case.members[0]
    Recusal.raise_for(case.files[0], chair.seat, "Élue", staff, member=chair)
    session = open_session(case.phase, staff)
    for file in case.files[1:]:
        decide(file, by=staff)
    session.refresh_from_db()

    assert (session.next_item(chair.user), session.next_item(staff).candidature) == (None, case.files[0])


def test_order_changes_for_the_files_that_wait_and_takes_in_the_newly_admissible(case, staff):
    session = open_session(case.phase, staff, order=Order.RANK)
    call(session, case.files[0], staff)
    new = add_file(case.phase, case.members, case.criteria, [], 9)

    session.reorder(staff, session.revision, Order.REFERENCE)

    assert agenda(session) == [*case.files, new]
    assert [item.position for item in session.items.order_by("position")] == [1, 2, 3, 4, 5]


def test_closed_session_takes_no_further_step(case, staff):
    session = open_session(case.phase, staff)
    item = call(session, case.files[0], staff)
    session.close(staff, session.revision)

    for act in (
        lambda: session.call_file(staff, session.revision, item),
        lambda: session.close(staff, session.revision),
        lambda: absent(session, staff),
        lambda: item.write(staff, item.draft_revision, {"reason": "Trop tard"}),
    ):
        session.refresh_from_db()
        with pytest.raises(ForbiddenTransition, match="levée"), transaction.atomic():
            act()


def test_step_taken_on_an_older_view_of_the_session_changes_nothing(case, staff):
    session = open_session(case.phase, staff)
    seen = session.revision
    call(session, case.files[0], staff)

    with pytest.raises(ChangedMeanwhile, match="avancé sur un autre écran"):
        session.close(staff, seen)
    session.refresh_from_db()
    assert (session.closed_at, session.current.candidature) == (None, case.files[0])


def test_every_step_leaves_its_line_in_the_journal_for_the_team_alone(case, staff):
    session = open_session(case.phase, staff)
    call(session, case.files[0], staff)
    session.close(staff, session.revision)

    events = Event.objects.about(session)

    assert [event.verb for event in events] == ["convene", "seat", "seat", "open_session", "call_file", "close_session"]
    assert {event.audience for event in events} == {Event.Audience.TEAM}


def test_session_is_known_to_the_team_and_to_the_chair_of_its_call_alone(case, staff):
    session = convene(case.phase, staff)
    elsewhere = MemberFactory(is_chair=True).user

    readers = [staff, case.members[0].user, case.members[1].user, elsewhere]

    assert [list(CommitteeSession.objects.visible_to(user)) for user in readers] == [[session], [session], [], []]


# What the room may know


def test_rank_of_a_file_is_hidden_from_the_room_while_somebody_kept_from_it_is_there(case, staff):
    Recusal.raise_for(case.files[0], case.members[1].seat, "Partenaire", staff)
    session = open_session(case.phase, staff)

    there = [unknown_to(session.room(file), case.phase) for file in case.files[:2]]
    absent(session, staff, 1)

    assert there == [set(), {case.files[0].pk}]
    assert unknown_to(session.room(case.files[1]), case.phase) == set()


# What is typed


def test_draft_written_on_an_older_one_is_refused_and_the_first_stands(case, staff):
    item = call(open_session(case.phase, staff), case.files[0], staff)
    item.write(case.members[0].user, 0, {"reason": "Le premier"})

    with pytest.raises(ChangedMeanwhile, match="comparez les deux textes"):
        item.write(staff, 0, {"reason": "Le second"})
    item.refresh_from_db()
    assert item.draft == {"reason": "Le premier"}


def test_recused_chair_writes_no_draft(case, staff):
    chair = case.members[0]
    Recusal.raise_for(case.files[0], chair.seat, "Élue", staff, member=chair)
    item = call(open_session(case.phase, staff), case.files[0], staff)

    with pytest.raises(ForbiddenTransition, match="déporté"):
        item.write(chair.user, 0, {"reason": "x"})


# At the same moment


@pytest.mark.django_db(transaction=True)
def test_of_two_secretaries_recording_at_once_one_is_told_and_nothing_is_mixed(case):
    first, second = StaffFactory(), StaffFactory()
    session = open_session(case.phase, first)
    file = case.files[0]
    call(session, file, first)
    seen = session.revision

    def record(by, outcome, reason, votes):
        mine = CommitteeSession.objects.get(pk=session.pk)
        return lambda: Decision.record(
            mine, Candidature.objects.get(pk=file.pk), by, seen, proposal(outcome, reason), votes
        )

    outcomes = at_once(
        record(first, "label", "Projet mûr", Vote(2)), record(second, "reject", "Projet faible", Vote(1, 0, 1))
    )

    decision = Decision.objects.get()
    written = (decision.outcome, decision.reason, decision.votes_for, decision.abstentions, decision.decided_by)
    assert outcomes == ["done", "refused"]
    assert written in [("label", "Projet mûr", 2, 0, first), ("reject", "Projet faible", 1, 1, second)]
    assert Event.objects.about(file).filter(verb="decide").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_people_calling_the_next_file_at_once_one_is_told(case):
    first, second = StaffFactory(), StaffFactory()
    session = open_session(case.phase, first)
    items = list(session.items.all()[:2])
    seen = session.revision

    def go_to(by, item):
        mine = CommitteeSession.objects.get(pk=session.pk)
        return lambda: mine.call_file(by, seen, item)

    outcomes = at_once(go_to(first, items[0]), go_to(second, items[1]))

    session.refresh_from_db()
    assert outcomes == ["done", "refused"]
    assert [item.called_at is not None for item in session.items.all()[:2]].count(True) == 1
    assert session.current.called_at is not None


@pytest.mark.django_db(transaction=True)
def test_of_two_people_convening_at_once_one_is_told():
    case = ranking_case(MARKS[:1])
    staff = [StaffFactory(), StaffFactory()]
    phases = [SelectionPhase.objects.get(pk=case.phase.pk) for _ in staff]

    outcomes = at_once(*[lambda pair=pair: convene(*pair) for pair in zip(phases, staff, strict=True)])

    assert outcomes == ["done", "refused"]
    assert case.phase.sessions.get().items.count() == 1


def test_phase_that_still_takes_deposits_has_no_session(staff):
    phase = PhaseFactory()
    CandidatureFactory(phase=phase, status=Status.ADMISSIBLE)

    assert CommitteeSession.why_not_convene(phase, staff).startswith("Le scellé de la phase")
