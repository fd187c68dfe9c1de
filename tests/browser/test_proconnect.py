"""ProConnect through a real browser, which holds the form and its redirections to the content security policy."""

import copy

import pytest
from playwright.sync_api import expect

from tests.accounts.openid_provider import running_provider
from tests.server import free_port


@pytest.fixture(scope="module")
def provider():
    with running_provider() as provider:
        yield provider


@pytest.fixture(scope="module")
def with_proconnect(portal, provider):
    """A second server on the same database, set up for ProConnect."""
    other = copy.copy(portal)
    other.port = free_port()
    other.url = f"http://127.0.0.1:{other.port}"
    settings = {f"PROCONNECT_{name.upper()}": value for name, value in provider.settings.items()}
    other.environment = portal.environment | settings | {"BASE_URL": other.url}
    with other.serving():
        yield other


def test_the_button_leads_there_and_back_and_signing_out_too(open_page, with_proconnect, provider):
    page = open_page(base_url=with_proconnect.url)
    page.goto("/compte/connexion/?next=/compte/")
    page.get_by_role("button", name="S’identifier avec ProConnect").click()
    expect(page.get_by_role("heading", name="Mon compte", level=1)).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("SIRET 21480095500012")

    page.get_by_role("banner").get_by_role("button", name="Se déconnecter").click()
    expect(page.locator(".notice")).to_contain_text("Vous êtes déconnecté, de ProConnect aussi.")
    expect(page).to_have_url(f"{with_proconnect.url}/")


def test_the_way_holds_without_javascript_on_a_phone(open_page, with_proconnect, provider):
    page = open_page(width=375, javascript=False, base_url=with_proconnect.url)
    page.goto("/compte/inscription/?next=/compte/")
    page.get_by_role("button", name="S’identifier avec ProConnect").click()
    expect(page.get_by_role("heading", name="Mon compte", level=1)).to_be_visible()
    page.get_by_role("banner").get_by_role("button", name="Se déconnecter").click()
    expect(page).to_have_url(f"{with_proconnect.url}/")


def test_cancelling_there_comes_back_to_a_page_that_says_what_to_do(open_page, with_proconnect, provider):
    provider.refusal = "access_denied"
    page = open_page(base_url=with_proconnect.url)
    page.goto("/compte/connexion/")
    page.get_by_role("button", name="S’identifier avec ProConnect").click()
    expect(page.get_by_role("heading", name="Connexion annulée")).to_be_visible()
    page.get_by_role("link", name="Revenir à la connexion").click()
    expect(page.get_by_role("heading", name="Se connecter", level=1)).to_be_visible()
    provider.refusal = None
