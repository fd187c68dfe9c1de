"""On the whole shipped data, loaded once."""

from datetime import date

import pytest
from django.core.management import call_command
from django.db.models import Q

from territories.loading import load_reference_data
from territories.models import Commune, Epci, NationalProgramme, Region

pytestmark = pytest.mark.usefixtures("france")


def test_load_holds_every_territory_of_the_edition():
    assert Region.objects.count() == 26
    assert Commune.objects.existing().count() == 34_969
    assert Epci.objects.existing().exclude(kind="EPT").count() == 1_255
    assert Epci.objects.filter(kind="EPT").count() == 11
    assert set(NationalProgramme.objects.values_list("code", flat=True)) == {"ACV", "TI"}


def test_loading_twice_changes_nothing():
    changes = load_reference_data()

    assert {(change.created, change.updated) for change in changes} == {(0, 0)}


def test_loading_repairs_a_row_that_was_altered():
    Commune.objects.filter(pk="28134").update(name="Drex", population=1)

    changes = load_reference_data()

    assert Commune.objects.get(pk="28134").name == "Dreux"
    assert sum(change.updated for change in changes) == 1


def test_command_tells_what_it_did(capsys):
    call_command("load_territories")

    assert "communes : 35071 (0 de plus, 0 modifiées)" in capsys.readouterr().out


def test_merged_commune_stays_with_its_successor():
    beon = Commune.objects.get(pk="01039")

    assert (beon.name, beon.ended_on, beon.successor_id) == ("Béon", date(2026, 1, 1), "01138")
    assert Commune.objects.filter(ended_on__isnull=False, successor=None).count() == 0
    assert Commune.objects.filter(successor__ended_on__isnull=False).count() == 0
    assert Commune.objects.filter(ended_on__isnull=False).count() == 102


@pytest.mark.parametrize(
    ("siren", "ended_on", "successor"),
    [
        ("200071157", date(2026, 1, 1), "200096634"),  # split in two: the larger part, of the same name
        ("200035459", date(2026, 1, 1), "200096956"),
        ("245901061", date(2021, 1, 1), "200093201"),  # gone before the edition of 2021
    ],
)
def test_dissolved_epci_stays_with_its_successor(siren, ended_on, successor):
    epci = Epci.objects.get(pk=siren)

    assert (epci.ended_on, epci.successor_id) == (ended_on, successor)


def test_former_names_are_kept():
    assert Commune.objects.get(pk="01138").former_names == ["Culoz"]
    assert Epci.objects.get(pk="200035319").former_names == ["CA Var Esterel Méditerranée (CAVEM)"]


def test_commune_of_greater_paris_has_its_metropole_and_its_ept():
    commune = Commune.objects.get(pk="93066")

    assert (commune.epci.name, commune.ept.name) == ("Métropole du Grand Paris", "Plaine Commune")


def test_four_communes_and_the_overseas_collectivites_have_no_epci():
    alone = Commune.objects.existing().filter(epci=None)

    assert set(alone.filter(~Q(siren=None)).values_list("name", flat=True)) == {
        "Île-de-Bréhat",
        "Île-de-Sein",
        "Ouessant",
        "L'Île-d'Yeu",
    }


def test_epci_may_span_several_departments():
    assert [department.name for department in Epci.objects.get(pk="200040277").departments()] == [
        "Eure",
        "Eure-et-Loir",
    ]
