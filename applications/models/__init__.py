from .admissibility import AdmissibilityCheck, AdmissibilityPoint, Checklist, checklists_of
from .answers import Answer, SetAside
from .call import Call, Concept, PublishedFigure, SelectionPhase, Source
from .candidature import Candidature
from .carriers import AbstractCarrier, Carrier, Membership, Partner, Site
from .committee import Member, Organisation, Seat
from .conflicts import Conflict, DismissedConflict, Mandate, conflicts_in, conflicts_of, settle
from .decision import Decision
from .deposit import Attachment, Submission
from .examination import Examination, examinations_of
from .form import Question, Section, create_core_form
from .grid import MAX_MARK, Criterion, GridVersion, Level, mark_in_words, marks_of, tie_rule
from .journal import Event, broken_chains
from .messages import Message
from .places import Places, deposited_places
from .progress import Count, Coverage, Progress, coverage, late_members
from .ranking import ranking, rule_criteria, rule_files, seat_totals, tie_criteria
from .recusals import Recusal
from .reminders import Reminder
from .restoring import discard_changes, present_again
from .rights import Rights, rights_of, works_for_a_carrier
from .rules import Openness
from .scoring import PrivateNote, Review, Score, Signature
from .seat_invitations import SeatInvitation
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
    "Answer",
    "Attachment",
    "Call",
    "Candidature",
    "Carrier",
    "ChangedMeanwhile",
    "Checklist",
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
    "Level",
    "Mandate",
    "Member",
    "Membership",
    "Message",
    "Openness",
    "Organisation",
    "Partner",
    "Places",
    "PrivateNote",
    "Problem",
    "Progress",
    "PublishedFigure",
    "Question",
    "Recusal",
    "Reminder",
    "Review",
    "Rights",
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
    "Wanted",
    "WorkingCopy",
    "broken_chains",
    "change_role",
    "checklists_of",
    "conflicts_in",
    "conflicts_of",
    "coverage",
    "create_core_form",
    "deposited_places",
    "discard_changes",
    "examinations_of",
    "hand_over",
    "late_members",
    "leave",
    "mark_in_words",
    "marks_of",
    "present_again",
    "ranking",
    "remove_member",
    "rights_of",
    "rule_criteria",
    "rule_files",
    "seat_totals",
    "settle",
    "tie_criteria",
    "tie_rule",
    "works_for_a_carrier",
]
