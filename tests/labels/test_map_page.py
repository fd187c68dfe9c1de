"""The map of the laureates: each is on it and in its list, marks never overlap, a région is an address."""

import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from labels.calendar import opening_counts
from labels.models import Antenna
from labels.national_map import TARGET, WIDTHS, national_map
from tests.factories import AntennaFactory, CommuneFactory

from .pages import text_of


def drawn(region=None):
    return national_map(list(Antenna.objects.with_places().with_opening()), region)


def on(layer) -> set[str]:
    return {place.antenna.slug for mark in layer for place in mark.places}


def listed(response) -> set[str]:
    """The laureates of the list beside the map."""
    section = response.content.decode().partition('id="laureats"')[2].partition("</section>")[0]
    return set(re.findall(r'href="/laureats/([\w-]+)/"', section))


@pytest.mark.parametrize("layer", WIDTHS)
def test_every_laureate_is_on_the_map_at_every_width(programme, layer):
    assert on(drawn().layers[layer]) == set(Antenna.objects.values_list("slug", flat=True))


@pytest.mark.parametrize(("layer", "width"), WIDTHS.items())
@pytest.mark.parametrize("region", [None, "44", "11"])
def test_what_gathers_a_mark_stands_near_its_first_laureate(programme, layer, width, region):
    found = drawn(region)
    reach = TARGET * found.view.box.width / width

    for mark in found.layers[layer]:
        first = mark.places[0].point
        assert all(abs(place.point.x - first.x) < reach for place in mark.places)
        assert all(abs(place.point.y - first.y) < reach for place in mark.places)


@pytest.mark.parametrize(("layer", "width"), WIDTHS.items())
def test_first_laureates_of_two_marks_are_never_closer_than_a_finger(programme, layer, width):
    found = drawn()
    reach = TARGET * found.view.box.width / width
    firsts = [mark.places[0].point for mark in found.layers[layer]]

    for place, one in enumerate(firsts):
        for other in firsts[place + 1 :]:
            assert abs(one.x - other.x) >= reach or abs(one.y - other.y) >= reach


def test_legend_counts_what_the_years_count(programme):
    assert {year.label: year.number for year in drawn().legend} == {
        year.label: year.number for year in opening_counts()
    }


def test_list_beside_the_map_holds_every_laureate(client, programme):
    assert listed(client.get("/carte/")) == set(Antenna.objects.values_list("slug", flat=True))


def test_region_is_an_address(client, programme):
    response = client.get("/carte/?region=44")

    in_region = Antenna.objects.filter(sites__commune__department__region="44")
    assert listed(response) == set(in_region.values_list("slug", flat=True))
    assert "<h1>Grand Est</h1>" in response.content.decode()


def test_mark_of_several_laureates_leads_to_their_region(client, programme):
    page = unescape(client.get("/carte/").content.decode())

    assert re.search(r'<a href="\?region=44"\s+aria-label="\d lauréats : [^"]*Saint-Dié', page)


@pytest.mark.parametrize("typed", ["zz", "99", "44'--", "94"])
def test_region_typed_wrong_or_without_laureate_shows_the_whole_map_and_says_so(client, programme, typed):
    response = client.get("/carte/", {"region": typed})

    assert response.status_code == 200
    assert "la carte entière est montrée" in text_of(response)
    assert len(listed(response)) == 61


def test_laureate_without_a_known_place_is_named_below_the_list(client):
    AntennaFactory(name="Ville sans point", places=CommuneFactory(latitude=None, longitude=None))

    assert "Absents de la carte, faute d’emplacement connu : Ville sans point" in text_of(client.get("/carte/"))


def test_number_of_queries_does_not_grow_with_the_laureates(client):
    def queries():
        with CaptureQueriesContext(
            connection,
        ) as captured:
            client.get("/carte/")
        return len(captured)

    AntennaFactory(places=CommuneFactory(latitude=48.0, longitude=2.0))
    with_one = queries()
    AntennaFactory.create_batch(2)

    assert queries() == with_one
