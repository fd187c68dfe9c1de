"""Open data: the same facts in every format, described by a schema that other people's validators accept."""

import csv
import io
import json
from datetime import date

import geojson
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from labels.models import Antenna, OpeningChange
from labels.open_data.records import FIELDS, records
from tests.factories import AntennaFactory, CallFactory, OpeningFactory, PhaseFactory, StaffFactory

LIMIT = csv.field_size_limit()
from frictionless import Package, Resource, Schema  # noqa: E402

csv.field_size_limit(LIMIT)  # which the import raises too

FILES = ["laureats.csv", "laureats-excel.csv", "laureats.json", "laureats.geojson", "schema.json", "datapackage.json"]
NAMES = [field.name for field in FIELDS]


@pytest.fixture(autouse=True)
def _limit_of_the_csv_reader():
    """The validator raises it for the whole process, each time that it reads."""
    csv.field_size_limit(LIMIT)
    yield
    csv.field_size_limit(LIMIT)


def body(client, name, **headers) -> bytes:
    response = client.get(f"/donnees/{name}", headers=headers)
    return response.getvalue()


def csv_rows(client) -> list[dict]:
    return list(csv.DictReader(io.StringIO(body(client, "laureats.csv").decode("utf-8-sig"))))


def json_rows(client) -> list[dict]:
    return json.loads(body(client, "laureats.json"))["laureats"]


@pytest.mark.parametrize("name", FILES)
def test_files_are_for_every_program_of_every_site_without_a_cookie(client, name):
    response = client.get(f"/donnees/{name}")

    assert response["Access-Control-Allow-Origin"] == "*"
    assert response.cookies == {}
    assert "Cookie" not in response.get("Vary", "")


def test_other_pages_are_not_for_the_programs_of_other_sites(client):
    assert "Access-Control-Allow-Origin" not in client.get("/donnees/").headers


def test_every_format_tells_each_laureate_once(client, programme):
    slugs = sorted(Antenna.objects.values_list("slug", flat=True))

    features = json.loads(body(client, "laureats.geojson"))["features"]
    excel = body(client, "laureats-excel.csv").decode("utf-8-sig").splitlines()

    assert [row["identifiant"] for row in csv_rows(client)] == slugs
    assert [row["identifiant"] for row in json_rows(client)] == slugs
    assert [feature["id"] for feature in features] == slugs
    assert len(excel) == 62


def test_csv_and_json_say_the_same_of_each_laureate(client, programme):
    def as_text(value):
        if isinstance(value, list):
            return "|".join(value)
        return "" if value is None else str(value)

    told = [{name: as_text(value) for name, value in row.items()} for row in json_rows(client)]

    assert csv_rows(client) == told


def test_record_says_what_the_loaded_data_say(programme):
    found = {record["nom"]: record for record in records()}

    dreux = found["Agglomération du Pays de Dreux et commune de Dreux"]
    assert (dreux["porteurs"], dreux["sites"], dreux["regions"]) == (["200040277", "28134"], ["28134"], ["24"])
    assert (dreux["appel"], dreux["phase"], dreux["ouverture_prevue"]) == ("ami-2", 1, "")
    assert dreux["programmes"] == ["ACV", "TI"]
    assert found["Bourges"]["ouverture_annoncee"] == "2019-2020"


def test_calendar_keeps_the_announced_the_revised_and_the_real():
    antenna = AntennaFactory(labelled_on=date(2019, 9, 26))
    OpeningFactory(antenna=antenna, year=2020)
    revised = {"kind": "revised", "year": 2021, "cause": "premises", "reason": "Travaux."}
    OpeningFactory(antenna=antenna, **revised)
    OpeningFactory(antenna=antenna, kind="opened", year=None, opened_on=date(2022, 1, 10))

    [record] = records()

    names = ("ouverture_annoncee", "ouverture_prevue", "ouverte_le", "etat", "labellise_le")
    expected = ["2020-2021", "2021-2022", date(2022, 1, 10), "ouverte", date(2019, 9, 26)]
    assert [record[name] for name in names] == expected


def test_demonstration_is_never_published(client):
    AntennaFactory(phase=PhaseFactory(call=CallFactory(is_demo=True)))

    assert json_rows(client) == csv_rows(client) == []


# By other people's validators


def test_table_schema_and_data_package_are_valid(client, programme, tmp_path):
    schema = Schema.from_descriptor(json.loads(body(client, "schema.json")))
    assert [field.name for field in schema.fields] == NAMES
    for name in ("laureats.csv", "datapackage.json"):
        (tmp_path / name).write_bytes(body(client, name))

    report = Package(str(tmp_path / "datapackage.json")).validate()

    assert report.flatten(["message"]) == []
    assert report.tasks[0].stats["rows"] == 61


def test_validator_refuses_what_the_schema_does_not_allow(client, tmp_path):
    AntennaFactory(slug="ici")
    text = body(client, "laureats.csv").decode("utf-8-sig").replace("labellisée", "en panne")
    (tmp_path / "laureats.csv").write_text(text, encoding="utf-8")

    schema = Schema.from_descriptor(json.loads(body(client, "schema.json")))
    report = Resource(path="laureats.csv", basepath=str(tmp_path), schema=schema).validate()

    assert report.flatten(["fieldName"]) == [["etat"]]


def test_geojson_is_valid_and_every_point_is_in_france(client, programme):
    collection = geojson.loads(body(client, "laureats.geojson"))

    assert collection.errors() == []
    assert all(-64 < f.geometry.coordinates[0] < 56 for f in collection.features)
    assert all(-22 < f.geometry.coordinates[1] < 52 for f in collection.features)


# Asking again


def test_nothing_written_since_is_answered_without_a_body(client, programme):
    first = client.get("/donnees/laureats.csv")

    again = client.get("/donnees/laureats.csv", headers={"if-none-match": first["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert first["Cache-Control"] == "public, no-cache"


def test_new_opening_gives_another_version(client):
    antenna = AntennaFactory(labelled_on=date(2020, 1, 1))
    OpeningFactory(antenna=antenna, year=2020)
    first = client.get("/donnees/laureats.json")

    OpeningChange.open(antenna, date(2021, 9, 6), StaffFactory())
    again = client.get("/donnees/laureats.json", headers={"if-none-match": first["ETag"]})

    assert again.status_code == 200
    assert json.loads(again.getvalue())["laureats"][0]["ouverte_le"] == "2021-09-06"


def test_each_file_has_its_own_version(client):
    tags = [client.get(f"/donnees/{name}")["ETag"] for name in FILES]

    assert len(set(tags)) == len(FILES)


# The rest


def test_formula_in_a_name_is_harmless_in_excel_and_exact_elsewhere(client):
    AntennaFactory(name="=1+1")

    assert '"=1+1' not in body(client, "laureats-excel.csv").decode()
    assert ";=1+1" not in body(client, "laureats-excel.csv").decode()
    assert csv_rows(client)[0]["nom"] == "=1+1"


def test_page_leads_to_every_file(client):
    page = client.get("/donnees/").content.decode()

    assert [f'href="/donnees/{name}"' in page for name in FILES] == [True] * len(FILES)


def test_number_of_queries_does_not_grow_with_the_laureates(client):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            body(client, "laureats.csv")
        return len(captured)

    OpeningFactory()
    with_one = queries()
    OpeningFactory.create_batch(2)

    assert queries() == with_one


@pytest.mark.parametrize("name", ["laureats.xml", "laureats.csv.bak", "../settings.py"])
def test_unknown_file_is_not_found(client, name):
    assert client.get(f"/donnees/{name}").status_code in (302, 404)


def test_page_names_whom_to_cite_beside_the_thanks_of_every_page(client):
    page = client.get("/donnees/").content.decode()

    assert page.count("Cnam, programme Au cœur des territoires. INSEE") == 1
