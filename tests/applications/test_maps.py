"""The map of a candidature, on the page of its sites."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from tests.factories import CandidatureFactory, CarrierFactory, CommuneFactory, EpciFactory, SiteFactory, lead_of

POINT = {"latitude": 48.736, "longitude": 1.366, "point_source": "geonames"}
MAP = '<figure class="map">'


@pytest.fixture
def candidature(client):
    made = CandidatureFactory(site=None, carrier__commune__name="Chartres", carrier__commune__latitude=None)
    client.force_login(lead_of(made))
    return made


def page_of(client, candidature, section="sites"):
    return client.get(reverse("applications:section", args=[candidature.reference, section]))


def test_sites_are_shown_on_a_map_with_the_territories_that_carry(client, candidature):
    SiteFactory(candidature=candidature, commune=CommuneFactory(name="Dreux", **POINT))
    epci = EpciFactory(name="CA du Pays", main_commune=CommuneFactory(name="Anet", **POINT))
    CarrierFactory(candidature=candidature, commune=None, epci=epci, is_lead=False)
    CarrierFactory(candidature=candidature, commune=None, body_name="Université", is_lead=False)

    page = page_of(client, candidature)

    assertContains(page, MAP, count=1)
    assertContains(page, "css/map.css", count=1)
    assertContains(page, "Site : Dreux (Eure-et-Loir)")
    assertContains(page, "Porteur : Communauté d’agglomération du Pays (Anet)")
    assertContains(page, "absent de la carte : Chartres (Eure-et-Loir).")


def test_page_has_no_map_before_a_first_site(client, candidature):
    assertNotContains(page_of(client, candidature), MAP)


def test_other_sections_have_no_map(client, candidature):
    SiteFactory(candidature=candidature, commune=CommuneFactory(**POINT))

    assertNotContains(page_of(client, candidature, "porteurs"), MAP)


@pytest.mark.parametrize("count", [1, 3])
def test_map_adds_no_query_whatever_the_number_of_epci(client, candidature, count):
    for _ in range(count):
        epci = EpciFactory(main_commune=CommuneFactory(**POINT))
        CarrierFactory(candidature=candidature, commune=None, epci=epci, is_lead=False)
    without = queries(client, candidature)
    SiteFactory.create_batch(count, candidature=candidature, commune__latitude=48.7, commune__longitude=1.4)

    assert queries(client, candidature) == without <= 15


def queries(client, candidature) -> int:
    with CaptureQueriesContext(connection) as asked:
        page_of(client, candidature)
    return len(asked)
