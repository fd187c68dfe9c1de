import re

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.urls import reverse
from post_office.models import Email

from accounts.models import Role, User
from tests.accounts.people import link_in, person, sign_in
from tests.factories import PASSWORD, UserFactory

SIGNUP = {"full_name": "Marie Durand", "email": "marie@dreux.example.fr", "password1": PASSWORD}


def test_signing_up_sends_a_link_that_opens_the_account(client):
    answer = client.post("/compte/inscription/", SIGNUP)
    assert answer.url == reverse("account_email_verification_sent")

    confirmation = link_in(mail.outbox[0].body)
    client.get(confirmation)
    answer = client.post(confirmation)

    assert answer.url == reverse("applications:list")
    assert client.get("/compte/").context["user"].full_name == "Marie Durand"


def test_an_account_opens_only_once_its_address_is_confirmed(client):
    client.post("/compte/inscription/", SIGNUP)
    answer = sign_in(client, SIGNUP["email"])
    assert answer.url == reverse("account_email_verification_sent")
    assert client.get("/compte/").status_code == 302


def test_opening_the_link_alone_confirms_nothing(client):
    client.post("/compte/inscription/", SIGNUP)
    client.get(link_in(mail.outbox[0].body))
    assert not User.objects.get().emailaddress_set.get().verified


def test_account_mails_wait_in_the_outbox(client, settings):
    settings.EMAIL_BACKEND = "post_office.EmailBackend"
    client.post("/compte/inscription/", SIGNUP)
    queued = Email.objects.get()
    assert (queued.to, queued.subject) == ([SIGNUP["email"]], "Confirmez votre adresse électronique")


def test_signing_up_twice_tells_only_the_owner_of_the_address(client, django_user_model):
    person(email=SIGNUP["email"])
    answer = client.post("/compte/inscription/", SIGNUP | {"email": "MARIE@dreux.example.fr"})
    assert answer.url == reverse("account_email_verification_sent")
    assert [message.subject for message in mail.outbox] == ["Vous avez déjà un compte"]
    assert django_user_model.objects.count() == 1


def test_an_address_is_unique_whatever_its_case():
    UserFactory(email="marie@example.fr")
    with pytest.raises(IntegrityError), transaction.atomic():
        User(email="Marie@Example.fr", full_name="Marie").save()


def test_a_forgotten_password_does_not_tell_who_has_an_account(client):
    known = client.post("/compte/mot-de-passe/oubli/", {"email": person().email})
    unknown = client.post("/compte/mot-de-passe/oubli/", {"email": "personne@example.fr"})
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert [message.subject for message in mail.outbox] == [
        "Choisissez un nouveau mot de passe",
        "Aucun compte à cette adresse",
    ]


def test_the_link_of_a_forgotten_password_changes_it(client):
    user = person()
    client.post("/compte/mot-de-passe/oubli/", {"email": user.email})
    page = client.get(link_in(mail.outbox[0].body))
    client.post(page.url, {"password1": "une-phrase-bien-longue", "password2": "une-phrase-bien-longue"})
    user.refresh_from_db()
    assert user.check_password("une-phrase-bien-longue")
    assert mail.outbox[-1].subject == "Votre mot de passe a changé"


def test_a_code_by_mail_signs_in_without_a_password(client):
    user = person()
    client.post("/compte/connexion/code/", {"email": user.email})
    code = re.search(r"\n\n(\S+)\n\n", mail.outbox[0].body.partition("minutes")[2])[1]
    answer = client.post("/compte/connexion/code/saisie/", {"code": code})
    assert answer.url == reverse("applications:list")


@pytest.mark.parametrize(
    ("role", "landing"),
    [(Role.APPLICANT, "applications:list"), (Role.COMMITTEE, "admin:index"), (Role.STAFF, "admin:index")],
)
def test_each_role_lands_where_it_works(client, role, landing):
    assert sign_in(client, person(role=role).email).url == reverse(landing)


def test_signing_in_goes_back_to_the_page_that_asked_for_it(client):
    asked = client.get("/compte/")
    assert asked.url == "/compte/connexion/?next=/compte/"
    assert sign_in(client, person().email, next="/compte/").url == "/compte/"


def test_the_address_may_be_typed_in_any_case(client):
    user = person(email="marie@example.fr")
    assert sign_in(client, "Marie@EXAMPLE.fr").status_code == 302
    assert client.get("/compte/").context["user"] == user


def test_too_many_wrong_passwords_are_refused_for_a_while(client):
    user = person()
    for _ in range(5):
        sign_in(client, user.email, "faux")
    answer = sign_in(client, user.email)
    assert answer.context["form"].non_field_errors() == [
        "Trop de tentatives de connexion échouées. Veuillez réessayer ultérieurement."
    ]


def test_a_deactivated_person_cannot_sign_in(client):
    answer = sign_in(client, person(is_active=False).email)
    assert answer.url == reverse("account_inactive")
    assert client.get("/compte/").status_code == 302


def test_a_new_address_replaces_the_old_one_once_confirmed(client):
    user = person(email="avant@example.fr")
    client.force_login(user)
    client.post("/compte/adresse/", {"email": "apres@example.fr", "action_add": ""})
    user.refresh_from_db()
    assert user.email == "avant@example.fr"

    client.post(link_in(mail.outbox[-1].body if "apres" in mail.outbox[-1].to[0] else mail.outbox[0].body))
    user.refresh_from_db()
    assert user.email == "apres@example.fr"


PAGES = [
    "account_index",
    "account_email",
    "account_change_password",
    "account_logout",
    "mfa_index",
    "account_reauthenticate",
]


@pytest.mark.parametrize("name", PAGES)
def test_account_pages_are_in_french_and_in_our_look(client, name):
    client.force_login(person())
    html = client.get(reverse(name)).content.decode()
    assert '<html lang="fr">' in html
    assert html.count("<h1>") == 1
    assert "tokens.css" in html
