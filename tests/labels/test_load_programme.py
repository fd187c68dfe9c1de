from datetime import date
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from applications.models import Call, Concept, Source
from labels.loading import carriers_of, read_laureates
from labels.models import Antenna
from territories.models import NationalProgramme, ProgrammeMember

LAUREATES = read_laureates()


def codes_of(antenna):
    carriers = [("commune" if c.commune else "epci", c.code) for c in antenna.carriers.all()]
    return carriers, [site.commune_id for site in antenna.sites.all()]


def everything():
    models = [*apps.get_app_config("labels").get_models(), *apps.get_app_config("applications").get_models()]
    models += [*apps.get_app_config("territories").get_models()]
    return {model: sorted(model.objects.values_list(), key=str) for model in models}


def load() -> str:
    output = StringIO()
    call_command("load_programme", stdout=output)
    return output.getvalue()


def test_laureates_are_those_of_the_press_release():
    announced = [(row["call"], row["phase"]) for row in LAUREATES]
    assert {key: announced.count(key) for key in announced} == {
        ("AMI#1", "1"): 52,
        ("AMI#2", "1"): 4,
        ("AMI#2", "2"): 5,
    }


def test_every_laureate_has_its_codes_phase_year_and_concepts(programme):
    antennas = Antenna.objects.with_opening().prefetch_related("carriers", "sites", "concepts")
    found = {
        antenna.name: (
            antenna.phase.call.name,
            str(antenna.phase.number),
            *codes_of(antenna),
            antenna.opening_year if antenna.planned_year else "",
            {concept.pk for concept in antenna.concepts.all()},
            antenna.project,
        )
        for antenna in antennas.select_related("phase__call")
    }
    assert found == {
        row["published_name"]: (
            row["call"],
            row["phase"],
            carriers_of(row),
            row["sites"],
            row["opening_year"],
            set(row["concepts"]),
            row["project"],
        )
        for row in LAUREATES
    }


@pytest.mark.parametrize(
    ("slug", "name", "carriers", "site", "region"),
    [
        ("saint-louis", "Saint-Louis", [("commune", "68297")], "68297", "44"),
        ("marigot", "Marigot (Saint-Martin)", [("commune", "97801")], "97801", "978"),
        ("chateaubriant-derval", "Châteaubriant-Derval", [("epci", "200072726")], "44036", "52"),
        ("saint-laurent-du-maroni", "Saint-Laurent de Maroni", [("commune", "97311")], "97311", "03"),
        ("verdun", "Verdun", [("commune", "55545")], "55545", "44"),
        ("le-port", "Le Port", [("commune", "97407")], "97407", "04"),
        (
            "saint-omer",
            "Communauté d’agglomération du Pays de Saint-Omer",
            [("epci", "200069037")],
            "62765",
            "32",
        ),
    ],
)
def test_trap_is_resolved_to_the_right_place(programme, slug, name, carriers, site, region):
    antenna = Antenna.objects.get(slug=slug)

    assert (antenna.name, *codes_of(antenna)) == (name, carriers, [site])
    assert antenna.sites.get().commune.department.region_id == region


def test_marigot_has_no_intercommunalite(programme):
    assert Antenna.objects.get(slug="marigot").sites.get().commune.epci is None


def test_consortium_keeps_its_two_carriers_and_its_two_sites(programme):
    antenna = Antenna.objects.get(slug="laon-saint-quentin")

    assert codes_of(antenna) == ([("commune", "02408"), ("epci", "200071892")], ["02408", "02691"])
    assert antenna.partners == "Université de Picardie Jules Verne"


def test_calls_are_as_published(programme):
    first, second = Call.objects.order_by("launched_on")

    assert (first.slug, first.launched_on, first.ended_on) == ("ami-1", date(2019, 5, 30), None)
    assert [(phase.number, phase.announced_on) for phase in first.phases.all()] == [(1, date(2019, 9, 26))]
    assert {programme.pk for programme in first.programmes.all()} == {"ACV"}
    assert (second.slug, second.launched_on, second.ended_on) == ("ami-2", date(2020, 7, 20), date(2021, 6, 25))
    assert [phase.number for phase in second.phases.all()] == [1, 2, 3]
    assert {programme.pk for programme in second.programmes.all()} == {"ACV", "TI"}
    assert [call.seats.count() for call in (first, second)] == [5, 9]
    assert second.concepts.count() == Concept.objects.count() == 4


def test_date_that_nobody_published_stays_empty(programme):
    phases = [phase for call in Call.objects.all() for phase in call.phases.all()]
    source = Source.objects.get()

    assert {(phase.opens_at, phase.closes_at) for phase in phases} == {(None, None)}
    assert source.published_on is None
    assert set(Antenna.objects.values_list("labelled_on", flat=True)) == {None}


def test_published_figures_carry_their_source(programme):
    figures = {(f.call.slug, f.code): f.value for call in Call.objects.all() for f in call.figures.all()}

    assert figures == {
        ("ami-1", "towns"): 222,
        ("ami-1", "candidatures"): 85,
        ("ami-1", "candidatures-share"): 40,
        ("ami-1", "laureates"): 55,
        ("ami-2", "laureates-phase-1"): 4,
        ("ami-2", "laureates-phase-2"): 5,
        ("ami-2", "programme-total"): 64,
    }


def test_known_memberships_make_a_partial_list_of_each_programme(programme):
    lists = {code: NationalProgramme.objects.get(pk=code).current_list for code in ("ACV", "TI")}

    assert not lists["ACV"].is_complete
    assert not lists["TI"].is_complete
    assert ProgrammeMember.objects.filter(territory__list=lists["ACV"], commune="18033").exists()
    assert ProgrammeMember.objects.filter(territory__list=lists["TI"], epci__communes="18033").exists()


def test_loading_twice_changes_nothing(programme):
    before = everything()

    output = load()

    assert everything() == before
    assert "antennes : 0 de plus, 61 déjà en place" in output


def test_what_staff_changed_is_kept(programme):
    Antenna.objects.filter(slug="bourges").update(name="Ville de Bourges", project="Corrigé par l’équipe")
    Antenna.objects.filter(slug="dreux").update(slug="pays-de-dreux")
    Call.objects.filter(slug="ami-2").update(lede="Récrit par l’équipe")
    Call.objects.get(slug="ami-2").seats.last().delete()
    before = everything()

    load()

    assert everything() == before


def test_missing_antenna_comes_back_whole(programme):
    antenna = Antenna.objects.get(slug="bourges")
    antenna.openings.all().delete()
    antenna.delete()

    output = load()

    assert "1 de plus, 60 déjà en place" in output
    assert Antenna.objects.with_opening().get(slug="bourges").opening_year == "2019-2020"


def test_without_territories_the_error_says_what_to_do():
    with pytest.raises(CommandError, match="load_territories"):
        load()
    assert not Call.objects.exists()
    assert not Source.objects.exists()
