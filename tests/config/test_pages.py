import pytest

from accounts.models import Role
from tests.factories import UserFactory

LEGAL = ["/accessibilite/", "/mentions-legales/", "/donnees-personnelles/"]


def link_texts(client, path="/accessibilite/") -> str:
    return " ".join(client.get(path).content.decode().split())


@pytest.mark.parametrize("path", LEGAL)
def test_legal_pages_are_public_and_ask_the_database_nothing(client, path, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get(path).status_code == 200


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("/accessibilite/", ["ACCESSIBILITY_EMAIL"]),
        ("/mentions-legales/", ["LEGAL_PUBLISHER", "LEGAL_DIRECTOR", "LEGAL_HOST", "CONTACT_EMAIL", "PRESS_EMAIL"]),
        ("/donnees-personnelles/", ["LEGAL_PUBLISHER", "DPO_EMAIL"]),
    ],
)
def test_what_the_institution_has_not_filled_in_is_marked_with_its_setting(client, settings, path, names):
    settings.INSTITUTION = dict.fromkeys(settings.INSTITUTION, "")
    html = client.get(path).content.decode()
    assert [name for name in names if f"réglage <code>{name}</code>" not in html] == []

    settings.INSTITUTION = {name: f"valeur de {name}" for name in settings.INSTITUTION}
    html = client.get(path).content.decode()
    assert [name for name in names if f"valeur de {name}" not in html] == []
    assert "to-fill" not in html


def test_a_visitor_is_offered_to_sign_in_and_nothing_private(client):
    html = link_texts(client)
    assert "Se connecter" in html
    assert ("Mes candidatures" in html, "Espace de travail" in html, "Se déconnecter" in html) == (False, False, False)


@pytest.mark.parametrize("role", Role)
def test_the_workspace_is_shown_to_those_who_may_enter_it(client, settings, role):
    settings.REQUIRE_SECOND_FACTOR = False
    client.force_login(UserFactory(role=role))
    html = link_texts(client)
    assert ("Espace de travail" in html) == (role != Role.APPLICANT)
    assert ("Mes candidatures" in html, "Mon compte" in html, "Se déconnecter" in html) == (True, True, True)


@pytest.mark.parametrize(
    ("path", "section"), [("/laureats/", "Lauréats"), ("/appels/", "Appels"), ("/eligibilite/", "Éligibilité")]
)
def test_the_current_section_is_told_in_the_navigation(client, path, section):
    html = link_texts(client, path)
    navigation = html[html.index('aria-label="Rubriques"') : html.index("</nav>", html.index('aria-label="Rubriques"'))]
    assert navigation.count("aria-current") == 1
    assert f'aria-current="true">{section}' in navigation


@pytest.mark.parametrize("is_demo", [True, False])
def test_the_demonstration_is_said_on_every_page(client, settings, is_demo):
    settings.DEMO = is_demo
    assert ("<strong>Démonstration.</strong>" in link_texts(client)) == is_demo
