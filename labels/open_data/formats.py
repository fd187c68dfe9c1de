"""The records written as CSV, JSON and GeoJSON, piece after piece: nothing is held whole in memory."""

import csv
import json
from collections.abc import Iterator

from django.core.serializers.json import DjangoJSONEncoder

from applications.exports import BOM, harmless

from .records import FIELDS, LIST_SEPARATOR, records
from .schema import LICENCE, attribution


class Echo:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


def as_csv() -> Iterator[str]:
    """UTF-8 with its mark, commas: for tools. Every value as it is."""
    writer = csv.writer(Echo())
    yield BOM + writer.writerow([field.name for field in FIELDS])
    for record in records():
        yield writer.writerow(texts(record))


def as_csv_for_excel() -> Iterator[str]:
    """Semicolons and titles: for a French Excel, which would run a text that begins like a formula."""
    writer = csv.writer(Echo(), delimiter=";")
    yield BOM + writer.writerow([field.title for field in FIELDS])
    for record in records():
        yield writer.writerow([harmless(value) if isinstance(value, str) else value for value in texts(record)])


def texts(record: dict) -> list:
    """The values of a line: lists joined, what is missing empty."""
    values = (record[field.name] for field in FIELDS)
    return [LIST_SEPARATOR.join(value) if isinstance(value, list) else value for value in values]


def as_json() -> Iterator[str]:
    """An object: licence, attribution, and `laureats`, whose lists are lists and whose missing values are null."""
    head = {"licence": LICENCE["path"], "attribution": attribution()}
    yield written(head)[:-1] + ',"laureats":['
    yield from joined(written(nulls(record)) for record in records())
    yield "]}\n"


def as_geojson() -> Iterator[str]:
    """A FeatureCollection (RFC 7946): longitude then latitude, WGS 84; no geometry for a site without a place."""
    yield '{"type":"FeatureCollection","features":['
    yield from joined(written(feature(record)) for record in records())
    yield "]}\n"


def feature(record: dict) -> dict:
    place = (record["longitude"], record["latitude"])
    geometry = None if None in place else {"type": "Point", "coordinates": [round(each, 5) for each in place]}
    properties = {name: value for name, value in nulls(record).items() if name not in ("longitude", "latitude")}
    return {"type": "Feature", "id": record["identifiant"], "geometry": geometry, "properties": properties}


def nulls(record: dict) -> dict:
    return {name: None if value == "" else value for name, value in record.items()}


def written(value) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), cls=DjangoJSONEncoder)


def joined(texts: Iterator[str]) -> Iterator[str]:
    for place, text in enumerate(texts):
        yield f",{text}" if place else text
