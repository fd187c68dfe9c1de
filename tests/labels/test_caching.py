import pytest
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from labels.models import OpeningChange
from tests.factories import AntennaFactory, CandidatureFactory, OpeningFactory, StaffFactory, lead_of

from .pages import text_of


@pytest.fixture(autouse=True)
def _pages_kept(settings):
    settings.REQUIRE_SECOND_FACTOR = False
    memory = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "pages-of-tests"}
    settings.CACHES = settings.CACHES | {"pages": memory}
    caches["pages"].clear()


def queries_of(client, path) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


@pytest.mark.parametrize("path", ["/", "/laureats/", "/laureats/annee/2020-2021/", "/laureats/dreux/"])
def test_page_read_again_costs_one_query_and_is_the_same(client, path):
    OpeningFactory(antenna=AntennaFactory(slug="dreux"))
    first = client.get(path)

    assert queries_of(client, path) == 1
    again = client.get(path)
    assert again.content == first.content
    assert again["Vary"] == first["Vary"] == "Cookie"
    assert again["Content-Security-Policy"] == first["Content-Security-Policy"]


def test_each_address_keeps_its_own_page(client):
    AntennaFactory(name="Dreux")
    client.get("/laureats/")

    assert "Dreux" not in text_of(client.get("/laureats/?q=vierzon")).partition("0 lauréat")[2]


def test_new_opening_shows_at_once(client):
    antenna = OpeningFactory(year=2020).antenna
    client.get("/laureats/")

    OpeningFactory(antenna=antenna, kind=OpeningChange.Kind.REVISED, year=2031, reason="Travaux")

    assert "2031-2032" in text_of(client.get("/laureats/"))


def test_edit_by_the_team_shows_at_once(client):
    antenna, staff = AntennaFactory(), StaffFactory()
    client.get("/laureats/")
    client.force_login(staff)
    edited = client.post(
        reverse("admin:labels_antenna_change", args=[antenna.pk]),
        {"name": "Nom corrigé", "phase": antenna.phase_id, "source": antenna.source_id},
    )
    client.logout()
    client.cookies.clear()

    assert edited.status_code == 302, text_of(edited)
    assert "Nom corrigé" in text_of(client.get("/laureats/"))


def test_page_of_a_signed_in_person_is_never_shown_to_another(client):
    person = lead_of(CandidatureFactory())
    client.force_login(person)
    assert "Mes candidatures" in text_of(client.get("/laureats/"))
    client.logout()
    client.cookies.clear()

    assert "Mes candidatures" not in text_of(client.get("/laureats/"))
    client.force_login(person)
    assert "Mes candidatures" in text_of(client.get("/laureats/"))


def test_unknown_laureate_stays_not_found_until_it_exists(client):
    assert client.get("/laureats/dreux/").status_code == 404

    AntennaFactory(slug="dreux")

    assert client.get("/laureats/dreux/").status_code == 200
