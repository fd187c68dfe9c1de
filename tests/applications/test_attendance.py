"""Who is in the room: presence, powers, those who leave for a file, and the quorum."""

import pytest

from applications.models import Attendance, Event, ForbiddenTransition, Recusal
from tests.applications.ranking_case import ranking_case
from tests.applications.session_case import convene, open_session
from tests.factories import MemberFactory, StaffFactory

State = Attendance.State


@pytest.fixture
def case():
    """Five seats, two files; half of the seats make the quorum, a seat holds one power."""
    return ranking_case([[[3, 3]] * 5, [[2, 2]] * 5])


@pytest.fixture
def staff():
    return StaffFactory()


@pytest.fixture
def session(case, staff):
    return convene(case.phase, staff)


def place(session, by, member, state=State.PRESENT, holder=None):
    attendance = session.attendances.get(seat=member.seat)
    session.seat(by, session.revision, attendance, state, holder=holder and holder.seat)


def absent(session, by, *members):
    for member in members:
        place(session, by, member, State.ABSENT)


def recused(case, number, by, whole_seat=False):
    """The member of this number stays away from the first file."""
    member = case.members[number]
    Recusal.raise_for(case.files[0], member.seat, "Un lien", by, member=None if whole_seat else member)


def test_convening_expects_every_seat_with_its_titular(case, session):
    assert [(each.seat, each.member, each.state) for each in session.room().attendances] == [
        (member.seat, member, "absent") for member in case.members
    ]


@pytest.mark.parametrize(("percent", "needed"), [(1, 1), (50, 3), (60, 3), (61, 4), (100, 5)])
def test_quorum_is_the_part_of_the_seats_rounded_up(case, session, percent, needed):
    session.phase.call.quorum_percent = percent

    assert session.room().needed == needed


def test_quorum_counts_neither_an_absent_seat_nor_one_that_does_not_count(case, session, staff):
    observer = case.members[4].seat
    observer.counts_in_quorum = observer.is_voting = False
    observer.save()
    for member in (case.members[0], case.members[4]):
        place(session, staff, member)

    room = session.room()

    assert (room.quorate, room.needed, len(room.voices)) == (1, 2, 1)
    assert room.why_not_valid == "Le quorum n’est pas atteint : 1 siège présent ou représenté, 2 nécessaires."


def test_power_gives_its_voice_to_the_quorum_and_to_the_vote(case, session, staff):
    first, second, third, *_ = case.members
    place(session, staff, first)
    place(session, staff, second)
    place(session, staff, third, State.REPRESENTED, holder=first)

    room = session.room()

    assert (room.quorate, len(room.voices), room.why_not_valid) == (3, 3, "")


@pytest.mark.parametrize(
    ("holder", "words"),
    [
        (None, "choisissez le siège qui reçoit le pouvoir"),
        (0, "choisissez le siège qui reçoit le pouvoir"),
        (1, "le siège qui reçoit le pouvoir doit être présent"),
    ],
    ids=["nobody", "itself", "absent"],
)
def test_power_is_refused_to_nobody_to_itself_and_to_an_absent_seat(case, session, staff, holder, words):
    given = holder if holder is None else case.members[holder]

    with pytest.raises(ForbiddenTransition, match=words):
        place(session, staff, case.members[0], State.REPRESENTED, holder=given)
    assert session.attendances.get(seat=case.members[0].seat).state == "absent"


def test_power_is_refused_to_a_seat_that_holds_as_many_as_the_call_allows(case, session, staff):
    holder, second, third, *_ = case.members
    place(session, staff, holder)
    place(session, staff, second, State.REPRESENTED, holder=holder)

    with pytest.raises(ForbiddenTransition, match="détient déjà 1 pouvoir, 1 au plus"):
        place(session, staff, third, State.REPRESENTED, holder=holder)


def test_power_is_refused_to_a_seat_of_another_call(case, session, staff):
    with pytest.raises(ForbiddenTransition, match="doit être présent"):
        place(session, staff, case.members[0], State.REPRESENTED, holder=MemberFactory())


def test_member_of_another_seat_does_not_sit_for_this_one(case, session, staff):
    attendance = session.attendances.get(seat=case.members[0].seat)

    with pytest.raises(ForbiddenTransition, match="pas membre de ce siège"):
        session.seat(staff, session.revision, attendance, State.PRESENT, member=case.members[1])


def test_power_has_no_effect_once_its_holder_has_left_and_has_it_again_when_they_are_back(case, session, staff):
    first, second, third, *_ = case.members
    for member in (first, second):
        place(session, staff, member)
    place(session, staff, third, State.REPRESENTED, holder=first)

    place(session, staff, first, State.ABSENT)
    without = session.room()
    place(session, staff, first)
    back = session.room()

    assert ([each.seat for each in without.lapsed], without.quorate) == ([third.seat], 1)
    assert (back.lapsed, back.quorate) == ([], 3)


def test_power_has_no_effect_for_the_file_from_which_its_holder_is_recused(case, session, staff):
    holder, giver = case.members[0], case.members[1]
    place(session, staff, holder)
    place(session, staff, giver, State.REPRESENTED, holder=holder)
    recused(case, 0, staff)

    first, second = (session.room(file) for file in case.files)

    assert ([each.seat for each in first.lapsed], len(first.voices)) == ([giver.seat], 0)
    assert (second.lapsed, len(second.voices)) == ([], 2)


@pytest.mark.parametrize("whole_seat", [False, True])
def test_recused_seat_leaves_for_its_file_alone_and_counts_nowhere_in_it(case, staff, whole_seat):
    session = open_session(case.phase, staff)
    recused(case, 1, staff, whole_seat)
    organisation = str(case.members[1].seat.organisation)

    first, second = (session.room(file) for file in case.files)

    assert first.leaving == [organisation if whole_seat else f"{case.members[1].user} ({organisation})"]
    assert (len(first.voices), first.counted, first.needed) == (4, 4, 2)
    assert (second.leaving, len(second.voices), second.counted) == ([], 5, 5)


def test_deputy_who_sits_stays_when_the_titular_alone_is_recused(case, staff):
    session = open_session(case.phase, staff)
    deputy = MemberFactory(seat=case.members[1].seat, is_titular=False)
    recused(case, 1, staff)
    attendance = session.attendances.get(seat=deputy.seat)

    session.seat(staff, session.revision, attendance, State.PRESENT, member=deputy)

    assert (session.room(case.files[0]).leaving, len(session.room(case.files[0]).voices)) == ([], 5)


def test_member_of_the_file_leaves_as_if_recused(case, staff):
    session = open_session(case.phase, staff)
    case.files[0].memberships.create(user=case.members[2].user, role="reader")

    assert session.room(case.files[0]).leaving == [f"{case.members[2].user} ({case.members[2].seat.organisation})"]


def test_absent_seat_that_is_recused_does_not_leave(case, session, staff):
    recused(case, 1, staff)

    assert session.room(case.files[0]).leaving == []


def test_arrival_and_power_are_noted_together_whatever_their_order(case, session, staff):
    giver, holder = (session.attendances.get(seat=member.seat) for member in case.members[:2])
    places = [(giver, State.REPRESENTED, None, holder.seat), (holder, State.PRESENT, None, None)]

    session.seat_all(staff, session.revision, places)

    assert [event.payload["state"] for event in Event.objects.about(session).filter(verb="seat")] == [
        "present",
        "represented",
    ]
    assert session.room().quorate == 2


def test_of_several_places_one_refused_leaves_all_as_they_were(case, session, staff):
    first, second = (session.attendances.get(seat=member.seat) for member in case.members[:2])
    before = session.revision

    with pytest.raises(ForbiddenTransition):
        session.seat_all(
            staff, before, [(first, State.PRESENT, None, None), (second, State.REPRESENTED, None, second.seat)]
        )

    session.refresh_from_db()
    assert ({each.state for each in session.attendances.all()}, session.revision) == ({"absent"}, before)
