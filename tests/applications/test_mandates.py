"""What members declare of their mandates and functions: by themselves, and read by the team."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertRedirects

from applications.models import Mandate, conflicts_of
from tests.applications.committee_case import committee_case
from tests.applications.places import make_findable
from tests.applications.team_case import words
from tests.factories import EpciFactory

pytestmark = pytest.mark.usefixtures("without_second_factor")


@pytest.fixture
def case():
    return committee_case()


def tied(case) -> Mandate:
    """A mandate of `unsigned` in the commune that carries the file."""
    commune = case.file.carriers.get().commune
    return case.people["unsigned"].mandates.create(kind=Mandate.Kind.ELECTED, title="Maire", commune=commune)


def test_member_declares_ends_and_removes_a_mandate(client, case):
    commune, member = case.file.carriers.get().commune, case.people["unsigned"]
    make_findable()
    client.force_login(member)
    page = reverse("admin:mandates")
    typed = {"kind": "elected", "title": "Maire", "territory": commune.insee_code}

    assertRedirects(client.post(page, typed), page)
    mandate = member.mandates.get()
    assert (mandate.territory, len(conflicts_of(case.file))) == (commune, 1)

    yesterday = timezone.localdate() - timedelta(days=1)
    client.post(reverse("admin:mandate", args=[mandate.pk]), typed | {"ends_on": f"{yesterday:%Y-%m-%d}"})
    mandate.refresh_from_db()
    assert (mandate.ends_on, conflicts_of(case.file)) == (yesterday, [])
    assert "n’a pas cours aujourd’hui" in words(client.get(page))

    client.get(reverse("admin:remove_mandate", args=[mandate.pk]))
    assert member.mandates.exists()
    client.post(reverse("admin:remove_mandate", args=[mandate.pk]))
    assert not member.mandates.exists()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"territory": ""}, "champ est obligatoire"),
        ({"territory": "Nulle part"}, "n’est pas une commune ou une intercommunalité"),
        ({"title": ""}, "champ est obligatoire"),
        ({"kind": "maire"}, "choix valide"),
        ({"starts_on": "2026-02-01", "ends_on": "2026-01-01"}, "La fin doit suivre le début."),
    ],
)
def test_mandate_that_is_wrong_is_refused_and_what_was_typed_kept(client, case, wrong, said):
    make_findable()
    client.force_login(case.people["unsigned"])
    code = case.file.carriers.get().commune.insee_code
    typed = {"kind": "elected", "title": "Maire adjointe", "territory": code} | wrong

    page = client.post(reverse("admin:mandates"), typed)

    assert said in words(page)
    assertContains(page, f'value="{typed["title"] or typed["territory"]}"')
    assert not Mandate.objects.exists()


@pytest.mark.parametrize("name", ["mandate", "remove_mandate"])
def test_mandate_of_somebody_else_is_not_found(client, case, name):
    mandate = tied(case)
    client.force_login(case.people["signed"])

    assert client.post(reverse(f"admin:{name}", args=[mandate.pk])).status_code == 404
    assert Mandate.objects.get() == mandate


def test_mandate_moved_from_a_commune_to_an_epci_is_in_one_territory(client, case):
    mandate, epci = tied(case), EpciFactory()
    make_findable()
    client.force_login(case.people["unsigned"])

    typed = {"kind": "other", "title": "Directrice", "territory": epci.siren}
    client.post(reverse("admin:mandate", args=[mandate.pk]), typed)

    mandate.refresh_from_db()
    assert (mandate.territory, mandate.commune) == (epci, None)


def test_team_reads_and_writes_the_mandates_in_the_admin(client, case):
    mandate = tied(case)
    client.force_login(case.people["staff"])

    assertContains(client.get(reverse("admin:applications_mandate_changelist")), mandate.territory.reference)
    form = reverse("admin:applications_mandate_change", args=[mandate.pk])
    typed = {"user": mandate.user_id, "kind": "elected", "title": "Maire", "commune": "", "epci": ""}
    assert "Choisissez une commune ou un EPCI." in words(client.post(form, typed))
