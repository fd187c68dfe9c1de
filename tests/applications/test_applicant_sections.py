"""The sections of a file: what they take, what they refuse, and that nothing typed is lost."""

import re

import pytest
from django.db import IntegrityError
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from applications.models import Carrier, Status
from applications.years import coming_school_years
from tests.applications.places import make_findable
from tests.factories import (
    CandidatureFactory,
    CarrierFactory,
    CommuneFactory,
    ConceptFactory,
    EpciFactory,
    SiteFactory,
    lead_of,
    siren,
)

SIREN = siren(4_000_000)


@pytest.fixture
def candidature(client):
    candidature = CandidatureFactory(carrier__commune__name="Bourges", carrier__commune__insee_code="18033", site=None)
    CommuneFactory(name="Vierzon", insee_code="18279")
    EpciFactory(name="CA Agglo du Pays de Dreux", siren="200040277")
    make_findable()
    client.force_login(lead_of(candidature))
    return candidature


def url_of(candidature, section, *arguments):
    return reverse(f"applications:{section}", args=[candidature.reference, *arguments])


def test_carriers_of_each_kind_join_the_lead(client, candidature):
    url = url_of(candidature, "carriers")

    assertRedirects(client.post(url, {"territory": "Vierzon (18279)"}), url)
    assertRedirects(client.post(url, {"territory": "200 040 277"}), url)
    spaced = f"{SIREN[:3]} {SIREN[3:6]} {SIREN[6:]}"
    assertRedirects(client.post(url, {"body_name": "Université", "body_siren": spaced}), url)

    names = [(carrier.name, carrier.code, carrier.is_lead) for carrier in candidature.carriers.all()]
    assert names == [
        ("Bourges", "18033", True),
        ("Vierzon", "18279", False),
        ("CA Agglo du Pays de Dreux", "200040277", False),
        ("Université", SIREN, False),
    ]


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({}, "Indiquez une commune, une intercommunalité ou un autre organisme."),
        ({"territory": "18033"}, "Bourges porte déjà cette candidature."),
        ({"territory": "99999"}, "n’est pas une commune ou une intercommunalité que nous connaissons"),
        ({"territory": "Vierzon", "body_name": "Université"}, "un seul à la fois"),
        ({"body_name": "Université"}, "Indiquez le numéro SIREN"),
        ({"body_siren": SIREN}, "Indiquez le nom de cet organisme."),
        ({"body_name": "Université", "body_siren": "123456789"}, "Ce numéro SIREN n’existe pas"),
        ({"body_name": "Université", "body_siren": "12"}, "Ce numéro SIREN n’existe pas"),
        ({"body_name": "Université", "body_siren": "🏛" * 9}, "Ce numéro SIREN n’existe pas"),
        ({"body_name": "Université", "body_siren": "9" * 5_000_000}, "au plus 20 caractères"),
        ({"body_name": "Uni\x00versité", "body_siren": SIREN}, "Le caractère nul n’est pas autorisé."),
        ({"body_name": "L’agglo", "body_siren": "200040277"}, "Ce SIREN est celui de CA Agglo du Pays de Dreux"),
    ],
)
def test_carrier_that_cannot_be_is_refused_with_a_message(client, candidature, typed, message):
    page = client.post(url_of(candidature, "carriers"), typed)

    assertContains(page, message, count=2)  # in the summary and beside the field
    for value in typed.values():
        if len(value) < 100 and "\x00" not in value:
            assertContains(page, f'value="{value}"')
    assert candidature.carriers.count() == 1


def test_body_carries_a_candidature_once(client, candidature):
    CarrierFactory(candidature=candidature, commune=None, body_name="Université", body_siren=SIREN, is_lead=False)

    page = client.post(url_of(candidature, "carriers"), {"body_name": "L’université", "body_siren": SIREN})

    assertContains(page, f"L’organisme {SIREN} porte déjà cette candidature.", count=2)
    with pytest.raises(IntegrityError):
        CarrierFactory(candidature=candidature, commune=None, body_name="Autre nom", body_siren=SIREN, is_lead=False)


@pytest.mark.parametrize(
    ("section", "factory", "field"), [("carriers", CarrierFactory, "territory"), ("sites", SiteFactory, "commune")]
)
def test_carriers_and_sites_are_limited_to_twenty(client, candidature, section, factory, field):
    getattr(candidature, section).all().delete()
    lead = {"is_lead": False} if section == "carriers" else {}
    factory.create_batch(20, candidature=candidature, **lead)

    page = client.post(url_of(candidature, section), {field: "18279"})

    assertContains(page, "Une candidature compte au plus 20")
    assert getattr(candidature, section).count() == 20


def test_lead_passes_to_the_carrier_chosen(client, candidature):
    other = CarrierFactory(candidature=candidature, is_lead=False)

    client.post(url_of(candidature, "choose_lead", other.pk))

    assert [carrier for carrier in candidature.carriers.all() if carrier.is_lead] == [other]


def test_candidature_left_without_lead_misses_one(client, candidature):
    CarrierFactory(candidature=candidature, is_lead=False)

    client.post(url_of(candidature, "remove_carrier", candidature.carriers.get(is_lead=True).pk))

    assert candidature.missing_by_section()["carriers"] == ["porteur chef de file"]


def test_first_carrier_added_leads(client, candidature):
    candidature.carriers.all().delete()

    client.post(url_of(candidature, "carriers"), {"territory": "18279"})

    assert Carrier.objects.get().is_lead


def test_sites_are_communes_each_once(client, candidature):
    url = url_of(candidature, "sites")

    assertRedirects(client.post(url, {"commune": "Vierzon"}), url)
    assertContains(client.post(url, {"commune": "18279"}), "Vierzon figure déjà parmi les sites.", count=2)
    assertContains(client.post(url, {"commune": "200040277"}), "Il reste à corriger")
    assertContains(client.post(url, {}), "Ce champ est obligatoire", count=2)
    assert [site.commune.name for site in candidature.sites.all()] == ["Vierzon"]

    client.post(url_of(candidature, "remove_site", candidature.sites.get().pk))
    assert not candidature.sites.exists()


def project(**changes):
    return {"title": "Titre", "summary": "Résumé", "concept": "third_place", "target_year": "2027"} | changes


@pytest.fixture
def offered(candidature):
    candidature.call.concepts.add(candidature.concept)
    return candidature


def test_project_is_saved_even_incomplete(client, offered):
    response = client.post(url_of(offered, "project"), project(summary="", target_year=""))

    assertRedirects(response, offered.get_absolute_url())
    offered.refresh_from_db()
    assert (offered.title, offered.summary, offered.concept_id, offered.target_year) == (
        "Titre",
        "",
        "third_place",
        None,
    )


def test_line_breaks_count_for_one_character(client, offered):
    summary = "\r\n".join(["x" * 39] * 100)  # 3,999 characters, sent by browsers as 4,098

    client.post(url_of(offered, "project"), project(summary=summary))

    offered.refresh_from_db()
    assert offered.summary == summary.replace("\r\n", "\n")


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("title", "x" * 201, "au plus 200 caractères"),
        ("summary", "x" * 4001, "au plus 4000 caractères"),
        ("summary", "x" * 5_000_000, "au plus 4000 caractères"),
        ("summary", "nul\x00", "Le caractère nul n’est pas autorisé."),
        ("concept", "cnam_centre", "Sélectionnez un choix valide"),
        ("target_year", "1789", "Sélectionnez un choix valide"),
        ("target_year", "31/02/2027", "Sélectionnez un choix valide"),
    ],
)
def test_absurd_project_is_refused_and_kept_on_the_page(client, offered, field, value, message):
    ConceptFactory(code="cnam_centre", name="Centre")  # it exists, and this call does not offer it
    typed = project(title="Un titre à garder") | {field: value}

    page = client.post(url_of(offered, "project"), typed)

    assertContains(page, message)
    assertContains(page, typed["summary"] if field == "title" else "Un titre à garder")
    offered.refresh_from_db()
    assert offered.title == "Une antenne au cœur de la ville"


def test_emoji_and_long_words_are_welcome(client, offered):
    client.post(url_of(offered, "project"), project(title="🏛" * 200))

    offered.refresh_from_db()
    assert offered.title == "🏛" * 200


def test_project_offers_the_coming_school_years(client, offered):
    page = client.get(url_of(offered, "project"))

    first = coming_school_years()[0]
    assertContains(page, f"{first}-{first + 1}")


def test_project_that_was_deposited_stays_whole(client):
    candidature = CandidatureFactory(status=Status.SUPPLEMENTS_REQUESTED)
    candidature.call.concepts.add(candidature.concept)
    client.force_login(lead_of(candidature))

    page = client.post(url_of(candidature, "project"), project(title=""))

    assertContains(page, "Ce champ est obligatoire", count=2)


@pytest.mark.parametrize(
    ("section", "typed"),
    [("carriers", {"territory": "18279"}), ("sites", {"commune": "18279"}), ("project", project(title="Mon texte"))],
)
def test_change_of_state_meanwhile_is_told_and_the_text_kept(client, candidature, section, typed):
    candidature.call.concepts.add(candidature.concept)
    deposited = CandidatureFactory(status=Status.SUBMITTED, membership__user=lead_of(candidature))
    deposited.call.concepts.add(deposited.concept)

    page = client.post(url_of(deposited, section), typed)

    assertContains(page, "n’est plus modifiable")
    assertContains(page, next(iter(typed.values())))
    deposited.refresh_from_db()
    assert deposited.title == "Une antenne au cœur de la ville"
    assert [deposited.carriers.count(), deposited.sites.count()] == [1, 1]


@pytest.mark.parametrize("section", ["carriers", "sites", "project"])
def test_section_of_a_deposited_file_leads_back_to_it(client, section):
    candidature = CandidatureFactory(status=Status.SUBMITTED)
    client.force_login(lead_of(candidature))

    assertRedirects(client.get(url_of(candidature, section)), candidature.get_absolute_url())


@pytest.mark.parametrize("act", ["remove_carrier", "choose_lead"])
def test_carriers_of_a_deposited_file_stay(client, act):
    candidature = CandidatureFactory(status=Status.SUBMITTED)
    other = CarrierFactory(candidature=candidature, is_lead=False)
    client.force_login(lead_of(candidature))

    client.post(url_of(candidature, act, other.pk))

    assert [carrier.is_lead for carrier in candidature.carriers.all()] == [True, False]


def test_button_reached_by_get_after_signing_in_changes_nothing(client, candidature):
    url = url_of(candidature, "remove_carrier", candidature.carriers.get().pk)

    assertRedirects(client.get(url), url_of(candidature, "carriers"))
    assert candidature.carriers.exists()


@pytest.mark.parametrize("section", ["carriers", "sites"])
@pytest.mark.parametrize("count", [1, 3])
def test_section_query_count_does_not_grow(client, candidature, section, count, django_assert_num_queries):
    CarrierFactory.create_batch(count, candidature=candidature, is_lead=False)
    SiteFactory.create_batch(count, candidature=candidature)

    with django_assert_num_queries(10):
        client.get(url_of(candidature, section))


def seen_on(client, candidature) -> str:
    return re.search(r'name="seen" value="(\w{64})"', client.get(url_of(candidature, "project")).content.decode())[1]


def test_of_two_people_writing_the_project_the_second_is_told_and_both_texts_shown(client, offered):
    seen = seen_on(client, offered)
    client.post(url_of(offered, "project"), project(summary="Le texte de ma collègue", seen=seen))

    page = client.post(url_of(offered, "project"), project(summary="Mon texte", seen=seen))

    assertContains(page, "a été enregistré par ailleurs depuis que vous l’avez ouvert")
    assertContains(page, "<p>Le texte de ma collègue</p>")
    assertContains(page, "Mon texte</textarea>")
    offered.refresh_from_db()
    assert offered.summary == "Le texte de ma collègue"

    again = re.search(r'name="seen" value="(\w{64})"', page.content.decode())[1]
    client.post(url_of(offered, "project"), project(summary="Les deux textes réunis", seen=again))
    offered.refresh_from_db()
    assert offered.summary == "Les deux textes réunis"


def test_same_project_sent_twice_is_saved_quietly(client, offered):
    seen = seen_on(client, offered)

    for _ in range(2):
        response = client.post(url_of(offered, "project"), project(seen=seen))

    assertRedirects(response, offered.get_absolute_url())


def test_text_sent_after_the_session_ended_is_shown_to_be_copied(client, offered):
    client.logout()
    url = url_of(offered, "project")

    page = client.post(
        url, project(title="<b>Un titre</b> écrit", summary="Un long\r\ntexte", password="mon mot de passe")
    )

    assertContains(page, "Votre session est terminée", status_code=403)
    assertContains(page, "&lt;b&gt;Un titre&lt;/b&gt; écrit</textarea>", status_code=403)
    assertContains(page, "Un long\r\ntexte</textarea>", status_code=403)
    assertContains(page, f'href="{reverse("account_login")}?next={url}"', status_code=403)
    assertNotContains(page, "mon mot de passe", status_code=403)
    offered.refresh_from_db()
    assert offered.title == "Une antenne au cœur de la ville"
