"""Who gets which answer at each address of the applicants, by exact code."""

import pytest
from django.urls import reverse

from applications.letters import about, outcome_content
from applications.models import Letter, Membership, Proposal, Status
from tests.factories import (
    CallFactory,
    CandidatureFactory,
    MemberFactory,
    MembershipFactory,
    SeatFactory,
    StaffFactory,
    UserFactory,
    lead_of,
    question_of,
)

PEOPLE = ["visitor", "stranger", "reader", "editor", "lead", "committee", "staff"]
READ = dict(zip(PEOPLE, [302, 404, 200, 200, 200, 404, 200], strict=True))
WRITE = dict(zip(PEOPLE, [302, 404, 403, 200, 200, 404, 403], strict=True))
ACT = WRITE | {"editor": 302, "lead": 302}  # done, then elsewhere
ANYBODY_SIGNED_IN = dict.fromkeys(PEOPLE, 200) | {"visitor": 302}
PUBLIC = dict.fromkeys(PEOPLE, 200)
PIECE = READ | {"committee": 200}  # what the committee judges, it reads in the admin and opens here

SAVE = dict(zip(PEOPLE, [401, 404, 403, 200, 200, 404, 404], strict=True))  # staff save nothing in place of anybody
SEND = SAVE | {"staff": 403}
LEAD_THERE = WRITE | {"editor": 302, "lead": 302}  # not possible now: told on the candidature's page

PAGES = {  # name: (method, codes by person)
    "call_list": ("get", PUBLIC),
    "call_detail": ("get", PUBLIC),
    "call_calendar": ("get", PUBLIC),
    "ask": ("get", ANYBODY_SIGNED_IN),
    "verify_receipt": ("get", PUBLIC),
    "list": ("get", ANYBODY_SIGNED_IN),
    "start": ("get", ANYBODY_SIGNED_IN),
    "detail": ("get", READ),
    "section": ("get", READ),
    "answer": ("post", SAVE),
    "add_carrier": ("post", WRITE),
    "remove_carrier": ("post", ACT),
    "choose_lead": ("post", ACT),
    "add_site": ("post", WRITE),
    "remove_site": ("post", ACT),
    "add_partner": ("post", WRITE),
    "partner": ("get", WRITE),
    "remove_partner": ("post", ACT),
    "upload": ("post", SEND),
    "piece": ("get", PIECE),
    "remove_piece": ("post", ACT),
    "former_pieces": ("get", READ),
    "receipt": ("get", READ),
    "receipt_file": ("get", READ),
    "letter": ("get", READ),
    "versions": ("get", READ),
    "set_aside": ("get", READ),
    "archive": ("get", READ),
    "discard": ("get", WRITE),
    "present_again": ("get", LEAD_THERE),
    "transition": ("get", WRITE),
    "messages": ("get", READ),
}


@pytest.fixture(autouse=True)
def _one_factor(settings):
    settings.REQUIRE_SECOND_FACTOR = False


def candidature_for(name):
    """A deposited candidature with a partner, in a state in which this page opens to its editors."""
    call = CallFactory()
    call.sections.create(position=9, code="partenaires", title="Partenaires", kind="partners")
    status = Status.ADMISSIBLE if name in {"detail", "piece", "receipt"} else Status.SUPPLEMENTS_REQUESTED
    status = Status.LABELLED if name == "letter" else status
    candidature = CandidatureFactory(status=status, phase__call=call)
    if name == "letter":
        decided = Proposal("label", "Motif")
        Letter.write(candidature, about(candidature) | outcome_content(candidature, decided) | {"kind": "decision"}, [])
    candidature.partners.create(name="CCI", kind="chamber")
    return candidature


def address(name, candidature):
    reference = candidature.reference
    arguments = {
        "call_list": [],
        "verify_receipt": [],
        "list": [],
        "call_detail": [candidature.call.slug],
        "call_calendar": [candidature.call.slug],
        "ask": [candidature.call.slug],
        "start": [candidature.call.slug],
        "section": [reference, "projet"],
        "answer": [reference, question_of(candidature, "summary").pk],
        "upload": [reference, question_of(candidature, "engagement").pk],
        "remove_carrier": [reference, candidature.carriers.get().pk],
        "choose_lead": [reference, candidature.carriers.get().pk],
        "remove_site": [reference, candidature.sites.get().pk],
        "partner": [reference, candidature.partners.get().pk],
        "remove_partner": [reference, candidature.partners.get().pk],
        "piece": [reference, candidature.attachments.get().pk],
        "remove_piece": [reference, candidature.attachments.get().pk],
        "receipt": [reference, 1],
        "receipt_file": [reference, 1],
        "letter": [reference, *candidature.letters.values_list("pk", flat=True)],
        "transition": [reference, "answer_supplements"],
    }
    return reverse(f"applications:{name}", args=arguments.get(name, [reference]))


def person(who, candidature):
    match who:
        case "stranger":
            return UserFactory()
        case "reader" | "editor":
            return MembershipFactory(candidature=candidature, role=Membership.Role(who)).user
        case "lead":
            return lead_of(candidature)
        case "committee":
            return MemberFactory(seat=SeatFactory(call=candidature.call)).user
        case "staff":
            return StaffFactory()


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("name", PAGES)
def test_page_answers_each_person_with_its_code(client, name, who):
    candidature = candidature_for(name)
    method, codes = PAGES[name]
    if who != "visitor":
        client.force_login(person(who, candidature))

    accepted = {"HTTP_ACCEPT": "application/json"} if name in ("answer", "upload") else {}
    response = getattr(client, method)(address(name, candidature), **accepted)
    _ = b"".join(response.streaming_content) if response.streaming else b""

    assert response.status_code == codes[who]
    if codes[who] == 302 and who == "visitor":
        assert response.url.startswith(reverse("account_login"))


def test_every_address_of_applicants_has_a_line():
    from applications.urls import candidature_patterns, urlpatterns
    from tests.applications.test_team_access import PAGES as TEAM_PAGES

    names = {pattern.name for pattern in [*urlpatterns, *candidature_patterns] if hasattr(pattern, "name")}
    of_the_committee = {"seat_invitation"}  # walked by `test_seat_invitations.py`
    assert names == set(PAGES) | set(TEAM_PAGES) | of_the_committee


@pytest.mark.parametrize("name", [name for name, (_, codes) in PAGES.items() if codes in (WRITE, ACT, SEND)])
@pytest.mark.parametrize("who", ["reader", "staff", "stranger"])
def test_posting_changes_nothing_without_the_right_to_edit(client, name, who):
    candidature = candidature_for(name)
    client.force_login(person(who, candidature))

    response = client.post(address(name, candidature), {"note": "Motif", "confirmed": "on", "title": "Autre"})

    assert response.status_code == {"stranger": 404}.get(who, 403)
    candidature.refresh_from_db()
    assert (candidature.status, candidature.title) == (Status.SUPPLEMENTS_REQUESTED, "Une antenne au cœur de la ville")
    assert [part.count() for part in (candidature.carriers, candidature.sites, candidature.attachments)] == [1, 1, 1]


def test_committee_member_recused_or_too_early_opens_no_piece(client):
    candidature = CandidatureFactory(status=Status.SUBMITTED)
    client.force_login(MemberFactory(seat=SeatFactory(call=candidature.call)).user)

    piece = reverse("applications:piece", args=[candidature.reference, candidature.attachments.get().pk])
    assert client.get(piece).status_code == 404


def test_piece_of_another_candidature_is_not_found_under_ones_own(client):
    mine, theirs = CandidatureFactory(), CandidatureFactory()
    client.force_login(lead_of(mine))
    piece = theirs.attachments.get().pk

    assert client.get(reverse("applications:piece", args=[mine.reference, piece])).status_code == 404
    assert client.post(reverse("applications:remove_piece", args=[mine.reference, piece])).status_code == 404
    assert theirs.attachments.standing().exists()


@pytest.mark.parametrize("reference", ["AP0-9999", "AP0-00000001", "🏛-0001", "x" * 5000])
def test_absurd_reference_is_calmly_not_found(client, reference):
    client.force_login(UserFactory())

    assert client.get(f"/candidatures/{reference}/").status_code == 404


def test_verb_of_staff_has_no_address_here(client):
    candidature = CandidatureFactory(status=Status.SUBMITTED)
    client.force_login(lead_of(candidature))

    assert client.post(f"{candidature.get_absolute_url()}declarer-recevable/").status_code == 404
