"""The page first asked for is found again at the end of every way in: an invitation is not lost on the road."""

import re

import pytest
from django.core import mail
from django.urls import reverse

from tests.accounts.people import link_in, person, sign_in
from tests.factories import PASSWORD, UserFactory

INVITATION = "/compte/adresse/"  # a page that asks to sign in
SIGNUP = {"full_name": "Marie Durand", "email": "marie@dreux.example.fr", "password1": PASSWORD}


def open_and_send(client, link: str, **typed):
    """Open a page by its link, and send the form that it shows."""
    page = client.get(link, follow=True)
    html = page.content.decode()
    found = re.search(r'type="hidden"\s+name="next"\s+value="([^"]*)"', html)
    carried = {"next": found[1]} if found else {}
    return client.post(page.request["PATH_INFO"], carried | typed)


def code_in(message) -> str:
    return re.search(r"\n\n(\S+)\n\n", message.body.partition("minutes")[2])[1]


def test_signing_up_then_confirming_in_the_same_browser_lands_on_the_invitation(client):
    client.post("/compte/inscription/", SIGNUP | {"next": INVITATION})
    assert open_and_send(client, link_in(mail.outbox[0].body)).url == INVITATION
    assert client.get(INVITATION).status_code == 200


def test_confirming_in_another_browser_leads_to_the_invitation_through_signing_in(client):
    client.post("/compte/inscription/", SIGNUP | {"next": INVITATION})
    telephone = type(client)()
    invited = open_and_send(telephone, link_in(mail.outbox[0].body))
    assert invited.url == INVITATION
    asked = telephone.get(invited.url)
    assert asked.url == f"/compte/connexion/?next={INVITATION}"
    assert open_and_send(telephone, asked.url, login=SIGNUP["email"], password=PASSWORD).url == INVITATION


def test_the_confirmation_sent_again_at_sign_in_keeps_the_invitation(client):
    user = UserFactory()
    sign_in(client, user.email, next=INVITATION)
    assert open_and_send(client, link_in(mail.outbox[0].body)).url == INVITATION


def test_the_mails_of_a_plain_sign_up_carry_nothing(client):
    client.post("/compte/inscription/", SIGNUP)
    assert "?" not in link_in(mail.outbox[0].body)


@pytest.mark.parametrize("elsewhere", ["https://ailleurs.example.fr/", "//ailleurs.example.fr", "javascript:alert(1)"])
def test_another_site_is_never_carried_by_a_mail(client, elsewhere):
    client.post("/compte/inscription/", SIGNUP | {"next": elsewhere})
    assert "?" not in link_in(mail.outbox[0].body)


def test_the_pages_of_sign_in_lead_to_one_another_with_the_invitation(client):
    page = client.get(f"/compte/connexion/?next={INVITATION}").content.decode()
    assert 'href="/compte/inscription/?next=%2Fcompte%2Fadresse%2F"' in page
    page = client.get(f"/compte/inscription/?next={INVITATION}").content.decode()
    assert 'href="/compte/connexion/?next=%2Fcompte%2Fadresse%2F"' in page


def test_a_code_is_asked_for_from_the_sign_in_page_beside_the_password(client):
    page = client.get(f"/compte/connexion/?next={INVITATION}").content.decode()
    buttons = re.findall(
        r'<button type="submit"[^>]*>([^<]+)</button>', page.partition('action="/compte/connexion/"')[2]
    )
    assert buttons[:2] == ["Se connecter", "Recevoir un code par courriel"]

    asked = client.post("/compte/connexion/code/", {"login": person().email, "password": "", "next": INVITATION})
    assert open_and_send(client, asked.url, code=code_in(mail.outbox[0])).url == INVITATION


def test_a_code_asked_for_without_an_address_says_what_is_missing(client):
    answer = client.post("/compte/connexion/code/", {"login": "", "next": INVITATION})
    assert answer.context["form"].errors == {"email": ["Ce champ est obligatoire."]}
    assert f'value="{INVITATION}"' in answer.content.decode()


def test_an_account_without_password_comes_in_by_code(client):
    user = person()
    user.set_unusable_password()
    user.save()
    assert sign_in(client, user.email).status_code == 200  # the form again, with its error

    asked = client.post("/compte/connexion/code/", {"login": user.email})
    assert open_and_send(client, asked.url, code=code_in(mail.outbox[0])).url == reverse("applications:list")
    assert "Choisir un mot de passe" in client.get("/compte/").content.decode()


def test_a_code_asked_for_by_someone_unknown_leads_to_sign_up_with_the_invitation(client):
    client.post("/compte/connexion/code/", {"email": SIGNUP["email"], "next": INVITATION})
    link = link_in(mail.outbox[0].body)
    assert link == "/compte/inscription/?next=%2Fcompte%2Fadresse%2F"
    open_and_send(client, link, **SIGNUP)
    assert open_and_send(client, link_in(mail.outbox[1].body)).url == INVITATION


def test_a_forgotten_password_keeps_the_invitation(client):
    user = person()
    client.post("/compte/mot-de-passe/oubli/", {"email": user.email, "next": INVITATION})
    new_password = {"password1": "une-phrase-bien-longue", "password2": "une-phrase-bien-longue"}
    answer = open_and_send(client, link_in(mail.outbox[0].body), **new_password)
    assert answer.url == INVITATION
    assert client.get(answer.url).url == f"/compte/connexion/?next={INVITATION}"


def test_choosing_a_password_by_the_link_proves_the_address(client):
    user = UserFactory()
    client.post("/compte/mot-de-passe/oubli/", {"email": user.email})
    new_password = {"password1": "une-phrase-bien-longue", "password2": "une-phrase-bien-longue"}
    open_and_send(client, link_in(mail.outbox[0].body), **new_password)
    assert sign_in(client, user.email, "une-phrase-bien-longue").url == reverse("applications:list")


def test_the_link_sent_to_an_address_yet_to_be_confirmed_does_not_prove_the_other(client):
    user = UserFactory(email="avant@example.fr")
    user.emailaddress_set.create(email=user.email, verified=False, primary=True)
    user.emailaddress_set.create(email="apres@example.fr", verified=False, primary=False)
    client.post("/compte/mot-de-passe/oubli/", {"email": "apres@example.fr"})
    new_password = {"password1": "une-phrase-bien-longue", "password2": "une-phrase-bien-longue"}
    open_and_send(client, link_in(mail.outbox[0].body), **new_password)
    assert not user.emailaddress_set.filter(verified=True).exists()
