"""What is published of a laureate: the one place that says which facts, under which names and in which types."""

from collections.abc import Iterator
from typing import NamedTuple

from django.conf import settings

from applications.years import school_year
from territories.models import NationalProgramme, ProgrammeMember

from ..models import Antenna, OpeningChange, State, opened_day, plans_of

CHUNK = 500  # antennas read at once: memory does not grow with their number
LIST_SEPARATOR = "|"


class Field(NamedTuple):
    """A column, in the terms of Table Schema. A `many` column is a list, joined by LIST_SEPARATOR where it is text."""

    name: str
    type: str
    title: str
    description: str
    many: bool = False
    constraints: dict = {}


YEAR = {"pattern": r"\d{4}-\d{4}"}
FIELDS = [
    Field(
        "identifiant",
        "string",
        "Identifiant",
        "Stable : il est aussi la fin de l’adresse de la page du lauréat.",
        constraints={"required": True, "unique": True, "pattern": "[a-z0-9-]+"},
    ),
    Field("nom", "string", "Nom", "Nom publié du territoire labellisé.", constraints={"required": True}),
    Field("appel", "string", "Appel", "Code de l’appel à manifestation d’intérêt.", constraints={"required": True}),
    Field("phase", "integer", "Phase", "Numéro de la phase de sélection.", constraints={"minimum": 1}),
    Field(
        "porteurs", "string", "Porteurs", "Codes INSEE ou SIREN des porteurs d’aujourd’hui, chef de file d’abord.", True
    ),
    Field("porteurs_noms", "string", "Noms des porteurs", "Dans le même ordre.", True),
    Field("sites", "string", "Sites", "Codes INSEE des communes où l’antenne s’installe.", True),
    Field("sites_noms", "string", "Noms des sites", "Dans le même ordre.", True),
    Field("departements", "string", "Départements", "Codes des départements des sites, chacun une fois.", True),
    Field("regions", "string", "Régions", "Codes des régions des sites, chacune une fois.", True),
    Field(
        "latitude",
        "number",
        "Latitude",
        "Du premier site, en degrés WGS 84.",
        constraints={"minimum": -90, "maximum": 90},
    ),
    Field("longitude", "number", "Longitude", "Du premier site.", constraints={"minimum": -180, "maximum": 180}),
    Field("concepts", "string", "Concepts", "Codes des concepts d’antenne.", True),
    Field("programmes", "string", "Programmes", "Programmes nationaux où figure un porteur ou un site.", True),
    Field("labellise_le", "date", "Labellisé le", "Vide si la date n’a pas été publiée."),
    Field("ouverture_annoncee", "string", "Ouverture annoncée", "Première année scolaire annoncée.", constraints=YEAR),
    Field("ouverture_prevue", "string", "Ouverture prévue", "Dernière année scolaire annoncée.", constraints=YEAR),
    Field("ouverte_le", "date", "Ouverte le", "Jour de l’ouverture réelle."),
    Field("etat", "string", "État", "Calculé des étapes datées.", constraints={"enum": [str(s.label) for s in State]}),
    Field("projet", "string", "Projet", "En quelques phrases."),
    Field("partenaires", "string", "Partenaires", "Tels que publiés."),
    Field("source", "string", "Source", "Titre du document qui annonce ce lauréat ; vide s’il vient du portail."),
    Field("page", "string", "Page", "Adresse de sa page.", constraints={"required": True}),
]


def published():
    """The laureates whose facts are published: those of a demonstration are invented."""
    return Antenna.objects.real().order_by("slug")


def records() -> Iterator[dict]:
    """One dict for each laureate, by the names of FIELDS, values in their types, lists as lists. In constant memory."""
    programmes = members_by_programme()
    antennas = published().with_places().with_carriers().with_opening().with_state()
    antennas = antennas.select_related("source").prefetch_related("openings")
    for antenna in antennas.iterator(chunk_size=CHUNK):
        yield record(antenna, programmes)


def record(antenna: Antenna, programmes: dict[str, set]) -> dict:
    sites = [site.commune for site in antenna.sites.all()]
    carriers = list(antenna.carriers.all())
    return {
        "identifiant": antenna.slug,
        "nom": antenna.name,
        "appel": antenna.phase.call.slug,
        "phase": antenna.phase.number,
        "porteurs": [carrier.code for carrier in carriers],
        "porteurs_noms": [carrier.name for carrier in carriers],
        "sites": [commune.pk for commune in sites],
        "sites_noms": [commune.name for commune in sites],
        "departements": once(commune.department_id for commune in sites),
        "regions": once(commune.department.region_id for commune in sites),
        "latitude": sites[0].latitude if sites else None,
        "longitude": sites[0].longitude if sites else None,
        "concepts": [concept.pk for concept in antenna.concepts.all()],
        "programmes": [code for code, members in programmes.items() if members & places_of(carriers, sites)],
        **calendar_of(antenna, list(antenna.openings.all())),
        "projet": antenna.project,
        "partenaires": antenna.partners,
        "source": antenna.source.title if antenna.source else "",
        "page": settings.BASE_URL + antenna.get_absolute_url(),
    }


def calendar_of(antenna: Antenna, openings: list[OpeningChange]) -> dict:
    plans = plans_of(openings)
    return {
        "labellise_le": antenna.label_day,
        "ouverture_annoncee": school_year(plans[0].year) if plans else "",
        "ouverture_prevue": school_year(plans[-1].year) if plans else "",
        "ouverte_le": opened_day(openings),
        "etat": antenna.state_label,
    }


def places_of(carriers, sites) -> set[str]:
    """The codes by which a programme may list these places: their own, and those of the EPCI of communes."""
    communes = [*sites, *(carrier.commune for carrier in carriers if carrier.commune)]
    codes = {carrier.code for carrier in carriers} | {commune.pk for commune in communes}
    return codes | {code for commune in communes for code in (commune.epci_id, commune.ept_id) if code}


def members_by_programme() -> dict[str, set[str]]:
    """The codes of the communes and EPCI of each programme's current list. Two queries."""
    current = dict(NationalProgramme.objects.with_current_list().order_by("pk").values_list("pk", "current_list_id"))
    members = {code: set() for code in current}
    rows = ProgrammeMember.objects.filter(territory__list__in=current.values())
    for programme, commune, epci in rows.values_list("territory__list__programme", "commune", "epci"):
        members[programme].add(commune or epci)
    return members


def once(values) -> list:
    return list(dict.fromkeys(values))
