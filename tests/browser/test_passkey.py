"""Passkeys in a real browser, with an authenticator that Chromium simulates (they need a name: `localhost`)."""

import pytest
from playwright.sync_api import expect

from labels.demonstration import PASSWORD

PERSON = """
from allauth.account.models import EmailAddress
from accounts.models import User
user = User.objects.create_user("{email}", "{password}", full_name="Zoé Martin")
EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
"""
SIGN_IN = "/compte/connexion/?next=/compte/"


@pytest.fixture
def zoe(portal, request):
    """The e-mail of a person of this test's own."""
    email = f"{request.node.name.replace('_', '-')[:40]}@demo.example"
    portal.manage("shell", "-c", PERSON.format(email=email, password=PASSWORD))
    return email


@pytest.fixture
def page(open_page, portal):
    """A page whose browser has an authenticator, at a name that passkeys may belong to."""
    page = open_page(base_url=f"http://localhost:{portal.port}")
    page.refused = []
    page.on("console", lambda message: page.refused.append(message.text) if message.type == "error" else None)
    page.devices = page.context.new_cdp_session(page)
    page.devices.send("WebAuthn.enable")
    kind = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    device = kind | {"isUserVerified": True, "automaticPresenceSimulation": True}
    page.device = page.devices.send("WebAuthn.addVirtualAuthenticator", {"options": device})["authenticatorId"]
    yield page
    assert [text for text in page.refused if "Content Security Policy" in text] == []


def sign_in(page, email):
    page.goto(SIGN_IN)
    page.get_by_role("textbox", name="Courriel").fill(email)
    page.locator("input[type=password]").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Se connecter", exact=True).click()


def sign_out(page):
    page.get_by_role("banner").get_by_role("button", name="Se déconnecter").click()


def add_passkey(page, name):
    """From « Mon compte », as a person does."""
    page.goto("/compte/")
    page.get_by_role("link", name="Gérer le second facteur et les clés").click()
    page.get_by_role("link", name="Ajouter une clé d’accès").click()
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Confirmer").click()
    page.get_by_label("Nom de la clé").fill(name)
    page.get_by_role("button", name="Ajouter la clé").click()
    expect(page.get_by_role("heading", name="Codes de secours", level=1)).to_be_visible()


def test_a_passkey_is_added_signs_in_is_renamed_and_removed(page, zoe):
    sign_in(page, zoe)
    add_passkey(page, "Ordinateur de la mairie")
    sign_out(page)

    page.goto(SIGN_IN)
    page.get_by_role("button", name="Utiliser une clé d’accès").click()
    expect(page.get_by_role("heading", name="Mon compte", level=1)).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text(zoe)

    page.goto("/compte/second-facteur/")
    page.get_by_role("link", name="Gérer les clés").click()
    page.get_by_role("link", name="Renommer la clé Ordinateur de la mairie").click()
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Confirmer").click()
    page.get_by_label("Nom de la clé").fill("Portable de Zoé")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("rowheader")).to_have_text("Portable de Zoé")

    page.get_by_role("link", name="Retirer la clé Portable de Zoé").click()
    page.get_by_role("button", name="Retirer la clé").click()
    expect(page.get_by_role("main")).to_contain_text("Vous n’avez pas encore de clé d’accès.")

    sign_out(page)
    page.goto(SIGN_IN)
    page.get_by_role("button", name="Utiliser une clé d’accès").click()
    expect(page.locator(".notice")).to_contain_text("Cette clé d’accès n’est pas connue ici.")
    sign_in(page, zoe)
    expect(page.get_by_role("heading", name="Mon compte", level=1)).to_be_visible()


def test_a_passkey_is_the_second_factor_after_the_password(page, zoe):
    sign_in(page, zoe)
    add_passkey(page, "Clé")
    sign_out(page)

    sign_in(page, zoe)
    page.goto("/compte/")  # the password alone opens nothing: the second factor is asked for again
    expect(page.get_by_role("heading", name="Votre second facteur", level=1)).to_be_visible()
    page.get_by_role("button", name="Utiliser la clé d’accès").click()
    expect(page.get_by_role("heading", name="Mon compte", level=1)).to_be_visible()


def test_a_passkey_confirms_who_one_is(page, zoe):
    sign_in(page, zoe)
    add_passkey(page, "Clé")
    sign_out(page)
    sign_in(page, zoe)
    page.get_by_role("button", name="Utiliser la clé d’accès").click()
    expect(page.get_by_role("heading", name="Mon compte", level=1)).to_be_visible()

    page.goto("/compte/second-facteur/codes/nouveaux/")
    page.get_by_role("link", name="Avec votre clé d’accès").click()
    page.get_by_role("button", name="Utiliser la clé d’accès").click()
    expect(page.get_by_role("heading", name="Nouveaux codes de secours", level=1)).to_be_visible()


def test_a_device_that_does_not_recognise_the_person_is_said_in_words(page, zoe):
    page.devices.send("WebAuthn.setUserVerified", {"authenticatorId": page.device, "isUserVerified": False})
    page.goto(SIGN_IN)
    button = page.get_by_role("button", name="Utiliser une clé d’accès")
    button.click()
    expect(page.get_by_role("alert").filter(has_text="Vous pouvez réessayer")).to_be_visible()
    expect(button).to_be_enabled()


def test_the_same_device_is_not_added_twice(page, zoe):
    sign_in(page, zoe)
    add_passkey(page, "Clé")
    page.goto("/compte/second-facteur/cles/ajout/")
    page.get_by_role("button", name="Ajouter la clé").click()
    expect(page.get_by_role("alert")).to_have_text("Cet appareil a déjà une clé pour votre compte.")


@pytest.mark.parametrize("javascript", [False, True], ids=["without JavaScript", "at an IP address"])
def test_where_passkeys_cannot_work_only_the_other_ways_show(open_page, javascript):
    page = open_page(javascript=javascript)  # at 127.0.0.1, to which no passkey can belong
    page.goto(SIGN_IN)
    main = page.get_by_role("main")
    expect(main.get_by_role("button", name="Recevoir un code par courriel")).to_be_visible()
    expect(main.get_by_role("button", name="Se connecter", exact=True)).to_be_visible()
    expect(page.locator("[data-passkey-only]")).to_be_hidden()
