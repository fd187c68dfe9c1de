"""The team of a candidature: what each may do, roles, the lead handed over, leaving and being removed."""

import pytest
import time_machine
from django.urls import reverse
from post_office.models import Email
from pytest_django.asserts import assertContains, assertRedirects

from applications.models import ForbiddenTransition, Invitation, JoinRequest, rights_of
from applications.models.team import change_role, hand_over, leave, remove_member
from tests.applications.team_case import ADDRESS, Role, mail_to, member, roles, signed_in, url_of, words
from tests.factories import CandidatureFactory, StaffFactory, UserFactory, lead_of


@pytest.fixture(autouse=True)
def _one_factor(settings):
    settings.REQUIRE_SECOND_FACTOR = False


# Who may do what


@pytest.mark.parametrize(
    ("role", "offers"),
    [("lead", {"lead", "editor", "reader"}), ("editor", {"editor", "reader"}), ("reader", set()), ("", set())],
)
def test_role_offers_what_it_may(role, offers):
    candidature = CandidatureFactory()
    person = {"lead": lead_of(candidature), "": UserFactory()}.get(role) or member(candidature, role).user

    assert {offered for offered in Role if rights_of(candidature, person).may_invite(offered)} == offers


def test_programme_team_finds_a_lead_and_nothing_else():
    candidature = CandidatureFactory()
    rights = rights_of(candidature, StaffFactory())

    assert (rights.offers, rights.may_answer, rights.may_manage, rights.may_hand_over) == (
        (Role.LEAD,),
        False,
        False,
        True,
    )


@pytest.mark.parametrize("role", [Role.EDITOR, Role.READER])
def test_verb_is_refused_to_those_who_do_not_lead(role):
    candidature = CandidatureFactory()
    other, by = member(candidature), member(candidature, role).user

    for act in (
        lambda: change_role(other, Role.READER, by),
        lambda: remove_member(other, by),
        lambda: hand_over(other, by),
        lambda: Invitation.send(candidature, ADDRESS, Role.LEAD, by),
    ):
        with pytest.raises(ForbiddenTransition, match="ne permet pas"):
            act()
    assert roles(candidature)[other.user.email] == Role.EDITOR


def test_page_shows_members_invitations_with_their_end_and_requests(client):
    candidature = CandidatureFactory()
    reader = member(candidature, Role.READER).user
    with time_machine.travel("2027-06-11T21:58:00Z", tick=False):
        Invitation.send(candidature, ADDRESS, Role.EDITOR, lead_of(candidature))
    asker = UserFactory()
    JoinRequest.make(candidature, asker, "Je remplace Mme Petit.")

    with time_machine.travel("2027-06-12T12:00:00Z", tick=False):
        client.force_login(reader)
        page = words(client.get(url_of("team", candidature)))

    for text in (
        lead_of(candidature).full_name,
        f"{reader.full_name} (vous)",
        ADDRESS,
        "Expire le vendredi 25 juin 2027 à 23 h 58 (heure de Paris)",
        asker.full_name,
        "Je remplace Mme Petit.",
        "Employeur non vérifié",
    ):
        assert text in page


BUTTONS = ["Inviter quelqu’un", "Renvoyer", "Accepter comme lecteur", "Donner le rôle", "Retirer", "Confier", "Quitter"]


@pytest.mark.parametrize(
    ("role", "buttons"),
    [
        ("lead", ["Inviter quelqu’un", "Renvoyer", "Accepter comme lecteur", "Donner le rôle", "Retirer", "Confier"]),
        ("editor", ["Inviter quelqu’un", "Renvoyer", "Accepter comme lecteur", "Quitter"]),
        ("reader", ["Quitter"]),
        ("staff", ["Inviter quelqu’un", "Confier"]),
    ],
)
def test_page_has_the_buttons_of_its_reader_only(client, role, buttons):
    candidature = CandidatureFactory()
    member(candidature)
    Invitation.send(candidature, ADDRESS, Role.READER, lead_of(candidature))
    JoinRequest.make(candidature, UserFactory(), "")
    if role == "staff":
        client.force_login(StaffFactory())
    else:
        signed_in(client, candidature, role)

    page = words(client.get(url_of("team", candidature)))

    assert [button for button in BUTTONS if f" {button} " in page] == buttons


@pytest.mark.parametrize("count", [1, 3])
def test_page_query_count_does_not_grow(client, count, django_assert_num_queries):
    candidature = CandidatureFactory()
    for number in range(count):
        member(candidature)
        Invitation.send(candidature, f"{number}{ADDRESS}", Role.READER, member(candidature).user)
        JoinRequest.make(candidature, UserFactory(), "")
    signed_in(client, candidature)

    with django_assert_num_queries(14):
        client.get(url_of("team", candidature))


# Roles, handing over, leaving


def test_lead_changes_a_role_and_the_person_is_told(client):
    candidature = CandidatureFactory()
    editor = member(candidature)
    signed_in(client, candidature)

    page = client.post(url_of("change_role", candidature, editor.pk), {"role": "reader"}, follow=True)

    assert f"{editor.user} a maintenant le rôle de lecteur." in words(page)
    assert roles(candidature)[editor.user.email] == Role.READER
    assert "lecteur" in mail_to(editor.user).message


@pytest.mark.parametrize("role", ["", "lead", "chef", "\x00"])
def test_role_that_cannot_be_given_is_refused(client, role):
    candidature = CandidatureFactory()
    editor = member(candidature)
    signed_in(client, candidature)

    page = client.post(url_of("change_role", candidature, editor.pk), {"role": role}, follow=True)

    assert "Choisissez un rôle" in words(page)
    assert roles(candidature) == {lead_of(candidature).email: Role.LEAD, editor.user.email: Role.EDITOR}


@pytest.mark.parametrize("name", ["change_role", "remove_member", "leave"])
def test_lead_first_hands_over(client, name):
    candidature = CandidatureFactory()
    parts = [] if name == "leave" else [candidature.memberships.get().pk]
    signed_in(client, candidature)

    page = client.post(url_of(name, candidature, *parts), {"role": "reader"}, follow=True)

    assert "Confiez d’abord la responsabilité" in words(page)
    assert roles(candidature) == {lead_of(candidature).email: Role.LEAD}


def test_lead_is_not_removed_even_by_themselves():
    candidature = CandidatureFactory()

    with pytest.raises(ForbiddenTransition, match="Confiez d’abord"):
        remove_member(candidature.memberships.get(), lead_of(candidature))
    assert roles(candidature) == {lead_of(candidature).email: Role.LEAD}


@pytest.mark.parametrize("by", ["lead", "staff"])
def test_lead_is_handed_over_once_confirmed_and_everybody_is_told(client, by):
    candidature = CandidatureFactory()
    former, editor, reader = lead_of(candidature), member(candidature), member(candidature, Role.READER)
    client.force_login(former if by == "lead" else StaffFactory())
    url = url_of("hand_over", candidature, editor.pk)

    assertContains(client.get(url), "deviendra contributrice")
    assert roles(candidature)[former.email] == Role.LEAD
    for _click in range(2):
        assertRedirects(client.post(url), url_of("team", candidature))

    assert roles(candidature) == {
        former.email: Role.EDITOR,
        editor.user.email: Role.LEAD,
        reader.user.email: Role.READER,
    }
    assert {mail.to[0] for mail in Email.objects.all()} == {former.email, editor.user.email, reader.user.email}
    assert candidature.events.filter(verb="hand_over").count() == 1


def test_lead_is_not_handed_over_to_a_closed_account(client):
    candidature = CandidatureFactory()
    gone = member(candidature, user=UserFactory(is_active=False))
    signed_in(client, candidature)

    page = client.post(url_of("hand_over", candidature, gone.pk), follow=True)

    assert "Le compte de cette personne est désactivé." in words(page)
    assert roles(candidature)[gone.user.email] == Role.EDITOR


def test_member_leaves_once_confirmed_and_the_lead_is_told(client):
    candidature = CandidatureFactory()
    reader = member(candidature, Role.READER).user
    client.force_login(reader)

    assertContains(client.get(url_of("leave", candidature)), "Ce que vous avez écrit y reste.")
    assertRedirects(client.post(url_of("leave", candidature)), reverse("applications:list"))

    assert client.get(candidature.get_absolute_url()).status_code == 404
    assert reader.full_name in mail_to(lead_of(candidature)).message


def test_invitations_of_a_member_who_leaves_still_work():
    candidature = CandidatureFactory()
    agent = member(candidature).user
    invitation = Invitation.send(candidature, ADDRESS, Role.EDITOR, agent)

    leave(candidature, agent)

    invitation.accept(UserFactory(email=ADDRESS))
    assert roles(candidature)[ADDRESS] == Role.EDITOR


def test_removed_member_loses_access_and_the_invitations_they_sent(client):
    candidature = CandidatureFactory()
    editor = member(candidature)
    invitation = Invitation.send(candidature, ADDRESS, Role.EDITOR, editor.user)
    signed_in(client, candidature)
    url = url_of("remove_member", candidature, editor.pk)

    assertContains(client.get(url), f"{editor.user} ne pourra plus ouvrir la candidature.")
    client.post(url)

    assert roles(candidature) == {lead_of(candidature).email: Role.LEAD}
    assert "mis fin à votre accès" in mail_to(editor.user).message
    with pytest.raises(ForbiddenTransition, match="annulée"):
        invitation.accept(UserFactory(email=ADDRESS))
    client.force_login(editor.user)
    assert client.get(url_of("team", candidature)).status_code == 404


@pytest.mark.parametrize("name", ["change_role", "remove_member", "hand_over"])
def test_member_removed_in_another_tab_is_told(client, name):
    candidature = CandidatureFactory()
    editor = member(candidature)
    signed_in(client, candidature)
    remove_member(editor, lead_of(candidature))
    events = candidature.events.count()

    page = client.post(url_of(name, candidature, editor.pk), {"role": "reader"}, follow=True)

    assert "Cette personne ne travaille plus sur cette candidature." in words(page)
    assert (candidature.events.count(), Email.objects.count()) == (events, 0)


def test_member_removed_since_the_row_was_read_is_not_changed():
    candidature = CandidatureFactory()
    editor, lead = member(candidature), lead_of(candidature)
    candidature.memberships.filter(pk=editor.pk).delete()

    for act in (lambda: change_role(editor, Role.READER, lead), lambda: hand_over(editor, lead)):
        with pytest.raises(ForbiddenTransition, match="ne travaille plus"):
            act()
    assert lead_of(candidature) == lead


@pytest.mark.parametrize("pk", [0, 987654, 10**30])
def test_absurd_number_of_a_part_is_calmly_refused(client, pk):
    candidature = CandidatureFactory()
    signed_in(client, candidature)

    assert client.post(url_of("hand_over", candidature, pk)).status_code == 302
    assert client.post(url_of("cancel_invitation", candidature, pk)).status_code == 404
    assert client.post(url_of("answer_join_request", candidature, pk)).status_code == 404


def test_journal_names_nobody_but_who_acted():
    candidature = CandidatureFactory()
    lead, editor = lead_of(candidature), member(candidature, user=UserFactory(full_name="Zoé Quéré"))
    guest = UserFactory(email=ADDRESS, full_name="Ünal Xérès")
    asker = UserFactory(full_name="Wanda Kowalska")
    Invitation.send(candidature, "autre@mairie.example", Role.READER, lead).cancel(lead)
    Invitation.send(candidature, ADDRESS, Role.READER, lead).accept(guest)
    JoinRequest.make(candidature, asker, "Bonjour")[0].decide(lead, accept=True, role=Role.READER)
    change_role(editor, Role.READER, lead)
    remove_member(editor, lead)
    hand_over(candidature.memberships.get(user=guest), lead)
    leave(candidature, lead)

    told = " ".join(f"{event.note} {event.payload}" for event in candidature.events)
    names = [lead, editor.user, guest, asker]
    assert [name for name in names if name.full_name in told or name.email in told] == []
    assert "mairie.example" not in told
    assert set(candidature.events.values_list("verb", flat=True)) == {
        "invite",
        "cancel_invitation",
        "join",
        "ask_to_join",
        "change_role",
        "remove_member",
        "hand_over",
        "leave",
    }
