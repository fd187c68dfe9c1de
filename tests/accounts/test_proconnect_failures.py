"""What ProConnect, or whoever plays it, may send wrong: each ends on a page in French, lets nobody in, is logged."""

import logging
import time
from datetime import timedelta

import jwt
import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from tests.accounts.openid_provider import CLIENT_ID, new_key
from tests.accounts.people import come_through, is_signed_in, title_of, way_back

ADDRESSES = ["proconnect_sign_in", "proconnect_callback", "proconnect_sign_out", "proconnect_signed_out"]
CANCELLED = (200, "Connexion annulée")
STALE = (400, "Cette connexion n’est plus valable")
SILENT = (503, "ProConnect ne répond pas")
REFUSED = (400, "ProConnect n’a pas confirmé votre identité")


@pytest.fixture
def fails(client, caplog):
    """`fails(answer, failure)` says that this page came, that nobody is in, and that the log names the failure."""

    def checked(answer, failure):
        assert (answer.status_code, title_of(answer)) == failure
        assert not is_signed_in(client)
        assert not User.objects.exists()
        logged = [each for each in caplog.records if each.name == "accounts.proconnect"]
        assert [(each.levelno, failure[1] in each.getMessage()) for each in logged] == [(logging.WARNING, True)]

    return checked


@pytest.mark.parametrize("page", ["/compte/connexion/", "/compte/inscription/"])
def test_without_settings_nothing_of_proconnect_shows(client, page):
    assert "ProConnect" not in client.get(page).content.decode()


@pytest.mark.parametrize("name", ADDRESSES)
def test_without_settings_its_addresses_do_not_exist(client, name):
    assert (client.get(reverse(name)).status_code, client.post(reverse(name)).status_code) == (404, 404)


@pytest.mark.parametrize("page", ["/compte/connexion/", "/compte/inscription/"])
def test_with_its_settings_the_button_is_there(client, provider, page):
    assert "S’identifier avec ProConnect" in client.get(page).content.decode()


def test_cancelling_changes_nothing_and_keeps_the_page_asked_for(client, provider, fails):
    provider.refusal = "access_denied"
    answer = come_through(client, next="/compte/")
    fails(answer, CANCELLED)
    assert 'href="/compte/connexion/?next=%2Fcompte%2F"' in answer.content.decode()


def test_another_error_is_a_refusal(client, provider, fails):
    provider.refusal = "server_error"
    fails(come_through(client), REFUSED)


def test_a_return_serves_once(client, provider):
    back = way_back(client)
    client.get(back)
    again = client.get(back)
    assert (again.status_code, title_of(again)) == STALE


def test_a_return_that_waited_too_long_is_refused(client, provider, fails):
    back = way_back(client)
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        fails(client.get(back), STALE)


def test_the_return_of_another_browser_is_refused(client, provider, fails):
    stranger = type(client)()
    fails(client.get(way_back(stranger)), STALE)


def test_a_return_without_state_is_refused(client, provider, fails):
    fails(client.get("/compte/proconnect/retour/?code=abc"), STALE)


def test_the_state_of_one_sign_in_does_not_fit_the_code_of_another(client, provider, fails):
    first, second = way_back(client), way_back(client)
    code = first.partition("code=")[2].partition("&")[0]
    mixed = f"/compte/proconnect/retour/?code={code}&state={second.partition('state=')[2]}"
    fails(client.get(mixed), REFUSED)


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "un-autre-nonce-de-plus-de-trente-deux-caracteres"},
        {"iss": "https://ailleurs.example.fr"},
        {"aud": "un-autre-portail"},
        {"exp": int(time.time()) - 3600},
    ],
    ids=lambda claims: next(iter(claims)),
)
def test_an_identity_token_made_for_something_else_is_refused(client, provider, fails, claims):
    provider.in_id_token = claims
    fails(come_through(client), REFUSED)


@pytest.mark.parametrize(
    "claims",
    [
        {"sub": "quelqu-un-d-autre"},
        {"iss": "https://ailleurs.example.fr"},
        {"aud": "un-autre-portail"},
        {"email": ""},
        {"email": "pas une adresse"},
    ],
    ids=str,
)
def test_user_information_that_does_not_fit_is_refused(client, provider, fails, claims):
    provider.in_userinfo = claims
    fails(come_through(client), REFUSED)


def test_user_information_with_a_bad_signature_is_refused(client, provider, fails):
    provider.userinfo_key = new_key()
    fails(come_through(client), REFUSED)


def test_an_identity_token_with_a_bad_signature_is_refused(client, provider, fails):
    provider.id_token_key = new_key()
    fails(come_through(client), REFUSED)


def test_user_information_that_nobody_signed_is_refused(client, provider, fails):
    unsigned = provider.person | {"iss": provider.url, "aud": CLIENT_ID}
    provider.userinfo = lambda authorization: jwt.encode(unsigned, None, algorithm="none", headers={"kid": "RS256"})
    fails(come_through(client), REFUSED)


def test_user_information_in_plain_json_is_refused(client, provider, fails):
    provider.userinfo = lambda authorization: '{"sub": "6f1d-marie"}'
    fails(come_through(client), REFUSED)


def test_a_token_signed_with_a_key_not_published_is_refused(client, provider, fails):
    back = way_back(client)
    provider.key_id = "une-autre"
    fails(client.get(back), REFUSED)


def test_a_code_that_expired_is_refused(client, provider, fails):
    back = way_back(client)
    provider.codes.clear()
    fails(client.get(back), REFUSED)


def test_proconnect_down_at_the_start_is_said(client, provider, fails):
    provider.broken = {"/.well-known/openid-configuration"}
    answer = client.post("/compte/proconnect/", {"next": "/compte/"})
    fails(answer, SILENT)
    assert 'href="/compte/connexion/?next=%2Fcompte%2F"' in answer.content.decode()


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/jwks", "/userinfo"])
def test_proconnect_down_on_the_way_back_is_said(client, provider, fails, path):
    back = way_back(client)
    provider.broken = {path}
    fails(client.get(back), SILENT)


def test_proconnect_that_answers_nothing_at_all_is_said(client, settings, fails):
    settings.PROCONNECT = {"client_id": "portail", "client_secret": "secret", "server": "http://127.0.0.1:9"}
    fails(client.post("/compte/proconnect/"), SILENT)


def test_proconnect_that_publishes_too_little_is_refused(client, provider, fails):
    provider.unpublished = {"token_endpoint"}
    fails(client.post("/compte/proconnect/"), REFUSED)
