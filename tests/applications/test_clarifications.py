"""What a candidate asks, the team answers for everybody: never who asked, and nothing before the answer."""

import pytest
from django.urls import reverse
from post_office.models import Email

from applications.models import Clarification, Event, ForbiddenTransition
from applications.models.clarification import MOST_WAITING
from tests.applications.at_once import at_once
from tests.factories import CallFactory, PhaseFactory, StaffFactory, UserFactory

pytestmark = pytest.mark.usefixtures("without_second_factor")

ASKED = "Nous, la ville de QUIDEMANDE, pouvons-nous partager un site ?"
PUBLISHED, ANSWER = "Plusieurs communes peuvent-elles partager un site ?", "Oui : indiquez la convention entre elles."


@pytest.fixture
def call():
    return PhaseFactory(call=CallFactory(slug="ami-9")).call


def page(client) -> str:
    return client.get("/appels/ami-9/").content.decode()


def answered(call) -> Clarification:
    clarification = Clarification.ask(call, UserFactory(full_name="Alix Demandeuse"), ASKED)
    clarification.publish(StaffFactory(full_name="Sam Répondant"), PUBLISHED, ANSWER)
    return clarification


def test_question_waits_for_its_answer_unseen(client, call):
    client.force_login(UserFactory())

    response = client.post("/appels/ami-9/question/", {"asked": ASKED})

    assert (response.status_code, response.url) == (302, "/appels/ami-9/#questions")
    assert Clarification.objects.get().asked == ASKED
    assert "QUIDEMANDE" not in page(client)


def test_everybody_reads_the_answer_and_nobody_who_asked(client, call):
    answered(call)

    html = page(client)

    assert [text in html for text in (PUBLISHED, ANSWER)] == [True, True]
    assert [text in html for text in ("QUIDEMANDE", "Alix Demandeuse", "Sam Répondant")] == [False] * 3


def test_corrected_answer_says_that_it_was(client, call):
    clarification = answered(call)

    clarification.publish(StaffFactory(), PUBLISHED, "Oui, deux au plus.")

    html = page(client)
    assert [text in html for text in (ANSWER, "Oui, deux au plus.", "corrigée le")] == [False, True, True]
    assert [event.note for event in Event.objects.about(call)] == [ANSWER, "Oui, deux au plus."]


def test_team_answers_from_its_list_and_the_person_is_told_once(client, call):
    person = UserFactory()
    clarification = Clarification.ask(call, person, ASKED)
    client.force_login(StaffFactory())
    address = reverse("admin:clarification", args=[clarification.pk])
    assert ASKED in client.get(address).content.decode()

    for answer in (ANSWER, "Corrigée."):
        client.post(address, {"question": PUBLISHED, "answer": answer})

    assert [email.to for email in Email.objects.all()] == [[person.email]]
    assert ANSWER in Email.objects.get().message or ANSWER in Email.objects.get().context["body"]


@pytest.mark.parametrize("missing", ["question", "answer"])
def test_answer_needs_its_question_and_its_text(client, call, missing):
    clarification = Clarification.ask(call, UserFactory(), ASKED)
    client.force_login(StaffFactory())

    data = {"question": PUBLISHED, "answer": ANSWER} | {missing: "  "}
    response = client.post(reverse("admin:clarification", args=[clarification.pk]), data)

    assert "Ce champ est obligatoire." in response.content.decode()
    assert not Clarification.objects.answered().exists()


@pytest.mark.parametrize("asked", ["", "   ", "x" * 5000, "nul\x00"])
def test_absurd_question_is_told_and_kept(client, call, asked):
    client.force_login(UserFactory())

    response = client.post("/appels/ami-9/question/", {"asked": asked})

    assert response.status_code == 200
    assert not Clarification.objects.exists()
    assert asked.replace("\x00", "").strip() in response.content.decode()


def test_nothing_is_asked_once_the_deposits_are_closed(client):
    PhaseFactory(call=CallFactory(slug="ami-9"), closed=True)
    client.force_login(UserFactory())

    response = client.post("/appels/ami-9/question/", {"asked": ASKED})

    assert "Les dépôts de cet appel sont clos" in response.content.decode()
    assert "QUIDEMANDE" in response.content.decode()
    assert not Clarification.objects.exists()


def test_one_person_does_not_fill_the_list(call):
    person = UserFactory()
    for number in range(MOST_WAITING):
        Clarification.ask(call, person, f"Question {number}")

    with pytest.raises(ForbiddenTransition, match="attendent déjà leur réponse"):
        Clarification.ask(call, person, "Une de plus")
    Clarification.ask(call, UserFactory(), "Celle d’une autre")


def test_visitor_signs_in_before_asking(client, call):
    assert client.get("/appels/ami-9/question/").url.startswith("/compte/connexion/")


def test_call_in_preparation_takes_no_question(client):
    PhaseFactory(call=CallFactory(slug="ami-9", is_published=False))
    client.force_login(UserFactory())

    assert client.get("/appels/ami-9/question/").status_code == 404


def test_only_the_team_answers(call):
    clarification = Clarification.ask(call, UserFactory(), ASKED)

    for stranger in (UserFactory(), UserFactory(role="committee"), clarification.asked_by):
        with pytest.raises(ForbiddenTransition, match="équipe"):
            clarification.publish(stranger, PUBLISHED, ANSWER)


@pytest.mark.django_db(transaction=True)
def test_same_question_sent_twice_at_once_is_one_question(call):
    person = UserFactory()

    at_once(lambda: Clarification.ask(call, person, ASKED), lambda: Clarification.ask(call, person, ASKED))

    assert Clarification.objects.count() == 1
