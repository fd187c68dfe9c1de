from .geography import Commune, CommuneKind, Department, Epci, EpciKind, PointSource, Region, Zone
from .programmes import NationalProgramme, ProgrammeList, ProgrammeMember, ProgrammeTerritory
from .search import SearchKey

__all__ = [
    "Commune",
    "CommuneKind",
    "Department",
    "Epci",
    "EpciKind",
    "NationalProgramme",
    "PointSource",
    "ProgrammeList",
    "ProgrammeMember",
    "ProgrammeTerritory",
    "Region",
    "SearchKey",
    "Zone",
]
