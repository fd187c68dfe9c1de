from .answers import Answer, SetAside
from .call import Call, Concept, PublishedFigure, SelectionPhase, Source
from .candidature import Candidature
from .carriers import AbstractCarrier, Carrier, Membership, Partner, Site
from .committee import Member, Organisation, Recusal, Seat
from .decision import Decision
from .deposit import Attachment, Submission
from .form import Question, Section, create_core_form
from .journal import Event, broken_chains
from .messages import Message
from .progress import Coverage, Progress, coverage
from .reminders import Reminder
from .restoring import discard_changes, present_again
from .rights import Rights, rights_of, works_for_a_carrier
from .rules import Openness
from .scoring import MAX_MARK, Criterion, Level, Review, Score, ranking
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
    "Answer",
    "Attachment",
    "Call",
    "Candidature",
    "Carrier",
    "ChangedMeanwhile",
    "Concept",
    "Coverage",
    "Criterion",
    "Decision",
    "Event",
    "Extension",
    "ForbiddenTransition",
    "Invitation",
    "JoinRequest",
    "Level",
    "Member",
    "Membership",
    "Message",
    "Openness",
    "Organisation",
    "Partner",
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
    "Section",
    "SelectionPhase",
    "SetAside",
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
    "coverage",
    "create_core_form",
    "discard_changes",
    "hand_over",
    "leave",
    "present_again",
    "ranking",
    "remove_member",
    "rights_of",
    "works_for_a_carrier",
]
