from .call import Call, Concept, PublishedFigure, SelectionPhase, Source
from .candidature import Candidature
from .carriers import AbstractCarrier, Carrier, Membership, Site
from .committee import Member, Organisation, Recusal, Seat
from .decision import Decision
from .deposit import Attachment, Submission
from .journal import Event, broken_chains
from .progress import Coverage, Progress, coverage
from .scoring import MAX_MARK, Criterion, Level, Review, Score, ranking
from .workflow import (
    EDITABLE,
    JUDGED,
    PROCLAIMED,
    TRANSITIONS,
    Actor,
    ChangedMeanwhile,
    ForbiddenTransition,
    Status,
    Transition,
)

__all__ = [
    "EDITABLE",
    "JUDGED",
    "MAX_MARK",
    "PROCLAIMED",
    "TRANSITIONS",
    "AbstractCarrier",
    "Actor",
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
    "ForbiddenTransition",
    "Level",
    "Member",
    "Membership",
    "Organisation",
    "Progress",
    "PublishedFigure",
    "Recusal",
    "Review",
    "Score",
    "Seat",
    "SelectionPhase",
    "Site",
    "Source",
    "Status",
    "Submission",
    "Transition",
    "broken_chains",
    "coverage",
    "ranking",
]
