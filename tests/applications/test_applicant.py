"""The applicant's first steps: the list, the beginning of a candidature, its page."""

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from applications.models import Candidature, Decision, Event, Membership, Status
from tests.applications.places import make_findable
from tests.factories import (
    AttachmentFactory,
    CallFactory,
    CandidatureFactory,
    CarrierFactory,
    CommuneFactory,
    EpciFactory,
    MembershipFactory,
    PhaseFactory,
    SiteFactory,
    StaffFactory,
    UserFactory,
    lead_of,
    question_of,
)

LIST = reverse("applications:list")


@pytest.fixture
def bourges():
    commune = CommuneFactory(name="Bourges", insee_code="18033")
    make_findable()
    return commune


def start_url(call):
    return reverse("applications:start", args=[call.slug])


def test_empty_list_leads_to_the_open_calls(client):
    call = PhaseFactory().call
    client.force_login(UserFactory())

    page = client.get(LIST)

    assertContains(page, "Vous ne participez encore à aucune candidature")
    assertContains(page, start_url(call))


def test_list_shows_only_ones_own_candidatures_with_what_they_miss(client):
    mine = CandidatureFactory(title="La mienne", site=None)
    CandidatureFactory(title="La leur")
    client.force_login(lead_of(mine))

    page = client.get(LIST)

    assertContains(page, "La mienne")
    assertNotContains(page, "La leur")
    assertContains(page, "rien n’est encore déposé")
    assertContains(page, "1 élément")


def test_draft_of_a_closed_call_says_that_it_can_no_longer_be_deposited(client):
    candidature = CandidatureFactory(call=PhaseFactory(closed=True).call)
    client.force_login(lead_of(candidature))

    assertContains(client.get(LIST), "Les dépôts sont clos pour cet appel")


@pytest.mark.parametrize("count", [1, 3])
def test_list_query_count_does_not_grow(client, count, django_assert_num_queries):
    user = UserFactory()
    for _ in range(count):
        candidature = CandidatureFactory(membership__user=user)
        CarrierFactory.create_batch(count, candidature=candidature, is_lead=False)
        SiteFactory.create_batch(count, candidature=candidature)
    client.force_login(user)

    # session, person; candidatures with all that their working copies read; calls, phases; reports awaited
    with django_assert_num_queries(16):
        client.get(LIST)


@pytest.mark.parametrize("count", [1, 3])
def test_detail_query_count_does_not_grow(client, count, django_assert_num_queries):
    candidature = CandidatureFactory(status=Status.SUPPLEMENTS_REQUESTED, carrier__commune__name="Chef")
    for _ in range(count):
        CarrierFactory(candidature=candidature, is_lead=False)
        CarrierFactory(candidature=candidature, is_lead=False, commune=None, epci=EpciFactory())
        SiteFactory(candidature=candidature)
        AttachmentFactory(candidature=candidature)
        Event.objects.record(candidature, "create", UserFactory())
    client.force_login(lead_of(candidature))

    with django_assert_num_queries(29):
        client.get(candidature.get_absolute_url())


def test_candidature_starts_from_its_lead_carrier(client, bourges):
    call, user = PhaseFactory().call, UserFactory()
    client.force_login(user)

    response = client.post(start_url(call), {"carrier": "Bourges (18033)"})

    candidature = Candidature.objects.get()
    assertRedirects(response, candidature.get_absolute_url())
    assert (candidature.carriers.get().territory, candidature.carriers.get().is_lead) == (bourges, True)
    assert (lead_of(candidature), candidature.status) == (user, Status.DRAFT)
    assertContains(client.get(candidature.get_absolute_url()), "Brouillon\N{NO-BREAK SPACE}: rien n’est encore déposé")


def test_second_candidature_of_a_carrier_is_noticed_before_it_is_made(client, bourges):
    call = PhaseFactory().call
    CandidatureFactory(call=call, carrier__commune=bourges)
    client.force_login(UserFactory())

    page = client.post(start_url(call), {"carrier": "18033"})

    assertContains(page, "Une candidature portée par Bourges existe déjà pour cet appel")
    assertContains(page, "demander à la rejoindre")
    assertContains(page, 'value="18033"')  # what was typed stays
    assertContains(page, 'type="checkbox" name="confirmed"')
    assert Candidature.objects.count() == 1

    client.post(start_url(call), {"carrier": "18033", "confirmed": "on"})
    assert Candidature.objects.count() == 2


@pytest.mark.parametrize("other", ["withdrawn", "another call"])
def test_candidature_withdrawn_or_of_another_call_is_no_obstacle(client, bourges, other):
    call = PhaseFactory().call
    if other == "withdrawn":
        CandidatureFactory(phase=call.phases.get(), status=Status.WITHDRAWN, carrier__commune=bourges)
    else:
        CandidatureFactory(carrier__commune=bourges)
    client.force_login(UserFactory())

    client.post(start_url(call), {"carrier": "18033"})

    assert Candidature.objects.count() == 2


def test_agent_known_by_proconnect_finds_their_collectivite_and_their_colleagues(client):
    call = PhaseFactory().call
    theirs = CandidatureFactory(call=call, carrier__commune__siren="213300635", title="Le titre des collègues")
    make_findable()
    client.force_login(UserFactory(siret="21330063500017"))

    page = client.get(LIST)
    assertContains(page, theirs.reference)
    assertContains(page, "demander à rejoindre vos collègues")
    assertNotContains(page, "Le titre des collègues")
    assertContains(client.get(start_url(call)), f'value="{theirs.carriers.get().commune.reference}"')


@pytest.mark.parametrize("typed", ["", "99999", "Nullepart", "\x00", "🏛🏛🏛", "123456789", "x" * 5_000_000])
def test_absurd_carrier_is_answered_calmly(client, bourges, typed):
    call = PhaseFactory().call
    client.force_login(UserFactory())

    page = client.post(start_url(call), {"carrier": typed})

    assertContains(page, "Il reste à corriger")
    assert not Candidature.objects.exists()


def test_call_that_is_closed_or_unknown_starts_no_candidature(client):
    client.force_login(UserFactory())
    closed = PhaseFactory(closed=True).call

    assertRedirects(client.get(start_url(closed)), closed.get_absolute_url())
    assert client.post(start_url(closed), {"carrier": "18033"}).status_code == 302
    assert client.get(start_url(CallFactory(is_published=False))).status_code == 404
    assert not Candidature.objects.exists()


def test_page_names_each_missing_item_with_a_link_to_it(client):
    candidature = CandidatureFactory(title="", attachment=None)
    client.force_login(lead_of(candidature))

    page = client.get(candidature.get_absolute_url())

    title, piece = question_of(candidature, "title"), question_of(candidature, "engagement")
    for question in (title, piece):
        section = reverse("applications:section", args=[candidature.reference, question.section.code])
        assertContains(page, f'href="{section}#q{question.pk}"')
    assertContains(page, "Complet</span>", count=2)
    assertContains(page, "Relire et déposer")


def test_reader_checks_what_is_missing_and_has_nothing_to_deposit(client):
    candidature = CandidatureFactory(title="")
    client.force_login(MembershipFactory(candidature=candidature, role=Membership.Role.READER).user)

    page = client.get(candidature.get_absolute_url())

    assertContains(page, "Intitulé : à remplir")
    assertNotContains(page, "/deposer/")


def test_second_look_at_a_section_tells_who_answered_last(client):
    candidature = CandidatureFactory()
    client.force_login(lead_of(candidature))

    assertContains(client.get(candidature.get_absolute_url()), f"par {lead_of(candidature)}")


def test_page_tells_what_the_team_asks(client):
    candidature = CandidatureFactory(status=Status.SUBMITTED, phase__closed=True)
    candidature.request_supplements(by=StaffFactory(full_name="Camille Secret"), note="Joignez la délibération.")
    client.force_login(lead_of(candidature))

    page = client.get(candidature.get_absolute_url())

    assertContains(page, "Joignez la délibération.", count=2)  # notice and history
    assertContains(page, "Relire et déposer les compléments")
    assertNotContains(page, "Camille Secret")


def test_lines_of_the_journal_for_the_team_stay_with_the_team(client, settings):
    settings.REQUIRE_SECOND_FACTOR = False
    candidature = CandidatureFactory(status=Status.SUBMITTED)
    Event.objects.record(candidature, "recuse", StaffFactory(), note="Cousin du maire", audience=Event.Audience.TEAM)

    client.force_login(lead_of(candidature))
    assertNotContains(client.get(candidature.get_absolute_url()), "Cousin du maire")
    client.force_login(StaffFactory())
    assertContains(client.get(candidature.get_absolute_url()), "Cousin du maire")


@pytest.mark.parametrize(("status", "is_shown"), [(Status.ADMISSIBLE, False), (Status.LABELLED, True)])
def test_decision_shows_once_proclaimed_and_not_before(client, status, is_shown):
    candidature = CandidatureFactory(status=status)
    Decision.objects.create(
        candidature=candidature,
        outcome="conditions",
        reason="Sous réserve du local.",
        decided_by=StaffFactory(),
        decided_at=timezone.now(),
    )
    client.force_login(lead_of(candidature))

    page = client.get(candidature.get_absolute_url())

    check = assertContains if is_shown else assertNotContains
    check(page, "Labellisée sous conditions")
    check(page, "Sous réserve du local.")


def test_demonstration_is_said_on_each_page_of_a_candidature(client):
    candidature = CandidatureFactory(call=PhaseFactory(call=CallFactory(is_demo=True)).call)
    client.force_login(lead_of(candidature))

    assertContains(client.get(candidature.get_absolute_url()), "badge-demo")
    for code in ("porteurs", "sites", "projet", "pieces"):
        page = client.get(reverse("applications:section", args=[candidature.reference, code]))
        assertContains(page, "badge-demo")


def test_what_people_write_is_never_read_as_markup(client):
    candidature = CandidatureFactory(title="<b>gras</b>", summary="<script>alert(1)</script>{{ 7 }}")
    client.force_login(lead_of(candidature))

    for url in (
        candidature.get_absolute_url(),
        reverse("applications:section", args=[candidature.reference, "projet"]),
        reverse("applications:transition", args=[candidature.reference, "submit"]),
    ):
        page = client.get(url)
        assertNotContains(page, "<script>alert")
        assertNotContains(page, "<b>gras")
    assertContains(page, "{{ 7 }}")
