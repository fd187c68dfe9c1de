"""The decision of a file: taken in session, on one vote, private until the proclamation."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from applications.models import (
    Attendance,
    Candidature,
    ChangedMeanwhile,
    Decision,
    Event,
    ForbiddenTransition,
    Proposal,
    Recusal,
    Status,
    Vote,
)
from tests.applications.committee_case import committee_case
from tests.applications.ranking_case import ranking_case
from tests.applications.session_case import approve_minutes, call, decide, open_session, proposal
from tests.factories import MemberFactory, StaffFactory

pytestmark = pytest.mark.usefixtures("without_second_factor")
Outcome = Decision.Outcome


@pytest.fixture
def case():
    """Four seats, whose first presides, and two files."""
    return ranking_case([[[3, 3]] * 4, [[2, 2]] * 4])


@pytest.fixture
def staff():
    return StaffFactory()


@pytest.fixture
def session(case, staff):
    """The first file is before the committee."""
    session = open_session(case.phase, staff)
    call(session, case.files[0], staff)
    return session


def record(session, file, by, outcome=Outcome.LABEL, reason="Motif", vote=None, **fields):
    vote = vote or Vote(len(session.room(file).voices))
    return Decision.record(session, file, by, session.revision, proposal(outcome, reason, **fields), vote)


@pytest.mark.parametrize("by_chair", [False, True])
def test_decision_is_recorded_and_the_status_waits_for_the_proclamation(case, session, staff, by_chair):
    by = case.members[0].user if by_chair else staff

    decision = record(session, case.files[0], by, Outcome.CONDITIONS, conditions="Un bail signé.")

    assert (decision.outcome, decision.conditions, decision.decided_by, decision.session) == (
        "conditions",
        "Un bail signé.",
        by,
        session,
    )
    assert Candidature.objects.get(pk=case.files[0].pk).status == Status.ADMISSIBLE


@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_keeps_what_it_needs_and_nothing_else(case, session, staff, outcome):
    points = [{"section": "", "text": "Préciser les locaux."}]

    decision = record(session, case.files[0], staff, outcome, conditions="Un bail.", reserve_rank=3, points=points)

    is_labelled = outcome in (Outcome.LABEL, Outcome.CONDITIONS)
    assert (decision.conditions, decision.reserve_rank, decision.points) == (
        "Un bail." if outcome == Outcome.CONDITIONS else "",
        3 if outcome == Outcome.RESERVE else None,
        [] if is_labelled else points,
    )


@pytest.mark.parametrize(
    ("proposed", "words"),
    [
        (Proposal("", "Motif"), "Choisissez la décision"),
        (Proposal("unknown", "Motif"), "Choisissez la décision"),
        (Proposal("label", "  \n "), "Écrivez le motif"),
        (Proposal("conditions", "Motif", conditions=" "), "Écrivez les conditions"),
        (Proposal("reserve", "Motif"), "Donnez le rang"),
    ],
)
def test_proposal_that_lacks_something_is_not_recorded(case, session, staff, proposed, words):
    with pytest.raises(ForbiddenTransition, match=words):
        Decision.record(session, case.files[0], staff, session.revision, proposed, Vote(4))
    assert not Decision.objects.exists()


def test_rank_in_reserve_is_given_once_and_the_next_one_is_known(case, session, staff):
    record(session, case.files[0], staff, Outcome.RESERVE, reserve_rank=2)
    call(session, case.files[1], staff)

    assert Decision.next_reserve_rank(case.phase) == 3
    with pytest.raises(ForbiddenTransition, match=f"déjà celui de {case.files[0].reference}"):
        record(session, case.files[1], staff, Outcome.RESERVE, reserve_rank=2)


def test_rank_in_reserve_is_kept_by_the_file_that_has_it(case, session, staff):
    record(session, case.files[0], staff, Outcome.RESERVE, reserve_rank=1)

    assert record(session, case.files[0], staff, Outcome.RESERVE, "Autre motif", reserve_rank=1).reserve_rank == 1


# The vote


@pytest.mark.parametrize(
    ("vote", "words"),
    [
        (Vote(3), "Le vote compte 3 voix : il en faut 4"),
        (Vote(3, 1, 1), "Le vote compte 5 voix : il en faut 4"),
        (Vote(6, -2, 0), "il en faut 4"),
        (Vote(0, 0, 4), "Aucune voix pour"),
        (Vote(1, 2, 1), "mettez aux voix une autre décision"),
        (Vote(2, 2), "Les voix sont partagées"),
    ],
)
def test_vote_that_does_not_adopt_the_proposal_records_nothing(case, session, staff, vote, words):
    with pytest.raises(ForbiddenTransition, match=words):
        record(session, case.files[0], staff, vote=vote)
    assert not Decision.objects.exists()


@pytest.mark.parametrize("vote", [Vote(4), Vote(3, 1), Vote(2, 1, 1), Vote(1, 0, 3)])
def test_vote_of_more_for_than_against_adopts_the_proposal(case, session, staff, vote):
    decision = record(session, case.files[0], staff, vote=vote)

    assert (decision.votes_for, decision.votes_against, decision.abstentions) == (
        vote.votes_for,
        vote.votes_against,
        vote.abstentions,
    )


def test_casting_vote_of_the_chair_settles_equal_voices(case, session, staff):
    decision = record(session, case.files[0], staff, vote=Vote(2, 2, has_casting_vote=True))

    assert decision.has_casting_vote


def test_casting_vote_is_not_kept_when_it_settled_nothing(case, session, staff):
    assert not record(session, case.files[0], staff, vote=Vote(3, 1, has_casting_vote=True)).has_casting_vote


def test_without_the_chair_in_the_room_nobody_has_a_casting_vote(case, session, staff):
    chair, second, *_ = session.attendances.order_by("seat__position")
    session.seat_all(
        staff,
        session.revision,
        [(chair, Attendance.State.REPRESENTED, None, second.seat)],
    )

    with pytest.raises(ForbiddenTransition, match="La présidence n’est pas là"):
        record(session, case.files[0], staff, vote=Vote(2, 2, has_casting_vote=True))


def test_recused_seat_has_no_voice_for_its_file_and_votes_on_the_next(case, session, staff):
    Recusal.raise_for(case.files[0], case.members[1].seat, "Partenaire", staff)

    with pytest.raises(ForbiddenTransition, match="il en faut 3"):
        record(session, case.files[0], staff, vote=Vote(4))
    session.refresh_from_db()
    first = record(session, case.files[0], staff, vote=Vote(3))
    call(session, case.files[1], staff)
    second = record(session, case.files[1], staff, vote=Vote(4))

    organisation = str(case.members[1].seat.organisation)
    assert (first.room["away"], first.room["voices"]) == ([organisation], 3)
    assert (second.room["away"], second.room["voices"]) == ([], 4)


# Who, when, on what


@pytest.mark.parametrize("who", ["member", "elsewhere", "applicant"])
def test_decision_is_refused_to_others(case, session, who):
    people = {
        "member": case.members[1].user,
        "elsewhere": MemberFactory(is_chair=True).user,
        "applicant": case.files[0].memberships.first().user,
    }

    with pytest.raises(ForbiddenTransition, match="présidence"):
        record(session, case.files[0], people[who])


@pytest.mark.parametrize("is_member", [False, True])
def test_recused_chair_decides_nothing_even_as_a_member_of_the_file(case, session, staff, is_member):
    chair = case.members[0]
    if is_member:
        case.files[0].memberships.create(user=chair.user)
    else:
        Recusal.declare(case.files[0], chair.user, "Parenté")

    with pytest.raises(ForbiddenTransition, match="déporté"):
        record(session, case.files[0], chair.user)
    session.refresh_from_db()
    record(session, case.files[0], staff)
    assert list(Decision.objects.visible_to(chair.user)) == []


def test_only_the_file_before_the_committee_is_decided(case, session, staff):
    with pytest.raises(ForbiddenTransition, match="appelez-le d’abord"):
        record(session, case.files[1], staff)


def test_file_withdrawn_meanwhile_is_not_decided(case, session, staff):
    Candidature.objects.filter(pk=case.files[0].pk).update(status=Status.WITHDRAWN)

    with pytest.raises(ForbiddenTransition):
        record(session, case.files[0], staff)


def test_closed_session_decides_nothing(case, session, staff):
    session.close(staff, session.revision)

    with pytest.raises(ForbiddenTransition, match="levée"):
        record(session, case.files[0], staff)


def test_decision_is_refused_after_the_proclamation(case, session, staff):
    record(session, case.files[0], staff)
    call(session, case.files[1], staff)
    record(session, case.files[1], staff)
    approve_minutes(case.phase)
    case.phase.mark_proclaimed(staff)
    session.refresh_from_db()

    with pytest.raises(ForbiddenTransition):
        record(session, case.files[0], staff, Outcome.REJECT)
    assert Decision.objects.get(candidature=case.files[0]).outcome == "label"


def test_decision_on_an_older_view_of_the_session_is_refused(case, session, staff):
    seen = session.revision
    record(session, case.files[0], staff, Outcome.REJECT, "Première décision")

    with pytest.raises(ChangedMeanwhile):
        Decision.record(session, case.files[0], staff, seen, proposal("label", "Seconde"), Vote(4))
    assert Decision.objects.get().reason == "Première décision"


def test_decision_on_a_text_that_changed_since_it_was_read_back_is_refused(case, session, staff):
    item = session.items.get(candidature=case.files[0])
    item.write(staff, item.draft_revision, {"reason": "Texte relu"})
    read = item.draft_revision
    item.write(staff, read, {"reason": "Texte changé"})

    with pytest.raises(ChangedMeanwhile, match="a changé depuis sa lecture"):
        Decision.record(session, case.files[0], staff, session.revision, proposal("label", "Texte relu"), Vote(4), read)
    assert not Decision.objects.exists()


def test_decision_recorded_ends_what_was_being_typed(case, session, staff):
    item = session.items.get(candidature=case.files[0])
    item.write(staff, item.draft_revision, {"reason": "En cours"})
    record(session, case.files[0], staff)
    seen = item.draft_revision

    item.refresh_from_db()
    assert (item.draft, item.draft_revision) == ({}, seen + 1)


def test_decision_taken_again_leaves_both_lines_in_the_journal(case, session, staff):
    record(session, case.files[0], staff, Outcome.REJECT, "Premier avis")
    record(session, case.files[0], staff, Outcome.LABEL, "Avis revu")

    events = Event.objects.about(case.files[0]).filter(verb="decide")
    assert [event.note for event in events] == ["Premier avis", "Avis revu"]
    assert {event.audience for event in events} == {Event.Audience.TEAM}
    assert Decision.objects.get().outcome == "label"


def test_later_session_replaces_the_decision_of_an_earlier_one(case, session, staff):
    record(session, case.files[0], staff, Outcome.REJECT)
    session.close(staff, session.revision)
    later = open_session(case.phase, staff)
    call(later, case.files[0], staff)

    record(later, case.files[0], staff, Outcome.LABEL)

    assert Decision.objects.get().session == later


def test_database_refuses_a_decision_of_a_session_without_its_vote(case, session, staff):
    decision = record(session, case.files[0], staff)
    decision.votes_for = None

    with pytest.raises(IntegrityError), transaction.atomic():
        decision.save()
    with pytest.raises(ValidationError):
        decision.validate_constraints()


# The pages of the phase


def test_phase_page_lists_what_waits_before_the_proclamation(client, staff):
    case = committee_case()
    case.phase.open_seal(case.people["chair"])
    client.force_login(staff)
    address = reverse("admin:phase", args=[case.phase.pk])

    before = client.get(address).context
    decide(case.file, Outcome.REJECT, by=staff)
    approve_minutes(case.phase)
    after = client.get(address).context

    assert (list(before["waiting"]), list(after["waiting"])) == ([case.file], [])
    assert before["why_not_proclaimable"].startswith("Sans décision")
    rehearsal = reverse("admin:labels_proclaim", args=[case.phase.pk])
    assert (before["proclamation"], after["proclamation"]) == (rehearsal, rehearsal)


def test_file_page_reads_the_decision_and_leads_to_the_session(client, case, session, staff):
    record(session, case.files[0], staff, Outcome.REJECT, "Motif consigné")
    client.force_login(staff)

    page = client.get(reverse("admin:phase_file", args=[case.phase.pk, case.files[0].reference])).content.decode()

    assert "<strong>Ne pas retenir</strong>" in page
    assert "Motif consigné" in page
    assert f'href="{reverse("admin:room_file", args=[session.pk, case.files[0].reference])}"' in page
    assert "<textarea" not in page


def test_file_page_records_nothing(client, case, session, staff):
    client.force_login(staff)

    client.post(
        reverse("admin:phase_file", args=[case.phase.pk, case.files[0].reference]),
        {"outcome": "label", "reason": "Par l’ancienne adresse"},
    )

    assert not Decision.objects.exists()
