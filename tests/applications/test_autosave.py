"""What the page's JavaScript is told when it saves one answer: done, conflict, refused, session ended, access lost."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from applications.models import Membership, SetAside, Status
from tests.factories import (
    AnswerFactory,
    CandidatureFactory,
    CarrierFactory,
    MembershipFactory,
    StaffFactory,
    UserFactory,
    lead_of,
    question_of,
)

JSON = {"HTTP_ACCEPT": "application/json"}


@pytest.fixture
def candidature(client):
    candidature = CandidatureFactory()
    client.force_login(lead_of(candidature))
    return candidature


def save(client, candidature, value, seen=1, code="summary", **more):
    question = question_of(candidature, code)
    url = reverse("applications:answer", args=[candidature.reference, question.pk])
    return client.post(url, {f"q{question.pk}": value, f"version-q{question.pk}": seen} | more, **JSON)


def summary(candidature):
    return candidature.answers.get(question__code="summary").value


def test_saved_answer_tells_its_time_and_version(client, candidature):
    with time_machine.travel("2026-11-25 13:32:07Z", tick=False):
        client.force_login(lead_of(candidature))
        answer = save(client, candidature, "Un texte neuf")

    assert answer.status_code == 200
    assert (answer.json()["saved_at"], answer.json()["version"], answer.json()["problem"]) == ("14:32:07", 2, "")
    assert summary(candidature) == "Un texte neuf"


def test_same_text_saved_again_keeps_its_version(client, candidature):
    save(client, candidature, "Un texte neuf")

    assert save(client, candidature, "Un texte neuf", seen=1).json()["version"] == 2


def test_answer_too_long_in_words_is_saved_and_told(client, candidature):
    answer = save(client, candidature, "mot " * 601).json()

    assert answer["problem"] == "601 mots, 600 au plus"
    assert summary(candidature).count("mot") == 601


def test_stale_tab_never_overwrites(client, candidature):
    save(client, candidature, "Le texte de ma collègue")

    answer = save(client, candidature, "Mon texte", seen=1)

    assert answer.status_code == 409
    theirs = answer.json()["theirs"]
    assert (theirs["text"], theirs["raw"], theirs["by"]) == (
        "Le texte de ma collègue",
        "Le texte de ma collègue",
        str(lead_of(candidature)),
    )
    assert summary(candidature) == "Le texte de ma collègue"
    assert [kept.value for kept in SetAside.objects.all()] == ["Mon texte"]


def test_text_chosen_against_another_leaves_the_other_readable(client, candidature):
    save(client, candidature, "Le texte de ma collègue")
    version = save(client, candidature, "Mon texte", seen=1).json()["version"]

    key = f"overrides-q{question_of(candidature, 'summary').pk}"
    save(client, candidature, "Mon texte", seen=version, **{key: "1"})

    assert summary(candidature) == "Mon texte"
    assert {(kept.value, kept.reason) for kept in SetAside.objects.all()} == {
        ("Mon texte", "conflict"),
        ("Le texte de ma collègue", "replaced"),
    }


@pytest.mark.parametrize(
    ("code", "value", "error"),
    [
        ("summary", "nul\x00", "Le caractère nul n’est pas autorisé."),
        ("summary", "x" * 5_000_000, "au plus 50000 caractères"),
        ("title", "x" * 201, "au plus 200 caractères"),
        ("target_year", "1789", "Sélectionnez un choix valide"),
    ],
)
def test_answer_that_cannot_be_is_refused_with_its_reason(client, candidature, code, value, error):
    former = candidature.answers.get(question__code=code).value

    answer = save(client, candidature, value, code=code)

    assert answer.status_code == 422
    assert error in answer.json()["errors"][0]
    assert candidature.answers.get(question__code=code).value == former


def test_session_that_ended_is_told_with_the_way_to_sign_in(client, candidature):
    client.logout()

    answer = save(client, candidature, "Un texte neuf")

    assert (answer.status_code, answer.json()) == (401, {"sign_in": reverse("account_login")})


def test_member_removed_while_typing_is_told(client, candidature):
    candidature.memberships.all().delete()

    answer = save(client, candidature, "Un texte neuf")

    assert answer.status_code == 404
    assert "Vous n’avez plus accès" in answer.json()["message"]


def test_reader_is_told_that_they_only_read(client, candidature):
    client.force_login(MembershipFactory(candidature=candidature, role=Membership.Role.READER).user)

    answer = save(client, candidature, "Un texte neuf")

    assert (answer.status_code, "non la modifier" in answer.json()["message"]) == (403, True)
    assert summary(candidature) == candidature.summary


def test_file_that_closed_while_typing_is_told(client):
    candidature = CandidatureFactory(status=Status.ADMISSIBLE)
    client.force_login(lead_of(candidature))

    answer = save(client, candidature, "Un texte neuf")

    assert (answer.status_code, "ne peut plus être modifiée" in answer.json()["message"]) == (403, True)


def test_closing_that_moved_while_typing_is_told_when_the_page_asks_for_the_time(client, candidature):
    phase, later = candidature.call.phases.get(), timezone.now() + timedelta(days=3)
    phase.closes_at = later
    phase.save()

    assert save(client, candidature, "Un texte neuf", time="1").json()["deadline"] == later.isoformat()
    assert "deadline" not in save(client, candidature, "Un autre texte", seen=2).json()


def test_question_of_another_call_or_of_files_is_not_found(client, candidature):
    other = question_of(CandidatureFactory(), "summary")
    for question in (other, question_of(candidature, "engagement")):
        url = reverse("applications:answer", args=[candidature.reference, question.pk])
        assert client.post(url, {f"q{question.pk}": "x", f"version-q{question.pk}": 0}, **JSON).status_code == 404


def test_answer_is_given_for_one_carrier_at_a_time(client, candidature):
    section = candidature.call.sections.get(code="porteurs")
    question = section.questions.create(position=1, code="role", kind="short_text", label="Rôle", per_carrier=True)
    first, second = candidature.carriers.get(), CarrierFactory(candidature=candidature, is_lead=False)
    AnswerFactory(candidature=candidature, question=question, carrier=first, value="Pilote")
    key = f"q{question.pk}-c{second.pk}"
    url = reverse("applications:answer", args=[candidature.reference, question.pk])

    answer = client.post(f"{url}?porteur={second.pk}", {key: "Appui", f"version-{key}": 0}, **JSON)

    assert answer.status_code == 200
    answers = candidature.answers.filter(question=question).order_by("pk")
    assert [(each.carrier, each.value) for each in answers] == [(first, "Pilote"), (second, "Appui")]


@pytest.mark.parametrize("seen", ["", "-1", "zz", "9" * 30, "１"])
def test_absurd_version_saves_nothing(client, candidature, seen):
    assert save(client, candidature, "Un texte neuf", seen=seen).status_code == 200
    assert summary(candidature) == candidature.summary


def test_reading_the_address_of_an_answer_is_refused(client, candidature):
    question = question_of(candidature, "summary")

    assert client.get(reverse("applications:answer", args=[candidature.reference, question.pk])).status_code == 405


@pytest.mark.parametrize("person", [UserFactory, StaffFactory])
def test_stranger_and_staff_find_nothing_to_save(client, candidature, settings, person):
    settings.REQUIRE_SECOND_FACTOR = False
    client.force_login(person())

    assert save(client, candidature, "Un texte neuf").status_code == 404
    assert summary(candidature) == candidature.summary


@pytest.mark.parametrize("count", [1, 3])
def test_autosave_query_count_does_not_grow(client, candidature, count, django_assert_num_queries):
    CarrierFactory.create_batch(count, candidature=candidature, is_lead=False)
    for _ in range(count - 1):
        MembershipFactory(candidature=candidature)

    question = question_of(candidature, "summary")
    url = reverse("applications:answer", args=[candidature.reference, question.pk])

    # session, person; candidature with question and answer; savepoint, answer, summary, release
    with django_assert_num_queries(7):
        client.post(url, {f"q{question.pk}": "Un texte neuf", f"version-q{question.pk}": 1}, **JSON)
