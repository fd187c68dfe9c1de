from datetime import date

import pytest
from django.db import IntegrityError
from django.urls import reverse

from accounts.models import Role
from territories.models import NationalProgramme, ProgrammeList, ProgrammeMember, ProgrammeTerritory
from tests.factories import CommuneFactory, EpciFactory, StaffFactory, UserFactory


@pytest.mark.parametrize(
    ("kind", "name", "label", "in_sentence"),
    [
        ("CC", "CC du Warndt", "Communauté de communes du Warndt", "la communauté de communes du Warndt"),
        ("METRO", "Bordeaux Métropole", "Bordeaux Métropole", "Bordeaux Métropole"),
        (
            "EPT",
            "Est Ensemble",
            "Établissement public territorial Est Ensemble",
            "l’établissement public territorial Est Ensemble",
        ),
    ],
)
def test_epci_says_its_kind_in_words(kind, name, label, in_sentence):
    epci = EpciFactory(kind=kind, name=name)

    assert (epci.label, epci.label_in_sentence) == (label, in_sentence)


def test_commune_label_names_its_department():
    assert CommuneFactory(name="L'Haÿ").label == "L’Haÿ (Eure-et-Loir)"


def test_summary_of_a_merged_commune_names_the_one_it_joined():
    successor = CommuneFactory(name="Culoz", insee_code="01138")
    merged = CommuneFactory(ended_on=date(2026, 1, 1), successor=successor)

    assert merged.summary == "Commune qui n’existe plus au 1er janvier 2026, aujourd’hui Culoz (01138)"


def test_database_refuses_a_successor_of_what_still_exists():
    with pytest.raises(IntegrityError, match="commune_successor_only_once_ended"):
        CommuneFactory(successor=CommuneFactory())


def test_database_refuses_a_territory_that_succeeds_itself():
    with pytest.raises(IntegrityError, match="epci_is_not_its_own_successor"):
        EpciFactory(siren="200040277", ended_on=date(2026, 1, 1), successor_id="200040277")


def test_database_refuses_half_a_point():
    with pytest.raises(IntegrityError, match="commune_point_whole_or_absent"):
        CommuneFactory(latitude=48.7)


@pytest.mark.parametrize("both", [True, False])
def test_database_refuses_a_member_that_is_not_exactly_one_territory(both):
    programme = NationalProgramme.objects.create(code="ACV", name="Action cœur de ville")
    programme_list = ProgrammeList.objects.create(programme=programme, published_on=date(2021, 1, 1))
    territory = ProgrammeTerritory.objects.create(list=programme_list, code="1", name="Un")
    members = {"commune": CommuneFactory(), "epci": EpciFactory()} if both else {}

    with pytest.raises(IntegrityError, match="programme_member_is_a_commune_or_an_epci"):
        ProgrammeMember.objects.create(territory=territory, **members)


@pytest.mark.parametrize("model", ["region", "department", "epci", "commune", "nationalprogramme", "programmelist"])
def test_reference_rows_are_read_only_in_the_admin(client, settings, model):
    settings.REQUIRE_SECOND_FACTOR = False
    CommuneFactory(epci=EpciFactory())
    client.force_login(StaffFactory())

    assert client.get(reverse(f"admin:territories_{model}_changelist")).status_code == 200
    assert client.get(reverse(f"admin:territories_{model}_add")).status_code == 403


@pytest.mark.parametrize("typed", ["eve", "Ève", "28900"])
def test_admin_finds_a_commune_as_the_public_pages_do(client, settings, index, typed):
    settings.REQUIRE_SECOND_FACTOR = False
    CommuneFactory(name="Ève", postal_codes="28900")
    CommuneFactory(name="Autre")
    index()
    client.force_login(UserFactory(role=Role.ADMINISTRATOR))

    response = client.get(reverse("admin:territories_commune_changelist"), {"q": typed})

    assert [commune.name for commune in response.context["cl"].result_list] == ["Ève"]
