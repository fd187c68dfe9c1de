"""What search engines are told: each public page once, no demonstration, and pages that stay closed to them."""

import re

import pytest

from labels.models import Antenna
from tests.factories import AntennaFactory, CallFactory, PhaseFactory

from .pages import text_of


def addresses(client) -> list[str]:
    """The paths of the sitemap, in order."""
    return re.findall(r"<loc>https?://testserver([^<]*)</loc>", client.get("/sitemap.xml").content.decode())


def test_every_page_of_the_sitemap_answers_and_is_told_once(client, programme):
    found = addresses(client)

    assert len(found) == len(set(found))
    assert {path for path in found if client.get(path).status_code != 200} == set()


def test_sitemap_holds_each_laureate_each_year_and_each_call(client, programme):
    found = addresses(client)

    laureates = {f"/laureats/{slug}/" for slug in Antenna.objects.values_list("slug", flat=True)}
    assert laureates <= set(found)
    assert len(laureates) == 61
    assert {path for path in found if "/annee/" in path} == {
        f"/laureats/annee/{year}/" for year in ("2019-2020", "2020-2021", "2021-2022", "2022-2023")
    }
    assert {"/", "/carte/", "/eligibilite/", "/appels/ami-1/", "/appels/ami-2/"} <= set(found)


def test_demonstration_is_not_in_the_sitemap(client):
    AntennaFactory(slug="fictive", phase=PhaseFactory(call=CallFactory(slug="essai", is_demo=True)))
    CallFactory(slug="brouillon", is_published=False)

    found = addresses(client)

    assert [path for path in found if re.search("fictive|essai|brouillon", path)] == []


def test_robots_are_told_where_the_sitemap_is_and_what_is_not_for_them(client, settings):
    settings.DEMO, settings.BASE_URL = False, "https://portail.example.fr"

    lines = client.get("/robots.txt").content.decode().splitlines()

    assert lines[0] == "User-agent: *"
    assert lines[-1] == "Sitemap: https://portail.example.fr/sitemap.xml"
    assert {"Disallow: /admin/", "Disallow: /compte/", "Disallow: /candidatures/"} <= set(lines)


def test_robots_stay_out_of_a_demonstration(client, settings):
    settings.DEMO = True

    assert "Disallow: / " in text_of(client.get("/robots.txt"))


@pytest.mark.parametrize("path", ["/robots.txt", "/sitemap.xml"])
def test_machines_get_no_cookie(client, path):
    assert client.get(path).cookies == {}
