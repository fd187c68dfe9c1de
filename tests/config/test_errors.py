import logging
import re

import pytest
from django.test import Client
from django.urls import path

from config.urls import urlpatterns as portal_urls
from tests.factories import UserFactory


def fail(request):
    raise RuntimeError("a bug")


fail.login_required = False
urlpatterns = [path("panne/", fail), *portal_urls]
handler500 = "config.errors.server_error"


@pytest.mark.urls(__name__)
def test_a_bug_shows_a_number_found_again_in_the_log(caplog, django_assert_num_queries):
    client = Client(raise_request_exception=False)
    with caplog.at_level(logging.ERROR, "config.errors"), django_assert_num_queries(0):
        answer = client.get("/panne/")
    html = answer.content.decode()
    assert (answer.status_code, "RuntimeError" in html) == (500, False)
    number = re.search(r"<code>([0-9A-F]{8})</code>", html)[1]
    [record] = [record for record in caplog.records if record.name == "config.errors"]
    assert number in record.getMessage()
    assert record.exc_info[0] is RuntimeError


def test_an_unknown_page_says_so_in_french(client):
    answer = client.get("/nulle-part/")
    assert answer.status_code == 404
    assert "Cette page n’existe pas" in answer.content.decode()


def test_a_page_of_another_role_says_so_in_french(client):
    client.force_login(UserFactory())
    answer = client.get("/admin/login/")
    assert answer.status_code == 403
    assert "Cette page est réservée" in answer.content.decode()


def test_an_expired_form_says_that_nothing_was_saved_and_nothing_is_lost():
    client = Client(enforce_csrf_checks=True)

    answer = client.post("/compte/connexion/", {"login": "Un texte <b>tapé</b>", "password": "un mot de passe"})

    assert answer.status_code == 403
    page = answer.content.decode()
    assert "Rien n’a été enregistré, mais voici ce que vous aviez écrit." in page
    assert "Un texte &lt;b&gt;tapé&lt;/b&gt;</textarea>" in page
    assert "un mot de passe" not in page


@pytest.mark.parametrize("sent", [{"login": "x" * 11_000_000}, dict.fromkeys(map(str, range(1200)), "x")])
def test_what_is_too_large_to_read_says_so_in_french(sent):
    client = Client(raise_request_exception=False)

    answer = client.post("/compte/connexion/", sent)

    assert answer.status_code == 400
    assert "Le portail n’a pas pu lire cet envoi" in answer.content.decode()


@pytest.mark.parametrize("address", ["/laureats/?q=%00", "/laureats/a%00/", "/admin/a%00/"])
def test_nul_character_in_an_address_is_refused(client, address):
    answer = client.get(address)

    assert answer.status_code == 400
    assert "Le portail n’a pas pu lire cet envoi" in answer.content.decode()


def test_nul_character_in_a_cookie_is_refused(client):
    assert client.get("/laureats/", headers={"cookie": r'sessionid="12345678\000"'}).status_code == 400
