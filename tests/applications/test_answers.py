"""Answers: saved one by one, each with its version; what they say in words; what is wrong with them; texts kept."""

from datetime import datetime

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from applications.models import Answer, Candidature, ChangedMeanwhile, Question, Section, SetAside, Status
from applications.models.answers import problems_of, text_of
from tests.applications.at_once import at_once
from tests.applications.file_case import ask
from tests.factories import (
    CandidatureFactory,
    CarrierFactory,
    ConceptFactory,
    UserFactory,
    lead_of,
    question_of,
)

Kind, Reason = Question.Kind, SetAside.Reason


@pytest.fixture
def candidature():
    return CandidatureFactory()


@pytest.fixture
def question(candidature):
    return ask(candidature.call, "projet", "besoins")


def write(candidature, question, value, seen, by=None, carrier=None) -> int:
    return Answer.write(candidature, question, value, by or lead_of(candidature), seen, carrier=carrier)


def standing(candidature, question) -> tuple:
    """What stands, its version and its author."""
    answer = candidature.answers.get(question=question)
    return answer.value, answer.version, answer.updated_by


# Saving


def test_first_save_is_version_one_dated_and_signed(candidature, question):
    now = datetime(2027, 5, 3, 14, 32, 7, tzinfo=timezone.get_current_timezone())
    author = UserFactory()

    with time_machine.travel(now, tick=False):
        assert write(candidature, question, "Former ici.", 0, author) == 1

    assert standing(candidature, question) == ("Former ici.", 1, author)
    assert candidature.answers.get(question=question).updated_at == now


def test_next_save_is_the_next_version_of_its_author(candidature, question):
    colleague = UserFactory()
    write(candidature, question, "Former ici.", 0)

    assert write(candidature, question, "Former et insérer.", 1, colleague) == 2

    assert standing(candidature, question) == ("Former et insérer.", 2, colleague)


def test_answer_that_somebody_wrote_no_longer_comes_from_reference_data(candidature, question):
    write(candidature, question, "30000", 0)
    candidature.answers.filter(question=question).update(prefilled_from="données de l’INSEE")

    write(candidature, question, "31000", 1)

    assert candidature.answers.get(question=question).prefilled_from == ""


def test_answer_is_emptied_and_its_version_goes_on(candidature, question):
    write(candidature, question, "Former ici.", 0)

    assert write(candidature, question, None, 1) == 2

    assert standing(candidature, question)[0] is None


@pytest.mark.parametrize("seen", [0, 1, 7])
def test_value_that_stands_already_is_no_conflict_and_changes_nothing(candidature, question, seen):
    author = UserFactory()
    write(candidature, question, "Former.", 0)
    write(candidature, question, "Former ici.", 1, author)

    assert write(candidature, question, "Former ici.", seen, UserFactory()) == 2

    assert standing(candidature, question) == ("Former ici.", 2, author)


@pytest.mark.parametrize("seen", [0, 1, 3])
def test_save_from_a_page_out_of_date_is_refused_and_overwrites_nothing(candidature, question, seen):
    author = UserFactory()
    write(candidature, question, "Former.", 0)
    write(candidature, question, "Former ici.", 1, author)

    with pytest.raises(ChangedMeanwhile, match="depuis que vous l’avez lue"):
        write(candidature, question, "Autre chose.", seen)

    assert standing(candidature, question) == ("Former ici.", 2, author)


def test_save_of_an_answer_that_is_gone_is_refused(candidature, question):
    with pytest.raises(ChangedMeanwhile):
        write(candidature, question, "Former ici.", 4)

    assert not candidature.answers.filter(question=question).exists()


def test_each_carrier_has_its_own_answer(candidature):
    question = ask(candidature.call, "porteurs", "apport", kind=Kind.AMOUNT, per_carrier=True)
    first, second = candidature.carriers.get(), CarrierFactory(candidature=candidature, is_lead=False)

    assert write(candidature, question, "100.00", 0, carrier=first) == 1
    assert write(candidature, question, "200.00", 0, carrier=second) == 1
    assert write(candidature, question, "150.00", 1, carrier=first) == 2

    answers = candidature.answers.filter(question=question)
    assert {answer.carrier: (answer.value, answer.version) for answer in answers} == {
        first: ("150.00", 2),
        second: ("200.00", 1),
    }


@pytest.mark.parametrize("is_for_a_carrier", [True, False])
def test_database_refuses_two_answers_in_one_place(candidature, question, is_for_a_carrier):
    carrier = candidature.carriers.get() if is_for_a_carrier else None
    write(candidature, question, "Former ici.", 0, carrier=carrier)
    answer = candidature.answers.get(question=question)
    answer.pk = None

    with pytest.raises(IntegrityError, match="answer"), transaction.atomic():
        answer.save(force_insert=True)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seen", [0, 1])
def test_of_two_people_saving_at_once_one_wins_and_the_other_is_told(seen):
    candidature = CandidatureFactory()
    question = ask(candidature.call, "projet", "besoins")
    texts = {"Texte de Camille.": UserFactory(), "Texte de Dominique.": UserFactory()}
    if seen:
        write(candidature, question, "Un premier texte.", 0)
    acts = [lambda text=text, by=by: write(candidature, question, text, seen, by) for text, by in texts.items()]

    assert at_once(*acts) == ["done", "refused"]

    value, version, author = standing(candidature, question)
    assert (version, author) == (seen + 1, texts[value])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seen", [0, 1])
def test_two_people_saving_the_same_text_at_once_are_both_content(seen):
    candidature = CandidatureFactory()
    question = ask(candidature.call, "projet", "besoins")
    by = UserFactory()
    if seen:
        write(candidature, question, "Un premier texte.", 0)

    assert at_once(*[lambda: write(candidature, question, "Le même.", seen, by)] * 2) == ["done", "done"]

    assert standing(candidature, question) == ("Le même.", seen + 1, by)


# What the portal itself reads

CORE = [
    ("title", "Un nouvel intitulé", "title", "Un nouvel intitulé"),
    ("title", None, "title", ""),
    ("summary", "Un nouveau résumé.", "summary", "Un nouveau résumé."),
    ("summary", None, "summary", ""),
    ("concept", "skills_hub", "concept_id", "skills_hub"),
    ("concept", None, "concept_id", None),
    ("target_year", 2029, "target_year", 2029),
    ("target_year", None, "target_year", None),
]


@pytest.mark.parametrize(("code", "value", "column", "stored"), CORE)
def test_core_answer_names_the_draft(candidature, code, value, column, stored):
    ConceptFactory(code="skills_hub")

    write(candidature, question_of(candidature, code), value, 1)

    assert getattr(Candidature.objects.get(), column) == stored


@pytest.mark.parametrize(("code", "value", "column", "stored"), CORE)
def test_core_answer_waits_for_the_next_deposit_once_deposited(code, value, column, stored):
    candidature = CandidatureFactory(status=Status.SUBMITTED)
    ConceptFactory(code="skills_hub")

    write(candidature, question_of(candidature, code), value, 1)

    assert getattr(Candidature.objects.get(), column) == getattr(candidature, column)


def test_core_answer_that_is_refused_names_nothing(candidature):
    with pytest.raises(ChangedMeanwhile):
        write(candidature, question_of(candidature, "title"), "Un titre perdu", 9)

    assert Candidature.objects.get().title == candidature.title


# In words

TABLE = {
    "expenses": {"Loyers": ["12000.00", "12000.00", ""], "Travaux": ["500.50", "", ""]},
    "resources": {"Région": ["12500.50", "12000.00", ""]},
}
TABLE_IN_WORDS = """Loyers : 12 000 €, 12 000 €, 0 €
Travaux : 500,50 €, 0 €, 0 €
Dépenses, total : 12 500,50 €, 12 000 €, 0 €
Région : 12 500,50 €, 12 000 €, 0 €
Ressources, total : 12 500,50 €, 12 000 €, 0 €"""


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        (Kind.SHORT_TEXT, "Dreux", "Dreux"),
        (Kind.LONG_TEXT, "Une ligne.\nUne autre.", "Une ligne.\nUne autre."),
        (Kind.INTEGER, 1234567, "1 234 567"),
        (Kind.INTEGER, 0, "0"),
        (Kind.AMOUNT, "12500.00", "12 500 €"),
        (Kind.AMOUNT, "1500.50", "1 500,50 €"),
        (Kind.DATE, "2027-09-01", "1er septembre 2027"),
        (Kind.CHOICE, "Oui, en partie", "Oui, en partie"),
        (Kind.CHOICES, ["Loyer", "Travaux"], "Loyer\nTravaux"),
        (Kind.YES_NO, True, "oui"),
        (Kind.YES_NO, False, "non"),
        (Kind.SCHOOL_YEAR, 2027, "2027-2028"),
        (Kind.TABLE, TABLE, TABLE_IN_WORDS),
    ],
)
def test_value_is_read_in_words(kind, value, words):
    assert plain(text_of(Question(kind=kind), value)) == words


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind != Kind.FILE])
@pytest.mark.parametrize("value", [None, "", [], {}])
def test_empty_value_says_nothing(kind, value):
    assert text_of(Question(kind=kind), value) == ""


def test_concept_is_read_by_its_name_while_the_call_offers_it(candidature):
    answer = candidature.answers.get(question__code="concept")
    assert answer.text == "Tiers-lieu pluri-partenaires"

    candidature.call.concepts.clear()

    assert Answer.objects.get(pk=answer.pk).text == "third_place"


# What is wrong


def problems(kind, value, **fields) -> list[str]:
    return [plain(problem) for problem in problems_of(Question(kind=kind, **fields), value)]


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind != Kind.FILE])
@pytest.mark.parametrize("value", [None, "", [], {}])
def test_required_answer_is_to_be_filled_and_an_optional_one_is_not(kind, value):
    assert problems(kind, value) == ["à remplir"]
    assert problems(kind, value, is_required=False) == []


@pytest.mark.parametrize(("kind", "value"), [(Kind.YES_NO, False), (Kind.INTEGER, 0), (Kind.AMOUNT, "0.00")])
def test_no_and_zero_are_answers(kind, value):
    assert problems(kind, value) == []


@pytest.mark.parametrize("kind", [Kind.SHORT_TEXT, Kind.LONG_TEXT])
def test_text_is_counted_in_words(kind):
    assert problems(kind, "un  deux\ntrois", max_words=3) == []
    assert problems(kind, "un deux trois quatre", max_words=3) == ["4 mots, 3 au plus"]
    assert problems(kind, "mot " * 5000) == []


@pytest.mark.parametrize(
    ("kind", "value", "found"),
    [
        (Kind.CHOICE, "Loyer", []),
        (Kind.CHOICE, "Loy", ["ce choix n’est plus proposé"]),
        (Kind.CHOICES, ["Travaux", "Loyer"], []),
        (Kind.CHOICES, ["Loyer", "Personnel"], ["un de ces choix n’est plus proposé"]),
    ],
)
def test_choice_that_staff_took_off_the_list_is_to_be_made_again(kind, value, found):
    assert problems(kind, value, options="Loyer\n Travaux ") == found


def test_concept_that_the_call_no_longer_offers_is_to_be_chosen_again(candidature):
    question = question_of(candidature, "concept")
    assert problems_of(question, "third_place") == []
    assert problems_of(question, "skills_hub") == ["ce concept n’est plus proposé"]


@pytest.mark.parametrize(
    ("today", "year", "found"),
    [
        ("2027-09-30", 2027, []),
        ("2027-10-01", 2027, ["cette année est passée"]),
        ("2027-10-01", 2028, []),
        ("2028-01-15", 2027, ["cette année est passée"]),
    ],
)
def test_opening_year_already_begun_is_past(today, year, found):
    with time_machine.travel(f"{today} 12:00", tick=False):
        assert problems(Kind.SCHOOL_YEAR, year) == found


def test_balanced_table_has_no_problem():
    assert problems(Kind.TABLE, TABLE) == []


def test_table_that_does_not_balance_says_which_years():
    value = TABLE | {"resources": {"Région": ["12000.00", "12000.00", "0.01"]}}
    assert problems(Kind.TABLE, value) == [
        "année 1 : 12 500,50 € de dépenses pour 12 000 € de ressources",
        "année 3 : 0 € de dépenses pour 0,01 € de ressources",
    ]


def test_table_adds_cents_exactly():
    value = {"expenses": {"A": ["0.10"], "B": ["0.20"]}, "resources": {"C": ["0.30"]}}
    assert problems(Kind.TABLE, value) == []


@pytest.mark.parametrize("cell", ["", "0.00"])
def test_table_without_any_amount_is_to_be_filled(cell):
    assert problems(Kind.TABLE, {"expenses": {"A": [cell, ""]}, "resources": {"B": ["", cell]}}) == ["à remplir"]


# Texts set aside


def kept(candidature) -> list:
    return [text.value for text in candidature.set_aside.all()]


def test_text_set_aside_is_kept_with_its_question_its_carrier_and_its_author(candidature):
    question = Section.objects.get(call=candidature.call, code="porteurs").questions.create(
        code="apport", kind=Kind.AMOUNT, label="Apport", position=1, per_carrier=True
    )
    carrier, by = candidature.carriers.get(), UserFactory()

    SetAside.keep(candidature, "150.00", by, Reason.CONFLICT, question, carrier)
    name = carrier.name
    carrier.delete()

    text = candidature.set_aside.get()
    assert (text.question, text.carrier_name, text.by, text.reason) == (question, name, by, Reason.CONFLICT)
    assert plain(text.text) == "150 €"


def test_same_text_is_not_kept_twice_in_a_row(candidature, question):
    by = UserFactory()

    for value in ("Un", "Un", "Deux", "Un"):
        SetAside.keep(candidature, value, by, Reason.CONFLICT, question)

    assert kept(candidature) == ["Un", "Deux", "Un"]


def test_same_text_of_another_person_question_or_reason_is_another(candidature, question):
    by, other = UserFactory(), question_of(candidature, "title")

    SetAside.keep(candidature, "Un", by, Reason.CONFLICT, question)
    SetAside.keep(candidature, "Un", UserFactory(), Reason.CONFLICT, question)
    SetAside.keep(candidature, "Un", by, Reason.REPLACED, question)
    SetAside.keep(candidature, "Un", by, Reason.CONFLICT, other)

    assert kept(candidature) == ["Un"] * 4


@pytest.mark.parametrize("value", [None, "", [], {}])
def test_nothing_is_not_kept(candidature, question, value):
    SetAside.keep(candidature, value, UserFactory(), Reason.CONFLICT, question)

    assert kept(candidature) == []


@pytest.mark.parametrize("value", [False, 0])
def test_no_and_zero_are_kept(candidature, question, value):
    SetAside.keep(candidature, value, UserFactory(), Reason.CONFLICT, question)

    assert kept(candidature) == [value]
