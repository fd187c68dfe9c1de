"""The pages of the form without JavaScript: what they take, what they refuse, and that nothing typed is lost."""

import re

import pytest
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from applications.models import Membership, Question, SetAside, Status
from tests.applications.section_case import file_of_bourges, page_of, typed, value_of
from tests.factories import (
    CandidatureFactory,
    CarrierFactory,
    MembershipFactory,
    SiteFactory,
    StaffFactory,
    question_of,
)


@pytest.fixture
def candidature(client):
    return file_of_bourges(client)


def test_answers_are_saved_even_incomplete(client, candidature):
    response = client.post(page_of(candidature), typed(client, candidature, title="Titre", summary="", target_year=""))

    assertRedirects(response, page_of(candidature))
    candidature.refresh_from_db()
    assert (candidature.title, candidature.summary, candidature.target_year) == ("Titre", "", None)


def test_saving_and_going_on_leads_to_the_next_section_then_to_the_list(client, candidature):
    sent = typed(client, candidature) | {"next": "1"}
    assertRedirects(client.post(page_of(candidature), sent), page_of(candidature, "pieces"))

    assertRedirects(client.post(page_of(candidature, "pieces"), {"next": "1"}), candidature.get_absolute_url())


def test_wrong_answer_is_told_and_the_others_are_saved(client, candidature):
    page = client.post(page_of(candidature), typed(client, candidature, title="x" * 201, summary="Un résumé neuf"))

    assertContains(page, "au plus 200 caractères")
    assertContains(page, "x" * 201)
    assertContains(page, "Vos autres réponses sont enregistrées.")
    assert value_of(candidature, "summary") == "Un résumé neuf"


@pytest.mark.parametrize(
    ("code", "value", "message"),
    [
        ("summary", "x" * 5_000_000, "au plus 50000 caractères"),
        ("summary", "nul\x00", "Le caractère nul n’est pas autorisé."),
        ("concept", "introuvable", "Sélectionnez un choix valide"),
        ("target_year", "1789", "Sélectionnez un choix valide"),
    ],
)
def test_absurd_answer_is_refused_and_the_former_one_stands(client, candidature, code, value, message):
    former = value_of(candidature, code)

    page = client.post(page_of(candidature), typed(client, candidature, **{code: value}))

    assertContains(page, message)
    assert value_of(candidature, code) == former


@pytest.mark.parametrize("text", ["🏛" * 200, "\u202emot\u202c à l’envers", "<b>gras</b> & {{ 7 }}"])
def test_strange_signs_are_kept_as_they_were_typed(client, candidature, text):
    client.post(page_of(candidature), typed(client, candidature, title=text))

    assert value_of(candidature, "title") == text
    assertNotContains(client.get(page_of(candidature)), "<b>gras</b>")


def test_line_breaks_count_for_one_character(client, candidature):
    summary = "\r\n".join(["mot"] * 300)

    client.post(page_of(candidature), typed(client, candidature, summary=summary))

    assert value_of(candidature, "summary") == summary.replace("\r\n", "\n")


def test_text_over_its_words_is_saved_and_told(client, candidature):
    client.post(page_of(candidature), typed(client, candidature, summary="mot " * 601))

    assert value_of(candidature, "summary").count("mot") == 601
    assertContains(client.get(page_of(candidature)), "601 mots, 600 au plus")


KINDS = [  # kind, what the question needs, what is typed, what is stored, how the page shows it again
    ("integer", {}, "1 200", 1200, "1\N{NO-BREAK SPACE}200"),
    ("amount", {}, "12 000,50 €", "12000.50", "12\N{NO-BREAK SPACE}000,50"),
    ("date", {}, "2027-09-01", "2027-09-01", 'value="2027-09-01"'),
    ("choice", {"options": "Bleu\nVert"}, "Vert", "Vert", "checked"),
    ("yes_no", {}, "non", False, "checked"),
    ("short_text", {}, "Un mot", "Un mot", "Un mot"),
]


def ask(candidature, kind, **more) -> Question:
    section = candidature.call.sections.get(code="projet")
    return section.questions.create(position=9, code="essai", kind=kind, label="Essai", **more)


@pytest.mark.parametrize(("kind", "needs", "sent", "stored", "shown"), KINDS, ids=[kind for kind, *_ in KINDS])
def test_each_kind_of_answer_is_stored_and_shown_again(client, candidature, kind, needs, sent, stored, shown):
    question = ask(candidature, kind, **needs)

    client.post(page_of(candidature), typed(client, candidature, essai=sent))

    assert value_of(candidature, "essai") == stored
    assertContains(client.get(page_of(candidature)), shown)
    assert candidature.answers.get(question=question).version == 1


@pytest.mark.parametrize(
    ("kind", "sent", "message"),
    [
        ("integer", "douze", "Saisissez un nombre entier."),
        ("integer", "-3", "supérieure ou égale à 0"),
        ("integer", "9" * 40, "inférieure ou égale à"),
        ("amount", "mille", "Saisissez un nombre."),
        ("amount", "NaN", "Saisissez un nombre."),
        ("date", "9999-12-31", "Cette date est trop lointaine."),
        ("date", "0001-01-01", "Cette date est trop ancienne."),
        ("date", "31/02/2027", "Saisissez une date valide."),
    ],
)
def test_answer_of_another_kind_is_refused_and_kept_on_the_page(client, candidature, kind, sent, message):
    ask(candidature, kind)

    page = client.post(page_of(candidature), typed(client, candidature, essai=sent))

    assertContains(page, message)
    assert value_of(candidature, "essai") is None


def test_table_of_amounts_is_stored_by_row_and_year(client, candidature):
    question = ask(candidature, "table", options="Loyers\nSalaires", resources="Région", years=2)
    cells = {f"q{question.pk}_expenses_0_0": "1 000", f"q{question.pk}_resources_0_1": "500,5"}

    client.post(page_of(candidature), typed(client, candidature) | cells)

    assert value_of(candidature, "essai") == {
        "expenses": {"Loyers": ["1000.00", ""], "Salaires": ["", ""]},
        "resources": {"Région": ["", "500.50"]},
    }
    assertContains(client.get(page_of(candidature)), "année 1 : 1\N{NO-BREAK SPACE}000")


def test_cell_that_is_no_amount_is_named(client, candidature):
    question = ask(candidature, "table", options="Loyers", resources="Région")

    page = client.post(page_of(candidature), typed(client, candidature) | {f"q{question.pk}_expenses_0_0": "cher"})

    assertContains(page, "Loyers : Saisissez un nombre.")
    assertContains(page, 'value="cher"')


# Two people, two tabs


def test_of_two_people_answering_the_second_is_told_and_both_texts_are_kept(client, candidature):
    sent = typed(client, candidature, summary="Mon texte")
    client.post(page_of(candidature), typed(client, candidature, summary="Le texte de ma collègue"))

    page = client.post(page_of(candidature), sent)

    assertContains(page, "Quelqu’un d’autre a répondu entre-temps")
    assertContains(page, "<p>Le texte de ma collègue</p>")
    assertContains(page, "Mon texte</textarea>")
    assert value_of(candidature, "summary") == "Le texte de ma collègue"
    assert [kept.value for kept in SetAside.objects.all()] == ["Mon texte"]


def test_person_told_of_a_conflict_chooses_and_the_other_text_is_kept(client, candidature):
    sent = typed(client, candidature, summary="Mon texte")
    client.post(page_of(candidature), typed(client, candidature, summary="Le texte de ma collègue"))
    page = client.post(page_of(candidature), sent).content.decode()
    hidden = dict(re.findall(r'name="((?:version|digest|overrides)-\w+)" value="(\w+)"', page))

    client.post(page_of(candidature), sent | hidden | {f"q{question_of(candidature, 'summary').pk}": "Les deux réunis"})

    assert value_of(candidature, "summary") == "Les deux réunis"
    assert {kept.value for kept in SetAside.objects.all()} == {"Mon texte", "Le texte de ma collègue"}


def test_two_people_answering_different_questions_do_not_disturb_each_other(client, candidature):
    sent = typed(client, candidature, title="Mon titre")
    client.post(page_of(candidature), typed(client, candidature, summary="Le texte de ma collègue"))

    assertRedirects(client.post(page_of(candidature), sent), page_of(candidature))

    assert value_of(candidature, "title") == "Mon titre"
    assert value_of(candidature, "summary") == "Le texte de ma collègue"


def test_same_page_sent_twice_is_saved_quietly(client, candidature):
    sent = typed(client, candidature, title="Un titre")

    for _ in range(2):
        assertRedirects(client.post(page_of(candidature), sent), page_of(candidature))


# Who may, and until when


def test_reader_and_staff_read_the_page_without_fields(client, candidature, settings):
    settings.REQUIRE_SECOND_FACTOR = False
    reader = MembershipFactory(candidature=candidature, role=Membership.Role.READER).user
    for person in (reader, StaffFactory()):
        client.force_login(person)
        page = client.get(page_of(candidature))
        assertContains(page, candidature.summary)
        assertNotContains(page, "<textarea")
        assertNotContains(page, "Enregistrer</button>")


@pytest.mark.parametrize("status", [Status.ADMISSIBLE, Status.WITHDRAWN, Status.REJECTED])
def test_text_typed_while_the_file_was_closing_is_shown_to_be_copied(client, candidature, status):
    sent = typed(client, candidature, summary="Un long texte tapé trop tard")
    closed = CandidatureFactory(status=status, call=candidature.call)
    type(candidature).objects.filter(pk=candidature.pk).update(
        status=status, phase=closed.phase, submitted_at=closed.submitted_at
    )

    page = client.post(page_of(candidature), sent)

    assertContains(page, "ne peut plus être modifiée")
    assertContains(page, "Un long texte tapé trop tard</textarea>")
    assert value_of(candidature, "summary") == candidature.summary


def test_section_that_does_not_exist_is_not_found(client, candidature):
    assert client.get(page_of(candidature, "introuvable")).status_code == 404


@pytest.mark.parametrize("code", ["porteurs", "sites", "projet", "pieces"])
@pytest.mark.parametrize("count", [1, 3])
def test_section_takes_at_most_fifteen_queries_whatever_is_asked(
    client, candidature, code, count, django_assert_max_num_queries
):
    CarrierFactory.create_batch(count, candidature=candidature, is_lead=False)
    SiteFactory.create_batch(count, candidature=candidature)
    for section in candidature.call.sections.all():
        for position in range(10 * count):
            for name, per_carrier in (("once", False), ("each", True)):
                section.questions.create(
                    position=position, code=f"{name}-{position}", kind="short_text", label="?", per_carrier=per_carrier
                )
    first = candidature.call.sections.get(code=code).questions.first()
    first.section.questions.create(
        position=99, code="suite", kind="short_text", label="Suite", condition=first, condition_value="oui"
    )

    with django_assert_max_num_queries(15):
        client.get(page_of(candidature, code))


def test_text_sent_after_the_session_ended_is_shown_to_be_copied(client, candidature):
    sent = typed(client, candidature, title="<b>Un titre</b> écrit", summary="Un long\r\ntexte")
    client.logout()

    page = client.post(page_of(candidature), sent | {"password": "mon mot de passe"})

    assertContains(page, "Votre session est terminée", status_code=403)
    assertContains(page, "&lt;b&gt;Un titre&lt;/b&gt; écrit</textarea>", status_code=403)
    assertContains(page, "Un long\r\ntexte</textarea>", status_code=403)
    assertContains(page, f'href="{reverse("account_login")}?next={page_of(candidature)}"', status_code=403)
    assertNotContains(page, "mon mot de passe", status_code=403)
    assert value_of(candidature, "title") == candidature.title
