import threading

import pytest
from django.db import IntegrityError, connection
from django.utils import timezone

from applications.models import TRANSITIONS, Actor, Candidature, Decision, ForbiddenTransition, Status
from tests.factories import CandidatureFactory, PhaseFactory, StaffFactory, UserFactory, lead_of, ready_for

RECTIFIED = {"rectify_as_labelled": "label", "rectify_as_deferred": "defer", "rectify_as_rejected": "reject"}


def prepared(verb, status):
    """A candidature in this status, all else being ready for the verb, a decision and a proclamation included."""
    candidature = ready_for(verb, status)
    if TRANSITIONS[verb].actor == Actor.PROCLAMATION and candidature.phase:
        phase = candidature.phase
        phase.closes_at = phase.seal_opened_at = phase.proclaimed_at = candidature.submitted_at
        phase.save()
        staff = StaffFactory()
        Decision.objects.create(
            candidature=candidature, outcome=verb, reason="Motif", decided_by=staff, decided_at=candidature.submitted_at
        )
    if TRANSITIONS[verb].actor == Actor.RECTIFICATION:
        candidature.rectifications.create(
            text="Motif", outcome=RECTIFIED[verb], reason="Motif", by=StaffFactory(), at=timezone.now()
        )
    return candidature


def actor_of(candidature, verb):
    return lead_of(candidature) if TRANSITIONS[verb].actor == Actor.APPLICANT else StaffFactory()


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("verb", TRANSITIONS)
def test_verb_starts_only_from_its_statuses(verb, status):
    candidature = prepared(verb, status)
    by = actor_of(candidature, verb)

    if status in TRANSITIONS[verb].sources:
        getattr(candidature, verb)(by=by, note="Motif")
        event = candidature.events.get()
        assert (event.verb, event.source, event.target, event.by) == (verb, status, TRANSITIONS[verb].target, by)
        assert Candidature.objects.get().status == TRANSITIONS[verb].target
    else:
        with pytest.raises(ForbiddenTransition):
            getattr(candidature, verb)(by=by, note="Motif")
        assert not candidature.events.exists()
        assert Candidature.objects.get().status == status


@pytest.mark.parametrize("verb", TRANSITIONS)
def test_verb_is_refused_to_a_stranger(verb):
    candidature = prepared(verb, min(TRANSITIONS[verb].sources))

    with pytest.raises(ForbiddenTransition):
        getattr(candidature, verb)(by=UserFactory(), note="Motif")


@pytest.mark.parametrize("verb", [verb for verb, transition in TRANSITIONS.items() if transition.needs_note])
def test_verb_that_needs_a_motive_is_refused_without(verb):
    candidature = prepared(verb, min(TRANSITIONS[verb].sources))

    with pytest.raises(ForbiddenTransition, match="motif"):
        getattr(candidature, verb)(by=actor_of(candidature, verb), note="  ")


@pytest.mark.parametrize("verb", ["label", "defer", "reject"])
def test_result_never_moves_before_the_proclamation(verb):
    candidature = CandidatureFactory(status=Status.ADMISSIBLE)

    with pytest.raises(ForbiddenTransition, match="proclamation"):
        getattr(candidature, verb)(by=StaffFactory())


@pytest.mark.parametrize("verb", RECTIFIED)
def test_proclaimed_result_never_moves_without_a_written_rectification(verb):
    candidature = CandidatureFactory(status=min(TRANSITIONS[verb].sources))

    with pytest.raises(ForbiddenTransition, match="rectification écrite"):
        getattr(candidature, verb)(by=StaffFactory(), note="Motif")


def test_every_status_is_reached_by_a_verb():
    assert {transition.target for transition in TRANSITIONS.values()} | {Status.DRAFT} == set(Status)


def test_database_refuses_a_deposit_without_its_date():
    with pytest.raises(IntegrityError, match="candidature_dated_and_complete_once_deposited"):
        Candidature.objects.filter(pk=CandidatureFactory().pk).update(status=Status.SUBMITTED)


@pytest.mark.django_db(transaction=True)
def test_of_two_people_acting_at_once_the_second_is_told():
    candidature = CandidatureFactory(status=Status.SUBMITTED, phase__closed=True)
    staff = StaffFactory()
    outcomes, ready = [], threading.Barrier(2)

    def act(verb):
        try:
            mine = Candidature.objects.get(pk=candidature.pk)
            ready.wait(timeout=20)
            getattr(mine, verb)(by=staff, note="Motif")
            outcomes.append("done")
        except ForbiddenTransition:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=[verb]) for verb in ("admit", "refuse")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["done", "refused"]
    assert candidature.events.count() == 1


def test_submit_outside_an_open_phase_is_refused():
    candidature = CandidatureFactory(call=PhaseFactory(closed=True).call)

    with pytest.raises(ForbiddenTransition, match="clos"):
        candidature.submit(by=lead_of(candidature))


def test_withdrawal_is_not_undone_in_a_later_phase():
    candidature = CandidatureFactory(status=Status.WITHDRAWN, phase=PhaseFactory(closed=True))
    PhaseFactory(call=candidature.call)

    with pytest.raises(ForbiddenTransition, match="Les dépôts de cette phase sont clos"):
        candidature.restore(by=lead_of(candidature))


def test_admissibility_is_not_examined_again_after_the_proclamation():
    phase = PhaseFactory(closed=True, seal_opened_at=timezone.now(), proclaimed_at=timezone.now())
    candidature = CandidatureFactory(status=Status.INADMISSIBLE, phase=phase)

    with pytest.raises(ForbiddenTransition, match="proclamés"):
        candidature.reconsider(by=StaffFactory(), note="Motif")
