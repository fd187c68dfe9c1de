"""The dates of a call as an iCalendar file, read by another library than the one that writes it."""

from datetime import UTC, date, datetime

import pytest
import vobject

from tests.factories import CallFactory, PhaseFactory, StaffFactory

OPENING, CLOSING = datetime(2031, 3, 1, 8, tzinfo=UTC), datetime(2031, 4, 1, 22, 30, tzinfo=UTC)


def a_phase(**fields):
    call = CallFactory(slug="ami-9", name="AMI#9", title="Un été, des œuvres", **fields)
    return PhaseFactory(call=call, number=2, opens_at=OPENING, closes_at=CLOSING, announced_on=date(2031, 6, 1))


def events(response) -> dict:
    calendar = vobject.readOne(response.content.decode())
    return {event.summary.value: event for event in calendar.vevent_list}


def test_each_date_is_an_event_at_its_exact_moment(client):
    a_phase()

    response = client.get("/appels/ami-9/calendrier.ics")

    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert {name: event.dtstart.value for name, event in events(response).items()} == {
        "AMI#9, phase 2 : ouverture des dépôts": OPENING,
        "AMI#9, phase 2 : clôture des dépôts": CLOSING,
        "AMI#9, phase 2 : annonce des résultats": date(2031, 6, 1),
    }


def test_event_keeps_its_identifier_when_its_date_moves(client):
    phase = a_phase()
    before = {event.uid.value for event in events(client.get("/appels/ami-9/calendrier.ics")).values()}
    phase.closes_at = CLOSING.replace(day=15)
    phase.save()

    after = events(client.get("/appels/ami-9/calendrier.ics"))

    assert {event.uid.value for event in after.values()} == before
    assert after["AMI#9, phase 2 : clôture des dépôts"].dtstart.value == CLOSING.replace(day=15)


def test_closing_is_reminded_of_a_week_before(client):
    a_phase()

    closing = events(client.get("/appels/ami-9/calendrier.ics"))["AMI#9, phase 2 : clôture des dépôts"]

    assert closing.valarm.trigger.value.days == -7


def test_phase_without_dates_gives_no_event(client):
    PhaseFactory(call=CallFactory(slug="ami-8"), opens_at=None, closes_at=None)

    assert "VEVENT" not in client.get("/appels/ami-8/calendrier.ics").content.decode()


@pytest.mark.usefixtures("without_second_factor")
def test_call_in_preparation_is_for_the_team_alone(client):
    a_phase(is_published=False)

    assert client.get("/appels/ami-9/calendrier.ics").status_code == 404
    client.force_login(StaffFactory())
    assert client.get("/appels/ami-9/calendrier.ics").status_code == 200
