"""Signing in through ProConnect, against a provider that behaves as it does."""

from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import Role, User
from tests.accounts.people import come_through, follow, is_signed_in, link_in, person, sign_in, title_of, way_back
from tests.factories import PASSWORD, UserFactory

MARIE = "marie.durand@mende.example.fr"


def test_a_newcomer_has_an_account_at_once(client, provider):
    answer = come_through(client)
    assert answer.url == reverse("applications:list")
    user = client.get("/compte/").context["user"]
    assert (user.full_name, user.email, user.role) == ("Marie Durand", MARIE, Role.APPLICANT)
    assert not user.has_usable_password()
    assert EmailAddress.objects.get(user=user).verified
    assert mail.outbox == []


def test_the_siret_says_which_collectivite_the_person_works_for(client, provider):
    come_through(client)
    user = User.objects.get()
    assert (user.siret, user.siren) == ("21480095500012", "214800955")
    assert "SIRET 21480095500012" in client.get("/compte/").content.decode()


def test_the_siret_may_come_with_spaces(client, provider):
    provider.person["siret"] = "214 800 955 00012"
    come_through(client)
    assert User.objects.get().siret == "21480095500012"


@pytest.mark.parametrize("siret", ["", "21480095500013", "214800955", "mairie", 21480095500013, None])
def test_a_malformed_siret_is_not_kept_and_refuses_nobody(client, provider, siret):
    provider.person["siret"] = siret
    come_through(client)
    assert is_signed_in(client)
    assert (User.objects.get().siret, User.objects.get().siren) == ("", "")


def test_a_missing_siret_refuses_nobody(client, provider):
    del provider.person["siret"]
    come_through(client)
    assert User.objects.get().siret == ""


def test_coming_back_finds_the_same_account(client, provider):
    come_through(client)
    client.logout()
    provider.person["email"] = "autre@mende.example.fr"
    come_through(client)
    assert client.get("/compte/").context["user"] == User.objects.get()


@pytest.mark.parametrize(("claim", "kept"), [("24480040500011", ""), ("24480040500015", "24480040500015")])
def test_the_employer_is_the_one_that_proconnect_names_today(client, provider, claim, kept):
    come_through(client)
    provider.person["siret"] = claim
    come_through(client)
    assert User.objects.get().siret == kept


def test_the_database_keeps_no_part_of_a_siret():
    with pytest.raises(IntegrityError), transaction.atomic():
        UserFactory(siret="214800955")


def test_a_siret_has_its_keys():
    with pytest.raises(ValidationError):
        UserFactory(siret="21480095500013").full_clean()


def test_nothing_else_that_proconnect_says_is_kept(client, provider):
    come_through(client)
    assert SocialAccount.objects.get().extra_data == {"siret": "21480095500012"}


def test_the_page_first_asked_for_is_found_again(client, provider):
    assert come_through(client, next="/candidatures/DEMO-0001/").url == "/candidatures/DEMO-0001/"


def test_another_site_is_never_the_page_asked_for(client, provider):
    assert come_through(client, next="https://ailleurs.example.fr/").url == reverse("applications:list")


def test_only_what_proconnect_accepts_is_sent(client, provider):
    way_back(client)
    sent = provider.requests[-1]
    assert set(sent["scope"].split()) == {"openid", "given_name", "usual_name", "email", "siret", "uid"}
    assert sent["acr_values"] == "eidas1"
    assert sent["redirect_uri"] == "http://testserver/compte/proconnect/retour/"


def test_a_link_made_by_somebody_else_chooses_nothing(client, provider):
    forged = "auth_params=nonce%3Dconnu%26prompt%3Dnone&scope=phone&process=connect"
    sent = parse_qs(urlsplit(client.post(f"/compte/proconnect/?{forged}").url).query)
    assert sent["nonce"] != ["connu"]
    assert "prompt" not in sent
    assert "phone" not in sent["scope"][0]


def test_only_the_button_signs_in(client, provider):
    assert client.get("/compte/proconnect/?next=/compte/").url == "/compte/connexion/?next=%2Fcompte%2F"


def test_the_account_at_the_same_proved_address_is_joined(client, provider):
    user = person(email=MARIE)
    come_through(client)
    assert client.get("/compte/").context["user"] == user
    user.refresh_from_db()
    assert (user.siret, user.check_password(PASSWORD)) == ("21480095500012", True)
    assert [message.subject for message in mail.outbox] == ["Votre compte est relié à ProConnect"]


def test_the_address_is_the_same_whatever_its_case(client, provider):
    user = person(email=MARIE)
    provider.person["email"] = MARIE.upper()
    come_through(client)
    assert client.get("/compte/").context["user"] == user


def test_an_account_whose_address_nobody_proved_is_never_joined(client, provider):
    client.post("/compte/inscription/", {"full_name": "Mallory", "email": MARIE, "password1": PASSWORD})
    answer = come_through(client)
    assert (answer.status_code, title_of(answer)) == (409, "Confirmez d’abord votre adresse")
    assert not is_signed_in(client)
    assert not SocialAccount.objects.exists()


def test_an_account_made_by_an_administrator_is_joined_once_its_owner_has_proved_the_address(client, provider):
    user = UserFactory(email=MARIE)
    assert come_through(client).status_code == 409

    client.post("/compte/mot-de-passe/oubli/", {"email": MARIE})
    new_password = {"password1": "une-phrase-bien-longue", "password2": "une-phrase-bien-longue"}
    client.post(client.get(link_in(mail.outbox[0].body)).url, new_password)

    come_through(client)
    assert client.get("/compte/").context["user"] == user


def test_whoever_signed_up_with_the_address_of_another_is_shut_out(client, provider):
    client.post("/compte/inscription/", {"full_name": "Mallory", "email": MARIE, "password1": PASSWORD})
    client.post("/compte/mot-de-passe/oubli/", {"email": MARIE})
    new_password = {"password1": "une-phrase-bien-longue", "password2": "une-phrase-bien-longue"}
    client.post(client.get(link_in(mail.outbox[-1].body)).url, new_password)
    come_through(client)
    client.logout()
    assert sign_in(client, MARIE, PASSWORD).status_code == 200  # the form again, with its error


def test_a_change_of_address_begun_by_somebody_else_blocks_nobody(client, provider):
    other = person(email="mallory@example.fr")
    EmailAddress.objects.create(user=other, email=MARIE, verified=False, primary=False)
    come_through(client)
    assert client.get("/compte/").context["user"].email == MARIE
    assert not EmailAddress.objects.filter(user=other, email=MARIE).exists()


def test_an_account_given_another_address_by_an_administrator_is_no_longer_joined(client, provider, settings):
    settings.REQUIRE_SECOND_FACTOR = False
    come_through(client)
    user = User.objects.get()
    client.force_login(UserFactory(role=Role.ADMINISTRATOR))
    changes = {"full_name": "Zoé", "email": "zoe@example.fr", "role": Role.APPLICANT, "is_active": "on"}
    client.post(f"/admin/accounts/user/{user.pk}/change/", changes)
    client.logout()
    come_through(client)
    assert client.get("/compte/").context["user"] != user


def test_tokens_may_be_signed_with_an_elliptic_curve(client, provider):
    provider.algorithm = "ES256"
    come_through(client)
    assert is_signed_in(client)


def test_staff_without_second_factor_is_sent_to_activate_one(client, provider):
    person(email=MARIE, role=Role.STAFF)
    assert come_through(client).url == "/admin/"
    assert client.get("/admin/").url == "/compte/second-facteur/"


def test_a_second_factor_is_asked_for_after_proconnect(client, provider):
    user = person(email=MARIE, role=Role.STAFF)
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "JBSWY3DPEHPK3PXP"})
    assert come_through(client).url == reverse("mfa_authenticate")
    assert not is_signed_in(client)


def test_a_deactivated_person_does_not_come_in(client, provider):
    person(email=MARIE, is_active=False)
    assert come_through(client).url == reverse("account_inactive")
    assert not is_signed_in(client)


def test_signing_out_leads_out_of_proconnect_too(client, provider):
    come_through(client)
    leaving = client.post("/compte/deconnexion/")
    assert leaving.url == "/compte/proconnect/deconnexion/"
    page = client.get(leaving.url)
    assert not is_signed_in(client)

    end_session = page.context["end_session"]
    assert parse_qs(urlsplit(end_session).query)["id_token_hint"][0].count(".") == 2
    back = urlsplit(follow(end_session))
    assert back.path == "/compte/proconnect/deconnexion/retour/"
    home = client.get(f"{back.path}?{back.query}", follow=True)
    assert home.redirect_chain == [("/", 302)]
    assert "Vous êtes déconnecté, de ProConnect aussi." in home.content.decode()


def test_signing_out_stays_here_for_those_who_came_otherwise(client, provider):
    sign_in(client, person().email)
    assert client.post("/compte/deconnexion/").url == "/"
    assert client.get("/compte/proconnect/deconnexion/").url == "/"
