"""On the whole shipped data, loaded once."""

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django.asserts import assertContains, assertNotContains

from territories.search import search

pytestmark = pytest.mark.usefixtures("france")


def codes(text, **options):
    return [territory.code for territory in search(text, **options)]


def test_dreux_finds_the_town_then_its_epci():
    assert codes("Dreux") == ["28134", "200040277"]


def test_a_town_comes_before_its_homonyms_and_they_before_longer_names():
    found = search("verdun")

    assert [territory.code for territory in found[:3]] == ["55545", "200049187", "09328"]
    assert found[3].name == "Château-Verdun"


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("st-denis", "97411"),
        ("La Rochelle", "17300"),
        ("rochelle", "17300"),
        ("LE PORT", "97407"),
        ("Saint-Laurent de Maroni", "97311"),
        ("Châteaubriant-Derval", "200072726"),
        ("communauté d’agglomération du Pays de Dreux", "200040277"),
        ("plaine commune", "200057867"),
        ("y", "80829"),
        ("CAVEM", "200035319"),
        ("culoz", "01138"),
        ("2a004", "2A004"),
        ("28134", "28134"),
        ("212 801 344", "28134"),
        ("21280134400012", "28134"),
        ("200040277", "200040277"),
        ("Dreux (28134)", "28134"),
    ],
)
def test_search_finds_first(typed, first):
    assert codes(typed)[0] == first


def test_postal_code_finds_its_communes_beside_the_insee_code():
    assert codes("28100") == ["28100", "28134"]


def test_merged_commune_is_found_after_those_that_exist():
    assert codes("Béon")[0] == "89037"
    assert codes("Béon")[-1] == "01039"


def test_search_can_be_kept_to_communes_or_to_epci():
    assert codes("Dreux", kinds=("commune",)) == ["28134"]
    assert codes("Dreux", kinds=("epci",)) == ["200040277"]


@pytest.mark.parametrize("typed", ["", " ", "\0", "🙂", "'", "%", "_", "x" * 5_000_000, "9" * 5_000])
def test_search_is_calm_about(typed):
    assert codes(typed) == []


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text())
def test_search_never_crashes(text):
    assert len(search(text)) <= 20


@pytest.mark.parametrize("typed", ["Dreux", "saint", "Béon"])
def test_search_is_one_query(typed, django_assert_num_queries):
    with django_assert_num_queries(1):
        [(territory.label, territory.summary) for territory in search(typed)]


def test_json_is_public_cacheable_and_one_query(client, django_assert_num_queries):
    with django_assert_num_queries(1):
        response = client.get(reverse("territories:search_json"), {"q": "dreux"})

    assert response["Cache-Control"] == "public, max-age=3600"
    assert response.json()["results"][0] == {
        "value": "Dreux (28134)",
        "label": "Dreux",
        "detail": "Commune, Eure-et-Loir, 31\u00a0543\u00a0habitants",
        "kind": "commune",
        "code": "28134",
    }


def test_json_gives_the_successor_of_a_merged_commune(client):
    results = client.get(reverse("territories:search_json"), {"q": "Béon", "genre": "commune"}).json()["results"]

    assert results[-1]["value"] == "Culoz-Béon (01138)"
    assert "n’existe plus au 1er janvier 2026" in results[-1]["detail"]


def test_json_ignores_an_unknown_kind(client):
    response = client.get(reverse("territories:search_json"), {"q": "dreux", "genre": "planete"})

    assert len(response.json()["results"]) == 2


def test_page_answers_without_javascript(client):
    response = client.get(reverse("territories:search"), {"q": "dreux"})

    assertContains(response, "?territoire=Dreux%20%2828134%29")
    assertContains(response, "Données de référence au 1er janvier 2026")


@pytest.mark.parametrize(
    ("typed", "message"),
    [("zzzzz", "Aucun territoire ne porte ce nom"), ("212801345", "sa clé de contrôle est fausse")],
)
def test_page_says_why_nothing_was_found(client, typed, message):
    assertContains(client.get(reverse("territories:search"), {"q": typed}), message)


def test_page_escapes_what_was_typed(client):
    assertNotContains(client.get(reverse("territories:search"), {"q": "<script>"}), "« <script>")
