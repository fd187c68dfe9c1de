"""What the server says of passkeys; a real browser uses one in tests/browser/test_passkey.py."""

import json
import re

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.messages import get_messages
from django.urls import reverse

from accounts.models import Role
from tests.accounts.people import is_signed_in, person, sign_in
from tests.factories import PASSWORD, UserFactory

UNKNOWN = {"id": "AA", "rawId": "AA", "type": "public-key", "response": {"userHandle": "MQ"}}


def passkey_of(user, name="Téléphone"):
    data = {"name": name, "credential": {}}
    return Authenticator.objects.create(user=user, type=Authenticator.Type.WEBAUTHN, data=data)


@pytest.fixture
def proved(client):
    """Somebody signed in who has just confirmed who they are."""
    user = person()
    sign_in(client, user.email)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return user


@pytest.mark.parametrize("role", [Role.COMMITTEE, Role.STAFF, Role.ADMINISTRATOR])
def test_a_passkey_is_a_second_factor(client, role):
    user = UserFactory(role=role)
    passkey_of(user)
    client.force_login(user)
    assert client.get("/admin/login/").url == "/admin/"


def test_recovery_codes_alone_are_no_second_factor(client):
    user = UserFactory(role=Role.STAFF)
    Authenticator.objects.create(user=user, type=Authenticator.Type.RECOVERY_CODES, data={"seed": "x", "used_mask": 0})
    client.force_login(user)
    assert client.get("/admin/").url == "/compte/second-facteur/"


def test_the_device_must_check_that_it_is_the_person(client, proved):
    options = client.get("/compte/second-facteur/cles/ajout/").context["js_data"]["creation_options"]["publicKey"]
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert (options["rp"]["id"], options["rp"]["name"]) == ("testserver", "Au cœur des territoires")
    assert options["user"]["name"] == proved.email


def test_signing_in_by_passkey_asks_for_the_person_and_names_no_account(client):
    answer = client.get("/compte/connexion/cle/", headers={"accept": "application/json"})
    options = answer.json()["request_options"]["publicKey"]
    assert (options["userVerification"], options["allowCredentials"]) == ("required", [])


@pytest.mark.parametrize("credential", [json.dumps(UNKNOWN), "{}", "[]", "null", "pas du JSON", ""])
def test_an_unknown_passkey_is_refused_and_the_page_asked_for_is_kept(client, credential):
    client.get("/compte/connexion/cle/", headers={"accept": "application/json"})
    answer = client.post("/compte/connexion/cle/", {"credential": credential, "next": "/compte/adresse/"})
    assert answer.url == "/compte/connexion/?next=%2Fcompte%2Fadresse%2F"
    told = [str(message) for message in get_messages(answer.wsgi_request)]
    assert told == ["Cette clé d’accès n’est pas connue ici. Connectez-vous autrement, puis ajoutez-la de nouveau."]
    assert not is_signed_in(client)


def test_an_answer_that_is_no_passkey_is_not_added(client, proved):
    answer = client.post("/compte/second-facteur/cles/ajout/", {"name": "Faux", "credential": "{}"})
    assert "L’enregistrement a trop tardé" in answer.content.decode()
    assert not Authenticator.objects.filter(type=Authenticator.Type.WEBAUTHN).exists()


def test_adding_a_passkey_asks_first_who_one_is(client):
    sign_in(client, person().email)
    asked = client.get("/compte/second-facteur/cles/ajout/")
    assert asked.url == "/compte/confirmation-identite/?next=%2Fcompte%2Fsecond-facteur%2Fcles%2Fajout%2F"


def test_each_has_their_own_passkeys(client, proved):
    theirs = passkey_of(person())
    mine = passkey_of(proved, "Ordinateur")
    assert list(client.get("/compte/second-facteur/cles/").context["authenticators"]) == [mine]
    for name in ("mfa_edit_webauthn", "mfa_remove_webauthn"):
        assert client.post(reverse(name, args=[theirs.pk]), {"name": "À moi"}).status_code == 404
    assert Authenticator.objects.filter(pk=theirs.pk, data__name="Téléphone").exists()


def test_a_passkey_needs_a_name_to_be_renamed(client, proved):
    key = passkey_of(proved)
    answer = client.post(reverse("mfa_edit_webauthn", args=[key.pk]), {"name": ""})
    assert answer.context["form"].errors == {"name": ["Ce champ est obligatoire."]}


def test_ways_to_confirm_who_one_is_are_said_in_our_words(client, proved):
    passkey_of(proved)
    alternatives = client.get(reverse("account_reauthenticate")).context["reauthentication_alternatives"]
    assert [each["description"] for each in alternatives] == ["Avec votre clé d’accès"]


PAGES = ["mfa_index", "mfa_list_webauthn", "mfa_add_webauthn", "mfa_edit_webauthn", "mfa_remove_webauthn"]


@pytest.mark.parametrize("name", PAGES)
def test_pages_of_passkeys_are_in_french_and_in_our_look(client, proved, name):
    key = passkey_of(proved)
    if name == "mfa_add_webauthn":  # the page reads the keys that exist; this one holds nothing to read
        key.delete()
    arguments = [key.pk] if name in {"mfa_edit_webauthn", "mfa_remove_webauthn"} else []
    html = client.get(reverse(name, args=arguments)).content.decode()
    assert '<html lang="fr">' in html
    assert html.count("<h1>") == 1
    assert "tokens.css" in html
    text = re.sub(r"<script.*?</script>|<[^>]+>", "", html, flags=re.DOTALL)
    assert re.findall(r"\b(?:key|passkey|name|add|edit|remove)\b", text, re.IGNORECASE) == []
