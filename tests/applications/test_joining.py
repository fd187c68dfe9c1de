"""How one comes to a candidature: by an invitation that one accepts, or by asking those who work on it."""

from datetime import timedelta
from urllib.parse import quote

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from post_office.models import Email
from pytest_django.asserts import assertContains, assertRedirects

from applications.models import ForbiddenTransition, Invitation, JoinRequest
from applications.models.team import VALIDITY, change_role
from applications.views.team import join_url
from tests.applications.team_case import ADDRESS, Role, mail_to, member, roles, url_of, words
from tests.factories import (
    PASSWORD,
    CandidatureFactory,
    CarrierFactory,
    EpciFactory,
    StaffFactory,
    UserFactory,
    lead_of,
)


@pytest.fixture(autouse=True)
def _one_factor(settings):
    settings.REQUIRE_SECOND_FACTOR = False


def invited(role=Role.EDITOR, by=None, **fields) -> Invitation:
    candidature = CandidatureFactory(**fields)
    return Invitation.send(candidature, ADDRESS, role, by or lead_of(candidature))


def secrets_of(candidature) -> list[str]:
    """What somebody who is no member must not read."""
    lead = lead_of(candidature)
    return [candidature.title, candidature.summary, lead.full_name, lead.email]


# Invitations


def test_visitor_signs_in_and_comes_back_to_the_invitation(client):
    invitation = invited()
    guest = UserFactory(email=ADDRESS)
    guest.emailaddress_set.create(email=ADDRESS, verified=True, primary=True)
    url = invitation.get_absolute_url()

    sign_in = f"{reverse('account_login')}?next={url}"
    assertRedirects(client.get(url), sign_in)
    assertContains(client.get(sign_in), f"{reverse('account_signup')}?next={quote(url, safe='')}")
    page = client.post(sign_in, {"login": ADDRESS, "password": PASSWORD, "next": url}, follow=True)

    assert page.redirect_chain == [(url, 302)]
    assertContains(page, "Accepter l’invitation")


def test_invited_person_reads_who_invites_to_what_before_accepting(client):
    invitation = invited()
    candidature = invitation.candidature
    client.force_login(UserFactory(email=ADDRESS.upper()))

    page = words(client.get(invitation.get_absolute_url()))

    for text in (
        f"{lead_of(candidature).full_name} vous invite",
        candidature.reference,
        candidature.call.title,
        candidature.carriers.get().name,
        "Contributeur : vous pourrez remplir le dossier",
        "(heure de Paris)",
    ):
        assert text in page
    assert candidature.summary not in page
    assert ADDRESS.upper() not in roles(candidature)


def test_accepting_opens_the_candidature_and_tells_the_lead(client):
    invitation = invited(Role.READER)
    candidature, guest = invitation.candidature, UserFactory(email=ADDRESS)
    client.force_login(guest)

    page = client.post(invitation.get_absolute_url(), follow=True)

    assert page.redirect_chain == [(candidature.get_absolute_url(), 302)]
    assert "Vous travaillez maintenant sur cette candidature, comme lecteur." in words(page)
    assert roles(candidature)[ADDRESS] == Role.READER
    assert guest.full_name in mail_to(lead_of(candidature)).message


def test_second_click_lands_on_the_candidature(client):
    invitation = invited()
    client.force_login(UserFactory(email=ADDRESS))
    client.post(invitation.get_absolute_url())

    for answer in (client.post(invitation.get_absolute_url()), client.get(invitation.get_absolute_url())):
        assertRedirects(answer, invitation.candidature.get_absolute_url(), fetch_redirect_response=False)
    assert invitation.candidature.events.filter(verb="join").count() == 1


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("state", ["pending", "cancelled", "accepted"])
def test_another_address_learns_nothing_of_the_file(client, method, state):
    invitation = invited()
    candidature = invitation.candidature
    if state == "cancelled":
        invitation.cancel(lead_of(candidature))
    if state == "accepted":
        invitation.accept(UserFactory(email=ADDRESS))
    before = roles(candidature)
    client.force_login(UserFactory())

    response = getattr(client, method)(invitation.get_absolute_url())

    page = words(response)
    assert response.status_code == 403
    assert "c…@mairie.example" in page
    hidden = [*secrets_of(candidature), candidature.reference, candidature.call.name, candidature.call.title]
    assert [text for text in [*hidden, candidature.carriers.get().name, ADDRESS] if text in page] == []
    assert roles(candidature) == before


def test_seat_is_taken_by_its_own_address_only():
    invitation = invited()

    with pytest.raises(ForbiddenTransition, match="adressée à quelqu’un d’autre"):
        invitation.accept(UserFactory())


def test_person_with_two_addresses_signs_out_and_comes_back_to_the_invitation(client):
    url = invited().get_absolute_url()
    client.force_login(UserFactory())

    page = client.get(url)
    assertContains(page, f'<input type="hidden" name="next" value="{url}">', status_code=403)
    signed_out = client.post(reverse("account_logout"), {"next": url})

    assertRedirects(signed_out, url, target_status_code=302)


@pytest.mark.parametrize(("state", "reason"), [("cancelled", "annulée"), ("expired", "expiré"), ("used", "acceptée")])
@pytest.mark.parametrize("method", ["get", "post"])
def test_invitation_that_is_no_longer_valid_says_why_and_what_to_do(client, method, state, reason):
    invitation = invited()
    candidature, guest = invitation.candidature, UserFactory(email=ADDRESS)
    if state == "cancelled":
        invitation.cancel(lead_of(candidature))
    if state == "expired":
        Invitation.objects.update(expires_at=timezone.now())
    if state == "used":
        invitation.accept(guest)
        candidature.memberships.filter(user=guest).delete()
    client.force_login(guest)

    response = getattr(client, method)(invitation.get_absolute_url())

    page = words(response)
    assert response.status_code == 410
    assert reason in page
    assert "Demandez-en une nouvelle à la personne qui vous a invité." in page
    assert [text for text in secrets_of(candidature) if text in page] == []
    assert ADDRESS not in roles(candidature)


def test_invitation_is_accepted_until_the_second_it_expires(client):
    invitation = invited()
    guest = UserFactory(email=ADDRESS)

    assert invitation.expires_at - invitation.invited_at == VALIDITY
    with time_machine.travel(invitation.expires_at, tick=False):
        client.force_login(guest)
        assert client.post(invitation.get_absolute_url()).status_code == 410
    with time_machine.travel(invitation.expires_at - timedelta(seconds=1), tick=False):
        client.force_login(guest)
        assert client.post(invitation.get_absolute_url()).status_code == 302


@pytest.mark.parametrize("token", ["introuvable", "🏛", "x" * 5000])
def test_absurd_invitation_is_calmly_not_found(client, token):
    client.force_login(UserFactory())

    assert client.get(f"/candidatures/invitations/{token}/").status_code == 404


def test_invitation_of_the_programme_team_names_nobody_and_hands_over_the_lead(client):
    staff = StaffFactory()
    invitation = invited(Role.LEAD, by=staff)
    candidature, guest = invitation.candidature, UserFactory(email=ADDRESS)
    former = lead_of(candidature)
    client.force_login(guest)

    page = words(client.get(invitation.get_absolute_url()))
    client.post(invitation.get_absolute_url())

    assert "L’équipe du programme vous invite" in page
    assert staff.full_name not in page
    assert roles(candidature) == {former.email: Role.EDITOR, ADDRESS: Role.LEAD}
    assert "est maintenant responsable" in mail_to(former).message


def test_member_accepting_a_weaker_role_keeps_theirs():
    invitation = invited(Role.READER)
    candidature = invitation.candidature
    lead = lead_of(candidature)
    lead.email = ADDRESS  # changed since the invitation was sent
    lead.save()

    invitation.accept(lead)

    assert roles(candidature) == {ADDRESS: Role.LEAD}


def test_accepting_an_invitation_answers_the_request_that_waited():
    candidature, guest = CandidatureFactory(), UserFactory(email=ADDRESS)
    JoinRequest.make(candidature, guest, "")

    Invitation.send(candidature, ADDRESS, Role.READER, lead_of(candidature)).accept(guest)

    request = candidature.join_requests.get()
    assert (request.is_accepted, request.decided_by) == (True, lead_of(candidature))


# Asking to join


def colleague(carrier, **fields):
    """Somebody whom ProConnect says to work for this carrier."""
    return UserFactory(siret=f"{carrier.siren}00018", **fields)


def with_epci():
    """A candidature carried by an EPCI too, and that carrier."""
    candidature = CandidatureFactory()
    return candidature, CarrierFactory(candidature=candidature, commune=None, epci=EpciFactory(), is_lead=False)


def test_colleague_reads_reference_call_and_carriers_only(client):
    candidature, carrier = with_epci()
    client.force_login(colleague(carrier))

    page = words(client.get(url_of("join", candidature)))

    for text in (candidature.reference, candidature.call.title, carrier.name):
        assert text in page
    assert [text for text in secrets_of(candidature) if text in page] == []


def test_page_is_not_found_by_people_of_other_bodies_or_of_none(client):
    candidature, _ = with_epci()
    assert candidature.carriers.filter(commune__siren=None).exists()  # whose SIREN is empty, as that of many people

    for person in (UserFactory(), UserFactory(siret="13002526500013")):
        client.force_login(person)
        assert client.get(url_of("join", candidature)).status_code == 404


def test_whoever_named_the_carrier_opens_the_page_and_nobody_else_does(client):
    candidature, other = CandidatureFactory(), CandidatureFactory()
    person = UserFactory()
    url = join_url(candidature, person)

    client.force_login(UserFactory())
    assert client.get(url).status_code == 404
    client.force_login(person)
    assert client.get(url).status_code == 200
    assert client.get(url.replace(candidature.reference, other.reference)).status_code == 404
    with time_machine.travel(timezone.now() + timedelta(days=8)):
        client.force_login(person)
        assert client.get(url).status_code == 404


@pytest.mark.parametrize("proof", ["", "a:b:c", "🏛", "x" * 5000])
def test_absurd_proof_opens_nothing(client, proof):
    client.force_login(UserFactory())

    assert client.get(url_of("join", CandidatureFactory()), {"preuve": proof}).status_code == 404


def test_request_is_told_once_to_those_who_answer_it(client):
    candidature, carrier = with_epci()
    editor, reader = member(candidature).user, member(candidature, Role.READER).user
    client.force_login(colleague(carrier))

    for _click in range(2):
        page = client.post(url_of("join", candidature), {"message": "Je remplace {{ user.password }} & <b>Zoé</b>."})

    assertRedirects(page, reverse("applications:list"))
    assert {mail.to[0] for mail in Email.objects.all()} == {lead_of(candidature).email, editor.email}
    text = mail_to(editor).message
    assert "Je remplace {{ user.password }} & <b>Zoé</b>." in text
    assert "D’après ProConnect, cette personne travaille pour l’un des porteurs." in text
    assert url_of("team", candidature) in text
    assert reader.email not in {mail.to[0] for mail in Email.objects.all()}
    assertContains(client.get(url_of("join", candidature)), "Votre demande attend une réponse")


def test_request_of_somebody_unknown_says_so(client):
    candidature, person = CandidatureFactory(), UserFactory()
    client.force_login(person)

    client.post(join_url(candidature, person), {"message": ""})

    assert "Le portail n’a pas vérifié pour qui cette personne travaille" in mail_to(lead_of(candidature)).message


@pytest.mark.parametrize(("message", "error"), [("x" * 1001, "au plus 1000 caractères"), ("\x00", "caractère nul")])
def test_absurd_message_is_refused_and_kept(client, message, error):
    candidature, person = CandidatureFactory(), UserFactory()
    client.force_login(person)

    page = client.post(join_url(candidature, person), {"message": message})

    assertContains(page, error)
    assertContains(page, message.replace("\x00", ""))
    assert not candidature.join_requests.exists()


@pytest.mark.parametrize("role", ["editor", "reader"])
def test_accepted_request_makes_a_member_and_tells_them(client, role):
    candidature, person = CandidatureFactory(), UserFactory(email=ADDRESS)
    request, _ = JoinRequest.make(candidature, person, "")
    Invitation.send(candidature, ADDRESS, Role.EDITOR, lead_of(candidature))
    client.force_login(member(candidature).user)

    page = client.post(url_of("answer_join_request", candidature, request.pk), {"answer": role}, follow=True)

    assert f"{person} travaille maintenant sur la candidature." in words(page)
    assert roles(candidature)[ADDRESS] == role
    assert "Votre demande est acceptée" in mail_to(person).message.replace("\N{NO-BREAK SPACE}", " ")
    assert not candidature.invitations.waiting().exists()


def test_refused_request_gives_nothing_and_its_mail_shows_nothing(client):
    candidature, person = CandidatureFactory(), UserFactory()
    request, _ = JoinRequest.make(candidature, person, "")
    client.force_login(lead_of(candidature))

    client.post(url_of("answer_join_request", candidature, request.pk), {"answer": "refuse"})

    text = mail_to(person).message
    assert person.email not in roles(candidature)
    assert "n’est pas acceptée" in text
    assert [word for word in [*secrets_of(candidature), candidature.get_absolute_url()] if word in text] == []


@pytest.mark.parametrize("answer", ["", "lead", "oui"])
def test_absurd_answer_is_refused(client, answer):
    candidature = CandidatureFactory()
    request, _ = JoinRequest.make(candidature, UserFactory(), "")
    client.force_login(lead_of(candidature))

    page = client.post(url_of("answer_join_request", candidature, request.pk), {"answer": answer}, follow=True)

    assert "Choisissez une réponse" in words(page)
    assert candidature.join_requests.waiting().exists()


def test_request_answered_meanwhile_is_told(client):
    candidature, person = CandidatureFactory(), UserFactory()
    request, _ = JoinRequest.make(candidature, person, "")
    request.decide(lead_of(candidature), accept=False)
    client.force_login(member(candidature).user)

    page = client.post(url_of("answer_join_request", candidature, request.pk), {"answer": "editor"}, follow=True)

    assert "Cette demande a déjà reçu une réponse." in words(page)
    assert (person.email in roles(candidature), Email.objects.count()) == (False, 0)


def test_invitation_to_lead_outlives_a_request_accepted_meanwhile():
    candidature, person = CandidatureFactory(), UserFactory(email=ADDRESS)
    to_lead = Invitation.send(candidature, ADDRESS, Role.LEAD, StaffFactory())
    request, _ = JoinRequest.make(candidature, person, "")
    request.decide(lead_of(candidature), accept=True, role=Role.READER)

    to_lead.accept(person)

    assert roles(candidature)[ADDRESS] == Role.LEAD


def test_editor_made_a_reader_meanwhile_answers_no_more(client):
    candidature = CandidatureFactory()
    editor = member(candidature)
    request, _ = JoinRequest.make(candidature, UserFactory(), "")
    change_role(editor, Role.READER, lead_of(candidature))
    client.force_login(editor.user)

    assert client.post(url_of("answer_join_request", candidature, request.pk), {"answer": "editor"}).status_code == 403
    assert candidature.join_requests.waiting().exists()
