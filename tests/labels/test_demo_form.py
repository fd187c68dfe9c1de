"""The form of the demonstration call: sound, and as a call of the Cnam would ask."""

import pytest

from applications.models import Call, Question, Section
from applications.uploads import KINDS
from labels.demonstration import content
from labels.demonstration.form import create_form

CODES = {  # section: the codes of its questions, which name the answers in deposits and exports
    "porteurs": ["representative_name", "representative_role", "representative_email", "commitment"],
    "contacts": ["contact_name", "contact_role", "contact_email", "contact_phone"],
    "projet": ["title", "summary", "concept", "concept_reason", "target_year"],
    "territoire": ["population", "departments", "programmes", "sectors", "needs", "existing_training"],
    "formation": [
        "fields",
        "levels",
        "modes",
        "apprenticeship",
        "apprentices",
        "learners_year_1",
        "learners_year_2",
        "learners_year_3",
        "offer",
    ],
    "sites": [
        "address",
        "surface",
        "available_on",
        "tenure",
        "owner",
        "accessible",
        "works",
        "works_description",
    ],
    "partenaires": ["employers_role"],
    "financement": ["budget", "carriers_share", "budget_notes"],
    "calendrier": ["agreement_on", "first_training_on", "steps"],
    "gouvernance": ["governance", "follow_up"],
    "pieces": [
        "commitment_letter",
        "is_voted",
        "deliberation",
        "vote_on",
        "vote_commitment",
        "support_letters",
        "premises_plan",
        "budget_sheet",
    ],
}


@pytest.fixture
def call():
    call = Call.objects.create(**content.CALL)
    create_form(call)
    return call


def questions(**filters) -> list[Question]:
    return list(Question.objects.filter(**filters).select_related("section", "condition__section"))


def test_each_section_and_question_is_valid(call):
    rows = [*call.sections.all(), *questions()]

    for row in rows:
        row.full_clean()

    assert len(rows) == len(CODES) + sum(len(codes) for codes in CODES.values())


def test_codes_are_stable_and_in_order(call):
    codes = {section.code: [question.code for question in section.questions.all()] for section in call.sections.all()}

    assert codes == CODES
    assert list(codes) == list(CODES)


def test_code_of_a_question_names_one_answer(call):
    codes = [question.code for question in questions()]

    assert len(codes) == len(set(codes))


def test_lists_of_the_file_stand_above_the_questions_about_them(call):
    kinds = {section.code: section.kind for section in call.sections.exclude(kind=Section.Kind.QUESTIONS)}

    assert kinds == {"porteurs": "carriers", "sites": "sites", "partenaires": "partners"}


def test_core_answers_are_each_asked_once(call):
    assert sorted(question.core for question in questions() if question.core) == sorted(Question.Core.values)


def test_reference_data_answer_what_they_know(call):
    assert {question.code: question.prefill for question in questions() if question.prefill} == {
        "population": "population",
        "departments": "departments",
        "programmes": "programmes",
    }


def test_committee_never_reads_who_represents_or_answers(call):
    assert {question.code for question in questions(is_personal=True)} == {
        "representative_name",
        "representative_email",
        "contact_name",
        "contact_role",
        "contact_email",
        "contact_phone",
    }


def test_each_carrier_is_asked_who_represents_it_and_what_it_promises(call):
    assert [question.code for question in questions(per_carrier=True)] == [*CODES["porteurs"], "commitment_letter"]


def test_each_condition_names_an_earlier_question_and_one_of_its_answers(call):
    asked = questions()
    for question in asked:
        other = question.condition
        if other:
            possible = other.option_list if other.option_list else ["oui", "non"]
            assert asked.index(other) < asked.index(question), question.code
            assert question.condition_value in possible, question.code
            assert other.kind in (Question.Kind.CHOICE, Question.Kind.CHOICES, Question.Kind.YES_NO), question.code


def test_what_is_asked_under_condition(call):
    conditional = {question.code: str(question.condition.code) for question in questions() if question.condition}

    assert conditional == {
        "apprentices": "apprenticeship",
        "owner": "tenure",
        "works_description": "works",
        "deliberation": "is_voted",
        "vote_on": "is_voted",
        "vote_commitment": "is_voted",
    }


def test_deliberation_is_joined_or_promised(call):
    deliberation, promise = (Question.objects.get(code=code) for code in ("deliberation", "vote_commitment"))

    assert [deliberation.is_met_by(True), promise.is_met_by(True)] == [True, False]
    assert [deliberation.is_met_by(False), promise.is_met_by(False)] == [False, True]


def test_optional_questions_are_few(call):
    optional = ["programmes", "follow_up", "support_letters", "premises_plan", "budget_sheet"]

    assert [question.code for question in questions(is_required=False)] == optional


def test_long_texts_have_a_limit(call):
    assert questions(kind=Question.Kind.LONG_TEXT, max_words=None) == []


def test_pieces_are_of_known_kinds(call):
    kinds = {kind for question in questions(kind=Question.Kind.FILE) for kind in question.file_kind_list}

    assert kinds <= set(KINDS)
