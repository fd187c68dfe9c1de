"""How a person comes to the committee: invited to a seat, by mail, and at work a few screens later."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from post_office.models import Email
from pytest_django.asserts import assertContains, assertRedirects

from accounts.models import Role, User
from applications.models import Event, ForbiddenTransition, Member, SeatInvitation, Status
from applications.models.seat_invitations import VALIDITY
from tests.accounts.people import code_for, link_in
from tests.applications.at_once import at_once
from tests.applications.team_case import ADDRESS, mail_to, words
from tests.factories import (
    PASSWORD,
    CandidatureFactory,
    MemberFactory,
    PhaseFactory,
    SeatFactory,
    StaffFactory,
    UserFactory,
)

QUEUE = reverse("admin:committee_queue")
PLACE = {"is_titular": True, "may_sign": False, "is_chair": False, "starts_on": None, "ends_on": None}


@pytest.fixture(autouse=True)
def _one_factor(settings):
    settings.REQUIRE_SECOND_FACTOR = False


def invited(seat=None, email=ADDRESS, **place) -> SeatInvitation:
    return SeatInvitation.send(seat or SeatFactory(), email, StaffFactory(), **place)


def days_from_today(days):
    return timezone.localdate() + timedelta(days=days)


# The team invites


def test_team_invites_from_the_page_of_the_seat(client, settings, staff):
    settings.BASE_URL = "https://portail.example.fr"
    seat = SeatFactory()
    invite = reverse("admin:applications_seat_invite", args=[seat.pk])
    page = reverse("admin:applications_seat_change", args=[seat.pk])

    assertContains(client.get(page), f'href="{invite}"')
    with time_machine.travel("2027-06-11T21:58:00Z", tick=False):
        client.force_login(staff)
        typed = {"email": "Collegue@Mairie.example", "place": "deputy", "may_sign": "on", "ends_on": "2028-12-31"}
        assertRedirects(client.post(invite, typed), page, fetch_redirect_response=False)

    invitation = seat.invitations.get()
    assert {name: getattr(invitation, name) for name in PLACE} == PLACE | {
        "is_titular": False,
        "may_sign": True,
        "ends_on": timezone.datetime(2028, 12, 31).date(),
    }
    text = mail_to(ADDRESS).message.replace("\N{NO-BREAK SPACE}", " ")
    for part in (
        seat.call.title,
        seat.organisation.name,
        "suppléant, avec délégation de signature",
        f"https://portail.example.fr{invitation.get_absolute_url()}",
        "dimanche 11 juillet 2027 à 23 h 58 (heure de Paris)",
        ADDRESS,
        "second facteur",
    ):
        assert part in text
    assert Event.objects.about(seat.call).get().verb == "invite_member"


def test_titular_member_needs_no_delegation(client, staff):
    seat = SeatFactory()

    typed = {"email": ADDRESS, "place": "titular", "may_sign": "on", "is_chair": "on"}
    client.post(reverse("admin:applications_seat_invite", args=[seat.pk]), typed)

    invitation = seat.invitations.get()
    assert (invitation.is_titular, invitation.may_sign, invitation.is_chair) == (True, False, True)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"email": "pas une adresse"}, "adresse de courriel valide"),
        ({"email": f"{'a' * 250}@mairie.example"}, "254 caractères"),
        ({"place": "président"}, "choix valide"),
        ({"starts_on": "2099-02-01", "ends_on": "2099-01-01"}, "La fin du mandat doit suivre son début"),
        ({"ends_on": "2020-01-01"}, "n’être pas passée"),
    ],
)
def test_invitation_that_is_wrong_is_refused_and_nothing_sent(client, staff, wrong, said):
    seat = SeatFactory()

    typed = {"email": ADDRESS, "place": "titular"} | wrong
    page = client.post(reverse("admin:applications_seat_invite", args=[seat.pk]), typed)

    assert said in words(page)
    assert (seat.invitations.count(), Email.objects.count()) == (0, 0)


def test_term_that_ends_before_it_starts_is_refused_by_the_verb():
    with pytest.raises(ForbiddenTransition, match="suivre son début"):
        invited(starts_on=days_from_today(2), ends_on=days_from_today(1))


@pytest.mark.parametrize(
    ("fields", "said"),
    [({"role": Role.STAFF}, "ne siège pas au comité"), ({"is_active": False}, "est désactivé")],
)
def test_account_that_cannot_sit_is_not_invited(client, staff, fields, said):
    seat = SeatFactory()
    UserFactory(email=ADDRESS, **fields)

    typed = {"email": ADDRESS.upper(), "place": "titular"}
    page = client.post(reverse("admin:applications_seat_invite", args=[seat.pk]), typed)

    assert said in words(page)
    assert not seat.invitations.exists()


def test_member_of_the_committee_is_not_invited_again():
    member = MemberFactory()
    other = SeatFactory(call=member.seat.call)

    with pytest.raises(ForbiddenTransition, match="figure déjà parmi les membres de ce siège"):
        invited(member.seat, member.user.email.upper())
    with pytest.raises(ForbiddenTransition, match="siège déjà dans ce comité"):
        invited(other, member.user.email)


def test_member_who_left_a_seat_may_be_invited_to_another():
    member = MemberFactory(ends_on=days_from_today(-1))
    other = SeatFactory(call=member.seat.call)

    invited(other, member.user.email).accept(member.user)

    assert Member.objects.sitting(member.user, other.call).seat == other


@pytest.mark.parametrize("role", [Role.APPLICANT, Role.COMMITTEE])
def test_only_the_team_invites_and_cancels(role):
    stranger = UserFactory(role=role)

    with pytest.raises(ForbiddenTransition, match="L’équipe du programme invite"):
        SeatInvitation.send(SeatFactory(), ADDRESS, stranger)
    with pytest.raises(ForbiddenTransition, match="L’équipe du programme invite"):
        invited().cancel(stranger)


def test_same_address_invited_twice_has_one_invitation_that_works():
    first = invited(is_titular=True)
    second = invited(first.seat, ADDRESS.upper(), is_titular=False)

    assert list(first.seat.invitations.pending()) == [second]
    with pytest.raises(ForbiddenTransition, match="annulée, ou remplacée"):
        SeatInvitation.objects.get(pk=first.pk).accept(UserFactory(email=ADDRESS))


def test_invitation_is_sent_again_with_a_new_link_and_the_same_place(client, staff):
    with time_machine.travel(timezone.now() - VALIDITY):
        former = invited(is_titular=False, may_sign=True, is_chair=True, ends_on=days_from_today(90))
    page = reverse("admin:applications_seat_change", args=[former.seat_id])
    assert "expirée" in words(client.get(page))

    url = reverse("admin:applications_seat_renew_invitation", args=[former.seat_id, former.pk])
    assert "Le précédent ne servira plus" in words(client.get(url))
    client.post(url)

    new = former.seat.invitations.pending().get()
    assert [getattr(new, name) for name in PLACE] == [getattr(former, name) for name in PLACE]
    assert new.get_absolute_url() in mail_to(ADDRESS).message
    assert new.token != former.token


def test_cancelled_invitation_works_no_more_and_is_in_the_journal(client, staff):
    invitation = invited()
    url = reverse("admin:applications_seat_cancel_invitation", args=[invitation.seat_id, invitation.pk])

    client.get(url)
    assert SeatInvitation.objects.pending().exists()
    page = client.post(url, follow=True)

    assert f"L’invitation de {ADDRESS} est annulée" in words(page)
    assert "annulée ou remplacée" in words(page)
    line = Event.objects.get(verb="cancel_member_invitation")
    assert (line.by, line.verb_label) == (staff, "Invitation au comité annulée")
    with pytest.raises(ForbiddenTransition, match="annulée"):
        SeatInvitation.objects.get().accept(UserFactory(email=ADDRESS))


@pytest.mark.parametrize("name", ["cancel", "renew"])
def test_accepted_invitation_is_neither_cancelled_nor_sent_again(client, staff, name):
    invitation = invited()
    invitation.accept(UserFactory(email=ADDRESS))

    url = reverse(f"admin:applications_seat_{name}_invitation", args=[invitation.seat_id, invitation.pk])
    page = client.post(url, follow=True)

    assert "Cette invitation n’attend plus de réponse." in words(page)
    assert (SeatInvitation.objects.count(), Email.objects.count()) == (1, 0)


def test_mail_goes_with_its_invitation_or_not_at_all(client, staff, monkeypatch):
    seat = SeatFactory()
    monkeypatch.setattr("applications.emails.render_to_string", None)

    with pytest.raises(TypeError):
        client.post(reverse("admin:applications_seat_invite", args=[seat.pk]), {"email": ADDRESS, "place": "titular"})

    assert (seat.invitations.count(), Event.objects.count(), Email.objects.count()) == (0, 0, 0)


# The person answers


def test_person_without_an_account_is_at_work_in_a_few_screens(client, settings, transactional_db):
    """Mail → account → confirmed address → accepted → second factor → queue."""
    settings.REQUIRE_SECOND_FACTOR = True
    phase = PhaseFactory(closed=True)
    file = CandidatureFactory(status=Status.ADMISSIBLE, phase=phase)
    invitation = invited(SeatFactory(call=phase.call))
    page = invitation.get_absolute_url()

    sign_in = client.get(page).url
    assert sign_in == f"{reverse('account_login')}?next={page}"
    typed = {"full_name": "Camille Martin", "email": ADDRESS, "password1": PASSWORD, "next": page}
    client.post(reverse("account_signup"), typed)
    confirmation = link_in(mail.outbox[0].body)
    assert client.post(confirmation).url == page
    assert "second facteur" in words(client.get(page))
    accepted = client.post(page, follow=True)

    assert [url for url, _ in accepted.redirect_chain] == [QUEUE, reverse("mfa_index")]
    assert "Votre rôle demande un second facteur" in words(accepted)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    activation = reverse("mfa_activate_totp")
    secret = client.get(activation).context["form"].secret
    client.post(activation, {"code": code_for(secret)})
    assert file.title in words(client.get(QUEUE))
    person = User.objects.get(email=ADDRESS)
    assert (person.role, Member.objects.sitting(person, phase.call).seat) == (Role.COMMITTEE, invitation.seat)


def test_invited_person_reads_which_seat_and_what_comes_next_before_accepting(client):
    invitation = invited(is_titular=False, ends_on=days_from_today(30))
    client.force_login(UserFactory(email=ADDRESS.upper()))

    page = words(client.get(invitation.get_absolute_url()))

    for part in (
        invitation.seat.organisation.name,
        invitation.seat.call.title,
        "la personne titulaire les signe",
        "Ensuite, le portail vous demande de protéger votre compte",
        "(heure de Paris)",
    ):
        assert part in page
    assert not invitation.seat.members.exists()


def test_accepting_gives_the_place_that_was_offered_and_opens_the_queue(client):
    place = {
        "is_titular": False,
        "may_sign": True,
        "is_chair": True,
        "starts_on": days_from_today(-1),
        "ends_on": days_from_today(9),
    }
    invitation, guest = invited(**place), UserFactory(email=ADDRESS)
    client.force_login(guest)

    page = client.post(invitation.get_absolute_url(), follow=True)

    assert page.redirect_chain == [(QUEUE, 302)]
    assert "Vous siégez maintenant au comité" in words(page)
    member = invitation.seat.members.get()
    assert {name: getattr(member, name) for name in place} == place
    guest.refresh_from_db()
    assert guest.role == Role.COMMITTEE
    assert Event.objects.get(verb="join_committee").by == guest


def test_second_click_lands_on_the_queue(client):
    invitation = invited()
    client.force_login(UserFactory(email=ADDRESS))
    client.post(invitation.get_absolute_url())

    for answer in (client.post(invitation.get_absolute_url()), client.get(invitation.get_absolute_url())):
        assertRedirects(answer, QUEUE, fetch_redirect_response=False)
    assert invitation.seat.members.count() == 1


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("state", ["pending", "cancelled", "accepted"])
def test_another_address_learns_nothing_of_the_invitation(client, method, state):
    invitation = invited()
    if state == "cancelled":
        invitation.cancel(StaffFactory())
    if state == "accepted":
        invitation.accept(UserFactory(email=ADDRESS))
    stranger = UserFactory()
    client.force_login(stranger)

    response = getattr(client, method)(invitation.get_absolute_url())

    page = words(response)
    assert response.status_code == 403
    assert "c…@mairie.example" in page
    assert "déconnectez-vous ici" in page
    assert (ADDRESS in page, invitation.seat.organisation.name in page) == (False, False)
    assert not stranger.committee_terms.exists()


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("expired", "Cette invitation a expiré."),
        ("cancelled", "Cette invitation a été annulée"),
        ("left", "Cette invitation a déjà été acceptée."),
        ("elsewhere", "siège déjà dans ce comité"),
    ],
)
def test_invitation_that_works_no_more_says_why(client, state, said):
    guest = UserFactory(email=ADDRESS)
    with time_machine.travel(timezone.now() - (VALIDITY if state == "expired" else timedelta(0))):
        invitation = invited()
    if state == "cancelled":
        invitation.cancel(StaffFactory())
    if state == "left":
        invitation.accept(guest)
        guest.committee_terms.update(starts_on=days_from_today(-9), ends_on=days_from_today(-1))
    if state == "elsewhere":
        MemberFactory(seat=SeatFactory(call=invitation.seat.call), user=guest)
    client.force_login(guest)

    for response in (client.get(invitation.get_absolute_url()), client.post(invitation.get_absolute_url())):
        assert response.status_code == 410
        assert said in words(response)
    assert invitation.seat.members.count() == (1 if state == "left" else 0)


def test_account_of_the_team_is_told_that_it_never_sits(client):
    invitation = invited()
    person = UserFactory(email=ADDRESS, role=Role.STAFF)
    client.force_login(person)

    response = client.post(invitation.get_absolute_url())

    assert response.status_code == 410
    assert "L’équipe du programme ne siège pas au comité" in words(response)
    person.refresh_from_db()
    assert (person.role, invitation.seat.members.count()) == (Role.STAFF, 0)


def test_unknown_token_is_not_found(client):
    client.force_login(UserFactory())

    assert client.get(reverse("applications:seat_invitation", args=["introuvable"])).status_code == 404


def test_every_link_of_the_mail_leads_to_the_invitation(client, staff):
    seat = SeatFactory()
    client.post(reverse("admin:applications_seat_invite", args=[seat.pk]), {"email": ADDRESS, "place": "titular"})

    links = re.findall(r"https?://\S+", mail_to(ADDRESS).message)

    assert [link.partition("/comite/")[2] for link in links] == [f"invitation/{seat.invitations.get().token}/"]


def test_invitation_read_before_it_was_cancelled_is_accepted_no_more():
    invitation = invited()
    SeatInvitation.objects.get(pk=invitation.pk).cancel(StaffFactory())

    with pytest.raises(ForbiddenTransition, match="annulée"):
        invitation.accept(UserFactory(email=ADDRESS))


# At once


@pytest.mark.django_db(transaction=True)
def test_invitation_accepted_twice_at_once_makes_one_member():
    invitation, guest = invited(), UserFactory(email=ADDRESS)
    mine, theirs = (SeatInvitation.objects.get(pk=invitation.pk) for _ in range(2))

    assert at_once(lambda: mine.accept(guest), lambda: theirs.accept(guest)) == ["done", "refused"]

    assert invitation.seat.members.count() == 1


@pytest.mark.django_db(transaction=True)
def test_invitation_accepted_while_it_is_cancelled_is_one_or_the_other():
    invitation, guest, staff = invited(), UserFactory(email=ADDRESS), StaffFactory()
    mine, theirs = (SeatInvitation.objects.get(pk=invitation.pk) for _ in range(2))

    assert at_once(lambda: mine.accept(guest), lambda: theirs.cancel(staff)) == ["done", "refused"]

    invitation.refresh_from_db()
    assert invitation.seat.members.count() == (1 if invitation.accepted_at else 0)
    assert (invitation.accepted_at is None) == (invitation.cancelled_at is not None)
