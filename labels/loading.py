"""The programme as it was published: its concepts, its two calls, its laureates, its figures.

What is missing is created; what is there belongs to the team and is left as it is. A call comes with its phases,
committee and figures, a laureate with its places and its opening: neither is completed nor corrected afterwards.
"""

import csv
import json
from collections import Counter
from datetime import date
from itertools import chain
from pathlib import Path

from django.db import transaction
from django.db.models import Q

from applications.models import Call, Concept, Organisation, SelectionPhase, Source
from applications.years import parse_school_year
from territories.models import Commune, Epci, NationalProgramme, ProgrammeList
from territories.programme_lists import record_known_members

from .models import Antenna, OpeningChange
from .naming import place_slug

DATA_DIR = Path(__file__).parent / "data"


class TerritoriesMissing(Exception):
    """The laureates stand on communes and EPCI that are not loaded yet."""


def read_programme() -> dict:
    return json.loads((DATA_DIR / "programme.json").read_text(encoding="utf-8"))


def read_laureates() -> list[dict[str, str]]:
    """The rows of laureates.csv: `carriers` lists « commune:18033 » or « epci:200033579 », `sites` INSEE codes."""
    with (DATA_DIR / "laureates.csv").open(encoding="utf-8", newline="") as file:
        return [
            row | {name: row[name].split() for name in ("carriers", "sites", "concepts", "programmes")}
            for row in csv.DictReader(file)
        ]


@transaction.atomic
def load() -> tuple[Counter, Counter]:
    """Create what is missing of the published programme.

    Returns:
        How many rows were created, and how many were there already and left as they are, by model.

    Raises:
        TerritoriesMissing: `load_territories` has not run.
    """
    programme, laureates = read_programme(), read_laureates()
    check_territories(laureates)
    created, kept = Counter(), Counter()

    def ensure(model, key, fields):
        row, is_new = model.objects.get_or_create(**key, defaults=fields)
        (created if is_new else kept)[model] += 1
        return row, is_new

    source, _ = ensure(Source, {"title": programme["source"]["title"]}, programme["source"])
    for position, fields in enumerate(programme["concepts"]):
        ensure(Concept, {"code": fields["code"]}, fields | {"position": position})
    for fields in programme["calls"]:
        call, is_new = ensure(Call, {"slug": fields["slug"]}, call_fields(fields))
        if is_new:
            complete_call(call, fields, source)
    for row in laureates:
        is_new = ensure_antenna(row, programme["slugs"], source)
        (created if is_new else kept)[Antenna] += 1
    for fields in programme["memberships"]:
        is_new = record_memberships(laureates, **fields)
        (created if is_new else kept)[ProgrammeList] += 1
    return created, kept


def record_memberships(laureates: list[dict], programme: str, **about) -> bool:
    """Keep what the laureates say of a programme's list, as a partial list that never says "no".

    Action cœur de ville lists communes, Territoires d’industrie intercommunalités: the sites for the one; for the
    other the EPCI that carry or, when a commune carries alone, its own.
    """
    rows = [row for row in laureates if programme in row["programmes"]]
    about |= {"published_on": date.fromisoformat(about["published_on"])}
    if programme == "ACV":
        towns = Commune.objects.filter(pk__in={code for row in rows for code in row["sites"]})
        return record_known_members(programme, towns, [], **about) is not None
    carriers = [[code for kind, code in carriers_of(row) if kind == "epci"] for row in rows]
    alone = [code for row, sirens in zip(rows, carriers, strict=True) if not sirens for code in row["sites"]]
    epcis = Epci.objects.filter(Q(pk__in=chain(*carriers)) | Q(communes__in=alone)).distinct()
    return record_known_members(programme, [], epcis, **about) is not None


def check_territories(laureates: list[dict]) -> None:
    codes = {code for row in laureates for code in row["sites"]}
    sirens = {code for row in laureates for kind, code in carriers_of(row) if kind == "epci"}
    codes |= {code for row in laureates for kind, code in carriers_of(row) if kind == "commune"}
    missing = codes - set(Commune.objects.filter(pk__in=codes).values_list("pk", flat=True))
    missing |= sirens - set(Epci.objects.filter(pk__in=sirens).values_list("pk", flat=True))
    if missing:
        raise TerritoriesMissing(", ".join(sorted(missing)))


def carriers_of(row: dict) -> list[tuple[str, str]]:
    """The kind and the code of each carrier, the lead first."""
    return [tuple(carrier.split(":")) for carrier in row["carriers"]]


def call_fields(fields: dict) -> dict:
    names = ("slug", "name", "prefix", "title", "lede", "presentation", "launched_on", "ended_on")
    return {name: fields[name] for name in names} | {"is_published": True}


def complete_call(call: Call, fields: dict, source: Source) -> None:
    """Give a new call its programmes, concepts, phases, committee and published figures."""
    call.programmes.set(NationalProgramme.objects.filter(pk__in=fields["programmes"]))
    call.concepts.set(fields["concepts"])
    for phase in fields["phases"]:
        call.phases.create(**phase)
    for position, organisation in enumerate(fields["committee"]):
        seated, _ = Organisation.objects.get_or_create(name=organisation["name"], defaults=organisation)
        call.seats.create(organisation=seated, position=position)
    for figure in fields["figures"]:
        call.figures.create(source=source, **figure)


def ensure_antenna(row: dict, slugs: dict[str, str], source: Source) -> bool:
    """Create the antenna of a laureate, unless it is there under its name or its address.

    Returns:
        Whether it was created.
    """
    phase = SelectionPhase.objects.get(call__name=row["call"], number=row["phase"])
    towns = Commune.objects.in_bulk(row["sites"])
    name = row["published_name"]
    slug = slugs.get(name) or place_slug(towns[code].name for code in row["sites"])
    if Antenna.objects.filter(Q(slug=slug) | Q(phase=phase, name=name)).exists():
        return False
    antenna = Antenna.objects.create(
        name=name, slug=slug, phase=phase, project=row["project"], partners=row["partners"], source=source
    )
    antenna.concepts.set(row["concepts"])
    for position, (kind, code) in enumerate(carriers_of(row)):
        antenna.carriers.create(is_lead=position == 0, position=position, **{f"{kind}_id": code})
    for code in row["sites"]:
        antenna.sites.create(commune_id=code)
    if year := parse_school_year(row["opening_year"]):
        antenna.openings.create(kind=OpeningChange.Kind.ANNOUNCED, year=year, source=source)
    return True
