"""What opens when supplements are asked, until when, and what answers or ends the request."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from applications.models import (
    Candidature,
    ForbiddenTransition,
    Status,
    Wanted,
    WorkingCopy,
)
from tests.applications.file_case import ask, deposit
from tests.factories import (
    CandidatureFactory,
    CarrierFactory,
    PhaseFactory,
    StaffFactory,
    lead_of,
)

CLOSED = "Ce point n’est pas dans la demande de compléments : il ne peut plus être modifié."
NOON = datetime(2027, 3, 1, 12, tzinfo=timezone.get_default_timezone())
SECOND = timedelta(seconds=1)


def fresh(candidature) -> Candidature:
    return Candidature.objects.get(pk=candidature.pk)


@pytest.fixture
def candidature():
    """Deposited in a phase that is closed, with a question asked of each of its two carriers."""
    phase = PhaseFactory(closed=True)
    ask(phase.call, "porteurs", "maire", per_carrier=True)
    ask(phase.call, "projet", "apport", per_carrier=True)
    candidature = CandidatureFactory(status=Status.SUBMITTED, phase=phase)
    CarrierFactory(candidature=candidature, is_lead=False, position=1)
    deposit(candidature)
    return candidature


def wanted(candidature, section, code="", carrier=None) -> Wanted:
    found = candidature.call.sections.get(code=section)
    return Wanted(found, (code and found.questions.get(code=code)) or None, carrier, "")


def request(candidature, *items, due_at=None):
    candidature.request_supplements(by=StaffFactory(), note="À compléter.", wanted=items, due_at=due_at)
    return candidature.supplement_request


def opened(candidature) -> list[str]:
    """What can be changed: « section » for its list, « question », or « question 0 » for the first carrier."""
    copy = WorkingCopy(fresh(candidature))
    openness = copy.candidature.openness()
    found = []
    for section in copy.sections:
        found += [] if openness.why_not(section) else [section.code]
        for slot in copy.slots(section):
            place = f" {copy.carriers.index(slot.carrier)}" if slot.carrier else ""
            if not openness.why_not(section, slot.question, slot.carrier):
                found.append(f"{slot.question.code}{place}")
    return found


ALL_OF_THE_PROJECT = ["apport 0", "apport 1", "title", "summary", "concept", "target_year"]
EVERYTHING = ["porteurs", "maire 0", "maire 1", "sites", "projet", *ALL_OF_THE_PROJECT, "pieces", "engagement"]


# What opens


def test_only_the_question_asked_opens(candidature):
    request(candidature, wanted(candidature, "projet", "summary"))

    assert opened(candidature) == ["summary"]
    section = candidature.call.sections.get(code="sites")
    assert fresh(candidature).openness().why_not(section) == CLOSED


def test_question_asked_of_one_carrier_opens_for_that_carrier(candidature):
    second = candidature.carriers.get(is_lead=False)

    request(candidature, wanted(candidature, "projet", "apport", second))

    assert opened(candidature) == ["apport 1"]


def test_whole_section_opens_with_all_its_questions(candidature):
    request(candidature, wanted(candidature, "projet"))

    assert opened(candidature) == ["projet", *ALL_OF_THE_PROJECT]


def test_list_of_sites_opens_alone(candidature):
    request(candidature, wanted(candidature, "sites"))

    assert opened(candidature) == ["sites"]


def test_list_of_carriers_opens_all_that_is_asked_of_each(candidature):
    request(candidature, wanted(candidature, "porteurs"))

    assert opened(candidature) == ["porteurs", "maire 0", "maire 1", "apport 0", "apport 1"]


def test_new_carrier_has_everything_to_answer_when_the_list_opens(candidature):
    request(candidature, wanted(candidature, "porteurs"))

    CarrierFactory(candidature=candidature, is_lead=False, position=2)

    assert [place for place in opened(candidature) if place.endswith("2")] == ["maire 2", "apport 2"]


def test_several_items_open_together(candidature):
    request(candidature, wanted(candidature, "projet", "title"), wanted(candidature, "pieces", "engagement"))

    assert opened(candidature) == ["title", "engagement"]


def test_request_without_items_opens_the_whole_file(candidature):
    request(candidature)

    assert opened(candidature) == EVERYTHING


def test_cancelled_item_closes_and_the_others_stay_open(candidature):
    first, second = wanted(candidature, "projet", "title"), wanted(candidature, "projet", "summary")
    items = request(candidature, first, second).items

    items.first().cancel(by=StaffFactory())

    assert opened(candidature) == ["summary"]


def test_item_is_cancelled_once(candidature):
    item = request(candidature, wanted(candidature, "projet", "title")).items.get()
    item.cancel(by=StaffFactory())

    with pytest.raises(ForbiddenTransition, match="n’est plus demandé"):
        item.cancel(by=StaffFactory())

    assert candidature.events.filter(verb="cancel_supplement").count() == 1


def test_request_whose_items_are_all_cancelled_opens_nothing(candidature):
    request(candidature, wanted(candidature, "projet", "title")).items.get().cancel(by=StaffFactory())

    assert opened(candidature) == []


def test_draft_and_deposit_before_the_closing_open_whole():
    assert len(opened(CandidatureFactory())) == len(opened(CandidatureFactory(status=Status.SUBMITTED))) == 9


@pytest.mark.parametrize("status", [s for s in Status if s not in ("draft", "supplements_requested")])
def test_examined_or_closed_file_opens_nothing(status):
    candidature = CandidatureFactory(status=status, phase__closed=True)

    assert opened(candidature) == []
    assert WorkingCopy(fresh(candidature)).problems() == []


# Until when


def test_late_answer_is_refused_with_the_date_in_words(candidature):
    with time_machine.travel(NOON - timedelta(days=10), tick=False):
        request(candidature, wanted(candidature, "projet", "title"), due_at=NOON)

    with time_machine.travel(NOON - SECOND, tick=False):
        assert opened(candidature) == ["title"]
    with time_machine.travel(NOON, tick=False):
        assert opened(candidature) == []
        with pytest.raises(ForbiddenTransition) as refusal:
            fresh(candidature).answer_supplements(by=lead_of(candidature))

    assert str(refusal.value).replace("\N{NO-BREAK SPACE}", " ") == (
        "Les compléments étaient attendus avant le lundi 1er mars 2027 à 12 h 00 (heure de Paris). "
        "Écrivez à l’équipe du programme : elle peut reporter cette échéance."
    )
    assert fresh(candidature).status == Status.SUPPLEMENTS_REQUESTED


def test_postponed_request_is_answered_until_the_new_date(candidature):
    soon = timezone.now() + timedelta(days=1)
    asked = request(candidature, due_at=soon)
    asked.postpone(soon + timedelta(days=7), "Conseil municipal reporté.", StaffFactory())

    with time_machine.travel(soon + timedelta(days=6), tick=False):
        fresh(candidature).answer_supplements(by=lead_of(candidature))

    assert fresh(candidature).status == Status.SUBMITTED


def test_due_date_in_the_past_asks_nothing(candidature):
    with pytest.raises(ForbiddenTransition, match="déjà passée"):
        request(candidature, due_at=timezone.now())

    assert fresh(candidature).status == Status.SUBMITTED


# The answer


def test_answer_is_a_new_version_in_the_same_phase_and_closes_the_request(candidature):
    asked = request(candidature, wanted(candidature, "projet", "summary"))
    phase, number = candidature.phase, candidature.last_submission.number
    candidature.answers.filter(question__code="summary").update(value="Précisé.")

    candidature.answer_supplements(by=lead_of(candidature))

    version = candidature.last_submission
    assert (version.number, version.content["summary"]) == (number + 1, "Précisé.")
    asked.refresh_from_db()
    assert asked.closed_at is not None
    assert candidature.supplement_request is None
    assert (fresh(candidature).status, fresh(candidature).phase) == (Status.SUBMITTED, phase)
    assert opened(candidature) == []


def test_problem_outside_the_opened_items_does_not_block_the_answer(candidature):
    ask(candidature.call, "projet", "ajoutee", is_required=True)
    candidature.carriers.update(is_lead=False)
    request(candidature, wanted(candidature, "projet", "summary"))

    candidature.answer_supplements(by=lead_of(candidature))

    assert fresh(candidature).status == Status.SUBMITTED


def test_problem_inside_the_opened_items_blocks_the_answer(candidature):
    request(candidature, wanted(candidature, "projet", "summary"))
    candidature.answers.filter(question__code="summary").update(value=None)

    with pytest.raises(ForbiddenTransition, match="Il reste à compléter : Résumé du projet : à remplir"):
        candidature.answer_supplements(by=lead_of(candidature))


@pytest.mark.parametrize("verb", ["close_supplements", "refuse", "withdraw"])
def test_request_is_closed_by_whatever_ends_the_wait(candidature, verb):
    request(candidature)
    by = lead_of(candidature) if verb == "withdraw" else StaffFactory()

    getattr(candidature, verb)(by=by, note="Motif")

    assert candidature.supplement_request is None


def test_text_written_for_supplements_never_deposited_is_set_aside(candidature):
    request(candidature, wanted(candidature, "projet", "summary"))
    candidature.answers.filter(question__code="summary").update(value="Jamais déposé.")
    candidature.close_supplements(by=StaffFactory(), note="Délai passé.")

    candidature.admit(by=StaffFactory(), note="Motif")

    assert candidature.answers.get(question__code="summary").value == candidature.summary
    assert candidature.set_aside.get().value["summary"] == "Jamais déposé."
