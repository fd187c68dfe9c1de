"""The demonstration, played once for all the tests of this module."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings
from django.utils import timezone

from accounts.models import User
from applications.models import Answer, Call, Candidature, Event, Question, Status, WorkingCopy
from applications.models.working_copy import substance
from labels.checks import FAULTS
from labels.demonstration.answers import Author
from labels.demonstration.entries import CANDIDATURES

from .conftest import create_territories, reference_rows

LANNION, SAINTES, FIGEAC, GUERET, FECAMP, PONTARLIER = range(1, 7)
VITRE, BERGERAC, THIERS, SAINT_JOSEPH, AVRANCHES, AUTUN = range(7, 13)
OYONNAX, FLERS, SENS, DIGNE, FOIX = range(13, 18)


def seed() -> str:
    output = StringIO()
    call_command("seed_demo", stdout=output)
    return output.getvalue()


@pytest.fixture(scope="module")
def played(django_db_setup, django_db_blocker, tmp_path_factory):
    """The folder of the pieces and what the command said, once; the database is emptied after the last test."""
    folder = tmp_path_factory.mktemp("media")
    named = frozenset(code for entry in CANDIDATURES for code in f"{entry.carriers} {entry.sites}".split())
    with django_db_blocker.unblock():
        try:
            create_territories(*reference_rows(named))
            call_command("load_programme", stdout=StringIO())
            with override_settings(DEMO=True, MEDIA_ROOT=folder):
                said = seed()
            yield folder, said
        finally:
            call_command("flush", interactive=False, verbosity=0)


@pytest.fixture(autouse=True)
def _demonstration(played, settings):
    settings.DEMO, settings.MEDIA_ROOT = True, played[0]


def told(number) -> Candidature:
    return Candidature.objects.with_working_copy().get(call__slug="demonstration", number=number)


def every_candidature():
    return Candidature.objects.with_working_copy().filter(call__slug="demonstration")


def value_of(candidature, code):
    return candidature.answers.get(question__code=code).value


# As a whole


def test_each_candidature_is_where_its_story_stops():
    assert {candidature.number: candidature.status for candidature in every_candidature()} == {
        LANNION: Status.LABELLED,
        SAINTES: Status.LABELLED,
        FIGEAC: Status.LABELLED,
        GUERET: Status.DEFERRED,
        FECAMP: Status.DEFERRED,
        PONTARLIER: Status.REJECTED,
        VITRE: Status.ADMISSIBLE,
        BERGERAC: Status.ADMISSIBLE,
        THIERS: Status.ADMISSIBLE,
        SAINT_JOSEPH: Status.ADMISSIBLE,
        AVRANCHES: Status.INADMISSIBLE,
        AUTUN: Status.SUPPLEMENTS_REQUESTED,
        OYONNAX: Status.SUBMITTED,
        FLERS: Status.SUBMITTED,
        SENS: Status.WITHDRAWN,
        DIGNE: Status.DRAFT,
        FOIX: Status.DRAFT,
    }


def test_numbers_follow_the_order_in_which_drafts_were_begun():
    assert list(every_candidature().order_by("created_at").values_list("number", flat=True)) == list(range(1, 18))


def test_nothing_happens_in_the_future():
    now = timezone.now()

    assert not Event.objects.filter(at__gt=now).exists()
    assert not Answer.objects.filter(updated_at__gt=now).exists()


def test_data_have_no_fault():
    assert [problem for fault in FAULTS for problem in fault()] == []


def test_deposited_candidatures_are_complete_and_hold_nothing_that_is_not_deposited():
    deposited = every_candidature().exclude(status=Status.DRAFT)

    for candidature in deposited:
        assert WorkingCopy(candidature).problems() == [], candidature
        assert not candidature.has_undeposited_changes, candidature


def test_columns_of_each_candidature_are_those_of_its_answers():
    for candidature in every_candidature():
        columns = WorkingCopy(candidature).core_columns()
        assert {name: getattr(candidature, name) for name in columns} == columns, candidature


def test_no_two_candidatures_write_the_same_text():
    long_texts = Question.objects.filter(kind=Question.Kind.LONG_TEXT, section__call__slug="demonstration")
    for question in long_texts.filter(prefill=""):
        texts = [answer.value for answer in question.answers.all()]
        assert len(texts) == len(set(texts)), question.code


def test_answers_are_the_same_each_time_they_are_made():
    candidature, entry = told(FLERS), CANDIDATURES[FLERS - 1]

    first, second = (list(Author(entry, candidature, 2030).everything()) for _ in range(2))

    assert first == second


def test_reference_data_answered_what_they_know():
    answer = told(SAINTES).answers.get(question__code="population")

    assert answer.value == 60_600
    assert answer.prefilled_from.startswith("données de référence")


# One by one


def test_draft_waits_only_for_what_must_be_signed():
    assert [problem.words for problem in WorkingCopy(told(DIGNE)).problems()] == [
        "Lettre d’engagement (CA Provence-Alpes-Agglomération) : à joindre",
        "Engagement à délibérer : à joindre",
    ]


def test_draft_that_has_just_begun_has_a_title_and_little_more():
    candidature = told(FOIX)

    assert (candidature.title, candidature.summary, candidature.target_year) == ("Foix, l’Ariège se forme", "", None)
    assert set(candidature.answers.values_list("question__code", flat=True)) == {
        "representative_name",
        "representative_role",
        "contact_name",
        "contact_email",
        "title",
        "concept",
        "population",
        "departments",
    }


def test_draft_that_has_just_begun_has_more_time_than_the_others():
    candidature, phase = told(FOIX), Call.objects.get(slug="demonstration").phases.get(number=3)

    assert candidature.deadline(phase) > phase.last_moment
    assert told(DIGNE).deadline(phase) == phase.last_moment


def test_supplements_are_asked_item_by_item_with_time_to_answer():
    candidature = told(AUTUN)
    request = candidature.supplement_request

    assert [str(item) for item in request.items.all()] == [
        "Adresse du lieu d’accueil",
        "À qui est le lieu ?",
        "Plan ou photos des locaux",
        "Lettre d’engagement (CC du Grand Autunois Morvan)",
    ]
    assert request.due_at > timezone.now()
    assert candidature.is_editable


def test_only_what_is_asked_can_be_completed():
    copy = WorkingCopy(told(AUTUN))
    openness = copy.candidature.openness()
    open_slots = {
        slot.label
        for section in copy.sections
        for slot in copy.slots(section)
        if not openness.why_not(section, slot.question, slot.carrier)
    }

    assert open_slots == {
        "Adresse du lieu d’accueil",
        "À qui est le lieu ?",
        "Plan ou photos des locaux",
        "Lettre d’engagement (CC du Grand Autunois Morvan)",
    }


def test_applicant_and_team_write_to_each_other():
    messages = told(AUTUN).messages.select_related("by")

    assert [(message.by.email, message.is_from_team) for message in messages] == [
        ("commune-epci@demo.example", False),
        ("equipe@demo.example", True),
    ]


def test_candidature_deposited_twice_says_more_the_second_time():
    first, second = told(VITRE).submissions.order_by("number")

    before, after = substance(first.content), substance(second.content)

    changed = {key[1] for key in after["answers"] if after["answers"][key] != before["answers"][key]}
    assert changed == {"needs", "modes", "learners_year_2"}
    assert len(after["partners"]) == len(before["partners"]) + 1
    assert len(after["pieces"]) == len(before["pieces"]) + 1


def test_several_people_work_on_a_consortium_and_one_is_awaited():
    candidature = told(FLERS)

    members = candidature.memberships.values_list("user__email", "role")
    assert dict(members) == {
        "consortium@demo.example": "lead",
        "consortium-2@demo.example": "editor",
        "consortium-3@demo.example": "reader",
    }
    assert [invitation.email for invitation in candidature.invitations.pending()] == ["finances@vire-normandie.example"]


def test_members_who_may_write_each_wrote_a_part():
    writers = told(FLERS).answers.values_list("updated_by__email", flat=True)

    assert set(writers) == {"consortium@demo.example", "consortium-2@demo.example"}


def test_refused_deliberation_is_about_another_project():
    piece = told(AVRANCHES).attachments.filter(question__code="deliberation").first()

    with piece.file.open() as file:
        assert "Aménagement de la voie verte".encode("cp1252") in file.read()


# The command


def test_command_prints_an_account_for_each_person(played):
    _, said = played
    people = User.objects.filter(email__endswith="@demo.example")

    assert people.count() == 17
    for person in people:
        assert f"  {person.email} " in said


def test_seeding_again_keeps_what_was_changed():
    section = Call.objects.get(slug="demonstration").sections.get(code="gouvernance")
    section.title = "Pilotage"
    section.save()
    before = Event.objects.count(), Answer.objects.count(), User.objects.count()

    seed()

    section.refresh_from_db()
    assert section.title == "Pilotage"
    assert (Event.objects.count(), Answer.objects.count(), User.objects.count()) == before


def test_demonstration_made_before_the_form_stays_as_it_is():
    call = Call.objects.get(slug="demonstration")
    call.slug = "ancienne"
    call.save()
    older = Call.objects.create(slug="demonstration", name="Ancienne", prefix="OLD", title="Une ancienne démonstration")

    seed()

    assert not older.sections.exists()


def test_seeding_is_refused_outside_a_demonstration(settings):
    settings.DEMO = False

    with pytest.raises(CommandError, match="DEMO=true"):
        seed()


def test_seeding_waits_for_the_programme():
    Call.objects.filter(slug="ami-2").update(slug="ami-3")

    with pytest.raises(CommandError, match="load_programme"):
        seed()
