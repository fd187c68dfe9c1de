from datetime import date

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from territories.eligibility import programme_advice, programme_advice_for
from territories.models import NationalProgramme, ProgrammeList
from territories.programme_lists import save_list
from tests.factories import CommuneFactory, DepartmentFactory, EpciFactory, RegionFactory


@pytest.fixture
def acv():
    return NationalProgramme.objects.create(code="ACV", name="Action cœur de ville")


def make_list(programme, *members, is_complete=True, name="", published_on=date(2021, 6, 1)):
    kept = ProgrammeList(
        programme=programme, published_on=published_on, is_complete=is_complete, source_title="Liste publiée"
    )
    return save_list(kept, [(member.code, name or member.name, member) for member in members])


def advice(territory):
    [found] = programme_advice(territory)
    return found.answer, found.reason


def test_listed_commune_is_eligible(acv):
    commune = CommuneFactory(name="Dreux")
    make_list(acv, commune)

    assert advice(commune) == ("yes", "Dreux figure dans la liste du 1er juin 2021 (Liste publiée).")


def test_commune_of_a_listed_epci_is_eligible(acv):
    epci = EpciFactory(name="CA du Pays de Dreux")
    make_list(acv, epci, name="Dreux et alentours")

    assert advice(CommuneFactory(name="Vernouillet", epci=epci)) == (
        "yes",
        "La communauté d’agglomération du Pays de Dreux, dont Vernouillet fait partie, figure "
        "(territoire «\u00a0Dreux et alentours\u00a0») dans la liste du 1er juin 2021 (Liste publiée).",
    )


def test_commune_of_a_listed_ept_is_eligible(acv):
    ept = EpciFactory(kind="EPT", name="Plaine Commune")
    make_list(acv, ept)

    assert advice(CommuneFactory(ept=ept, epci=EpciFactory()))[0] == "yes"


def test_epci_with_listed_communes_is_eligible_and_names_them(acv):
    epci = EpciFactory()
    communes = [CommuneFactory(name=name, epci=epci) for name in ("Dreux", "Anet")]
    make_list(acv, *communes)

    answer, reason = advice(epci)

    assert answer == "yes"
    assert reason.startswith("Anet et Dreux, communes membres, figurent dans la liste")


def test_epci_with_many_listed_communes_counts_them(acv):
    epci = EpciFactory()
    make_list(acv, *[CommuneFactory(name=f"Ville {letter}", epci=epci) for letter in "ABCDEF"])

    assert advice(epci)[1].startswith("6 de ses communes, dont Ville A, Ville B, Ville C, Ville D, Ville E, figurent")


def test_complete_list_says_no(acv):
    make_list(acv, CommuneFactory())

    assert advice(CommuneFactory(name="Anet")) == (
        "no",
        "Anet ne figure pas dans la liste du 1er juin 2021 (Liste publiée), qui est complète.",
    )


def test_partial_list_never_says_no(acv):
    make_list(acv, CommuneFactory(), is_complete=False)

    answer, reason = advice(CommuneFactory(name="Anet", epci=EpciFactory()))

    assert answer == "unknown"
    assert reason.startswith("Ni Anet ni son intercommunalité ne figurent dans la liste")
    assert reason.endswith("mais cette liste est incomplète.")


def test_partial_list_may_say_yes(acv):
    commune = CommuneFactory()
    make_list(acv, commune, is_complete=False)

    assert advice(commune)[0] == "yes"


def test_programme_without_a_list_says_so(acv):
    assert advice(CommuneFactory()) == ("unknown", "Aucune liste de ce programme n’est encore enregistrée.")


def test_only_the_latest_list_counts(acv):
    before, now = CommuneFactory(), CommuneFactory()
    make_list(acv, before, published_on=date(2020, 1, 1))
    make_list(acv, now, published_on=date(2021, 1, 1))

    assert [advice(before)[0], advice(now)[0]] == ["no", "yes"]


def test_merged_commune_follows_its_successor(acv):
    successor = CommuneFactory(name="Culoz")
    merged = CommuneFactory(name="Béon", ended_on=date(2026, 1, 1), successor=successor)
    make_list(acv, successor)

    answer, reason = advice(merged)

    assert answer == "yes"
    assert reason.startswith("Béon n’existe plus, remplacée par Culoz. Culoz figure")


def test_a_list_that_names_a_merged_commune_covers_its_successor(acv):
    successor = CommuneFactory(name="Culoz")
    make_list(acv, CommuneFactory(name="Béon", ended_on=date(2026, 1, 1), successor=successor))

    assert advice(successor) == ("yes", "Béon figure dans la liste du 1er juin 2021 (Liste publiée).")


@pytest.mark.parametrize("count", [1, 3])
def test_advice_takes_three_queries_for_any_number_of_territories(acv, count, django_assert_num_queries):
    NationalProgramme.objects.create(code="TI", name="Territoires d’industrie")
    communes = CommuneFactory.create_batch(count, epci=EpciFactory())
    make_list(acv, *communes)

    with django_assert_num_queries(3):
        found = programme_advice_for(communes)

    assert [[one.answer for one in found[commune]] for commune in communes] == [["yes", "unknown"]] * count


def test_page_answers_for_both_programmes_at_once(client, acv, index):
    NationalProgramme.objects.create(code="TI", name="Territoires d’industrie")
    epci = EpciFactory(name="CA du Pays de Dreux")
    commune = CommuneFactory(name="Dreux", insee_code="28134", epci=epci, population=31_543)
    make_list(acv, commune)
    index()

    response = client.get(reverse("territories:eligibility"), {"territoire": "28134"})

    assertContains(response, "Dreux (Eure-et-Loir)")
    assertContains(response, "31\u00a0543")
    assertContains(response, "Communauté d’agglomération du Pays de Dreux")
    assertContains(response, "Centre-Val de Loire")
    assertContains(response, "badge-yes")
    assertContains(response, "Liste incomplète")
    assertContains(response, "C’est une indication, pas une décision.")
    assertContains(response, reverse("applications:call_list"))


def test_page_shows_the_card_of_an_epci(client, acv, index):
    epci = EpciFactory(name="CA du Pays de Dreux")
    epci.main_commune = CommuneFactory(name="Dreux", epci=epci)
    epci.save()
    CommuneFactory(epci=epci)
    index()

    response = client.get(reverse("territories:eligibility"), {"territoire": epci.siren})

    assertContains(response, "Communes membres")
    assert response.context["territory"].members().count() == 2


def test_page_without_a_question_gives_no_answer(client):
    response = client.get(reverse("territories:eligibility"))

    assertNotContains(response, "Dans les programmes nationaux")
    assertNotContains(response, 'aria-invalid="true"')


def test_page_proposes_territories_when_the_name_is_not_enough(client, index):
    for code in ("28901", "28902"):
        CommuneFactory(name="Saint-Rémy", insee_code=code)
    index()

    response = client.get(reverse("territories:eligibility"), {"territoire": "Saint Rémy"})

    assertContains(response, "Plusieurs territoires répondent")
    assertContains(response, "?territoire=Saint-R%C3%A9my%20%2828902%29")


@pytest.mark.parametrize("typed", ["", "🙂", "x" * 100_000, "<script>"])
def test_page_is_calm_about(client, typed):
    response = client.get(reverse("territories:eligibility"), {"territoire": typed})

    assert response.status_code == 200
    assertNotContains(response, "<script>alert")


def test_page_names_each_region_of_an_epci_once(client, index):
    epci = EpciFactory()
    normandy = RegionFactory(code="28", name="Normandie")
    for code, region in (("27", normandy), ("28", RegionFactory()), ("61", normandy)):
        CommuneFactory(insee_code=f"{code}001", epci=epci, department=DepartmentFactory(code=code, region=region))
    index()

    response = client.get(reverse("territories:eligibility"), {"territoire": epci.siren})

    assert [region.name for region in response.context["regions"]] == ["Normandie", "Centre-Val de Loire"]
    assertContains(response, "Normandie, Centre-Val de Loire")
