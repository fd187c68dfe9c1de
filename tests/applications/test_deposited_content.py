"""What a working copy says once deposited, as plain JSON, and when two contents say the same."""

import json

import pytest

from applications.models import Candidature, Question, Status, WorkingCopy
from applications.models.working_copy import substance
from tests.applications.file_case import answer, ask
from tests.factories import AttachmentFactory, CandidatureFactory, CommuneFactory, ConceptFactory, EpciFactory, siren

Kind = Question.Kind


def copy_of(candidature) -> WorkingCopy:
    """The working copy, read again."""
    return WorkingCopy(Candidature.objects.get(pk=candidature.pk))


@pytest.fixture
def whole():
    """A file that uses all that a content holds."""
    candidature = CandidatureFactory(carrier__commune__name="Dreux", carrier__commune__insee_code="28134")
    call, lead = candidature.call, candidature.carriers.get()
    candidature.carriers.create(epci=EpciFactory(name="CA du Pays de Dreux", siren=siren(501)), position=1)
    candidature.carriers.create(body_name="CCI d’Eure-et-Loir", body_siren=siren(502), position=2)
    candidature.partners.create(name="Un garage", kind="company", contribution="Deux apprentis.")
    premises = ask(call, "projet", "locaux", kind=Kind.YES_NO, label="Des locaux ?", position=5)
    ask(call, "projet", "surface", kind=Kind.INTEGER, condition=premises, condition_value="oui", position=6)
    ask(call, "projet", "autre", label="Autre chose ?", position=7)
    signer = ask(call, "porteurs", "maire", kind=Kind.SHORT_TEXT, per_carrier=True, is_personal=True, label="Qui ?")
    letter = ask(call, "porteurs", "lettre", kind=Kind.FILE, per_carrier=True, is_personal=True, label="Lettre")
    answer(candidature, premises, False)
    answer(candidature, signer, "Camille Le Goff", carrier=lead)
    AttachmentFactory(candidature=candidature, question=letter, carrier=lead, name="lettre.pdf", sha256="1" * 64)
    return candidature


def said(code, label, kind, value, text, *, carrier="", personal=False) -> dict:
    return {
        "code": code,
        "label": label,
        "kind": kind,
        "carrier": carrier,
        "value": value,
        "text": text,
        "personal": personal,
    }


def test_content_says_who_carries_where_and_with_whom(whole):
    content = copy_of(whole).content()

    assert {name: content[name] for name in ("format", "reference", "call", "call_name")} == {
        "format": 2,
        "reference": whole.reference,
        "call": whole.call.slug,
        "call_name": whole.call.name,
    }
    assert content["carriers"] == [
        {"kind": "commune", "code": "28134", "name": "Dreux", "lead": True},
        {"kind": "epci", "code": siren(501), "name": "CA du Pays de Dreux", "lead": False},
        {"kind": "body", "code": siren(502), "name": "CCI d’Eure-et-Loir", "lead": False},
    ]
    site = whole.sites.get().commune
    assert content["sites"] == [{"code": site.insee_code, "name": site.name}]
    assert content["partners"] == [
        {
            "name": "Un garage",
            "kind": "company",
            "kind_label": "entreprise",
            "siren": "",
            "contribution": "Deux apprentis.",
        }
    ]


def test_content_says_every_question_asked_answered_or_not(whole):
    sections = copy_of(whole).content()["sections"]

    names = ["28134", siren(501), siren(502)]
    signers = {"28134": "Camille Le Goff"}
    assert sections == [
        {
            "code": "porteurs",
            "title": "Porteurs",
            "answers": [
                said(
                    "maire",
                    "Qui ?",
                    "short_text",
                    signers.get(code),
                    signers.get(code, ""),
                    carrier=code,
                    personal=True,
                )
                for code in names
            ],
        },
        {"code": "sites", "title": "Sites", "answers": []},
        {
            "code": "projet",
            "title": "Projet",
            "answers": [
                said("title", "Intitulé", "short_text", whole.title, whole.title),
                said("summary", "Résumé du projet", "long_text", whole.summary, whole.summary),
                said("concept", "Concept d’antenne", "concept", "third_place", "Tiers-lieu pluri-partenaires"),
                said("target_year", "Année d’ouverture visée", "school_year", 2027, "2027-2028"),
                said("locaux", "Des locaux ?", "yes_no", False, "non"),
                said("autre", "Autre chose ?", "long_text", None, ""),
            ],
        },
        {"code": "pieces", "title": "Pièces", "answers": []},
    ]


def test_content_says_each_piece_by_its_question_its_size_and_its_hash(whole):
    letter, deliberation = whole.attachments.get(name="lettre.pdf"), whole.attachments.get(name="deliberation.pdf")

    pieces = copy_of(whole).content()["pieces"]

    common = {"size": 14, "type": "application/pdf"}
    label = "Délibération ou lettre d’engagement"
    assert pieces == [
        common
        | {"id": letter.pk, "name": "lettre.pdf", "sha256": "1" * 64}
        | {"question": "lettre", "label": "Lettre", "carrier": "28134", "personal": True},
        common
        | {"id": deliberation.pk, "name": "deliberation.pdf", "sha256": "0" * 64}
        | {"question": "engagement", "label": label, "carrier": "", "personal": False},
    ]


def test_content_is_plain_json(whole):
    content = copy_of(whole).content()

    assert json.loads(json.dumps(content)) == content


def test_content_of_a_piece_no_longer_asked_for_leaves_it_out():
    candidature = CandidatureFactory()
    other = ask(candidature.call, "projet", "adoptee", kind=Kind.YES_NO)
    Question.objects.filter(code="engagement").update(condition=other, condition_value="oui")
    answer(candidature, other, False)

    assert copy_of(candidature).content()["pieces"] == []


def test_core_answers_that_are_being_rewritten_are_what_the_content_says():
    candidature = CandidatureFactory(status=Status.SUBMITTED)
    ConceptFactory(code="skills_hub")
    values = {"title": "Autre titre", "summary": "Autre résumé", "concept": "skills_hub", "target_year": 2028}
    for code, value in values.items():
        candidature.answers.filter(question__code=code).update(value=value)

    copy = copy_of(candidature)

    content = copy.content()
    assert {name: content[name] for name in values} == values | {"target_year": "2028-2029"}
    assert copy.core_columns() == {"concept_id" if code == "concept" else code: v for code, v in values.items()}


# Substance


def test_words_of_the_form_are_no_substance(whole):
    before = copy_of(whole).content()

    for model, column in ((whole.call.sections, "title"), (Question.objects, "label")):
        model.update(**{column: "Corrigé"})
    whole.call.name = "Appel renommé"
    whole.call.save()

    after = copy_of(whole).content()
    assert before != after
    assert substance(before) == substance(after)


def test_question_added_without_an_answer_is_no_substance(whole):
    before = copy_of(whole).content()

    ask(whole.call, "projet", "ajoutee")

    assert substance(copy_of(whole).content()) == substance(before)


CHANGES = {
    "answer": lambda file: file.answers.filter(question__code="maire").update(value="Dominique Faure"),
    "no becomes yes": lambda file: file.answers.filter(question__code="locaux").update(value=True),
    "lead": lambda file: file.carriers.update(is_lead=False),
    "order of carriers": lambda file: file.carriers.filter(position=1).update(position=3),
    "site": lambda file: file.sites.update(commune=CommuneFactory()),
    "partner": lambda file: file.partners.update(contribution="Trois apprentis."),
    "content of a piece": lambda file: file.attachments.filter(name="lettre.pdf").update(sha256="2" * 64),
    "name of a piece": lambda file: file.attachments.filter(name="lettre.pdf").update(name="autre.pdf"),
    "place of a piece": lambda file: file.attachments.filter(name="lettre.pdf").update(
        question=Question.objects.get(code="engagement"), carrier=None
    ),
    "piece taken away": lambda file: file.attachments.filter(name="lettre.pdf").update(removed_at=file.created_at),
}


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_an_author_changes_is_substance(whole, change):
    before = copy_of(whole).content()

    CHANGES[change](whole)

    assert substance(copy_of(whole).content()) != substance(before)
