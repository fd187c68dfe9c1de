"""What moved among the laureates, as a feed that another library reads."""

from datetime import UTC, date, datetime

import feedparser

from labels.models import OpeningChange
from labels.news import latest_news
from tests.factories import AntennaFactory, CallFactory, OpeningFactory, PhaseFactory, StaffFactory


def entries(client) -> list:
    response = client.get("/laureats/flux.atom")
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    feed = feedparser.parse(response.content)
    assert not feed.bozo, feed.get("bozo_exception")
    assert feed.version == "atom10"
    return feed.entries


def test_feed_tells_labels_and_openings_the_last_first(client):
    antenna = AntennaFactory(name="Vierzon", slug="vierzon", labelled_on=date(2020, 3, 2))
    OpeningFactory(antenna=antenna, year=2020)
    OpeningChange.revise(antenna, 2026, "premises", "Travaux.", StaffFactory())

    found = entries(client)

    assert [entry.title for entry in found] == [
        "Vierzon : ouverture reportée à 2026-2027 : locaux",
        f"Vierzon : labellisée « Au cœur des territoires » ({antenna.phase})",
    ]
    assert [entry.link for entry in found] == ["http://testserver/laureats/vierzon/"] * 2
    assert found[1].published == "2020-03-02T12:00:00+01:00"


def test_every_entry_has_its_own_lasting_identifier(client):
    antenna = AntennaFactory(slug="vierzon", labelled_on=date(2020, 3, 2))
    OpeningChange.announce(antenna, 2027, StaffFactory())
    before = [entry.id for entry in entries(client)]

    OpeningChange.revise(antenna, 2028, "other", "Un an de plus.", StaffFactory())
    after = [entry.id for entry in entries(client)]

    assert len(set(after)) == 3
    assert set(before) < set(after)


def test_feed_of_the_loaded_programme_is_whole(client, programme):
    found = entries(client)

    assert len(found) == 40
    assert all(entry.title and entry.link and entry.id for entry in found)


def test_demonstration_is_no_news(client):
    demo = AntennaFactory(phase=PhaseFactory(call=CallFactory(is_demo=True)), labelled_on=date(2020, 3, 2))
    OpeningFactory(antenna=demo, recorded_by=StaffFactory())

    assert entries(client) == []


def test_laureate_without_a_date_waits_for_one():
    AntennaFactory(labelled_on=None)

    assert latest_news(5) == []


def test_proclaimed_laureate_is_news_of_the_hour_of_its_proclamation():
    from applications.models import Status
    from tests.factories import CandidatureFactory

    at = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
    phase = PhaseFactory(closed=True, closes_at=datetime(2026, 1, 1, tzinfo=UTC), opens_at=None, seal_opened_at=at)
    phase.proclaimed_at = at
    phase.save()
    file = CandidatureFactory(status=Status.LABELLED, phase=phase)
    AntennaFactory(phase=phase, candidature=file, labelled_on=date(2026, 5, 4))

    assert [news.at for news in latest_news(5)] == [at]
