import pytest
from allauth.mfa.models import Authenticator
from django.contrib.admin.models import LogEntry
from django.core import mail
from django.urls import reverse

from accounts.models import Role, User
from tests.accounts.people import person, sign_in
from tests.factories import UserFactory

LIST = "/admin/accounts/user/"


@pytest.fixture
def administrator(client, settings):
    settings.REQUIRE_SECOND_FACTOR = False
    user = UserFactory(role=Role.ADMINISTRATOR, full_name="Ada")
    client.force_login(user)
    return user


def test_people_and_roles_are_for_administrators_alone(client, settings):
    settings.REQUIRE_SECOND_FACTOR = False
    for role, status in [(Role.COMMITTEE, 403), (Role.STAFF, 403), (Role.ADMINISTRATOR, 200)]:
        client.force_login(UserFactory(role=role))
        assert client.get(LIST).status_code == status


def test_a_change_of_role_is_logged_with_before_and_after(client, administrator):
    user = UserFactory(full_name="Marie")
    client.post(
        f"{LIST}{user.pk}/change/",
        {"full_name": "Marie", "email": user.email, "role": Role.COMMITTEE, "is_active": "on"},
    )
    user.refresh_from_db()
    assert user.role == Role.COMMITTEE
    messages = {entry.get_change_message() for entry in LogEntry.objects.filter(object_id=user.pk, user=administrator)}
    assert "Rôle\u00a0: candidat → membre du comité." in messages


def test_the_password_of_a_person_is_nowhere_on_the_page(client, administrator):
    user = UserFactory()
    html = client.get(f"{LIST}{user.pk}/change/").content.decode()
    assert user.password not in html
    assert 'name="password"' not in html


def test_a_person_made_by_an_administrator_chooses_a_password_by_mail(client, administrator):
    client.post(f"{LIST}add/", {"full_name": "Zoé", "email": "zoe@example.fr", "role": Role.STAFF, "is_active": "on"})
    assert not User.objects.get(email="zoe@example.fr").has_usable_password()
    client.logout()
    client.post("/compte/mot-de-passe/oubli/", {"email": "zoe@example.fr"})
    assert [message.subject for message in mail.outbox] == ["Choisissez un nouveau mot de passe"]


def test_an_address_taken_in_another_case_is_a_form_error(client, administrator):
    UserFactory(email="zoe@example.fr")
    answer = client.post(f"{LIST}add/", {"full_name": "Z", "email": "Zoe@Example.fr", "role": Role.STAFF})
    assert answer.status_code == 200
    assert User.objects.filter(email__iexact="zoe@example.fr").count() == 1


def test_an_address_changed_by_an_administrator_is_confirmed_again(client, administrator):
    user = person(email="avant@example.fr", full_name="Marie")
    changes = {"full_name": "Marie", "email": "Apres@example.fr", "role": Role.APPLICANT, "is_active": "on"}
    client.post(f"{LIST}{user.pk}/change/", changes)
    client.logout()
    assert sign_in(client, "avant@example.fr").status_code == 200
    assert sign_in(client, "apres@example.fr").url == reverse("account_email_verification_sent")


def test_a_person_is_never_deleted(client, administrator):
    assert client.post(f"{LIST}{UserFactory().pk}/delete/", {"post": "yes"}).status_code == 403


def test_a_lost_second_factor_is_removed_and_logged(client, administrator):
    user = person(role=Role.STAFF)
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "JBSWY3DPEHPK3PXP"})
    client.post(LIST, {"action": "remove_second_factor", "_selected_action": [user.pk]})
    assert not Authenticator.objects.filter(user=user).exists()
    assert LogEntry.objects.get(object_id=user.pk).get_change_message() == "Second facteur retiré."


def test_the_list_costs_the_same_with_one_or_three_people(client, administrator, django_assert_num_queries):
    client.get(LIST)
    with django_assert_num_queries(5):
        client.get(LIST)
    UserFactory.create_batch(2)
    with django_assert_num_queries(5):
        client.get(LIST)
