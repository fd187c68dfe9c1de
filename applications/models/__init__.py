from .admissibility import AdmissibilityCheck, AdmissibilityPoint, Checklist, checklists_of
from .agenda import AgendaItem
from .answers import Answer, SetAside
from .attendance import Attendance, Room, room_of, unknown_to
from .call import Call, Concept, PublishedFigure, SelectionPhase, Source
from .candidature import Candidature
from .carriers import AbstractCarrier, Carrier, Membership, Partner, Site
from .claim import Claim, MailState, mail_state
from .clarification import Clarification
from .committee import Member, Organisation, Seat
from .conflicts import Conflict, DismissedConflict, Mandate, conflicts_in, conflicts_of, settle
from .decision import Decision, Proposal, Vote
from .deposit import Attachment, Submission
from .examination import Examination, examinations_of
from .form import Question, Section, create_core_form
from .grid import MAX_MARK, Criterion, GridVersion, Level, mark_in_words, marks_of, tie_rule
from .journal import Event, broken_chains
from .letter import Letter, LetterCopy
from .messages import Message
from .minutes import Minutes, MinutesRemark
from .places import Places, deposited_places
from .progress import Count, Coverage, Progress, coverage, late_members
from .ranking import ranking, rule_criteria, rule_files, seat_totals, tie_criteria
from .rectification import Rectification, decision_as_rectified
from .recusals import Recusal
from .reminders import Reminder
from .restoring import discard_changes, present_again
from .rights import Rights, rights_of, works_for_a_carrier
from .rules import Openness
from .scoring import PrivateNote, Review, Score, Signature
from .seat_invitations import SeatInvitation
from .session import CommitteeSession, why_not_decide_in
from .supplements import Extension, SupplementItem, SupplementRequest, Wanted
from .team import Invitation, JoinRequest, change_role, hand_over, leave, remove_member
from .workflow import (
    JUDGED,
    PROCLAIMED,
    TRANSITIONS,
    Actor,
    ChangedMeanwhile,
    ForbiddenTransition,
    Status,
    Transition,
)
from .working_copy import Problem, Slot, WorkingCopy

__all__ = [
    "JUDGED",
    "MAX_MARK",
    "PROCLAIMED",
    "TRANSITIONS",
    "AbstractCarrier",
    "Actor",
    "AdmissibilityCheck",
    "AdmissibilityPoint",
    "AgendaItem",
    "Answer",
    "Attachment",
    "Attendance",
    "Call",
    "Candidature",
    "Carrier",
    "ChangedMeanwhile",
    "Checklist",
    "Claim",
    "Clarification",
    "CommitteeSession",
    "Concept",
    "Conflict",
    "Count",
    "Coverage",
    "Criterion",
    "Decision",
    "DismissedConflict",
    "Event",
    "Examination",
    "Extension",
    "ForbiddenTransition",
    "GridVersion",
    "Invitation",
    "JoinRequest",
    "Letter",
    "LetterCopy",
    "Level",
    "MailState",
    "Mandate",
    "Member",
    "Membership",
    "Message",
    "Minutes",
    "MinutesRemark",
    "Openness",
    "Organisation",
    "Partner",
    "Places",
    "PrivateNote",
    "Problem",
    "Progress",
    "Proposal",
    "PublishedFigure",
    "Question",
    "Rectification",
    "Recusal",
    "Reminder",
    "Review",
    "Rights",
    "Room",
    "Score",
    "Seat",
    "SeatInvitation",
    "Section",
    "SelectionPhase",
    "SetAside",
    "Signature",
    "Site",
    "Slot",
    "Source",
    "Status",
    "Submission",
    "SupplementItem",
    "SupplementRequest",
    "Transition",
    "Vote",
    "Wanted",
    "WorkingCopy",
    "broken_chains",
    "change_role",
    "checklists_of",
    "conflicts_in",
    "conflicts_of",
    "coverage",
    "create_core_form",
    "decision_as_rectified",
    "deposited_places",
    "discard_changes",
    "examinations_of",
    "hand_over",
    "late_members",
    "leave",
    "mail_state",
    "mark_in_words",
    "marks_of",
    "present_again",
    "ranking",
    "remove_member",
    "rights_of",
    "room_of",
    "rule_criteria",
    "rule_files",
    "seat_totals",
    "settle",
    "tie_criteria",
    "tie_rule",
    "unknown_to",
    "why_not_decide_in",
    "works_for_a_carrier",
]
