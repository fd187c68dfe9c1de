"""What was announced beside what is recorded. Every figure of the public pages comes from here."""

from dataclasses import dataclass

from django.db.models import Count

from applications.models import Call, Candidature, PublishedFigure, Status

from .models import Antenna, AntennaSite

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


def regions_represented() -> set[str]:
    """The names of the régions and overseas collectivités where a named laureate has a site today, demonstration left
    out.
    """
    sites = AntennaSite.objects.current().filter(antenna__phase__call__is_demo=False)
    return set(sites.values_list("commune__department__region__name", flat=True))


def announced_laureates(figures) -> int:
    """The published number of laureates of a call: its own, or the sum of its phases."""
    by_code = {figure.code: figure.value for figure in figures}
    phases = (value for code, value in by_code.items() if code.startswith(f"{LAUREATES}-phase-"))
    return by_code.get(LAUREATES) or sum(phases)


# Each published figure beside what the records count

NAMED = "On compte une fiche par territoire labellisé et nommé, démonstration exclue."
DEPOSITED = "On compte les candidatures déposées sur ce portail et non retirées."
NOTHING_TO_COUNT = "Le portail n’enregistre rien qui corresponde à ce chiffre : il est cité tel que publié."
ELSEWHERE = "Les candidatures de cet appel n’ont pas été déposées sur ce portail : il ne peut pas les compter."


@dataclass(frozen=True)
class Comparison:
    """A published figure, what the records count in front of it and by which rule; None when nothing can be."""

    figure: PublishedFigure
    counted: int | None
    rule: str

    @property
    def gap(self) -> str:
        """« 55 annoncés, 52 nommés : 3 lauréats n’ont de nom dans aucune source. »"""
        if self.counted is None:
            return ""
        told, difference = self.figure.value, self.figure.value - self.counted
        if not difference:
            return "Aucun écart."
        if self.figure.code == CANDIDATURES:
            words = ("annoncées", "enregistrées", missing_files(difference))
        else:
            words = ("annoncés", "nommés", missing_names(difference))
        return f"{told} {words[0]}, {self.counted} {words[1]} : {words[2]}."


def missing_names(difference: int) -> str:
    if difference < 0:
        return f"{-difference} de plus que l’annonce"
    return f"{difference} lauréat{'s n’ont' if difference > 1 else ' n’a'} de nom dans aucune source"


def missing_files(difference: int) -> str:
    if difference < 0:
        return f"{-difference} de plus que l’annonce"
    return f"{difference} candidature{'s ne sont' if difference > 1 else ' n’est'} pas sur ce portail"


def comparisons() -> list[Comparison]:
    """Every figure of the published calls, demonstration left out, in the order of the calls. Three queries."""
    figures = PublishedFigure.objects.filter(call__is_demo=False, call__is_published=True)
    figures = figures.select_related("call", "source").order_by("call__launched_on", "pk")
    named = Antenna.objects.real().order_by().values_list("phase__call", "phase__number").annotate(Count("pk"))
    antennas = {(call, number): count for call, number, count in named}
    deposited = Candidature.objects.exclude(status__in=[Status.DRAFT, Status.WITHDRAWN]).order_by()
    files = dict(deposited.values_list("call").annotate(Count("pk")))
    return [compared(figure, antennas, files) for figure in figures]


def compared(figure: PublishedFigure, antennas: dict, files: dict) -> Comparison:
    if figure.code == PROGRAMME_TOTAL:
        return Comparison(figure, sum(antennas.values()), NAMED)
    if figure.code == CANDIDATURES:
        counted = files.get(figure.call_id)
        return Comparison(figure, counted, DEPOSITED if counted else ELSEWHERE)
    of_call = {number: count for (call, number), count in antennas.items() if call == figure.call_id}
    if figure.code == LAUREATES:
        return Comparison(figure, sum(of_call.values()), NAMED)
    if figure.code.startswith(f"{LAUREATES}-phase-"):
        return Comparison(figure, of_call.get(phase_of(figure), 0), NAMED)
    return Comparison(figure, None, NOTHING_TO_COUNT)


def phase_of(figure: PublishedFigure) -> int | None:
    number = figure.code.rpartition("-")[2]
    return int(number) if number.isdecimal() else None
