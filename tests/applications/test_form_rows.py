"""The form of a call, as rows that staff edit in the admin."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.models import Call, Question
from tests.applications.file_case import answer, ask, text
from tests.factories import (
    CandidatureFactory,
    PhaseFactory,
)

pytestmark = pytest.mark.usefixtures("without_second_factor")


# The form of a call, as rows


def call_form(call=None, **changes) -> dict:
    """What the browser sends of the page of a call, its inlines empty but for `changes`."""
    names = ("slug", "name", "prefix", "title", "tolerance_minutes")
    data = (
        {name: getattr(call, name) for name in names}
        if call
        else {"slug": "nouvel-appel", "name": "Nouvel appel", "prefix": "NA", "title": "Titre", "tolerance_minutes": 0}
    )
    data |= {"lede": "En bref", "presentation": "Présentation"}
    for prefix in ("phases", "sections", "admissibility_points", "criteria", "seats", "figures"):
        data |= {f"{prefix}-TOTAL_FORMS": "0", f"{prefix}-INITIAL_FORMS": "0"}
    return data | changes


def section_form(section, **changes) -> dict:
    """What the browser sends of the page of a section, its questions as they are."""
    questions = list(section.questions.all())
    data = {name: getattr(section, name) for name in ("position", "code", "title", "kind", "help")}
    data |= {"questions-TOTAL_FORMS": len(questions), "questions-INITIAL_FORMS": len(questions)}
    for number, question in enumerate(questions):
        row = {name: getattr(question, name) for name in ROW} | {"id": question.pk, "section": section.pk}
        row |= {"is_required": "on"} if question.is_required else {}
        data |= {f"questions-{number}-{name}": "" if value is None else value for name, value in row.items()}
    return data | changes


ROW = ["position", "code", "kind", "label", "help", "core", "prefill", "max_words", "options", "resources", "years"]
ROW += ["file_kinds", "max_files", "condition_value"]


def section_page(section, page="change") -> str:
    return reverse(f"admin:applications_section_{page}", args=[section.pk])


def test_new_call_begins_with_the_core_form(client, staff):
    client.post("/admin/applications/call/add/", call_form())

    assert [section.code for section in Call.objects.get().sections.all()] == ["porteurs", "sites", "projet", "pieces"]


def test_new_call_keeps_the_sections_that_were_typed(client, staff):
    row = {"sections-TOTAL_FORMS": "1", "sections-0-position": "1", "sections-0-code": "seule"}
    row |= {"sections-0-title": "Seule", "sections-0-kind": "questions"}

    client.post("/admin/applications/call/add/", call_form(**row))

    assert list(Question.objects.all()) == []


def test_section_gets_a_question(client, staff):
    call = PhaseFactory().call
    section, title = call.sections.get(code="projet"), Question.objects.get(section__call=call, code="title")
    data = section_form(section)
    number = data["questions-TOTAL_FORMS"]
    row = {"position": 9, "code": "surface", "kind": "integer", "label": "Surface", "years": 3, "file_kinds": "pdf"}
    row |= {"max_files": 1, "condition": title.pk, "condition_value": "oui", "section": section.pk}
    data |= {f"questions-{number}-{name}": value for name, value in row.items()} | {"questions-TOTAL_FORMS": number + 1}

    assert client.post(section_page(section), data).status_code == 302

    made = section.questions.get(code="surface")
    assert (made.kind, made.condition, made.is_required) == (Question.Kind.INTEGER, title, False)


def test_conditions_are_offered_within_the_call(client, staff):
    section = PhaseFactory().call.sections.get(code="projet")
    ask(PhaseFactory().call, "projet", "elsewhere")

    html = text(client.get(section_page(section)))

    assert "Libellé elsewhere" not in html
    assert "toujours posée" in html


@pytest.mark.parametrize("kinds", ["", "pdf,exe", " , "])
def test_unknown_kind_of_file_is_refused(client, staff, kinds):
    section = PhaseFactory().call.sections.get(code="pieces")

    response = client.post(section_page(section), section_form(section, **{"questions-0-file_kinds": kinds}))

    assert response.status_code == 200
    assert section.questions.get().file_kinds == "pdf,image"


@pytest.mark.parametrize(("field", "value"), [("kind", "integer"), ("code", "autre"), ("per_carrier", "on")])
def test_answered_question_keeps_its_meaning(client, staff, field, value):
    candidature = CandidatureFactory()
    question = ask(candidature.call, "sites", "access")
    answer(candidature, question, "Une réponse")
    page, data = section_page(question.section), section_form(question.section)

    refused = client.post(page, data | {f"questions-0-{field}": value})
    client.post(page, data | {"questions-0-label": "Autre libellé"})

    question.refresh_from_db()
    assert "a déjà des réponses : ceci ne change plus" in text(refused)
    assert (question.kind, question.code, question.label) == (Question.Kind.LONG_TEXT, "access", "Autre libellé")


def test_question_that_stands_on_something_is_not_deleted(client, staff):
    candidature = CandidatureFactory()
    answered = ask(candidature.call, "sites", "answered", position=1)
    ask(candidature.call, "sites", "free", position=2)
    answer(candidature, answered, "Une réponse")
    page, data = section_page(answered.section), section_form(answered.section)

    refused = client.post(page, data | {"questions-0-DELETE": "on"})
    client.post(page, data | {"questions-1-DELETE": "on"})

    assert "« Libellé answered » a déjà des réponses : elle ne peut pas être supprimée." in text(refused)
    assert list(answered.section.questions.all()) == [answered]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("porteurs", "porte la liste des porteurs"),
        ("projet", "est lue par le portail"),
        ("pieces", "a déjà des réponses"),
    ],
)
def test_section_that_stands_under_something_is_not_deleted(client, staff, code, words):
    candidature = CandidatureFactory()
    section, sections = candidature.call.sections.get(code=code), list(candidature.call.sections.all())
    rows = {"sections-TOTAL_FORMS": len(sections), "sections-INITIAL_FORMS": len(sections)}
    for number, each in enumerate(sections):
        row = {name: getattr(each, name) for name in ("position", "code", "title", "kind")}
        row |= {"id": each.pk, "call": candidature.call_id} | ({"DELETE": "on"} if each == section else {})
        rows |= {f"sections-{number}-{name}": value for name, value in row.items()}

    alone = client.post(section_page(section, "delete"), {"post": "yes"}, follow=True)
    inline = client.post(f"/admin/applications/call/{candidature.call_id}/change/", call_form(candidature.call, **rows))

    assert words in text(alone)
    assert words in text(inline)
    assert candidature.call.sections.count() == 4


def test_unused_section_is_deleted(client, staff):
    section = PhaseFactory().call.sections.get(code="pieces")

    client.post(section_page(section, "delete"), {"post": "yes"})

    assert not Question.objects.filter(section__code="pieces").exists()


def test_page_of_a_section_takes_as_many_queries_for_three_questions_as_for_one(client, staff):
    section, counts = PhaseFactory().call.sections.get(code="sites"), []
    for number in range(3):
        ask(section.call, "sites", f"more-{number}")
        with CaptureQueriesContext(connection) as queries:
            client.get(section_page(section))
        counts.append(len(queries))

    assert counts[0] == counts[2]
