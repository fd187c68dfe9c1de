from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from tests.accounts.people import code_for, person, sign_in
from tests.factories import PASSWORD, UserFactory

CHOICE = "/compte/second-facteur/"
ACTIVATION = "/compte/second-facteur/activation/"
PRIVILEGED = [Role.COMMITTEE, Role.STAFF, Role.ADMINISTRATOR]


def activate(client, user) -> str:
    """Go through the activation as the person does; the secret that the telephone keeps."""
    sign_in(client, user.email)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    secret = client.get(ACTIVATION).context["form"].secret
    client.post(ACTIVATION, {"code": code_for(secret)})
    return secret


@pytest.mark.parametrize("role", PRIVILEGED)
@pytest.mark.parametrize("path", ["/admin/", "/admin/accounts/user/", "/", "/candidatures/", "/accessibilite/"])
def test_a_privileged_role_without_second_factor_is_sent_to_choose_one(client, role, path):
    client.force_login(UserFactory(role=role))
    assert client.get(path).url == CHOICE


@pytest.mark.parametrize("role", PRIVILEGED)
def test_account_health_and_signing_out_stay_open_without_second_factor(client, role):
    client.force_login(UserFactory(role=role))
    assert [client.get(path).status_code for path in ("/compte/", "/compte/second-facteur/", "/sante/")] == [200] * 3
    assert client.post("/compte/deconnexion/").url == "/"


def test_an_applicant_needs_no_second_factor(client):
    client.force_login(UserFactory())
    assert client.get("/accessibilite/").status_code == 200


@pytest.mark.parametrize("role", PRIVILEGED)
def test_the_demonstration_may_do_without(client, settings, role):
    settings.REQUIRE_SECOND_FACTOR = False
    client.force_login(UserFactory(role=role))
    assert client.get("/admin/login/").url == "/admin/"


def test_activating_the_second_factor_opens_the_workspace_and_is_told_by_mail(client, transactional_db):
    user = person(role=Role.STAFF)
    activate(client, user)
    assert client.get("/admin/login/").url == "/admin/"
    assert "Second facteur activé" in [message.subject for message in mail.outbox]


def test_recovery_codes_are_given_with_the_second_factor(client):
    activate(client, person(role=Role.COMMITTEE))
    codes = client.get("/compte/second-facteur/codes/").context["unused_codes"]
    assert len(set(codes)) == 10


def test_recovery_codes_are_shown_at_once_to_someone_without_password(client):
    user = person()
    user.set_unusable_password()
    user.save()
    client.force_login(user)
    secret = client.get(ACTIVATION).context["form"].secret
    shown = client.get(client.post(ACTIVATION, {"code": code_for(secret)}).url)
    assert len(shown.context["unused_codes"]) == 10


def test_signing_in_then_asks_for_the_code(client):
    user = person(role=Role.STAFF)
    secret = activate(client, user)
    client.post("/compte/deconnexion/")

    assert sign_in(client, user.email).url == reverse("mfa_authenticate")
    assert client.get("/admin/").status_code == 302

    refused = client.post("/compte/second-facteur/connexion/", {"code": "000000"})
    assert refused.context["form"].errors == {"code": ["Code incorrect."]}
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):  # a code serves once
        accepted = client.post("/compte/second-facteur/connexion/", {"code": code_for(secret)})
    assert accepted.url == "/admin/"


def test_the_admin_sends_a_visitor_to_the_portal_sign_in(client):
    assert client.get("/admin/").url == "/admin/login/?next=/admin/"
    assert client.get("/admin/login/?next=/admin/").url == "/compte/connexion/?next=/admin/"


def test_someone_signed_in_is_led_from_the_admin_sign_in_to_the_workspace(client, settings):
    settings.REQUIRE_SECOND_FACTOR = False
    client.force_login(UserFactory(role=Role.STAFF))
    assert client.get("/admin/login/").url == "/admin/"


def test_the_admin_is_closed_to_applicants(client):
    client.force_login(UserFactory())
    assert client.get("/admin/", follow=True).status_code == 403
