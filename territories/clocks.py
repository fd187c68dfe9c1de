"""The clock of each territory: a closing is said in Paris time and, overseas, in the local time too."""

from zoneinfo import ZoneInfo

ZONES = {  # by département or collectivité; everywhere else, Paris
    "971": "America/Guadeloupe",
    "972": "America/Martinique",
    "973": "America/Cayenne",
    "974": "Indian/Reunion",
    "975": "America/Miquelon",
    "976": "Indian/Mayotte",
    "977": "America/St_Barthelemy",
    "978": "America/Marigot",
    "984": "Indian/Kerguelen",
    "986": "Pacific/Wallis",
    "987": "Pacific/Tahiti",
    "988": "Pacific/Noumea",
}


def clock_of(territory) -> ZoneInfo | None:
    """The time zone of a commune or EPCI that does not live at Paris time, or None. The Marquises and the Gambier
    keep half an hour or an hour more than Tahiti, whose clock is theirs here.
    """
    zone = ZONES.get(territory.department_id)
    return ZoneInfo(zone) if zone else None


def local_clocks(territories) -> dict[str, ZoneInfo]:
    """The clocks that are not Paris's among these territories, each by the département that keeps it."""
    return {t.department.name: clock for t in territories if (clock := clock_of(t))}
