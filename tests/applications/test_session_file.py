"""One file before the committee: what the screen shows, what is typed of its decision and saved as it comes."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from applications.models import Decision, Recusal
from tests.applications.ranking_case import ranking_case
from tests.applications.session_case import call, decide, open_session
from tests.applications.session_pages import item_of, page_of, typed, voted, words, write
from tests.factories import StaffFactory

pytestmark = pytest.mark.usefixtures("without_second_factor")
JSON = {"headers": {"accept": "application/json"}}


@pytest.fixture
def case():
    """Three seats, whose first presides, and two files, the first one better ranked."""
    return ranking_case([[[4, 4]] * 3, [[2, 2]] * 3])


@pytest.fixture
def staff():
    return StaffFactory()


@pytest.fixture
def session(case, staff):
    """The first file is before the committee."""
    session = open_session(case.phase, staff)
    call(session, case.files[0], staff)
    return session


# What the screen shows


def test_screen_shows_the_marks_of_each_seat_the_average_and_the_rank(client, case, session, staff):
    client.force_login(staff)

    page = client.get(page_of(session))

    seats = [line.column.review.seat for line in page.context["lines"]]
    assert seats == [member.seat for member in case.members]
    assert [cell.mark for cell in page.context["lines"][0].cells] == ["4", "4"]
    assert "Rang 1 sur 2 Moyenne 80,00 sur 100 Voix 3" in words(page)


def test_screen_says_who_leaves_for_the_file_and_that_they_come_back(client, case, session, staff):
    Recusal.raise_for(case.files[0], case.members[1].seat, "Partenaire", staff)
    client.force_login(staff)

    first, second = (words(client.get(page_of(session, place=place))) for place in (0, 1))

    assert f"Sortent pour ce dossier : {case.members[1].seat.organisation}. Leurs voix reviennent" in first
    assert "Sortent pour ce dossier" not in second


def test_rank_leaves_out_the_files_from_which_somebody_there_is_kept(client, case, session, staff):
    Recusal.raise_for(case.files[0], case.members[1].seat, "Partenaire", staff)
    client.force_login(staff)

    first, second = (client.get(page_of(session, place=place)).context["place"] for place in (0, 1))

    assert (first.rank, first.count, first.hidden) == (1, 2, 0)
    assert (second.rank, second.count, second.hidden) == (1, 1, 1)


def test_time_runs_from_the_call_and_is_written_without_a_script(client, session, staff, time_machine):
    client.force_login(staff)
    called = item_of(session).called_at
    time_machine.move_to(called + timedelta(minutes=3))

    content = client.get(page_of(session)).content.decode()

    assert 'data-clock="180"' in content
    assert f"{timezone.localtime(called):%H:%M}" in content


def test_file_that_is_not_called_is_read_and_can_be_called(client, session, staff):
    client.force_login(staff)

    page = client.get(page_of(session, place=1))

    assert page.context["form"] is None
    assert "Ce dossier n’est pas devant le comité." in words(page)
    assert "Appeler ce dossier" in words(page)


def test_recused_chair_does_not_find_the_file(client, case, session, staff):
    chair = case.members[0]
    Recusal.raise_for(case.files[0], chair.seat, "Élue", staff, member=chair)
    write(session, staff)
    client.force_login(chair.user)

    for name in ("room_file", "room_read_back"):
        assert client.get(page_of(session, name)).status_code == 404
        assert client.post(page_of(session, name), typed(session) | voted(session, 3)).status_code == 404
        assert client.post(page_of(session, name), typed(session), **JSON).status_code == 404
    assert not Decision.objects.exists()


def test_guessed_file_of_another_phase_is_not_found(client, session, staff):
    other = ranking_case([[[1, 1]]])
    client.force_login(staff)

    address = reverse("admin:room_file", args=[session.pk, other.files[0].reference])

    assert client.get(address).status_code == 404


def test_screen_of_the_room_shows_the_text_that_is_typed_and_no_form(client, session, staff):
    write(session, staff, reason="Proposition en vue")
    client.force_login(staff)

    page = client.get(page_of(session) + "?ecran=1")

    assert "Proposition en cours d’écriture Le comité labellise la candidature. Motif Proposition en vue" in words(page)
    assert "<textarea" not in page.content.decode()


def test_draft_of_a_closed_session_is_no_longer_written(client, session, staff):
    session.close(staff, session.revision)
    client.force_login(staff)

    answer = client.post(page_of(session), typed(session), **JSON)

    assert (answer.status_code, answer.json()["message"]) == (403, "La séance est levée.")


# What is typed


def test_text_is_saved_as_it_is_typed_and_found_again(client, session, staff):
    client.force_login(staff)
    points = {"point_1_section": "", "point_1_text": "Préciser les locaux", "point_2_text": "   "}

    answer = client.post(page_of(session), typed(session, reason="Un début", outcome="defer", **points), **JSON)

    form = client.get(page_of(session)).context["form"]
    assert (answer.status_code, answer.json()["draft_revision"]) == (200, 1)
    assert (form["reason"].value(), form["outcome"].value(), form["draft_revision"].value()) == ("Un début", "defer", 1)
    assert item_of(session).draft["points"] == [{"section": "", "text": "Préciser les locaux"}]


def test_text_is_saved_by_the_button_without_a_script(client, session, staff):
    client.force_login(staff)

    page = client.post(page_of(session), typed(session, reason="Un début"), follow=True)

    assert "pas encore consignée" in words(page)
    assert item_of(session).draft["reason"] == "Un début"
    assert not Decision.objects.exists()


def test_saving_sent_twice_is_no_contradiction(client, session, staff):
    client.force_login(staff)
    sent = typed(session)

    answers = [client.post(page_of(session), sent, **JSON) for _ in range(2)]

    assert [answer.json().get("draft_revision") for answer in answers] == [1, 1]


def test_second_secretary_is_told_and_sees_both_texts(client, session, staff):
    sent = typed(session, reason="Le second texte")
    write(session, staff, reason="Le premier texte", outcome="reject")
    client.force_login(StaffFactory())

    told = client.post(page_of(session), sent, **JSON)
    page = client.post(page_of(session), sent)

    assert told.status_code == 409
    assert "Le comité ne retient pas la candidature. Motif Le premier texte" in words(page)
    assert page.context["form"]["reason"].value() == "Le second texte"
    assert item_of(session).draft["reason"] == "Le premier texte"

    client.post(page_of(session), sent | {"draft_revision": page.context["form"]["draft_revision"].value()})
    assert item_of(session).draft["reason"] == "Le second texte"


def test_text_typed_while_a_decision_was_recorded_is_kept_beside_it(client, case, session, staff):
    sent = typed(session, reason="Tapé trop tard", outcome="reject")
    decide(case.files[0], reason="Déjà consigné", by=staff)
    client.force_login(StaffFactory())

    page = client.post(page_of(session), sent)

    assert "Une décision vient d’être consignée pour ce dossier." in words(page)
    assert "Motif Déjà consigné" in words(page)
    assert page.context["form"]["reason"].value() == "Tapé trop tard"
    assert Decision.objects.get().outcome == "label"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"reason": "nul\x00"}, "reason"),
        ({"reason": "x" * 8001}, "reason"),
        ({"reason": "é" * 5_000_000}, "reason"),
        ({"outcome": "unknown"}, "outcome"),
        ({"reserve_rank": "-1"}, "reserve_rank"),
        ({"reserve_rank": "9" * 40}, "reserve_rank"),
        ({"reserve_rank": "premier"}, "reserve_rank"),
        ({"conditions": "x" * 4001}, "conditions"),
        ({"point_1_text": "x" * 2001}, "point_1_text"),
        ({"point_1_section": "Rubrique inventée", "point_1_text": "x"}, "point_1_section"),
        ({"draft_revision": "-1"}, "draft_revision"),
        ({"draft_revision": ""}, "draft_revision"),
    ],
)
def test_absurd_text_is_told_beside_its_field_kept_and_not_saved(client, session, staff, changes, field):
    client.force_login(staff)
    sent = typed(session, **changes)

    told, page = client.post(page_of(session), sent, **JSON), client.post(page_of(session), sent)

    assert (told.status_code, list(told.json()["errors"])) == (422, [field])
    assert list(page.context["form"].errors) == [field]
    assert page.context["form"][field].value() == changes[field]
    assert item_of(session).draft == {}


def test_text_larger_than_any_page_is_refused_at_the_door(client, session, staff):
    client.force_login(staff)

    assert client.post(page_of(session), typed(session, reason="x" * 11_000_000)).status_code == 400


def test_text_in_any_script_comes_back_as_it_was_typed(client, session, staff):
    reason = "Bravo 🎉👩‍🏭 — ünïcode, العربية, <script>alert(1)</script>\nà la ligne"
    client.force_login(staff)

    client.post(page_of(session), typed(session, reason=reason.replace("\n", "\r\n")))

    content = client.get(page_of(session)).content.decode()
    assert item_of(session).draft["reason"] == reason
    assert "<script>alert" not in content


def test_rank_in_reserve_proposed_is_the_next_free_one(client, case, session, staff):
    decide(case.files[0], "reserve", by=staff)
    session.refresh_from_db()
    call(session, case.files[1], staff)
    client.force_login(staff)

    assert client.get(page_of(session, place=1)).context["form"]["reserve_rank"].value() == 2


def test_session_that_ended_shows_what_was_typed(client, session):
    sent = typed(session, reason="Un motif déjà long")

    answer, told = client.post(page_of(session), sent), client.post(page_of(session), sent, **JSON)

    assert (answer.status_code, told.status_code) == (403, 401)
    assert "Un motif déjà long" in words(answer)


# As many queries whatever there is to show


@pytest.mark.parametrize("size", [1, 3])
def test_file_takes_as_many_queries_for_three_files_and_seats_as_for_one(client, staff, size):
    case = ranking_case([[[3, 3]] * size] * size)
    session = open_session(case.phase, staff)
    call(session, item_of(session).candidature, staff)
    client.force_login(staff)
    address = page_of(session)

    with CaptureQueriesContext(connection) as queries:
        client.get(address)

    assert len(queries) == 20
