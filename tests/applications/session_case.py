"""A committee in session: opened with every seat present, a file called, a decision recorded, minutes approved."""

from datetime import timedelta

from django.utils import timezone

from applications.minutes_content import minutes_content
from applications.models import (
    Attendance,
    CommitteeSession,
    Decision,
    Member,
    Minutes,
    Proposal,
    SelectionPhase,
    Vote,
)
from tests.factories import MemberFactory, PhaseFactory, SeatFactory, StaffFactory

Outcome = Decision.Outcome


def judged_phase(**fields) -> SelectionPhase:
    """A closed phase whose seal is open: decisions may be recorded."""
    return PhaseFactory(closed=True, seal_opened_at=timezone.now() - timedelta(hours=1), **fields)


def chair_of(call) -> Member:
    """Who presides over the committee of `call`; a seat is made for them when there is none."""
    chair = Member.objects.filter(seat__call=call, is_chair=True).first()
    return chair or MemberFactory(seat=SeatFactory(call=call), is_chair=True)


def convene(phase, by=None, **fields) -> CommitteeSession:
    chair_of(phase.call)
    about = {"meets_at": timezone.now(), "place": "Salle d’essai", "secretary": "Une secrétaire"} | fields
    return CommitteeSession.convene(phase, by or StaffFactory(), **about)


def open_session(phase, by=None, **fields) -> CommitteeSession:
    """A session that runs, every seat present."""
    by = by or StaffFactory()
    session = convene(phase, by, **fields)
    for attendance in session.attendances.all():
        session.seat(by, session.revision, attendance, Attendance.State.PRESENT)
    session.open(by, session.revision)
    return session


def call(session, candidature, by):
    """Put the file before the committee; one that became admissible since joins the agenda."""
    item = session.items.filter(candidature=candidature).first()
    item = item or session.items.create(candidature=candidature, position=session.items.count() + 1)
    session.call_file(by, session.revision, item)
    return item


def proposal(outcome, reason, **fields) -> Proposal:
    """The least that this outcome needs."""
    if outcome == Outcome.CONDITIONS:
        fields.setdefault("conditions", "Un local signé.")
    if outcome == Outcome.RESERVE:
        fields.setdefault("reserve_rank", 1 + Decision.objects.filter(outcome=outcome).count())
    return Proposal(outcome, reason, **fields)


def decide(candidature, outcome=Outcome.LABEL, reason="Motif", by=None, **fields) -> Decision:
    """Decide unanimously in the running session of the phase, opened now if need be."""
    by = by or StaffFactory()
    phase = SelectionPhase.objects.get(pk=candidature.phase_id)  # as it is now: its seal may just have been opened
    session = phase.sessions.filter(closed_at=None).first() or open_session(phase, by)
    call(session, candidature, by)
    vote = Vote(len(session.room(candidature).voices))
    return Decision.record(session, candidature, by, session.revision, proposal(outcome, reason, **fields), vote)


def deliberate_on(case, reason="Motif"):
    """The seal of a `committee_case` is lifted, its session runs, its file is decided and before the committee."""
    case.phase.open_seal(case.people["chair"])
    decide(case.file, reason=reason, by=case.people["staff"])
    return case.phase.sessions.get()


def approve_minutes(phase):
    """Close the sessions of the phase and approve their minutes: a proclamation then waits for nothing."""
    chair, staff = chair_of(phase.call), StaffFactory()
    for session in phase.sessions.filter(minutes=None):
        if session.closed_at is None:
            session.close(staff, session.revision)
        Minutes.objects.create(session=session).approve(chair.user, minutes_content(session))
