"""Invitations to work on a candidature: sent, sent again, cancelled, limited, refused to absurd addresses."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from post_office.models import Email
from pytest_django.asserts import assertContains, assertRedirects

from applications.models import ForbiddenTransition, Invitation
from applications.models.team import MAX_A_DAY, MAX_PENDING
from tests.applications.team_case import ADDRESS, Role, mail_to, member, roles, signed_in, url_of, words
from tests.factories import CandidatureFactory, StaffFactory, UserFactory, lead_of


@pytest.fixture(autouse=True)
def _one_factor(settings):
    settings.REQUIRE_SECOND_FACTOR = False


def test_invitation_is_sent_with_all_that_one_needs_to_answer(client, settings):
    settings.BASE_URL = "https://portail.example.fr"
    candidature = CandidatureFactory()

    with time_machine.travel("2027-06-11T21:58:00Z", tick=False):
        signed_in(client, candidature)
        assertContains(client.get(url_of("team", candidature)), f'action="{url_of("invite", candidature)}"')
        page = client.post(url_of("invite", candidature), {"email": "Collegue@Mairie.example", "role": "editor"})

    assertRedirects(page, url_of("team", candidature), fetch_redirect_response=False)
    invitation = candidature.invitations.get()
    text = mail_to(ADDRESS).message.replace("\N{NO-BREAK SPACE}", " ")
    for part in (
        f"{lead_of(candidature).full_name} vous invite",
        candidature.call.title,
        candidature.carriers.get().name,
        "contributeur",
        f"https://portail.example.fr{invitation.get_absolute_url()}",
        "vendredi 25 juin 2027 à 23 h 58 (heure de Paris)",
        ADDRESS,
        "Ne faites rien",
    ):
        assert part in text
    assert candidature.get_absolute_url() not in text.replace(invitation.get_absolute_url(), "")


def test_editor_cannot_invite_a_lead(client):
    candidature = CandidatureFactory()
    signed_in(client, candidature, Role.EDITOR)

    page = client.post(url_of("invite", candidature), {"email": ADDRESS, "role": "lead"})

    assertContains(page, "Il reste à corriger")
    assertContains(page, ADDRESS)
    assert not candidature.invitations.exists()


@pytest.mark.parametrize(
    "email",
    [
        "",
        "pas une adresse",
        "🏛️@mairie.example",
        "a\x00@mairie.example",
        "a@mairie.example\nBcc: b@mairie.example",
        "a@mairie.example, b@mairie.example",
        f"{'a' * 250}@mairie.example",
        "a@mairie.example" * 350_000,
    ],
    ids=["empty", "words", "emoji", "nul", "line break", "two", "long", "5 MB"],
)
def test_absurd_address_is_refused_and_nothing_sent(client, email):
    candidature = CandidatureFactory()
    signed_in(client, candidature)

    page = client.post(url_of("invite", candidature), {"email": email, "role": "reader"})

    assert page.status_code == 200
    assert "Adresse électronique :" in words(page)
    assert (candidature.invitations.count(), Email.objects.count()) == (0, 0)


def test_own_address_is_refused(client):
    candidature = CandidatureFactory()
    signed_in(client, candidature)

    page = client.post(url_of("invite", candidature), {"email": lead_of(candidature).email.upper(), "role": "reader"})

    assert "C’est votre propre adresse" in words(page)


def test_member_is_not_invited_again(client):
    candidature = CandidatureFactory()
    email = member(candidature).user.email
    signed_in(client, candidature)

    page = client.post(url_of("invite", candidature), {"email": email.upper(), "role": "reader"})

    assert f"{email} travaille déjà sur cette candidature." in words(page)
    assert not candidature.invitations.exists()


def test_same_address_invited_twice_has_one_invitation_that_works():
    candidature = CandidatureFactory()
    first = Invitation.send(candidature, ADDRESS, Role.READER, lead_of(candidature))
    second = Invitation.send(candidature, ADDRESS.upper(), Role.EDITOR, lead_of(candidature))

    assert list(candidature.invitations.pending()) == [second]
    with pytest.raises(ForbiddenTransition, match="annulée"):
        Invitation.objects.get(pk=first.pk).accept(UserFactory(email=ADDRESS))


def test_sixty_invitations_at_once_stop_at_twenty(client):
    candidature = CandidatureFactory()
    signed_in(client, candidature)

    for number in range(60):
        page = client.post(url_of("invite", candidature), {"email": f"{number}{ADDRESS}", "role": "reader"})

    assert "20 invitations attendent déjà une réponse" in words(page)
    assert (candidature.invitations.count(), Email.objects.count()) == (MAX_PENDING, MAX_PENDING)


def test_twentieth_invitation_is_still_sent_again():
    candidature = CandidatureFactory()
    lead = lead_of(candidature)
    sent = [Invitation.send(candidature, f"{number}{ADDRESS}", Role.READER, lead) for number in range(MAX_PENDING)]

    sent[0].renew(lead)

    assert candidature.invitations.pending().count() == MAX_PENDING


def test_portal_does_not_write_to_the_world_for_one_candidature():
    candidature = CandidatureFactory()
    lead = lead_of(candidature)
    for number in range(MAX_A_DAY):
        Invitation.send(candidature, f"{number}{ADDRESS}", Role.READER, lead).cancel(lead)

    with pytest.raises(ForbiddenTransition, match="attendez demain"):
        Invitation.send(candidature, ADDRESS, Role.READER, lead)
    with time_machine.travel(timezone.now() + timedelta(days=1, minutes=1)):
        Invitation.send(candidature, ADDRESS, Role.READER, lead)


def test_cancelled_invitation_works_no_more(client):
    candidature = CandidatureFactory()
    invitation = Invitation.send(candidature, ADDRESS, Role.READER, lead_of(candidature))
    signed_in(client, candidature, Role.EDITOR)

    page = client.post(url_of("cancel_invitation", candidature, invitation.pk), follow=True)

    assert f"L’invitation de {ADDRESS} est annulée" in words(page)
    with pytest.raises(ForbiddenTransition, match="annulée"):
        Invitation.objects.get().accept(UserFactory(email=ADDRESS))


@pytest.mark.parametrize("name", ["cancel_invitation", "renew_invitation"])
def test_accepted_invitation_is_neither_cancelled_nor_sent_again(client, name):
    candidature = CandidatureFactory()
    invitation = Invitation.send(candidature, ADDRESS, Role.READER, lead_of(candidature))
    invitation.accept(UserFactory(email=ADDRESS))
    signed_in(client, candidature)

    page = client.post(url_of(name, candidature, invitation.pk), follow=True)

    assert "Cette invitation n’attend plus de réponse." in words(page)
    assert (roles(candidature)[ADDRESS], Email.objects.count()) == (Role.READER, 0)


@pytest.mark.parametrize("name", ["cancel_invitation", "renew_invitation"])
def test_editor_does_not_touch_an_invitation_to_lead(client, name):
    candidature = CandidatureFactory()
    invitation = Invitation.send(candidature, ADDRESS, Role.LEAD, StaffFactory())
    signed_in(client, candidature, Role.EDITOR)

    assert client.post(url_of(name, candidature, invitation.pk)).status_code == 403
    assert list(candidature.invitations.pending()) == [invitation]


def test_expired_invitation_is_sent_again_with_a_new_link_and_a_new_end(client):
    candidature = CandidatureFactory()
    with time_machine.travel(timezone.now() - timedelta(days=30)):
        former = Invitation.send(candidature, ADDRESS, Role.EDITOR, lead_of(candidature))
    signed_in(client, candidature)
    assertContains(client.get(url_of("team", candidature)), "Expirée")

    client.post(url_of("renew_invitation", candidature, former.pk))

    new = candidature.invitations.pending().get()
    assert (new.email, new.role, new.token == former.token) == (ADDRESS, Role.EDITOR, False)
    assert new.get_absolute_url() in mail_to(ADDRESS).message
    former.refresh_from_db()
    assert "annulée" in former.why_closed()


def test_mail_goes_with_its_act_or_not_at_all(client, monkeypatch):
    candidature = CandidatureFactory()
    monkeypatch.setattr("applications.emails.ROLES", {})
    signed_in(client, candidature)

    with pytest.raises(KeyError):
        client.post(url_of("invite", candidature), {"email": ADDRESS, "role": "reader"})

    assert (candidature.invitations.count(), candidature.events.count(), Email.objects.count()) == (0, 0, 0)
