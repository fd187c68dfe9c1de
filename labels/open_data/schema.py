"""What describes the data: its Table Schema, its data package, its licence and whom to name."""

from django.conf import settings

from territories.reference import ATTRIBUTION, EDITION

from .records import FIELDS, LIST_SEPARATOR

LICENCE = {
    "name": "etalab-2.0",
    "title": "Licence Ouverte 2.0",
    "path": "https://www.etalab.gouv.fr/licence-ouverte-open-licence/",
}


def attribution() -> str:
    """What a reuser names: the programme, then the reference data."""
    return f"Cnam, programme Au cœur des territoires. {ATTRIBUTION}"


def table_schema() -> dict:
    """The columns of laureats.csv (Table Schema, https://specs.frictionlessdata.io/table-schema/)."""
    return {
        "$schema": "https://specs.frictionlessdata.io/schemas/table-schema.json",
        "name": "laureats-au-coeur-des-territoires",
        "title": "Lauréats « Au cœur des territoires »",
        "description": f"Une ligne par territoire labellisé. Les listes sont séparées par « {LIST_SEPARATOR} ».",
        "homepage": f"{settings.BASE_URL}/donnees/",
        "version": "1.0.0",
        "fields": [described(field) for field in FIELDS],
        "primaryKey": "identifiant",
        "missingValues": [""],
    }


def described(field) -> dict:
    told = {"name": field.name, "type": field.type, "title": field.title, "description": field.description}
    return told | ({"constraints": field.constraints} if field.constraints else {})


def data_package() -> dict:
    """What a tool needs to read the data by itself (Data Package)."""
    return {
        "name": "laureats-au-coeur-des-territoires",
        "title": "Lauréats « Au cœur des territoires »",
        "description": f"{attribution()} Référentiel : édition du {EDITION:%d/%m/%Y}.",
        "homepage": f"{settings.BASE_URL}/donnees/",
        "licenses": [LICENCE],
        "resources": [
            {
                "name": "laureats",
                "path": "laureats.csv",
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8-sig",
                "dialect": {"delimiter": ","},
                "schema": table_schema(),
            }
        ],
    }
