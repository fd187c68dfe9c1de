from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from applications.models import Level, PublishedFigure
from applications.templatetags.french import exact_moment, file_size, long_day, long_moment
from tests.factories import (
    PASSWORD,
    AntennaFactory,
    CallFactory,
    ConceptFactory,
    CriterionFactory,
    PhaseFactory,
    SeatFactory,
    SourceFactory,
    StaffFactory,
    UserFactory,
)

PARIS = ZoneInfo("Europe/Paris")
LIST = reverse("applications:call_list")


@pytest.fixture(autouse=True)
def _one_factor(settings):
    settings.REQUIRE_SECOND_FACTOR = False


def filled_call(**fields):
    """A call with two phases, each with a laureate, and everything that its page shows."""
    call = CallFactory(**fields)
    for name in ("Ancrage", "Partenariats", "Modèle"):
        criterion = CriterionFactory(call=call, name=name)
        Level.objects.create(criterion=criterion, mark=5, label=f"{name} exemplaire")
    SeatFactory(call=call)
    call.concepts.add(ConceptFactory())
    PublishedFigure.objects.create(call=call, code="laureates", value=55, label="lauréats", source=SourceFactory())
    for _ in range(2):
        AntennaFactory(phase=PhaseFactory(call=call, closed=True))
    return call


def test_page_of_a_call_is_made_from_its_settings(client):
    call = filled_call(
        lede="En bref.",
        presentation="Tout dire.",
        contact_email="appel@example.fr",
        tolerance_minutes=15,
        is_demo=True,
    )
    PhaseFactory(call=call, closes_at=datetime(2021, 6, 25, 23, 59, tzinfo=PARIS), opens_at=None)

    page = client.get(call.get_absolute_url())

    for text in (
        "En bref.",
        "Tout dire.",
        "Tiers-lieu pluri-partenaires",
        "Ancrage exemplaire",
        "33,3\N{NO-BREAK SPACE}%",
        call.seats.get().organisation.name,
        "À moyenne égale, le dépôt le plus ancien passe devant.",
        call.figures.get().source.title,
        "vendredi 25\N{NO-BREAK SPACE}juin 2021 à 23\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}59",
        "appel@example.fr",
        "tolérance technique de 15 minutes",
        "Démonstration",
        call.phases.first().antennas.get().name,
    ):
        assertContains(page, text)


def test_list_shows_open_calls_before_past_ones(client):
    PhaseFactory(call=CallFactory(title="Appel passé"), closed=True)
    PhaseFactory(call=CallFactory(title="Appel ouvert"))

    page = client.get(LIST).content.decode()

    assert page.index("Appel ouvert") < page.index("À venir et passés") < page.index("Appel passé")


def test_list_says_when_no_call_is_open(client):
    assertContains(client.get(LIST), "Aucun appel n’est ouvert")


def test_call_in_preparation_is_read_by_staff_only(client):
    call = CallFactory(is_published=False, title="Appel secret")

    assert client.get(call.get_absolute_url()).status_code == 404
    assertNotContains(client.get(LIST), "Appel secret")
    client.force_login(UserFactory())
    assert client.get(call.get_absolute_url()).status_code == 404
    client.force_login(StaffFactory())
    assertContains(client.get(call.get_absolute_url()), "Non publié")


def test_deposit_is_offered_only_while_a_phase_is_open(client):
    phase = PhaseFactory()
    start = reverse("applications:start", args=[phase.call.slug])

    assertContains(client.get(phase.call.get_absolute_url()), start)
    with time_machine.travel(phase.closes_at, tick=False):
        assertNotContains(client.get(phase.call.get_absolute_url()), start)


def test_tolerance_of_the_call_keeps_it_open_a_little_longer():
    phase = PhaseFactory(call=CallFactory(tolerance_minutes=10))

    with time_machine.travel(phase.closes_at + timedelta(minutes=10, seconds=-1), tick=False):
        assert phase.call.open_phase() == phase
    with time_machine.travel(phase.closes_at + timedelta(minutes=10), tick=False):
        assert phase.call.open_phase() is None


def test_open_phase_is_the_one_that_closes_first():
    later = PhaseFactory()
    sooner = PhaseFactory(call=later.call, closes_at=later.closes_at - timedelta(days=1))
    PhaseFactory(call=later.call, opens_at=None, closes_at=None)

    assert later.call.open_phase() == sooner


def test_starting_a_candidature_goes_through_sign_in_and_comes_back(client):
    call, user = PhaseFactory().call, UserFactory()
    user.emailaddress_set.create(email=user.email, verified=True, primary=True)
    start = reverse("applications:start", args=[call.slug])
    sign_in = f"{reverse('account_login')}?next={start}"

    assertRedirects(client.get(start), sign_in)
    assertRedirects(client.post(sign_in, {"login": user.email, "password": PASSWORD, "next": start}), start)


@pytest.mark.parametrize("count", [1, 3])
def test_list_query_count_does_not_grow(client, count, django_assert_num_queries):
    for _ in range(count):
        PhaseFactory()

    with django_assert_num_queries(2):  # calls, phases
        client.get(LIST)


@pytest.mark.parametrize("count", [1, 3])
def test_call_query_count_does_not_grow(client, count, django_assert_num_queries):
    call = filled_call()
    for _ in range(count - 1):
        SeatFactory(call=call)
        CriterionFactory(call=call)
        AntennaFactory(phase=call.phases.first())
        AntennaFactory(phase=PhaseFactory(call=call))

    # the call, then phases, antennas, programmes, concepts, criteria, levels, seats, organisations, figures, sources,
    # sections, questions
    with django_assert_num_queries(14):
        client.get(call.get_absolute_url())


def test_public_pages_set_no_cookie(client):
    call = filled_call()

    client.get(LIST)
    client.get(call.get_absolute_url())

    assert not client.cookies


def test_dates_are_written_in_full_in_paris_time():
    moment = datetime(2021, 7, 1, 21, 5, 7, tzinfo=ZoneInfo("UTC"))

    def plain(text):
        return text.replace("\N{NO-BREAK SPACE}", " ")

    assert plain(long_moment(moment)) == "jeudi 1er juillet 2021 à 23 h 05"
    assert plain(exact_moment(moment)) == "jeudi 1er juillet 2021 à 23 h 05 min 07 s (heure de Paris)"
    assert plain(long_day(moment.date())) == "jeudi 1er juillet 2021"
    assert plain(long_day(datetime(2021, 7, 1, 22, 30, tzinfo=ZoneInfo("UTC")))) == "vendredi 2 juillet 2021"


@pytest.mark.parametrize(
    ("octets", "words"),
    [(0, "0 octet"), (14, "14 octets"), (319_488, "312 ko"), (20 * 1024**2, "20 Mo"), (4_404_019, "4,2 Mo")],
)
def test_file_size_is_said_as_office_machines_do(octets, words):
    assert file_size(octets).replace("\N{NO-BREAK SPACE}", " ") == words
