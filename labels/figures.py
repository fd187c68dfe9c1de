"""What was announced beside what is recorded. Every figure of the public pages comes from here."""

from dataclasses import dataclass

from django.db.models import Count

from applications.models import Call, PublishedFigure

from .models import Antenna

LAUREATES = "laureates"  # codes of the published figures: of a whole call, or « laureates-phase-2 »
PROGRAMME_TOTAL = "programme-total"
CANDIDATURES = "candidatures"


@dataclass(frozen=True)
class CallFigures:
    """One call that announced how many laureates it had: `announced` is published, the others are counted."""

    call: Call
    announced: int
    named: int

    @property
    def unnamed(self) -> int:
        """Announced, but without a name in any source of the portal."""
        return max(self.announced - self.named, 0)


@dataclass(frozen=True)
class ProgrammeFigures:
    """The figures of the programme, demonstration calls left out."""

    published: dict[str, dict[str, PublishedFigure]]  # by slug of the call, then by code
    calls: list[CallFigures]

    @property
    def announced(self) -> int:
        return sum(call.announced for call in self.calls)

    @property
    def named(self) -> int:
        return sum(call.named for call in self.calls)

    @property
    def incomplete(self) -> list[CallFigures]:
        return [call for call in self.calls if call.unnamed]

    @property
    def total(self) -> PublishedFigure | None:
        """The programme's own total, as published; `announced` is the sum of its calls."""
        return self.find(PROGRAMME_TOTAL)

    @property
    def candidatures(self) -> PublishedFigure | None:
        """How many candidatures the first call that said it received."""
        return self.find(CANDIDATURES)

    def find(self, code: str) -> PublishedFigure | None:
        """The first published figure of this code, whatever its call."""
        return next((figures[code] for figures in self.published.values() if code in figures), None)


def programme_figures() -> ProgrammeFigures:
    """Read and count, in two queries."""
    published, calls = {}, {}
    figures = PublishedFigure.objects.filter(call__is_demo=False).select_related("call", "source")
    for figure in figures.order_by("call__launched_on", "pk"):
        published.setdefault(figure.call.slug, {})[figure.code] = figure
        calls[figure.call.slug] = figure.call
    counts = dict(Antenna.objects.order_by().values_list("phase__call__slug").annotate(Count("pk")))
    announced = {slug: announced_laureates(figures.values()) for slug, figures in published.items()}
    return ProgrammeFigures(
        published,
        [CallFigures(calls[slug], number, counts.get(slug, 0)) for slug, number in announced.items() if number],
    )


def regions_represented() -> int:
    """How many régions and overseas collectivités have a site of a named laureate, demonstration left out."""
    regions = Count("sites__commune__department__region", distinct=True)
    return Antenna.objects.real().aggregate(regions=regions)["regions"]


def announced_laureates(figures) -> int:
    """The published number of laureates of a call: its own, or the sum of its phases."""
    by_code = {figure.code: figure.value for figure in figures}
    phases = (value for code, value in by_code.items() if code.startswith(f"{LAUREATES}-phase-"))
    return by_code.get(LAUREATES) or sum(phases)
