"""The decision read back, and the vote on it: recorded once, or told why not, with what was typed."""

import pytest
from django.urls import reverse

from applications.models import Decision
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


# The reading back


SENTENCES = {
    "label": "Le comité labellise la candidature.",
    "conditions": "Le comité labellise la candidature sous conditions.",
    "reserve": "Le comité inscrit la candidature en réserve, au rang 4.",
    "defer": "Le comité déclare la candidature « à consolider » : elle pourra être présentée à nouveau.",
    "reject": "Le comité ne retient pas la candidature.",
}


@pytest.mark.parametrize("outcome", Decision.Outcome.values)
def test_every_decision_is_read_back_in_full_then_recorded(client, session, staff, outcome):
    client.force_login(staff)
    sent = typed(session, outcome=outcome, conditions="Un bail signé", reserve_rank="4", point_1_text="Les locaux")

    page = client.post(page_of(session), sent | {"then": "read"}, follow=True)
    client.post(page_of(session, "room_read_back"), voted(session, 2, 1))

    assert f"{SENTENCES[outcome]} Motif Projet mûr" in words(page)
    assert ("Conditions Un bail signé" in words(page)) == (outcome == "conditions")
    assert ("Les locaux" in words(page)) == (outcome in ("reserve", "defer", "reject"))
    assert Decision.objects.get().outcome == outcome


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"outcome": ""}, "Choisissez la décision."),
        ({"reason": " "}, "Écrivez le motif de la décision."),
        ({"outcome": "conditions"}, "Écrivez les conditions du label."),
        ({"outcome": "reserve"}, "Donnez le rang dans la réserve."),
    ],
)
def test_reading_back_says_what_lacks_and_keeps_the_text(client, session, staff, changes, told):
    client.force_login(staff)

    page = client.post(page_of(session), typed(session, **changes) | {"then": "read"})

    assert told in words(page)
    assert item_of(session).draft["outcome"] == changes.get("outcome", "label")
    assert page.context["form"]["draft_revision"].value() == 1


def test_reading_back_waits_for_a_text(client, session, staff):
    client.force_login(staff)

    page = client.get(page_of(session, "room_read_back"), follow=True)

    assert "Choisissez la décision." in words(page)


# The vote


def test_recording_calls_the_next_file(client, case, session, staff):
    write(session, staff)
    client.force_login(staff)

    answer = client.post(page_of(session, "room_read_back"), voted(session, 2, 1))

    session.refresh_from_db()
    decision = Decision.objects.get()
    assert answer.headers["Location"] == page_of(session, place=1)
    assert session.current.candidature == case.files[1]
    assert (decision.votes_for, decision.votes_against, decision.abstentions) == (2, 1, 0)


def test_recording_the_last_file_leads_to_the_agenda(client, case, session, staff):
    decide(case.files[1], by=staff)
    session.refresh_from_db()
    call(session, case.files[0], staff)
    write(session, staff)
    client.force_login(staff)

    page = client.post(page_of(session, "room_read_back"), voted(session, 3), follow=True)

    assert page.redirect_chain[-1][0] == reverse("admin:room", args=[session.pk])
    assert "ont leur décision" in words(page)


def test_equal_voices_need_the_casting_vote(client, case, session, staff):
    session.seat(staff, session.revision, session.attendances.order_by("seat__position")[2], "absent")
    write(session, staff)
    client.force_login(staff)
    address = page_of(session, "room_read_back")

    page = client.post(address, voted(session, 1, 1))
    client.post(address, voted(session, 1, 1, has_casting_vote="on"))

    assert "Les voix sont partagées" in words(page)
    assert Decision.objects.get().has_casting_vote


@pytest.mark.parametrize(
    ("vote", "told"),
    [
        ((2, 0), "Le vote compte 2 voix : il en faut 3"),
        ((4, 0), "Le vote compte 4 voix : il en faut 3"),
        ((-3, 6), "supérieure ou égale à 0"),
        (("", 0), "Ce champ est obligatoire."),
        (("trois", 0), "Saisissez un nombre entier."),
        (("9" * 50, 0), "inférieure ou égale à 999"),
        ((1, 2), "La proposition n’est pas adoptée"),
        ((0, 0, 3), "Aucune voix pour"),
    ],
)
def test_vote_that_cannot_be_is_told_and_kept(client, session, staff, vote, told):
    write(session, staff)
    client.force_login(staff)

    page = client.post(page_of(session, "room_read_back"), voted(session, *vote))

    assert told in words(page)
    assert page.context["form"]["votes_for"].value() in (vote[0], str(vote[0]))
    assert not Decision.objects.exists()


def test_vote_is_kept_while_it_is_typed_and_forgotten_when_the_text_changes(client, session, staff):
    write(session, staff)
    client.force_login(staff)
    address = page_of(session, "room_read_back")

    answer = client.post(address, voted(session, 2, "", ""), **JSON)
    kept = client.get(address).context["form"]["votes_for"].value()
    client.post(page_of(session), typed(session, reason="Un autre texte"))
    after = client.get(address).context["form"]["votes_for"].value()

    assert (answer.status_code, kept, after) == (200, 2, None)


def shown(page) -> dict:
    """What the form of the page says that it shows."""
    return {"draft_revision": page.context["form"]["draft_revision"].value()}


def test_vote_on_a_text_that_changed_is_told_and_shows_the_new_text(client, session, staff):
    write(session, staff)
    sent = voted(session, 3)
    write(session, staff, reason="Texte changé")
    client.force_login(StaffFactory())

    page = client.post(page_of(session, "room_read_back"), sent)

    assert "a changé depuis sa lecture" in words(page)
    assert "Motif Texte changé" in words(page)
    assert page.context["form"]["votes_for"].value() == "3"
    assert not Decision.objects.exists()

    client.post(page_of(session, "room_read_back"), voted(session, 3) | shown(page))
    assert Decision.objects.get().reason == "Texte changé"


def test_vote_on_an_older_view_of_the_session_is_told_and_kept(client, session, staff):
    write(session, staff)
    sent = voted(session, 3)
    session.seat(staff, session.revision, session.attendances.order_by("seat__position")[2], "absent")
    client.force_login(StaffFactory())

    page = client.post(page_of(session, "room_read_back"), sent)

    session.refresh_from_db()
    assert "La séance a avancé sur un autre écran" in words(page)
    assert page.context["form"]["votes_for"].value() == "3"
    assert f'name="revision" value="{session.revision}"' in page.content.decode()
    assert not Decision.objects.exists()


def test_second_secretary_who_records_after_the_first_is_told_and_nothing_changes(client, case, session, staff):
    write(session, staff)
    sent = voted(session, 3)
    client.force_login(staff)
    client.post(page_of(session, "room_read_back"), voted(session, 2, 1))
    client.force_login(StaffFactory())

    page = client.post(page_of(session, "room_read_back"), sent, follow=True)

    session.refresh_from_db()
    assert "Ce dossier n’est pas devant le comité." in words(page)
    assert (Decision.objects.get().votes_for, Decision.objects.get().decided_by) == (2, staff)
    assert session.current.candidature == case.files[1]


def test_quorum_lost_during_the_vote_records_nothing(client, case, session, staff):
    write(session, staff)
    for attendance in session.attendances.order_by("seat__position")[1:]:
        session.seat(staff, session.revision, attendance, "absent")
    client.force_login(staff)

    page = client.post(page_of(session, "room_read_back"), voted(session, 1))

    assert "Le quorum n’est pas atteint : 1 siège présent ou représenté, 2 nécessaires." in words(page)
    assert item_of(session).draft["reason"] == "Projet mûr"
    assert not Decision.objects.exists()
