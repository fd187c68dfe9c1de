from .antenna import Antenna
from .life import OPENED, Fact, State, Step, out_of_order
from .milestones import Milestone, standing_of
from .openings import OpeningChange, Plan, calendar_in_words, opened_day, plans_of
from .places import AntennaCarrier, AntennaSite
from .published_name import PublishedName
from .reports import YearlyReport, reported_year
from .trainings import MAX_LEARNERS, AntennaDocument, LearnerCount, Training

__all__ = [
    "MAX_LEARNERS",
    "OPENED",
    "Antenna",
    "AntennaCarrier",
    "AntennaDocument",
    "AntennaSite",
    "Fact",
    "LearnerCount",
    "Milestone",
    "OpeningChange",
    "Plan",
    "PublishedName",
    "State",
    "Step",
    "Training",
    "YearlyReport",
    "calendar_in_words",
    "opened_day",
    "out_of_order",
    "plans_of",
    "reported_year",
    "standing_of",
]
