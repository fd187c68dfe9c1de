"""The laureates around one of them: measured between their sites, never across the demonstration."""

import pytest

from labels.models import Antenna
from labels.nearby import distance, nearby
from territories.models import Commune
from tests.factories import AntennaFactory, CallFactory, CommuneFactory, PhaseFactory

from .pages import text_of

PARIS, VERSAILLES, LILLE = (48.8566, 2.3522), (48.8049, 2.1204), (50.6292, 3.0573)


def at(point, name, **fields) -> Antenna:
    return AntennaFactory(name=name, places=CommuneFactory(latitude=point[0], longitude=point[1]), **fields)


def around(antenna) -> list[str]:
    return [other.name for other, _ in nearby(Antenna.objects.with_places().get(pk=antenna.pk))]


def test_distance_is_that_of_the_great_circle():
    paris, lille = (Commune(latitude=lat, longitude=long) for lat, long in (PARIS, LILLE))

    assert distance(paris, lille) == pytest.approx(203.6, abs=1)
    assert distance(paris, paris) == 0


def test_nearest_come_first_and_far_ones_are_left_out():
    here = at(PARIS, "Ici")
    at((48.5, 2.35), "Plus loin")
    at(VERSAILLES, "Tout près")
    at(LILLE, "Trop loin")

    assert around(here) == ["Tout près", "Plus loin"]


def test_corner_of_the_square_is_not_within_the_circle():
    here = at((45.0, 0.0), "Ici")
    at((45.44, 0.62), "Au coin")

    assert around(here) == []


def test_site_without_a_place_has_no_neighbour():
    here = AntennaFactory(places=CommuneFactory(latitude=None, longitude=None))
    at(PARIS, "Là")

    assert around(here) == []


def test_demonstration_and_real_laureates_are_not_neighbours():
    here = at(PARIS, "Ici")
    at(VERSAILLES, "Fictive", phase=PhaseFactory(call=CallFactory(is_demo=True)))

    assert around(here) == []


def test_page_of_a_laureate_shows_where_it_is_and_who_is_around(client):
    at(PARIS, "Ici", slug="ici")
    at(VERSAILLES, "Tout près", slug="tout-pres")

    response = client.get("/laureats/ici/")

    assert "Tout près à 18 km" in text_of(response)
    assert 'class="map-picture"' in response.content.decode()
