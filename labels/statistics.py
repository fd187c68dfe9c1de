"""What the records count of the antennas' lives: states, openings planned and real, slips, learners. Demonstration
left out; the rule of each count is written beside it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from django.db.models import Count, Prefetch, Sum

from applications.years import running_school_year, school_year

from .models import Antenna, AntennaSite, LearnerCount, State, opened_day, plans_of

NO_CAUSE = "cause non notée"


@dataclass(frozen=True)
class Slip:
    """One postponement of one antenna, in school years."""

    antenna: Antenna
    cause: str
    before: int
    after: int

    @property
    def years(self) -> int:
        return self.after - self.before

    @property
    def words(self) -> str:
        return f"de {school_year(self.before)} à {school_year(self.after)}"


@dataclass(frozen=True)
class SlipCount:
    """The postponements that share a cause or a région."""

    label: str
    number: int
    years: int

    @property
    def mean(self) -> float:
        """In school years."""
        return self.years / self.number


@dataclass(frozen=True)
class OpeningYear:
    """One school year: how many openings were first announced for it, are planned for it now, took place in it."""

    label: str
    announced: int
    planned: int
    opened: int


@dataclass(frozen=True)
class Statistics:
    """All that is counted, from one reading of the antennas."""

    states: list[tuple[str, int]]
    openings: list[OpeningYear]
    slips: list[Slip]
    by_cause: list[SlipCount]
    by_region: list[SlipCount]
    learners: list[dict]  # `label`, `total`, `antennas`

    @property
    def antennas(self) -> int:
        return sum(number for _, number in self.states)

    @property
    def mean_slip(self) -> float:
        """In school years, over all postponements; 0 without any."""
        return sum(slip.years for slip in self.slips) / len(self.slips) if self.slips else 0


def statistics() -> Statistics:
    """Read and count, in four queries."""
    sites = AntennaSite.objects.current().select_related("commune__department__region")
    antennas = list(
        Antenna.objects.real().with_opening().with_state().prefetch_related("openings", Prefetch("sites", sites))
    )
    slips = [slip for antenna in antennas for slip in slips_of(antenna)]
    return Statistics(
        states=counted_states(antennas),
        openings=opening_years(antennas),
        slips=slips,
        by_cause=grouped((slip.cause, slip) for slip in slips),
        by_region=grouped((region, slip) for slip in slips for region in regions_of(slip.antenna)),
        learners=learners_by_year(),
    )


def counted_states(antennas: list[Antenna]) -> list[tuple[str, int]]:
    counts = Counter(antenna.state for antenna in antennas)
    return [(state.label, counts[state]) for state in State]


def slips_of(antenna: Antenna) -> list[Slip]:
    """Each time that its opening went from a school year to a later one; corrections of a line are none."""
    plans = plans_of(antenna.openings.all())
    return [
        Slip(antenna, plan.cause or NO_CAUSE, before.year, plan.year)
        for before, plan in pairwise(plans)
        if plan.year > before.year
    ]


def regions_of(antenna: Antenna) -> set[str]:
    return {site.commune.department.region.name for site in antenna.sites.all()}


def grouped(pairs: Iterable[tuple[str, Slip]]) -> list[SlipCount]:
    """The most frequent first, then by name."""
    found = defaultdict(list)
    for label, slip in pairs:
        found[label].append(slip.years)
    counts = [SlipCount(label, len(years), sum(years)) for label, years in found.items()]
    return sorted(counts, key=lambda count: (-count.number, count.label))


def opening_years(antennas: list[Antenna]) -> list[OpeningYear]:
    """Every school year that somebody announced, plans or opened in, in order."""
    announced, planned, opened = Counter(), Counter(), Counter()
    for antenna in antennas:
        lines = list(antenna.openings.all())
        if plans := plans_of(lines):
            announced[plans[0].year] += 1
            planned[plans[-1].year] += 1
        if day := opened_day(lines):
            opened[running_school_year(day)] += 1
    years = sorted({*announced, *planned, *opened})
    return [OpeningYear(school_year(year), announced[year], planned[year], opened[year]) for year in years]


def learners_by_year() -> list[dict]:
    counts = LearnerCount.objects.filter(antenna__phase__call__is_demo=False).order_by("year").values("year")
    totals = counts.annotate(total=Sum("value"), antennas=Count("pk"))
    return [row | {"label": school_year(row["year"])} for row in totals]
