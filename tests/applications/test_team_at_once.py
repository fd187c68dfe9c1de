"""Two people, or two clicks, acting on a team at the same moment: one is done, the other is told."""

import pytest

from applications.models import Invitation
from applications.models.team import hand_over
from tests.applications.at_once import at_once
from tests.applications.team_case import ADDRESS, Role, member, roles
from tests.factories import CandidatureFactory, UserFactory, lead_of


@pytest.mark.django_db(transaction=True)
def test_invitation_accepted_while_it_is_cancelled_is_one_or_the_other():
    candidature, guest = CandidatureFactory(), UserFactory(email=ADDRESS)
    lead = lead_of(candidature)
    invitation = Invitation.send(candidature, ADDRESS, Role.READER, lead)
    mine, theirs = (Invitation.objects.get(pk=invitation.pk) for _ in range(2))

    assert at_once(lambda: mine.accept(guest), lambda: theirs.cancel(lead)) == ["done", "refused"]

    invitation.refresh_from_db()
    assert (invitation.accepted_at is None) == (invitation.cancelled_at is not None)
    assert candidature.memberships.filter(user=guest).exists() == (invitation.accepted_at is not None)


@pytest.mark.django_db(transaction=True)
def test_invitation_accepted_twice_at_once_makes_one_member():
    candidature, guest = CandidatureFactory(), UserFactory(email=ADDRESS)
    invitation = Invitation.send(candidature, ADDRESS, Role.READER, lead_of(candidature))
    mine, theirs = (Invitation.objects.get(pk=invitation.pk) for _ in range(2))

    assert at_once(lambda: mine.accept(guest), lambda: theirs.accept(guest)) == ["done", "refused"]

    assert candidature.memberships.filter(user=guest).count() == 1


@pytest.mark.django_db(transaction=True)
def test_lead_handed_over_twice_at_once_goes_to_one():
    candidature = CandidatureFactory()
    lead = lead_of(candidature)
    first, second = member(candidature), member(candidature)

    assert at_once(lambda: hand_over(first, lead), lambda: hand_over(second, lead)) == ["done", "refused"]

    assert sorted(roles(candidature).values()) == [Role.EDITOR, Role.EDITOR, Role.LEAD]
