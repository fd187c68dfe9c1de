"""From the shipped files to the reference rows: reads, compares with what is there, writes only the difference."""

from collections import Counter, defaultdict
from typing import NamedTuple

from django.db import connection, models, transaction

from .indexing import Key, search_keys
from .models import Commune, Department, Epci, EpciKind, NationalProgramme, Region, SearchKey
from .reference import EDITION, FORMER_EDITIONS, read_rows

PROGRAMMES = [
    NationalProgramme(
        code="ACV",
        name="Action cœur de ville",
        description="L’État et ses partenaires y soutiennent la revitalisation du centre des villes moyennes.",
    ),
    NationalProgramme(
        code="TI",
        name="Territoires d’industrie",
        description="L’État et les régions y accompagnent des intercommunalités à forte identité industrielle.",
    ),
]


class Change(NamedTuple):
    """What a load did to one table."""

    model: type[models.Model]
    created: int
    updated: int
    total: int


@transaction.atomic
def load_reference_data() -> list[Change]:
    """Bring all reference rows to the state of the shipped files. Twice changes nothing.

    A row that the files no longer hold is kept: other records may point at it.
    """
    changes = read_rows("changes_2021_2026.csv")
    commune_rows = read_rows("communes.csv.xz")
    communes = [*existing_communes(commune_rows, changes), *ended_communes(changes)]
    epcis = [*existing_epcis(), *ended_epcis(changes, commune_rows), *epts(commune_rows)]
    regions = [Region(code=row["code"], name=row["name"], zone=row["zone"]) for row in read_rows("regions.csv")]
    departments = [
        Department(code=row["code"], name=row["name"], region_id=row["region"]) for row in read_rows("departements.csv")
    ]
    return [
        sync(Region, regions),
        sync(Department, departments),
        sync(Epci, epcis),
        sync(Commune, communes),
        sync_search_keys(communes, epcis),
        sync(NationalProgramme, PROGRAMMES),
    ]


def existing_communes(rows: list[dict], changes: list[dict]) -> list[Commune]:
    """The communes of the edition, with the name they had in 2021 when it was another."""
    former = {row["code"]: [row["name_2021"]] for row in changes if row["kind"] == "commune-renommee"}
    ept_of = {code: row["siren"] for row in read_rows("ept.csv") for code in row["members"].split()}
    return [
        Commune(
            insee_code=row["insee_code"],
            name=row["name"],
            kind=row["kind"],
            department_id=row["department"],
            epci_id=row["epci_siren"] or None,
            ept_id=ept_of.get(row["insee_code"]),
            siren=row["siren"] or None,
            population=int(row["population"]) if row["population"] else None,
            postal_codes=row["postal_codes"],
            latitude=float(row["latitude"]),
            longitude=float(row["longitude"]),
            point_source=row["point_source"],
            former_names=former.get(row["insee_code"], []),
        )
        for row in rows
    ]


def ended_communes(changes: list[dict]) -> list[Commune]:
    """The communes merged since 2021: what is known of them is their name and the one they joined."""
    return [
        Commune(
            insee_code=row["code"],
            name=row["name_2021"],
            department_id=row["code"][: 3 if row["code"] >= "97" else 2],
            ended_on=EDITION,
            successor_id=row["successor"],
        )
        for row in changes
        if row["kind"] == "commune-supprimee"
    ]


def epci_from(row: dict, **more) -> Epci:
    return Epci(
        siren=row["siren"],
        name=row["name"],
        kind=row["type"],
        population=int(row["population"]),
        main_commune_id=row["main_commune"],
        department_id=row["departement"],
        **more,
    )


def existing_epcis() -> list[Epci]:
    """The EPCI of the edition, with the names they bore in 2020 and 2021 when those were others."""
    names = defaultdict(list)
    for row in former_epci_rows():
        names[row["siren"]].append(row["name"])
    return [
        epci_from(row, former_names=[name for name in dict.fromkeys(names[row["siren"]]) if name != row["name"]])
        for row in read_rows("epci.csv")
    ]


def former_epci_rows() -> list[dict]:
    return [*read_rows("epci_2020.csv"), *read_rows("epci_2021.csv")]


def ended_epcis(changes: list[dict], commune_rows: list[dict]) -> list[Epci]:
    """The EPCI dissolved since 2020, each with the one that took over most of its communes.

    Without a known move of communes, that is the EPCI where its most populous commune is now.
    """
    existing = {row["siren"] for row in read_rows("epci.csv")}
    in_2021 = {row["siren"] for row in read_rows("epci_2021.csv")}
    epci_now = {row["insee_code"]: row["epci_siren"] for row in commune_rows}
    moves = defaultdict(Counter)
    for row in changes:
        if row["kind"] == "commune-change-epci":
            moves[row["before"]][row["after"]] += 1
    ended = {row["siren"]: row for row in former_epci_rows() if row["siren"] not in existing}
    return [
        epci_from(
            row,
            ended_on=EDITION if siren in in_2021 else FORMER_EDITIONS[1],
            successor_id=moves[siren].most_common(1)[0][0] if moves[siren] else epci_now[row["main_commune"]],
        )
        for siren, row in ended.items()
    ]


def epts(commune_rows: list[dict]) -> list[Epci]:
    """The établissements publics territoriaux of Greater Paris."""
    communes = {row["insee_code"]: row for row in commune_rows}
    found = []
    for row in read_rows("ept.csv"):
        main = max(row["members"].split(), key=lambda code: int(communes[code]["population"]))
        more = {"type": EpciKind.EPT, "main_commune": main, "departement": communes[main]["department"]}
        found.append(epci_from(row | more))
    return found


def sync(model: type[models.Model], rows: list[models.Model]) -> Change:
    """Create the rows that are missing and update those that differ, by primary key."""
    columns = [field.attname for field in model._meta.concrete_fields]
    names = [field.name for field in model._meta.concrete_fields if not field.primary_key]
    existing = {values[0]: values for values in model.objects.values_list("pk", *columns)}
    values = {row.pk: (row.pk, *(getattr(row, column) for column in columns)) for row in rows}
    different = [row for row in rows if existing.get(row.pk) != values[row.pk]]
    model.objects.bulk_create(different, update_conflicts=True, unique_fields=["pk"], update_fields=names)
    created = sum(row.pk not in existing for row in different)
    return Change(model, created, len(different) - created, len(existing) + created)


def sync_search_keys(communes: list[Commune], epcis: list[Epci]) -> Change:
    """Make the search keys those of these territories, no more and no less."""
    existing = {Key(*values): pk for pk, *values in SearchKey.objects.values_list("pk", *Key._fields)}
    wanted = search_keys(communes, epcis)
    obsolete = [pk for key, pk in existing.items() if key not in wanted]
    for start in range(0, len(obsolete), 500):
        SearchKey.objects.filter(pk__in=obsolete[start : start + 500]).delete()
    missing = sorted(wanted - existing.keys(), key=lambda key: key.key)
    insert_search_keys(missing)
    return Change(SearchKey, len(missing), 0, len(wanted))


def insert_search_keys(keys: list[Key]) -> None:
    """165,000 rows the first time: `bulk_create` takes three times as long, so each database in its own fast way."""
    table, columns = SearchKey._meta.db_table, ", ".join(Key._fields)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for key in keys:
                    copy.write_row(key)
        else:
            cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES (%s, %s, %s, %s, %s)", keys)
