"""The filters of the laureates: each is a parameter of the address; an unknown value is set aside, never an error."""

from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast
from django.urls import reverse

from applications.models import Call, Concept, SelectionPhase
from territories.models import Epci, NationalProgramme, ProgrammeMember, Region
from territories.names import normalise

from .models import Antenna, AntennaCarrier, AntennaSite

MAX_TEXT = 100  # characters of a search that are read

NAMES = {  # parameter: label of the field, what no choice means
    "appel": ("Appel", "Tous"),
    "phase": ("Phase", "Toutes"),
    "region": ("Région", "Toutes"),
    "programme": ("Programme", "Tous"),
    "concept": ("Concept", "Tous"),
}


@dataclass
class Facet:
    """One choice list: `options` are (value, label) pairs that each find at least one laureate."""

    name: str
    options: list[tuple[str, str]]
    chosen: str = ""

    @property
    def label(self) -> str:
        return NAMES[self.name][0]

    @property
    def any_label(self) -> str:
        return NAMES[self.name][1]

    @property
    def chosen_label(self) -> str:
        return dict(self.options)[self.chosen]


@dataclass
class Filters:
    """What the address asks for, reduced to what exists."""

    facets: list[Facet]
    text: str = ""
    ignored: list[str] = field(default_factory=list)  # labels of the parameters set aside

    @classmethod
    def read(cls, params) -> "Filters":
        """Read the parameters of a GET. One query, whatever they are."""
        options = available_options()
        filters = cls([Facet(name, options[name]) for name in NAMES])
        filters.text = " ".join(params.get("q", "").split())[:MAX_TEXT]
        for facet in filters.facets:
            value = params.get(facet.name, "")
            if value in dict(facet.options):
                facet.chosen = value
            elif value:
                filters.ignored.append(facet.label)
        return filters

    @property
    def chosen(self) -> dict[str, str]:
        values = {facet.name: facet.chosen for facet in self.facets if facet.chosen}
        return values | ({"q": self.text} if self.text else {})

    @property
    def active(self) -> list[dict[str, str]]:
        """Each filter in force, with the address that goes on without it."""
        labels = {facet.name: facet.chosen_label for facet in self.facets if facet.chosen}
        labels |= {"q": f"«\u00a0{self.text}\u00a0»"} if self.text else {}
        return [{"label": label, "url": self.url_without(name)} for name, label in labels.items()]

    def url_without(self, name: str) -> str:
        kept = {key: value for key, value in self.chosen.items() if key != name}
        return reverse("labels:list") + (f"?{urlencode(kept)}" if kept else "")

    def apply(self, antennas: QuerySet[Antenna]) -> list[Antenna]:
        """The antennas that every filter keeps. The text is compared here: no accent or case counts."""
        for name, value in self.chosen.items():
            if name != "q":
                antennas = antennas.filter(CONDITIONS[name](value))
        if not self.text:
            return list(antennas)
        starts = [f" {word}" for word in normalise(self.text).split()]
        return [antenna for antenna in antennas.with_carriers() if all(start in words_of(antenna) for start in starts)]


def words_of(antenna: Antenna) -> str:
    """All that a search reads of an antenna, normalised, each word after a space: a search finds where words begin."""
    texts = [antenna.name, antenna.project, antenna.partners]
    for carrier in antenna.carriers.all():
        texts += [carrier.name, carrier.code]
    for site in antenna.sites.all():
        texts += [site.commune.name, site.commune.pk, site.commune.department.name, site.commune.department.region.name]
    return f" {normalise(' '.join(texts))}"


def available_options() -> dict[str, list[tuple[str, str]]]:
    """The values of each choice list, in the order of the screen, by one query: a union of five."""
    calls = Call.objects.filter(phases__antennas__isnull=False)
    phases = SelectionPhase.objects.filter(antennas__isnull=False)
    sites = AntennaSite.objects.current()
    regions = Region.objects.filter(departments__communes__antenna_sites__in=sites)
    parts = [
        part(calls, "appel", F("slug"), F("name"), Value(0)),
        part(phases, "phase", Cast("number", CharField()), Value(""), F("number")),
        part(regions, "region", F("code"), F("name"), Value(0)),
        part(NationalProgramme.objects.all(), "programme", F("code"), F("name"), Value(0)),
        part(Concept.objects.filter(antennas__isnull=False), "concept", F("code"), F("name"), F("position")),
    ]
    options = {name: [] for name in NAMES}
    for name, value, label, position in parts[0].union(*parts[1:]):
        options[name].append((position, normalise(label), value, label or f"Phase {value}"))
    return {name: [row[2:] for row in sorted(rows)] for name, rows in options.items()}


def part(rows, name, value, label, position):
    """The four columns of one choice list, in a shape that a union accepts."""
    return rows.order_by().values_list(
        Value(name, CharField()), Cast(value, CharField()), Cast(label, CharField()), position
    )


def in_region(code: str) -> Q:
    sites = AntennaSite.objects.current().filter(antenna=OuterRef("pk"), commune__department__region=code)
    return Q(Exists(sites))


def in_programme(code: str) -> Q:
    """A carrier or a site is in the list of the programme that counts today, itself or by its intercommunalité."""
    current = NationalProgramme.objects.with_current_list().filter(pk=code).values("current_list_id")
    members = ProgrammeMember.objects.filter(territory__list__in=current)
    communes = members.filter(commune__isnull=False).values("commune")
    epcis = members.filter(epci__isnull=False).values("epci")
    covered = Q(commune__in=communes) | Q(commune__epci__in=epcis) | Q(commune__ept__in=epcis)
    around = Q(epci__in=epcis) | Q(epci__in=Epci.objects.filter(communes__in=communes).values("pk"))
    sites = AntennaSite.objects.current().filter(covered, antenna=OuterRef("pk"))
    carriers = AntennaCarrier.objects.current().filter(covered | around, antenna=OuterRef("pk"))
    return Q(Exists(sites)) | Q(Exists(carriers))


CONDITIONS = {
    "appel": lambda slug: Q(phase__call__slug=slug),
    "phase": lambda number: Q(phase__number=number),
    "region": in_region,
    "programme": in_programme,
    "concept": lambda code: Q(
        Exists(Antenna.concepts.through.objects.filter(antenna=OuterRef("pk"), concept=code)),
    ),
}
