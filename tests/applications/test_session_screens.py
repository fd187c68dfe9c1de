"""The session from several screens, its end, and who may look at it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.models import Attendance, Recusal
from tests.applications.ranking_case import ranking_case
from tests.applications.session_case import call, convene, decide, open_session
from tests.applications.session_pages import words
from tests.factories import MemberFactory, StaffFactory, UserFactory

pytestmark = pytest.mark.usefixtures("without_second_factor")
State = Attendance.State


@pytest.fixture
def case():
    """Three seats, whose first presides, and two files, the second one better ranked."""
    return ranking_case([[[2, 2]] * 3, [[4, 4]] * 3])


@pytest.fixture
def staff():
    return StaffFactory()


@pytest.fixture
def session(case, staff):
    return convene(case.phase, staff)


def room(session) -> str:
    return reverse("admin:room", args=[session.pk])


# Following


def test_state_changes_when_the_session_moves_and_names_the_file(client, case, staff):
    session = open_session(case.phase, staff)
    client.force_login(staff)
    address = reverse("admin:room_state", args=[session.pk])

    before = client.get(address).json()
    call(session, case.files[0], staff)
    after = client.get(address).json()

    assert before["address"] == room(session)
    assert after["address"] == reverse("admin:room_file", args=[session.pk, case.files[0].reference])
    assert before["mark"] != after["mark"]


def test_page_knows_the_state_that_it_shows(client, case, staff):
    session = open_session(case.phase, staff)
    client.force_login(staff)

    mark = client.get(reverse("admin:room_state", args=[session.pk])).json()["mark"]

    assert f'data-mark="{mark}"' in client.get(room(session)).content.decode()


def test_text_that_is_typed_moves_the_screen_of_the_room_only(client, case, staff):
    session = open_session(case.phase, staff)
    item = call(session, case.files[0], staff)
    client.force_login(staff)
    address = reverse("admin:room_state", args=[session.pk])

    before = [client.get(f"{address}{query}").json()["mark"] for query in ("", "?ecran=1")]
    item.write(staff, item.draft_revision, {"reason": "x"})
    after = [client.get(f"{address}{query}").json()["mark"] for query in ("", "?ecran=1")]

    assert (before[0] == after[0], before[1] == after[1]) == (True, False)


def test_state_leads_a_recused_chair_to_the_room_and_not_to_the_file(client, case, staff):
    chair = case.members[0]
    Recusal.raise_for(case.files[0], chair.seat, "Élue", staff, member=chair)
    session = open_session(case.phase, staff)
    call(session, case.files[0], staff)
    client.force_login(chair.user)

    assert client.get(reverse("admin:room_state", args=[session.pk])).json()["address"] == room(session)


def test_state_answers_an_ended_session_in_json(client, session):
    answer = client.get(reverse("admin:room_state", args=[session.pk]), headers={"accept": "application/json"})

    assert (answer.status_code, list(answer.json())) == (401, ["sign_in"])


# Closing


def test_closing_says_which_files_have_no_decision_then_closes(client, case, staff):
    session = open_session(case.phase, staff)
    decide(case.files[1], by=staff)
    session.refresh_from_db()
    client.force_login(staff)
    address = reverse("admin:room_close", args=[session.pk])

    page = words(client.get(address))
    closed = client.post(address, {"revision": session.revision}, follow=True)

    assert "1 dossier n’a pas de décision, et attendra une autre séance" in page
    assert (case.files[0].title in page, case.files[1].reference in page) == (True, False)
    assert "La séance est levée." in words(closed)
    assert f'href="{reverse("admin:minutes", args=[session.pk])}"' in closed.content.decode()


def test_closing_on_an_older_view_is_refused(client, case, staff):
    session = open_session(case.phase, staff)
    client.force_login(staff)

    page = client.post(reverse("admin:room_close", args=[session.pk]), {"revision": "0"}, follow=True)

    assert "La séance a avancé sur un autre écran" in words(page)
    session.refresh_from_db()
    assert session.closed_at is None


def test_session_that_is_not_open_has_nothing_to_close(client, session, staff):
    client.force_login(staff)

    page = client.get(reverse("admin:room_close", args=[session.pk]), follow=True)

    assert "La séance n’est pas ouverte." in words(page)


def test_closed_session_is_read_and_offers_no_act(client, case, staff):
    session = open_session(case.phase, staff)
    session.close(staff, session.revision)
    client.force_login(staff)

    content = client.get(room(session)).content.decode()

    assert 'name="act"' not in content
    assert client.post(room(session), {"act": "open", "revision": session.revision}, follow=True).status_code == 200


# Who


@pytest.mark.parametrize("name", ["room", "room_close", "room_state", "room_file", "room_read_back"])
def test_session_is_for_the_team_and_its_chair_only(client, case, staff, name):
    session = open_session(case.phase, staff)
    item = call(session, case.files[0], staff)
    item.write(staff, item.draft_revision, {"outcome": "label", "reason": "Motif"})
    arguments = [session.pk, case.files[0].reference] if name in ("room_file", "room_read_back") else [session.pk]
    people = [
        staff,
        case.members[0].user,
        case.members[1].user,
        MemberFactory(is_chair=True).user,
        case.files[0].memberships.first().user,
        UserFactory(),
    ]

    codes = []
    for person in people:
        client.force_login(person)
        codes.append(client.get(reverse(f"admin:{name}", args=arguments)).status_code)

    assert codes == [200, 200, 403, 404, 403, 403]


def test_guessed_session_is_not_found(client, staff):
    client.force_login(staff)

    assert client.get(reverse("admin:room", args=[999_999])).status_code == 404


@pytest.mark.parametrize("size", [1, 3])
def test_room_takes_as_many_queries_for_three_files_and_seats_as_for_one(client, staff, size):
    case = ranking_case([[[3, 3]] * size] * size)
    session = open_session(case.phase, staff)
    call(session, case.files[0], staff)
    client.force_login(staff)

    with CaptureQueriesContext(connection) as queries:
        client.get(room(session))

    assert len(queries) == 9
