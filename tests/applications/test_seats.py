"""Seats as the team sets them: who sits, who was invited, and what is never deleted."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertRedirects

from applications.models import Member, Recusal, Seat, SeatInvitation
from tests.applications.committee_case import committee_case, write_review
from tests.applications.team_case import words
from tests.factories import MemberFactory, OrganisationFactory, SeatFactory, siren

pytestmark = pytest.mark.usefixtures("without_second_factor")

LIST = reverse("admin:applications_seat_changelist")


def page_of(seat, page="change"):
    return reverse(f"admin:applications_seat_{page}", args=[seat.pk])


def as_typed(seat, members=(), **changes) -> dict:
    """What the form of a seat sends: the seat, and its members as they are, except for `changes` to the first."""
    typed = {"call": seat.call_id, "organisation": seat.organisation_id, "position": 0, "is_voting": "on"}
    typed |= {"members-TOTAL_FORMS": len(members), "members-INITIAL_FORMS": len(members)}
    for number, member in enumerate(members):
        fields = {"id": member.pk, "seat": seat.pk, "is_titular": "on"} | (changes if number == 0 else {})
        typed |= {f"members-{number}-{name}": value for name, value in fields.items()}
    return typed


def test_list_says_who_sits_and_which_invitations_wait(client, staff):
    seat = SeatFactory()
    chair = MemberFactory(seat=seat, is_chair=True)
    deputy = MemberFactory(seat=seat, is_titular=False, may_sign=True)
    gone = MemberFactory(seat=seat, ends_on=timezone.localdate() - timedelta(days=1))
    SeatInvitation.send(seat, "attendue@example.fr", staff)
    SeatInvitation.send(seat, "annulee@example.fr", staff).cancel(staff)

    page = words(client.get(LIST))

    for part in (f"{chair.user} (présidence)", f"{deputy.user}, suppléant qui signe", "attendue@example.fr"):
        assert part in page
    assert [part in page for part in (gone.user.full_name, "annulee@example.fr")] == [False, False]


@pytest.mark.parametrize("query", ["name", "email", "invited"])
def test_seat_is_found_by_its_people(client, staff, query):
    member = MemberFactory()
    SeatFactory()
    SeatInvitation.send(member.seat, "attendue@example.fr", staff)
    words_typed = {"name": member.user.full_name, "email": member.user.email, "invited": "attendue"}[query]

    assert list(client.get(LIST, {"q": words_typed}).context["cl"].result_list) == [member.seat]


def test_seat_is_set_with_its_vote_quorum_and_members(client, staff):
    member = MemberFactory()
    seat = member.seat
    ends_on = timezone.localdate() + timedelta(days=30)

    typed = as_typed(seat, [member], may_sign="on", is_chair="on", ends_on=f"{ends_on:%d/%m/%Y}")
    assertRedirects(client.post(page_of(seat), typed), LIST)

    seat.refresh_from_db()
    member.refresh_from_db()
    assert (seat.is_voting, seat.counts_in_quorum) == (True, False)
    assert (member.may_sign, member.is_chair, member.ends_on) == (True, True, ends_on)


def test_person_of_a_term_never_changes(client, staff):
    member, other = MemberFactory(), MemberFactory().user
    person = member.user

    client.post(page_of(member.seat), as_typed(member.seat, [member], user=other.pk, may_sign="on"))

    member.refresh_from_db()
    assert (member.user, member.may_sign) == (person, True)


def test_organisation_has_a_siren_that_exists(client, staff):
    organisation = OrganisationFactory()
    page = reverse("admin:applications_organisation_change", args=[organisation.pk])
    typed = {"name": organisation.name, "short_name": "Org"}

    wrong = client.post(page, typed | {"siren": "123456789"})
    client.post(page, typed | {"siren": siren(5)})

    organisation.refresh_from_db()
    assert "Ce numéro SIREN n’existe pas" in words(wrong)
    assert organisation.siren == siren(5)


# What is never deleted


@pytest.mark.parametrize("use", ["member", "invitation", "recusal", "review"])
def test_used_seat_is_not_deleted_and_the_page_says_why(client, staff, use):
    case = committee_case()
    seat = SeatFactory(call=case.phase.call)
    if use == "member":
        MemberFactory(seat=seat)
    elif use == "invitation":
        SeatInvitation.send(seat, "attendue@example.fr", staff)
    elif use == "recusal":
        Recusal.raise_for(case.file, seat, "Partenaire", staff)
    else:
        seat = case.members["signed"].seat

    page = client.post(page_of(seat, "delete"), {"post": "yes"}, follow=True)

    assert "Ce siège a déjà servi" in words(page)
    assert Seat.objects.filter(pk=seat.pk).exists()


def test_seat_that_never_served_is_deleted(client, staff):
    seat = SeatFactory()

    client.post(page_of(seat, "delete"), {"post": "yes"})

    assert not Seat.objects.exists()


REFUSED = dict.fromkeys(("drafted", "signed", "set aside"), "terminez son mandat par une date")


@pytest.mark.parametrize(("use", "said"), [*REFUSED.items(), ("recused", "objets liés et protégés suivants")])
def test_member_who_was_at_work_is_not_deleted_and_the_page_says_why(client, staff, use, said):
    case = committee_case()
    member = case.members["unsigned" if use in ("drafted", "recused") else "signed"]
    if use == "drafted":
        write_review(case.file, member, sign=False)
    elif use == "recused":
        Recusal.declare(case.file, member.user, "Parenté")
    elif use == "set aside":
        Recusal.declare(case.file, member.user, "Parenté", whole_seat=True)

    page = client.post(page_of(member.seat), as_typed(member.seat, [member], DELETE="on"))

    assert said in words(page)
    assert Member.objects.filter(pk=member.pk).exists()


def test_member_who_never_worked_is_deleted(client, staff):
    member = MemberFactory()

    assertRedirects(client.post(page_of(member.seat), as_typed(member.seat, [member], DELETE="on")), LIST)

    assert not Member.objects.exists()


def test_seats_are_not_deleted_in_bulk(client, staff):
    seat = SeatFactory()

    client.post(LIST, {"action": "delete_selected", "_selected_action": [seat.pk], "post": "yes"})

    assert Seat.objects.get() == seat


# Constant work


@pytest.mark.parametrize("page", ["list", "seat"])
def test_page_takes_as_many_queries_for_three_people_as_for_one(client, staff, page):
    member, counts = MemberFactory(), []
    SeatInvitation.send(member.seat, "une@example.fr", staff)
    url = LIST if page == "list" else page_of(member.seat)
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            assertContains(client.get(url), member.user.full_name)
        counts.append(len(queries))
        for number in range(2):
            MemberFactory(seat=member.seat)
            SeatInvitation.send(member.seat, f"autre{number}@example.fr", staff)
            SeatFactory(call=member.seat.call)

    assert counts[0] == counts[1]
