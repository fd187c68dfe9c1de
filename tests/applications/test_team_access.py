"""Who gets which answer at each address of a candidature's team, by exact code."""

import pytest
from django.urls import reverse
from post_office.models import Email

from applications.models import Invitation, JoinRequest, Membership
from tests.applications.test_applicant_access import PEOPLE, READ, person
from tests.factories import CandidatureFactory, MembershipFactory, UserFactory, lead_of


def codes(*answers):
    return dict(zip(PEOPLE, answers, strict=True))


# visitor, stranger, reader, editor, lead, committee, staff
EDITORS_DO = codes(302, 404, 403, 302, 302, 404, 403)  # done, then elsewhere
LEAD_DOES = codes(302, 404, 403, 403, 302, 404, 403)
INVITE = codes(302, 404, 403, 200, 200, 404, 200)  # the form, sent empty, comes back
LEAD_CONFIRMS = codes(302, 404, 403, 403, 200, 404, 403)
LEAD_OR_STAFF_CONFIRM = codes(302, 404, 403, 403, 200, 404, 200)
LEAVE = codes(302, 404, 200, 200, 302, 404, 403)  # the lead is told to hand over first
FOR_ANOTHER = codes(302, 403, 403, 403, 403, 403, 403)
JOIN = codes(302, 404, 302, 302, 302, 404, 404)  # members are led to their candidature

PAGES = {  # name: (method, codes by person)
    "team": ("get", READ),
    "invite": ("post", INVITE),
    "cancel_invitation": ("post", EDITORS_DO),
    "renew_invitation": ("post", EDITORS_DO),
    "change_role": ("post", LEAD_DOES),
    "remove_member": ("get", LEAD_CONFIRMS),
    "hand_over": ("get", LEAD_OR_STAFF_CONFIRM),
    "leave": ("get", LEAVE),
    "answer_join_request": ("post", EDITORS_DO),
    "invitation": ("get", FOR_ANOTHER),
    "join": ("get", JOIN),
}
FILLED_IN = {"email": "nouvelle@example.fr", "role": "reader", "answer": "editor", "message": "Bonjour"}
REFUSED = [
    (name, who)
    for name, (_, expected) in PAGES.items()
    for who in PEOPLE
    if expected[who] in {403, 404} or (name, who) in {("invite", "staff"), ("leave", "lead")}
]


@pytest.fixture(autouse=True)
def _one_factor(settings):
    settings.REQUIRE_SECOND_FACTOR = False


def case():
    """A candidature with a member to act on, an invitation and a request that wait."""
    candidature = CandidatureFactory()
    member = MembershipFactory(candidature=candidature, role=Membership.Role.EDITOR)
    invitation = Invitation.send(candidature, "invitee@example.fr", Membership.Role.EDITOR, lead_of(candidature))
    join_request, _ = JoinRequest.make(candidature, UserFactory(), "")
    return candidature, member, invitation, join_request


def address(name, candidature, member, invitation, join_request):
    part = {
        "cancel_invitation": invitation.pk,
        "renew_invitation": invitation.pk,
        "change_role": member.pk,
        "remove_member": member.pk,
        "hand_over": member.pk,
        "answer_join_request": join_request.pk,
    }
    if name == "invitation":
        return invitation.get_absolute_url()
    return reverse(f"applications:{name}", args=[candidature.reference, *filter(None, [part.get(name)])])


def state_of(candidature):
    """All that an act on the team may change."""
    return (
        list(candidature.memberships.values_list("user", "role")),
        list(candidature.invitations.values_list("email", "cancelled_at", "accepted_at")),
        list(candidature.join_requests.values_list("user", "decided_at")),
        candidature.events.count(),
        Email.objects.count(),
    )


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("name", PAGES)
def test_address_of_the_team_answers_each_person_with_its_code(client, name, who):
    candidature, *parts = case()
    method, expected = PAGES[name]
    if who != "visitor":
        client.force_login(person(who, candidature))

    response = getattr(client, method)(address(name, candidature, *parts))

    assert response.status_code == expected[who]
    if who == "visitor":
        assert response.url.startswith(reverse("account_login"))


def test_every_address_of_the_team_has_a_line():
    from applications.urls import candidature_patterns, urlpatterns

    named = [pattern for pattern in [*urlpatterns, *candidature_patterns] if hasattr(pattern, "name")]
    assert {pattern.name for pattern in named if ".views.team." in pattern.lookup_str} == set(PAGES)


@pytest.mark.parametrize(("name", "who"), REFUSED)
def test_posting_without_the_right_changes_nothing_in_the_team(client, name, who):
    candidature, *parts = case()
    client.force_login(person(who, candidature))
    before = state_of(candidature)

    client.post(address(name, candidature, *parts), FILLED_IN)

    assert state_of(candidature) == before


@pytest.mark.parametrize("name", [name for name in PAGES if name not in {"invitation", "join"}])
def test_getting_an_address_of_the_team_changes_nothing(client, name):
    candidature, *parts = case()
    client.force_login(lead_of(candidature))
    before = state_of(candidature)

    client.get(address(name, candidature, *parts), FILLED_IN)

    assert state_of(candidature) == before


@pytest.mark.parametrize(
    "name",
    [
        "cancel_invitation",
        "renew_invitation",
        "change_role",
        "remove_member",
        "hand_over",
        "answer_join_request",
    ],
)
def test_part_of_another_candidature_is_out_of_reach(client, name):
    theirs, *parts = case()
    mine = CandidatureFactory()
    client.force_login(lead_of(mine))
    before = state_of(theirs)

    client.post(address(name, theirs, *parts).replace(theirs.reference, mine.reference), FILLED_IN)

    assert state_of(theirs) == before
