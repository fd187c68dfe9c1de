"""The working copy: what is asked and in which order, what is missing and where, what a deposit would say."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from applications.models import Attachment, Candidature, Question, WorkingCopy
from tests.applications.file_case import answer, ask
from tests.factories import (
    AttachmentFactory,
    CandidatureFactory,
    CarrierFactory,
    EpciFactory,
    PhaseFactory,
    SiteFactory,
)

Kind = Question.Kind


@pytest.fixture
def candidature():
    return CandidatureFactory()


def copy_of(candidature) -> WorkingCopy:
    """The working copy, read again."""
    return WorkingCopy(Candidature.objects.get(pk=candidature.pk))


def section(copy, code):
    return next(section for section in copy.sections if section.code == code)


def codes(slots) -> list:
    return [(slot.question.code, slot.carrier and slot.carrier.name) for slot in slots]


def asked(candidature, code="projet") -> list[str]:
    copy = copy_of(candidature)
    return [slot.question.code for slot in copy.asked(section(copy, code))]


def problems(candidature) -> list[tuple[str, str]]:
    """Where and what, as « section#anchor » and words."""
    found = copy_of(candidature).problems()
    return [(f"{problem.section.code}#{problem.anchor}", problem.words) for problem in found]


def key(candidature, code, carrier=None) -> str:
    question = Question.objects.get(section__call=candidature.call, code=code)
    return f"q{question.pk}-c{carrier.pk}" if carrier else f"q{question.pk}"


# Slots


def test_sections_and_questions_follow_the_order_that_staff_gave(candidature):
    call = candidature.call
    ask(call, "projet", "avant", position=0)
    call.sections.create(position=0, code="debut", title="Pour commencer")

    copy = copy_of(candidature)

    assert [section.code for section in copy.sections] == ["debut", "porteurs", "sites", "projet", "pieces"]
    assert codes(copy.slots(section(copy, "projet"))) == [
        ("avant", None),
        ("title", None),
        ("summary", None),
        ("concept", None),
        ("target_year", None),
    ]


def test_what_is_asked_of_each_carrier_comes_carrier_by_carrier_the_lead_first(candidature):
    call, lead = candidature.call, candidature.carriers.get()
    others = [CarrierFactory(candidature=candidature, is_lead=False, position=position) for position in (2, 1)]
    ask(call, "porteurs", "ensemble", position=1)
    ask(call, "porteurs", "maire", position=2, per_carrier=True)
    ask(call, "porteurs", "apport", position=3, per_carrier=True)

    copy = copy_of(candidature)

    assert codes(copy.slots(section(copy, "porteurs"))) == [
        *((code, carrier.name) for carrier in (lead, others[1], others[0]) for code in ("maire", "apport")),
        ("ensemble", None),
    ]


def test_slot_holds_its_answer_its_version_and_its_name(candidature):
    question = ask(candidature.call, "porteurs", "maire", per_carrier=True, label="Qui signe ?")
    first, second = candidature.carriers.get(), CarrierFactory(candidature=candidature, is_lead=False)
    answer(candidature, question, "Camille Le Goff", carrier=first)

    copy = copy_of(candidature)
    filled, empty = copy.slots(section(copy, "porteurs"))

    assert (filled.value, filled.version, filled.is_answered) == ("Camille Le Goff", 1, True)
    assert (empty.value, empty.version, empty.is_answered) == (None, 0, False)
    assert filled.label == f"Qui signe ? ({first.name})"
    assert empty.key == key(candidature, "maire", second)


def test_slot_of_files_holds_those_that_stand(candidature):
    standing = candidature.attachments.get()
    AttachmentFactory(candidature=candidature, replaced_by=standing)
    AttachmentFactory(candidature=candidature, removed_at=candidature.created_at)

    copy = copy_of(candidature)
    [slot] = copy.slots(section(copy, "pieces"))

    assert (slot.pieces, slot.is_answered) == ([standing], True)


# Conditions


@pytest.mark.parametrize(
    ("kind", "expected", "value", "is_asked"),
    [
        (Kind.YES_NO, "oui", True, True),
        (Kind.YES_NO, "oui", False, False),
        (Kind.YES_NO, "non", False, True),
        (Kind.YES_NO, "non", True, False),
        (Kind.CHOICE, "Location", "Location", True),
        (Kind.CHOICE, "Location", "Location avec option", False),
        (Kind.CHOICES, "Loyer", ["Travaux", "Loyer"], True),
        (Kind.CHOICES, "Loyer", ["Loyers"], False),
        (Kind.CONCEPT, "third_place", "third_place", True),
        (Kind.SCHOOL_YEAR, "2027", 2027, True),
        (Kind.YES_NO, "non", None, False),
        (Kind.CHOICES, "Loyer", [], False),
    ],
)
def test_question_is_asked_when_the_answer_to_another_is_the_one_expected(candidature, kind, expected, value, is_asked):
    other = ask(candidature.call, "projet", "autre", kind=kind)
    ask(candidature.call, "projet", "suite", condition=other, condition_value=expected)
    answer(candidature, other, value)

    assert ("suite" in asked(candidature)) == is_asked


def test_question_is_not_asked_before_the_other_is_answered(candidature):
    other = ask(candidature.call, "projet", "locaux", kind=Kind.YES_NO)
    ask(candidature.call, "projet", "surface", condition=other, condition_value="oui")

    assert "surface" not in asked(candidature)


def test_condition_reads_the_answer_of_the_same_carrier(candidature):
    signed = ask(candidature.call, "porteurs", "delibere", kind=Kind.YES_NO, per_carrier=True)
    ask(candidature.call, "porteurs", "date", per_carrier=True, condition=signed, condition_value="oui")
    first, second = candidature.carriers.get(), CarrierFactory(candidature=candidature, is_lead=False)
    answer(candidature, signed, True, carrier=first)
    answer(candidature, signed, False, carrier=second)

    copy = copy_of(candidature)

    assert codes(copy.asked(section(copy, "porteurs"))) == [
        ("delibere", first.name),
        ("date", first.name),
        ("delibere", second.name),
    ]


def test_question_of_each_carrier_may_depend_on_an_answer_of_the_whole_file(candidature):
    other = ask(candidature.call, "projet", "convention", kind=Kind.YES_NO)
    ask(candidature.call, "porteurs", "part", per_carrier=True, condition=other, condition_value="oui")
    carriers = [candidature.carriers.get(), CarrierFactory(candidature=candidature, is_lead=False)]
    answer(candidature, other, True)

    copy = copy_of(candidature)

    assert codes(copy.asked(section(copy, "porteurs"))) == [("part", carrier.name) for carrier in carriers]


def test_question_that_follows_one_no_longer_asked_is_not_asked_either(candidature):
    first = ask(candidature.call, "projet", "locaux", kind=Kind.YES_NO)
    second = ask(candidature.call, "projet", "travaux", kind=Kind.YES_NO, condition=first, condition_value="oui")
    ask(candidature.call, "projet", "montant", condition=second, condition_value="oui")
    answer(candidature, second, True)
    premises = answer(candidature, first, True)
    assert asked(candidature)[-3:] == ["locaux", "travaux", "montant"]

    premises.value = False
    premises.save()

    assert asked(candidature)[-1] == "locaux"


def test_conditions_in_a_circle_do_not_run_round(candidature):
    first = ask(candidature.call, "projet", "un", kind=Kind.YES_NO)
    second = ask(candidature.call, "projet", "deux", kind=Kind.YES_NO, condition=first, condition_value="oui")
    Question.objects.filter(pk=first.pk).update(condition=second, condition_value="oui")
    answer(candidature, first, True)
    answer(candidature, second, True)

    assert asked(candidature)[-2:] == ["un", "deux"]


# What is missing


def test_complete_file_has_no_problem(candidature):
    assert problems(candidature) == []


def test_empty_file_says_all_that_is_missing_and_where():
    candidature = CandidatureFactory(
        carrier=None, site=None, attachment=None, title="", summary="", concept=None, target_year=None
    )

    assert problems(candidature) == [
        ("porteurs#ajouter", "Porteur chef de file : à désigner"),
        ("sites#ajouter", "Commune du site : à indiquer"),
        (f"projet#{key(candidature, 'title')}", "Intitulé : à remplir"),
        (f"projet#{key(candidature, 'summary')}", "Résumé du projet : à remplir"),
        (f"projet#{key(candidature, 'concept')}", "Concept d’antenne : à remplir"),
        (f"projet#{key(candidature, 'target_year')}", "Année d’ouverture visée : à remplir"),
        (f"pieces#{key(candidature, 'engagement')}", "Délibération ou lettre d’engagement : à joindre"),
    ]


def test_question_asked_in_full_stands_between_quotation_marks(candidature):
    ask(candidature.call, "projet", "cout", is_required=True, label="Quels travaux sont prévus ?")

    assert problems(candidature) == [
        (f"projet#{key(candidature, 'cout')}", "« Quels travaux sont prévus ? » : à remplir")
    ]


def test_problem_of_a_carrier_names_it_and_leads_to_its_place(candidature):
    ask(candidature.call, "porteurs", "maire", per_carrier=True, is_required=True, label="Représentant")
    carrier = candidature.carriers.get()

    assert problems(candidature) == [
        (f"porteurs#{key(candidature, 'maire', carrier)}", f"Représentant ({carrier.name}) : à remplir")
    ]


def test_carriers_without_a_lead_are_a_problem(candidature):
    candidature.carriers.update(is_lead=False)

    assert problems(candidature) == [("porteurs#ajouter", "Porteur chef de file : à désigner")]


def test_question_that_is_not_asked_is_no_problem(candidature):
    other = ask(candidature.call, "projet", "locaux", kind=Kind.YES_NO)
    ask(candidature.call, "projet", "surface", is_required=True, condition=other, condition_value="oui")

    assert problems(candidature) == []


def test_infected_piece_is_a_problem_that_names_it(candidature):
    candidature.attachments.update(scan=Attachment.Scan.INFECTED)

    assert problems(candidature) == [
        (
            f"pieces#{key(candidature, 'engagement')}",
            "Délibération ou lettre d’engagement : « deliberation.pdf » contient un virus : remplacez-la",
        )
    ]


@pytest.mark.parametrize("scan", [Attachment.Scan.NONE, Attachment.Scan.PENDING, Attachment.Scan.CLEAN])
def test_piece_that_no_scanner_condemned_is_no_problem(candidature, scan):
    candidature.attachments.update(scan=scan)

    assert problems(candidature) == []


def test_last_touch_of_a_section_is_the_answer_saved_last(candidature):
    last = candidature.answers.get(question__code="summary")
    last.updated_at = last.updated_at.replace(year=2090)
    last.save()

    copy = copy_of(candidature)

    assert copy.last_touch(section(copy, "projet")) == last
    assert copy.last_touch(section(copy, "sites")) is None


# Many files


def test_many_files_are_read_in_as_many_queries_as_one():
    phase = PhaseFactory()
    small = queries_to_read_all(phase, count=1)

    assert queries_to_read_all(phase, count=3) == small


def queries_to_read_all(phase, count) -> int:
    """Queries to read all the files of the call once there are `count` more, each larger by as much."""
    for number in range(count):
        ask(phase.call, "projet", f"q{count}-{number}", kind=Kind.CONCEPT)
        ask(phase.call, "porteurs", f"c{count}-{number}", per_carrier=True)
        candidature = CandidatureFactory(call=phase.call)
        for _ in range(count):
            carrier = CarrierFactory(candidature=candidature, commune=None, epci=EpciFactory(), is_lead=False)
            AttachmentFactory(candidature=candidature)
            SiteFactory(candidature=candidature)
            candidature.partners.create(name="Un garage", kind="company")
        for question in Question.objects.filter(section__call=phase.call, code__startswith=f"c{count}"):
            answer(candidature, question, "Une réponse.", carrier=carrier)
    with CaptureQueriesContext(connection) as queries:
        for candidature in Candidature.objects.filter(call=phase.call).with_working_copy():
            copy = WorkingCopy(candidature)
            assert copy.content()["pieces"]
            assert copy.problems() == []
            assert candidature.open_phase() == phase
    return len(queries)
