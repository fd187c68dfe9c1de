from datetime import date

import pytest
from django import forms

from territories.forms import TerritoryField
from territories.models import SearchKey
from tests.factories import CommuneFactory, DepartmentFactory, EpciFactory


@pytest.fixture
def places(index):
    """A town, its EPCI, two homonyms, a merged commune; all can be found."""
    dreux = CommuneFactory(
        name="Dreux", insee_code="28134", siren="212801344", postal_codes="28100", former_names=["Durocasses"]
    )
    made = {
        "dreux": dreux,
        "epci": EpciFactory(name="CA Agglo du Pays de Dreux", siren="200040277", main_commune=dreux),
        "first": CommuneFactory(name="Saint-Rémy", insee_code="28998"),
        "second": CommuneFactory(
            name="Saint-Rémy", insee_code="14998", department=DepartmentFactory(code="14", name="Calvados")
        ),
        "merged": CommuneFactory(name="Écluzelles", insee_code="28997", ended_on=date(2026, 1, 1), successor=dreux),
    }
    index()
    return made


def form_with(text, **options):
    class Form(forms.Form):
        place = TerritoryField(label="Territoire", **options)

    return Form({"place": text})


def error_of(text, **options):
    form = form_with(text, **options)
    assert not form.is_valid()
    return form.errors["place"][0]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("Dreux (28134)", "dreux"),
        ("dreux", "dreux"),
        ("28134", "dreux"),
        ("28100", "dreux"),
        ("212 801 344", "dreux"),
        ("Durocasses", "dreux"),
        ("200040277", "epci"),
        ("CA Agglo du Pays de Dreux (200040277)", "epci"),
        ("Agglo du Pays de Dreux", "epci"),
        ("Saint-Rémy (14998)", "second"),
    ],
)
def test_field_reads(places, typed, expected):
    form = form_with(typed)

    assert form.is_valid(), form.errors
    assert form.cleaned_data["place"] == places[expected]


def test_field_names_the_answers_to_an_ambiguous_name(places):
    error = error_of("st remy")

    assert "Plusieurs territoires" in error
    assert "Saint-Rémy (28998)" in error
    assert "Saint-Rémy (14998)" in error


def test_field_says_how_many_more_answers_there_are(index):
    for number in range(7):
        CommuneFactory(name="Sainte-Colombe", insee_code=f"2890{number}")
    index()

    error = error_of("Sainte-Colombe")

    assert error.count("Sainte-Colombe (") == 5
    assert "et 2 de plus" in error


def test_field_never_takes_a_postal_code_for_an_insee_code(places, index):
    SearchKey.objects.all().delete()
    CommuneFactory(name="Cintray", insee_code="28100")
    index()

    error = error_of("28100")

    assert "Cintray (28100)" in error
    assert "Dreux (28134)" in error


def test_field_proposes_what_a_partial_name_may_mean(places):
    assert "Vouliez-vous dire\u00a0: Dreux (28134)" in error_of("Dre")


def test_field_refuses_a_name_that_disagrees_with_its_code(places):
    assert "ne désigne pas un territoire précis" in error_of("Chartres (28134)")


def test_field_names_the_successor_of_a_merged_commune(places):
    assert error_of("Écluzelles") == ("Écluzelles (28997) n’existe plus au 1er janvier 2026. Choisissez Dreux (28134).")


def test_field_says_that_a_siren_is_mistyped(places):
    assert "clé de contrôle" in error_of("212801345")


@pytest.mark.parametrize("typed", ["Nulle-Part", "99999", "🙂", "Dreux\0", "x" * 5_000_000])
def test_field_answers_calmly_in_french(places, typed):
    assert error_of(typed)


def test_field_kept_to_communes_refuses_an_epci(places):
    assert "n’est pas une commune que nous connaissons" in error_of("200040277", kinds=("commune",))
    assert form_with("Dreux", kinds=("commune",)).is_valid()


def test_field_may_be_left_empty(places):
    form = form_with("", required=False)

    assert form.is_valid()
    assert form.cleaned_data["place"] is None


def test_field_shows_and_compares_a_territory_by_its_reference(places):
    class Form(forms.Form):
        place = TerritoryField(kinds=("commune",))

    html = str(Form(initial={"place": places["dreux"]}))

    assert 'value="Dreux (28134)"' in html
    assert 'data-territory-search="/territoires/recherche.json?genre=commune"' in html
    assert not Form({"place": "Dreux (28134)"}, initial={"place": places["dreux"]}).has_changed()


def test_field_prefers_the_territory_that_bears_the_name_today(index):
    CommuneFactory(name="Nouvelle", former_names=["Béon"])
    today = CommuneFactory(name="Béon")
    index()

    form = form_with("Béon")

    assert form.is_valid(), form.errors
    assert form.cleaned_data["place"] == today
