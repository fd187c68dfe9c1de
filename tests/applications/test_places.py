"""Carriers, sites and partners: added, refused, taken away, on the page of their section."""

import pytest
from django.db import IntegrityError
from pytest_django.asserts import assertContains, assertRedirects

from applications.models import Carrier, SetAside, Status
from tests.applications.places import make_findable
from tests.applications.section_case import file_of_bourges, page_of, url_of
from tests.factories import (
    AnswerFactory,
    CandidatureFactory,
    CarrierFactory,
    CommuneFactory,
    SiteFactory,
    lead_of,
    siren,
)

SIREN = siren(4_000_000)


@pytest.fixture
def candidature(client):
    return file_of_bourges(client)


def test_carriers_of_each_kind_join_the_lead(client, candidature):
    url, back = url_of(candidature, "add_carrier"), f"{page_of(candidature, 'porteurs')}#ajouter"

    assertRedirects(client.post(url, {"territory": "Vierzon (18279)"}), back)
    assertRedirects(client.post(url, {"territory": "200 040 277"}), back)
    spaced = f"{SIREN[:3]} {SIREN[3:6]} {SIREN[6:]}"
    assertRedirects(client.post(url, {"body_name": "Université", "body_siren": spaced}), back)

    names = [(carrier.name, carrier.code, carrier.is_lead) for carrier in candidature.carriers.all()]
    assert names == [
        ("Bourges", "18033", True),
        ("Vierzon", "18279", False),
        ("CA Agglo du Pays de Dreux", "200040277", False),
        ("Université", SIREN, False),
    ]


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ({}, "Indiquez une commune, une intercommunalité ou un autre organisme."),
        ({"territory": "18033"}, "Bourges porte déjà cette candidature."),
        ({"territory": "99999"}, "n’est pas une commune ou une intercommunalité que nous connaissons"),
        ({"territory": "Vierzon", "body_name": "Université"}, "un seul à la fois"),
        ({"body_name": "Université"}, "Indiquez le numéro SIREN"),
        ({"body_siren": SIREN}, "Indiquez le nom de cet organisme."),
        ({"body_name": "Université", "body_siren": "123456789"}, "Ce numéro SIREN n’existe pas"),
        ({"body_name": "Université", "body_siren": "🏛" * 9}, "Ce numéro SIREN n’existe pas"),
        ({"body_name": "Université", "body_siren": "9" * 5_000_000}, "au plus 20 caractères"),
        ({"body_name": "Uni\x00versité", "body_siren": SIREN}, "Le caractère nul n’est pas autorisé."),
        ({"body_name": "L’agglo", "body_siren": "200040277"}, "Ce SIREN est celui de CA Agglo du Pays de Dreux"),
    ],
)
def test_carrier_that_cannot_be_is_refused_with_a_message(client, candidature, sent, message):
    page = client.post(url_of(candidature, "add_carrier"), sent)

    assertContains(page, message, count=2)  # in the summary and beside the field
    for value in sent.values():
        if len(value) < 100 and "\x00" not in value:
            assertContains(page, f'value="{value}"')
    assert candidature.carriers.count() == 1


def test_body_carries_a_candidature_once(client, candidature):
    CarrierFactory(candidature=candidature, commune=None, body_name="Université", body_siren=SIREN, is_lead=False)

    page = client.post(url_of(candidature, "add_carrier"), {"body_name": "L’université", "body_siren": SIREN})

    assertContains(page, f"L’organisme {SIREN} porte déjà cette candidature.", count=2)
    with pytest.raises(IntegrityError):
        CarrierFactory(candidature=candidature, commune=None, body_name="Autre nom", body_siren=SIREN, is_lead=False)


@pytest.mark.parametrize(
    ("name", "factory", "field", "listed"),
    [("add_carrier", CarrierFactory, "territory", "carriers"), ("add_site", SiteFactory, "commune", "sites")],
)
def test_carriers_and_sites_are_limited_to_twenty(client, candidature, name, factory, field, listed):
    getattr(candidature, listed).all().delete()
    lead = {"is_lead": False} if listed == "carriers" else {}
    factory.create_batch(20, candidature=candidature, **lead)

    page = client.post(url_of(candidature, name), {field: "18279"})

    assertContains(page, "Une candidature compte au plus 20")
    assert getattr(candidature, listed).count() == 20


def test_lead_passes_to_the_carrier_chosen(client, candidature):
    other = CarrierFactory(candidature=candidature, is_lead=False)

    client.post(url_of(candidature, "choose_lead", other.pk))

    assert [carrier for carrier in candidature.carriers.all() if carrier.is_lead] == [other]


def test_first_carrier_added_leads(client, candidature):
    candidature.carriers.all().delete()

    client.post(url_of(candidature, "add_carrier"), {"territory": "18279"})

    assert Carrier.objects.get().is_lead


def test_answers_of_a_carrier_taken_away_are_set_aside(client, candidature):
    carrier = CarrierFactory(candidature=candidature, is_lead=False)
    section = candidature.call.sections.get(code="porteurs")
    question = section.questions.create(position=1, code="role", kind="long_text", label="Rôle", per_carrier=True)
    AnswerFactory(candidature=candidature, question=question, carrier=carrier, value="Porter la voix du bassin.")

    client.post(url_of(candidature, "remove_carrier", carrier.pk))

    kept = SetAside.objects.get()
    assert (kept.value, kept.reason, kept.carrier_name) == ("Porter la voix du bassin.", "carrier_gone", carrier.name)
    assertContains(client.get(url_of(candidature, "set_aside")), "Porter la voix du bassin.")


def test_sites_are_communes_each_once(client, candidature):
    url = url_of(candidature, "add_site")

    client.post(url, {"commune": "Vierzon"})
    assertContains(client.post(url, {"commune": "18279"}), "Vierzon figure déjà parmi les sites.", count=2)
    assertContains(client.post(url, {"commune": "200040277"}), "Il reste à corriger")
    assertContains(client.post(url, {}), "Ce champ est obligatoire", count=2)
    assert [site.commune.name for site in candidature.sites.all()] == ["Vierzon"]

    client.post(url_of(candidature, "remove_site", candidature.sites.get().pk))
    assert not candidature.sites.exists()


@pytest.fixture
def with_partners(candidature):
    candidature.call.sections.create(position=9, code="partenaires", title="Partenaires", kind="partners")
    return candidature


def test_partner_is_added_changed_and_taken_away(client, with_partners):
    sent = {"name": "CCI du Cher", "kind": "chamber", "siren": SIREN, "contribution": "Deux\r\nsalles"}
    client.post(url_of(with_partners, "add_partner"), sent)
    partner = with_partners.partners.get()
    assert (partner.name, partner.get_kind_display(), partner.contribution) == (
        "CCI du Cher",
        "chambre consulaire",
        "Deux\nsalles",
    )

    client.post(url_of(with_partners, "partner", partner.pk), sent | {"name": "CCI Centre"})
    assert with_partners.partners.get().name == "CCI Centre"

    client.post(url_of(with_partners, "remove_partner", partner.pk))
    assert not with_partners.partners.exists()


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ({"name": ""}, "Ce champ est obligatoire"),
        ({"kind": "friend"}, "Sélectionnez un choix valide"),
        ({"siren": "123456789"}, "Ce numéro SIREN n’existe pas"),
        ({"contribution": "x" * 2001}, "au plus 2000 caractères"),
        ({"name": "nul\x00"}, "Le caractère nul n’est pas autorisé"),
    ],
)
def test_partner_that_cannot_be_is_refused_and_kept_on_the_page(client, with_partners, sent, message):
    page = client.post(url_of(with_partners, "add_partner"), {"name": "CCI", "kind": "chamber"} | sent)

    assertContains(page, message)
    assert not with_partners.partners.exists()


def test_partner_is_named_once_by_its_siren(client, with_partners):
    with_partners.partners.create(name="CCI", kind="chamber", siren=SIREN)

    page = client.post(url_of(with_partners, "add_partner"), {"name": "Autre", "kind": "other", "siren": SIREN})

    assertContains(page, "Cet organisme figure déjà parmi les partenaires.")


def test_list_that_the_call_does_not_ask_is_not_found(client, candidature):
    assert client.post(url_of(candidature, "add_partner"), {"name": "CCI", "kind": "chamber"}).status_code == 404


@pytest.mark.parametrize("name", ["add_carrier", "add_site"])
def test_list_of_a_closed_file_does_not_grow(client, name):
    candidature = CandidatureFactory(status=Status.SUBMITTED, phase__closed=True)
    CommuneFactory(name="Vierzon", insee_code="18279")
    make_findable()
    client.force_login(lead_of(candidature))

    page = client.post(url_of(candidature, name), {"territory": "18279", "commune": "18279"})

    assertContains(page, "Rien n’a été enregistré.")
    assert [candidature.carriers.count(), candidature.sites.count()] == [1, 1]


@pytest.mark.parametrize("act", ["remove_carrier", "choose_lead"])
def test_carriers_of_a_closed_file_stay(client, act):
    candidature = CandidatureFactory(status=Status.SUBMITTED, phase__closed=True)
    other = CarrierFactory(candidature=candidature, is_lead=False)
    client.force_login(lead_of(candidature))

    client.post(url_of(candidature, act, other.pk))

    assert [carrier.is_lead for carrier in candidature.carriers.all()] == [True, False]


def test_button_reached_by_get_after_signing_in_changes_nothing(client, candidature):
    url = url_of(candidature, "remove_carrier", candidature.carriers.get().pk)

    assertRedirects(client.get(url), page_of(candidature, "porteurs"))
    assert candidature.carriers.exists()
