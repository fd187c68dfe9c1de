"""The room of a session: convene, seat, open, follow the agenda, close."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from applications.models import Attendance, Candidature, CommitteeSession, Recusal, Status
from tests.applications.committee_case import committee_case
from tests.applications.ranking_case import add_file, ranking_case
from tests.applications.session_case import call, convene, decide, open_session
from tests.applications.session_pages import words
from tests.factories import MemberFactory, StaffFactory

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


def places(session, *values) -> dict:
    """What the table of presences sends: one value a seat, in their order."""
    session.refresh_from_db()
    attendances = session.attendances.order_by("seat__position")
    sent = {f"seat_{each.seat_id}": value for each, value in zip(attendances, values, strict=True)}
    return sent | {"act": "seat", "revision": session.revision}


def member(case, number) -> str:
    return f"member-{case.members[number].pk}"


def power(case, number) -> str:
    return f"power-{case.members[number].seat_id}"


def act(client, session, name, **data):
    session.refresh_from_db()
    sent = {"act": name, "revision": session.revision} | data
    return client.post(room(session), sent, follow=True)


# Convening


def convening(**changes) -> dict:
    tomorrow = timezone.localtime() + timedelta(days=1)
    return {
        "meets_at_0": f"{tomorrow:%Y-%m-%d}",
        "meets_at_1": "14:30",
        "place": "Amphithéâtre",
        "secretary": "Claire Moreau",
        "order": "rank",
        "minutes_per_file": "12",
    } | changes


@pytest.mark.parametrize("by_chair", [False, True])
def test_session_is_convened_from_the_page_of_the_phase(client, case, staff, by_chair):
    client.force_login(case.members[0].user if by_chair else staff)
    address = reverse("admin:phase_convene", args=[case.phase.pk])

    phase = client.get(reverse("admin:phase", args=[case.phase.pk]))
    answer = client.post(address, convening())

    session = CommitteeSession.objects.get()
    assert f'href="{address}"' in phase.content.decode()
    assert answer.headers["Location"] == room(session)
    assert (session.place, session.secretary, session.minutes_per_file) == ("Amphithéâtre", "Claire Moreau", 12)
    assert f"{timezone.localtime(session.meets_at):%H:%M}" == "14:30"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"meets_at_0": "2021-01-01"}, "Cette date est passée"),
        ({"meets_at_0": "2999-01-01"}, "Cette date est trop lointaine"),
        ({"meets_at_0": "hier"}, "Saisissez une date valide"),
        ({"place": ""}, "Ce champ est obligatoire"),
        ({"minutes_per_file": "0"}, "supérieure ou égale à 1"),
        ({"minutes_per_file": "99999999999999"}, "inférieure ou égale à 240"),
        ({"order": "alphabetical"}, "Sélectionnez un choix valide"),
        ({"secretary": "\x00"}, "nul"),
    ],
)
def test_what_is_wrong_in_a_convening_is_told_and_nothing_is_convened(client, case, staff, changes, told):
    client.force_login(staff)

    answer = client.post(reverse("admin:phase_convene", args=[case.phase.pk]), convening(**changes))

    assert told in words(answer)
    assert not CommitteeSession.objects.exists()


def test_convening_under_the_seal_leads_back_with_the_reason(client, staff):
    phase = committee_case().phase
    client.force_login(staff)

    answer = client.post(reverse("admin:phase_convene", args=[phase.pk]), convening(), follow=True)

    assert "Le scellé de la phase n’est pas levé" in words(answer)
    assert not CommitteeSession.objects.exists()


def test_convening_twice_leads_back_with_the_reason(client, case, session, staff):
    client.force_login(staff)

    answer = client.post(reverse("admin:phase_convene", args=[case.phase.pk]), convening(), follow=True)

    assert "déjà convoquée" in words(answer)
    assert CommitteeSession.objects.count() == 1


# Presence, quorum, opening


def test_presences_are_noted_together_and_the_quorum_is_in_words(client, case, session, staff):
    client.force_login(staff)

    page = client.post(room(session), places(session, member(case, 0), power(case, 0), "absent"), follow=True)

    assert "Quorum atteint : 2 sièges présents ou représentés, 2 nécessaires. 2 voix." in words(page)
    assert [each.state for each in session.room().attendances] == ["present", "represented", "absent"]


def test_opening_without_the_quorum_is_refused_with_the_reason(client, session, staff):
    client.force_login(staff)

    page = act(client, session, "open")

    assert "Le quorum n’est pas atteint : 0 siège présent ou représenté, 2 nécessaires." in words(page)
    session.refresh_from_db()
    assert session.opened_at is None


def test_session_opens_then_calls_its_first_file(client, case, session, staff):
    client.force_login(staff)
    client.post(room(session), places(session, *[member(case, n) for n in range(3)]))

    opened = act(client, session, "open")
    called = act(client, session, "call", item=session.items.first().pk)

    assert "La séance est ouverte." in words(opened)
    assert called.redirect_chain[-1][0] == reverse("admin:room_file", args=[session.pk, case.files[1].reference])
    session.refresh_from_db()
    assert session.current.candidature == case.files[1]


def test_impossible_power_is_told_and_what_was_chosen_stays_on_the_page(client, case, session, staff):
    client.force_login(staff)

    page = client.post(room(session), places(session, member(case, 0), power(case, 2), "absent"))

    assert "le siège qui reçoit le pouvoir doit être présent" in words(page)
    assert f'value="{member(case, 0)}" selected' in page.content.decode()
    assert {each.state for each in session.attendances.all()} == {"absent"}


def test_power_without_effect_is_told_while_its_holder_is_away(client, case, session, staff):
    client.force_login(staff)
    client.post(room(session), places(session, member(case, 0), power(case, 0), member(case, 2)))

    page = client.post(room(session), places(session, "absent", power(case, 0), member(case, 2)), follow=True)

    giver, holder = (case.members[number].seat.organisation.short_name for number in (1, 0))
    assert f"le pouvoir de {giver} à {holder}." in words(page)


def test_quorum_lost_is_told_large_on_every_page_of_the_session(client, case, staff):
    session = open_session(case.phase, staff)
    call(session, case.files[0], staff)
    client.force_login(staff)

    page = client.post(room(session), places(session, member(case, 0), "absent", "absent"), follow=True)
    file = client.get(reverse("admin:room_file", args=[session.pk, case.files[0].reference]))

    for answer in (page, file):
        assert 'class="room-quorum room-quorum-lost" role="alert"' in answer.content.decode()
        assert "Aucune décision ne peut être consignée" in words(answer)


@pytest.mark.parametrize("value", ["member-999999", "power-999999", "present", "\x00", "member-", "x" * 1000])
def test_place_that_the_list_does_not_offer_is_refused(client, session, staff, value):
    client.force_login(staff)

    page = client.post(room(session), places(session, value, "absent", "absent"))

    assert "Rien n’est noté" in words(page)
    assert {each.state for each in session.attendances.all()} == {"absent"}


def test_deputy_sits_for_the_seat(client, case, session, staff):
    deputy = MemberFactory(seat=case.members[1].seat, is_titular=False)
    client.force_login(staff)

    client.post(room(session), places(session, "absent", f"member-{deputy.pk}", "absent"))

    assert session.attendances.get(seat=deputy.seat).member == deputy


@pytest.mark.parametrize("revision", ["0", "", "-1", "abc", "9" * 30])
def test_act_on_an_older_view_is_told_and_what_was_chosen_is_kept(client, case, session, staff, revision):
    client.force_login(staff)
    client.post(room(session), places(session, member(case, 0), "absent", "absent"))

    sent = places(session, "absent", member(case, 1), "absent") | {"revision": revision}
    page = client.post(room(session), sent)

    assert "La séance a avancé sur un autre écran" in words(page)
    assert f'value="{member(case, 1)}" selected' in page.content.decode()
    assert f'name="revision" value="{session.revision}"' in page.content.decode()
    assert [each.state for each in session.room().attendances] == ["present", "absent", "absent"]


@pytest.mark.parametrize("data", [{}, {"act": "destroy"}, {"act": "order", "order": "x"}])
def test_act_that_is_none_changes_nothing(client, session, staff, data):
    client.force_login(staff)

    assert client.post(room(session), data).status_code == 302
    session.refresh_from_db()
    assert session.revision == 0


@pytest.mark.parametrize("item", ["", "x", "999999", "9" * 40, "-1"])
def test_calling_what_is_not_on_the_agenda_finds_nothing(client, case, staff, item):
    session = open_session(case.phase, staff)
    client.force_login(staff)

    assert act(client, session, "call", item=item).status_code == 404


# The agenda


def test_agenda_says_what_is_decided_current_and_waiting(client, case, staff):
    add_file(case.phase, case.members, case.criteria, [], 9)
    session = open_session(case.phase, staff)
    decide(case.files[1], "reject", by=staff)
    call(session_now(session), case.files[0], staff)
    client.force_login(staff)

    page = client.get(room(session))

    assert [item.state for item in page.context["items"]] == ["decided", "current", "waiting"]
    assert "Ne pas retenir" in words(page)
    assert "(1 décidé sur 3)" in words(page)


def session_now(session) -> CommitteeSession:
    return CommitteeSession.objects.get(pk=session.pk)


def test_order_of_the_agenda_changes_from_the_page(client, case, session, staff):
    client.force_login(staff)

    page = act(client, session, "order", order="reference")

    assert [item.candidature for item in page.context["items"]] == case.files


def test_file_admissible_since_is_told_and_joins_the_agenda(client, case, session, staff):
    new = add_file(case.phase, case.members, case.criteria, [], 9)
    client.force_login(staff)

    before = client.get(room(session))
    after = act(client, session, "order", order="reference")

    assert "1 dossier recevable depuis la convocation" in words(before)
    assert [item.candidature for item in after.context["items"]] == [*case.files, new]


def test_withdrawn_file_stays_on_the_agenda_as_such(client, case, session, staff):
    Candidature.objects.filter(pk=case.files[1].pk).update(status=Status.WITHDRAWN)
    client.force_login(staff)

    page = client.get(room(session))

    assert [item.state for item in page.context["items"]] == ["gone", "waiting"]
    assert "Vous sortez" not in words(page)


def test_recused_chair_learns_neither_title_nor_rank_nor_outcome_from_the_agenda(client, case, staff):
    best, other = case.files[1], case.files[0]
    best.title = "TITREDUDOSSIER"
    best.save(update_fields=["title"])
    chair = case.members[0]
    Recusal.raise_for(best, chair.seat, "Élue", staff, member=chair)
    session = open_session(case.phase, staff)
    decide(best, "reject", by=staff)
    client.force_login(chair.user)

    page = client.get(room(session))

    assert [item.candidature for item in page.context["items"]] == [other, best]
    assert "Vous sortez pour ce dossier" in words(page)
    assert not re.search("TITREDUDOSSIER|Ne pas retenir", page.content.decode())


def test_screen_of_the_room_tells_no_outcome_and_has_nothing_to_press(client, case, staff):
    session = open_session(case.phase, staff)
    decide(case.files[1], "reject", by=staff)
    client.force_login(staff)

    page = client.get(room(session) + "?ecran=1")

    content = page.content.decode()
    assert "Ne pas retenir" not in content
    assert "<form" not in content[content.index('id="content-start"') :].replace('<form id="logout-form"', "")
