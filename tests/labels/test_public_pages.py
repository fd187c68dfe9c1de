from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from labels.loading import read_laureates
from labels.models import Antenna, OpeningChange
from territories.models import Commune
from tests.factories import AntennaFactory, CallFactory, OpeningFactory, PhaseFactory, SourceFactory, StaffFactory

from .pages import listed, names_by_year, text_of

LAUREATES = read_laureates()
YEARS = ["2019-2020", "2020-2021", "2021-2022", "2022-2023"]


def names(**wanted) -> set[str]:
    """The published names of the rows of laureates.csv with these values; a list must contain the value."""
    return {
        row["published_name"]
        for row in LAUREATES
        if all(value in row[key] if isinstance(row[key], list) else value == row[key] for key, value in wanted.items())
    }


def demo_antenna(name="Antenne fictive", year=2020):
    """An antenna of a demonstration call, in a région where no laureate is, with a figure as a real call has."""
    phase = PhaseFactory(call=CallFactory(is_demo=True))
    phase.call.figures.create(code="laureates", value=7, label="lauréats", source=SourceFactory())
    ajaccio, _ = Commune.objects.get_or_create(pk="2A004", name="Ajaccio", department_id="2A")
    antenna = AntennaFactory(name=name, phase=phase, places=ajaccio)
    OpeningFactory(antenna=antenna, year=year)
    return antenna


# The list


def test_every_laureate_is_under_its_opening_year(client, programme):
    page = names_by_year(client.get("/laureats/"))

    expected = {f"ouverture-{year}": names(opening_year=year) for year in YEARS}
    expected["calendrier-a-preciser"] = names(opening_year="")
    assert {anchor: set(found) for anchor, found in page.items()} == expected
    assert sum(len(found) for found in page.values()) == 61


def test_years_follow_one_another_and_the_unset_ones_come_last(client, programme):
    page = names_by_year(client.get("/laureats/"))

    assert list(page) == [*(f"ouverture-{year}" for year in YEARS), "calendrier-a-preciser"]


def test_places_are_in_alphabetical_order_whatever_the_accents(client, programme):
    page = names_by_year(client.get("/laureats/"))["ouverture-2021-2022"]

    assert page.index("Colmar") < page.index("Épinal") < page.index("Les Mureaux")


def test_laureates_of_the_second_call_are_under_their_phase(client, programme):
    html = client.get("/laureats/").content.decode()
    first, second = html.index("AMI#2, phase 1</h3>"), html.index("AMI#2, phase 2</h3>")

    for name in names(call="AMI#2", phase="1"):
        assert first < html.index(f">{name}</a>") < second
    for name in names(call="AMI#2", phase="2"):
        assert html.index(f">{name}</a>") > second


def test_gap_between_announced_and_named_is_told(client, programme):
    text = text_of(client.get("/laureats/"))

    assert "64 lauréats annoncés, 61 nommés ici." in text
    assert "55 pour l’AMI#1, 9 pour l’AMI#2." in text
    assert "ne nomme pas 3 lauréats de l’AMI#1" in text


def test_gap_follows_the_records(client, programme):
    antenna = Antenna.objects.get(slug="bourges")
    antenna.openings.all().delete()
    antenna.delete()

    text = text_of(client.get("/laureats/"))
    assert "64 lauréats annoncés, 60 nommés ici." in text
    assert "ne nomme pas 4 lauréats de l’AMI#1" in text


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("appel=ami-1", {"call": "AMI#1"}),
        ("appel=ami-2", {"call": "AMI#2"}),
        ("phase=2", {"phase": "2"}),
        ("region=32", {"region": "32"}),
        ("region=978", {"region": "978"}),
        ("programme=ACV", {"programmes": "ACV"}),
        ("programme=TI", {"programmes": "TI"}),
        ("concept=third_place", {"concepts": "third_place"}),
        ("appel=ami-2&phase=1&concept=progressive", {"call": "AMI#2", "phase": "1", "concepts": "progressive"}),
        ("region=44&programme=TI&appel=ami-1", {"region": "44", "programmes": "TI", "call": "AMI#1"}),
        ("q=EPINAL", {"published_name": "Épinal"}),
        ("q=saint-omer&region=32", {"published_name": "Communauté d’agglomération du Pays de Saint-Omer"}),
        ("q=200065886", {"published_name": "Communauté d’agglomération Loire Forez"}),
        ("q=st+dizier", {"published_name": "Saint-Dizier"}),
        ("q=Montbrison", {"published_name": "Communauté d’agglomération Loire Forez"}),
    ],
)
def test_filter_keeps_exactly_what_answers_it(client, programme, query, wanted):
    page = client.get(f"/laureats/?{query}")

    assert listed(page) == names(**wanted)
    assert f"{len(names(**wanted))} lauréat" in text_of(page)


@pytest.mark.parametrize(
    "query",
    [
        "appel=ami-9",
        "phase=x",
        "phase=99999999999999999999",
        "programme=DROP",
        "concept='",
        "inconnu=1",
        "appel=&phase=&region=",
    ],
)
def test_wrong_value_is_set_aside(client, programme, query):
    page = client.get(f"/laureats/?{query}")

    assert page.status_code == 200
    assert len(listed(page)) == 61


def test_value_set_aside_is_told_and_the_others_still_count(client, programme):
    page = client.get("/laureats/?region=32&phase=77")

    assert "Filtre laissé de côté, faute de correspondance" in text_of(page)
    assert listed(page) == names(region="32")


def test_active_filters_are_shown_and_each_can_be_removed(client, programme):
    html = client.get("/laureats/?region=32&programme=ACV&q=saint").content.decode()

    assert '<option value="32" selected>Hauts-de-France</option>' in html
    assert 'href="/laureats/?programme=ACV&amp;q=saint"' in html
    assert 'href="/laureats/?region=32&amp;q=saint"' in html
    assert 'href="/laureats/?region=32&amp;programme=ACV"' in html
    assert 'value="saint"' in html


def test_search_is_shown_as_typed_never_as_markup(client, programme):
    html = client.get("/laureats/", {"q": '"><script>alert(1)</script>'}).content.decode()

    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_endless_search_is_read_calmly(client, programme):
    assert client.get("/laureats/", {"q": "bourges " * 1000}).status_code == 200


def test_search_without_result_helps(client, programme):
    text = text_of(client.get("/laureats/?q=zzzz"))

    assert "0 lauréat" in text
    assert "Aucun lauréat ne répond à tous ces filtres" in text


def test_list_without_any_laureate_says_so(client):
    assert "Aucun lauréat n’est encore enregistré" in text_of(client.get("/laureats/"))


def queries_of(client, path) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


def test_list_takes_as_many_queries_with_1_3_and_61_laureates(client, programme):
    kept = [row.pk for row in Antenna.objects.order_by("-phase", "slug")]
    counts = {len(kept): queries_of(client, "/laureats/")}
    for number in (3, 1):
        OpeningChange.objects.exclude(antenna__in=kept[:number]).delete()
        Antenna.objects.exclude(pk__in=kept[:number]).delete()
        counts[number] = queries_of(client, "/laureats/")

    assert len(set(counts.values())) == 1, counts
    assert counts[61] <= 8


def test_filtered_list_takes_at_most_eight_queries(client, programme):
    path = "/laureats/?appel=ami-2&phase=1&region=32&programme=ACV&q=a"
    assert queries_of(client, path) <= 8


# One year


@pytest.mark.parametrize("year", YEARS)
def test_year_page_names_its_laureates(client, programme, year):
    html = client.get(f"/laureats/annee/{year}/").content.decode()

    assert {name for name in names() if f">{name}</a>" in html} == names(opening_year=year)


@pytest.mark.parametrize("years", ["2020-2022", "2020", "2021-2020", "1999-2000", "abcd-efgh", "20200-20201"])
def test_year_that_is_no_school_year_is_not_found(client, years):
    assert client.get(f"/laureats/annee/{years}/").status_code == 404


def test_year_without_any_opening_helps(client, programme):
    page = client.get("/laureats/annee/2040-2041/")

    assert page.status_code == 200
    assert "Aucune ouverture n’est annoncée pour cette année scolaire" in text_of(page)
    assert 'href="/laureats/annee/2020-2021/"' in page.content.decode()


def test_postponed_antenna_moves_to_its_new_year(client, programme):
    OpeningFactory(
        antenna=Antenna.objects.get(slug="bourges"), kind=OpeningChange.Kind.REVISED, year=2022, reason="Travaux"
    )

    page = names_by_year(client.get("/laureats/"))
    assert "Bourges" in page["ouverture-2022-2023"]
    assert "Bourges" not in page["ouverture-2019-2020"]


# One laureate


def test_every_laureate_has_its_page_with_its_codes(client, programme):
    for antenna in Antenna.objects.with_carriers():
        page = client.get(antenna.get_absolute_url())
        text = text_of(page)
        assert page.status_code == 200
        assert antenna.name in text
        assert all(carrier.code in text for carrier in antenna.carriers.all())


def test_laureate_page_tells_what_is_known(client, programme):
    text = text_of(client.get("/laureats/laon-saint-quentin/"))

    for known in [
        "Consortium Laon – Agglomération du Saint-Quentinois",
        "INSEE 02408",
        "SIREN 200071892",
        "Communauté d’agglomération du Saint-Quentinois",
        "Aisne, Hauts-de-France",
        "AMI#2",
        "phase 1",
        "Université de Picardie Jules Verne",
        "Action cœur de ville, Territoires d’industrie",
        "deux sites complémentaires",
        "Calendrier à préciser",
        "labellisées Au cœur des territoires",
    ]:
        assert known in text


def test_laureate_page_tells_each_step_of_the_opening(client, programme):
    antenna = Antenna.objects.get(slug="bourges")
    OpeningFactory(antenna=antenna, kind=OpeningChange.Kind.REVISED, year=2021, reason="Locaux livrés en retard")
    OpeningFactory(antenna=antenna, kind=OpeningChange.Kind.OPENED, year=None, opened_on=date(2021, 10, 4))

    text = text_of(client.get("/laureats/bourges/"))

    assert "annoncée pour l’année scolaire 2019-2020" in text
    assert "reportée à l’année scolaire 2021-2022" in text
    assert "Locaux livrés en retard" in text
    assert "Ouverte le 4 octobre 2021" in text


def test_laureate_of_a_place_without_intercommunalite_has_its_page(client, programme):
    text = text_of(client.get("/laureats/marigot/"))

    assert "Marigot (Saint-Martin)" in text
    assert "collectivité d’outre-mer" in text


def test_previous_and_next_walk_the_whole_list_once(client, programme):
    in_order = [name for found in names_by_year(client.get("/laureats/")).values() for name in found]
    slugs = dict(Antenna.objects.values_list("name", "slug"))
    first, second, last = slugs[in_order[0]], slugs[in_order[1]], slugs[in_order[-1]]

    page = client.get(f"/laureats/{first}/").content.decode()
    assert f'rel="next" href="/laureats/{second}/"' in page
    assert 'rel="prev"' not in page
    assert 'rel="next"' not in client.get(f"/laureats/{last}/").content.decode()


def test_unknown_laureate_is_not_found(client):
    assert client.get("/laureats/nulle-part/").status_code == 404


# Home


def test_home_tells_the_programme_and_its_figures(client, programme):
    text = text_of(client.get("/"))

    for known in [
        "Êtes-vous éligible",
        "collectivités labellisées depuis le début du programme 64 Chiffre publié",
        "lauréats nommés sur ce portail 61 Comptés",
        "candidatures reçues à l’AMI#1 85 Chiffre publié",
        "2020-2021",
        "Communauté d’agglomération du Grand Dax",
    ]:
        assert known in text


def test_home_asks_for_the_territory_and_leads_to_the_answer(client):
    html = client.get("/").content.decode()

    assert '<form class="ask" action="/eligibilite/">' in html
    assert 'name="territoire"' in html


def test_home_and_list_tell_the_same_figures(client, programme):
    home, page = client.get("/").context["figures"], client.get("/laureats/").context["figures"]

    assert (home.announced, home.named) == (page.announced, page.named) == (64, 61)
    assert home.total.value == home.announced
    assert sum(year.number for year in client.get("/").context["years"]) == home.named


def test_home_shows_the_open_call_and_its_closing(client):
    phase = PhaseFactory(call__title="Un appel pour demain")

    text = text_of(client.get("/"))
    assert "Appel ouvert" in text
    assert "Un appel pour demain" in text
    assert f"{phase.closes_at:%Y} à" in text


def test_home_says_nothing_of_a_closed_or_unpublished_call(client):
    PhaseFactory(closed=True)
    PhaseFactory(call__is_published=False, call__title="Un appel en préparation")

    text = text_of(client.get("/"))
    assert "Appel ouvert" not in text
    assert "Un appel en préparation" not in text


def test_home_of_an_empty_portal_opens(client):
    assert client.get("/").status_code == 200


def test_home_takes_as_many_queries_with_1_and_3_laureates(client):
    OpeningFactory()
    one = queries_of(client, "/")
    OpeningFactory.create_batch(2)

    assert queries_of(client, "/") == one


# Demonstration


def test_demonstration_antenna_shows_its_badge_everywhere(client, programme):
    antenna = demo_antenna()
    phase = antenna.phase
    type(phase).objects.filter(pk=phase.pk).update(seal_opened_at=phase.closes_at, proclaimed_at=phase.closes_at)

    for path in ["/", "/laureats/", "/laureats/annee/2020-2021/", antenna.get_absolute_url()]:
        html = client.get(path).content.decode()
        after = html.partition(f"{antenna.name}")[2] if path != "/" else html
        assert antenna.name in html
        assert "badge-demo" in after


def test_demonstration_antenna_counts_in_no_figure(client, programme):
    before = client.get("/").context
    demo_antenna(name="Fictive 1")
    demo_antenna(name="Fictive 2", year=2030)
    after = client.get("/").context

    assert after["figures"] == before["figures"]
    assert after["regions"] == before["regions"] == 16
    assert after["years"] == before["years"]
    text = text_of(client.get("/laureats/"))
    assert "64 lauréats annoncés, 61 nommés ici." in text
    assert "61 lauréats et 2 de démonstration" in text


# What every public page owes


PUBLIC = ["/", "/laureats/", "/laureats/?region=32", "/laureats/annee/2020-2021/", "/laureats/bourges/"]


@pytest.mark.parametrize("path", PUBLIC)
def test_public_page_sets_no_cookie_and_calls_no_third_party(client, programme, path):
    page = client.get(path)

    assert page.status_code == 200
    assert not page.cookies
    assert "http://" not in page.content.decode()
    assert "https://" not in page.content.decode()
    assert len(page.content) < 100_000


@pytest.mark.parametrize("path", PUBLIC)
def test_public_page_is_read_only(client, programme, path):
    assert client.post(path).status_code == 405


def test_signed_in_staff_reads_the_same_list(client, programme, settings):
    settings.REQUIRE_SECOND_FACTOR = False
    client.force_login(StaffFactory())

    assert len(listed(client.get("/laureats/"))) == 61
