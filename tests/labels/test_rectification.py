"""A mistake in what was proclaimed: repaired in writing, never by editing."""

import pytest
from django.urls import reverse
from django.utils import timezone

from applications.letters import dispatch_letters
from applications.models import Candidature, Decision, Event, ForbiddenTransition, Letter, LetterCopy, Status
from labels.models import Antenna, State
from labels.proclamation import proclaim
from labels.rectifying import rectify
from tests.factories import StaffFactory, lead_of

from .phase_case import NAMES, WORDS, ready_phase

pytestmark = pytest.mark.usefixtures("_one_factor")
TEXT = "Le motif nommait une autre commune : il s’agit bien de la vôtre."


@pytest.fixture
def _one_factor(settings):
    settings.REQUIRE_SECOND_FACTOR = False


@pytest.fixture
def case():
    case = ready_phase(("label", "defer", "reject"))
    proclaim(case.phase, case.staff)
    case.files = {outcome: Candidature.objects.get(pk=file.pk) for outcome, file in case.files.items()}
    return case


def state_of(antenna) -> State:
    return Antenna.objects.with_opening().with_state().get(pk=antenna.pk).state


def test_text_alone_adds_a_letter_and_a_line_and_changes_nothing_else(case):
    file = case.files["reject"]
    before = (Decision.objects.get(candidature=file).reason, file.status, Antenna.objects.count())

    letter = rectify(file, case.staff, TEXT)

    assert (Decision.objects.get(candidature=file).reason, file.status, Antenna.objects.count()) == before
    assert (letter.kind, letter.content["text"], "outcome" in letter.content) == ("rectification", TEXT, False)
    line = file.events.get(verb="rectify")
    assert (line.note, line.by, line.audience) == (TEXT, case.staff, "applicant")
    assert dispatch_letters() == 4
    assert LetterCopy.objects.filter(letter=letter, email__isnull=False).count() == 1


@pytest.mark.parametrize(
    ("was", "becomes", "status"),
    [
        ("label", "defer", Status.DEFERRED),
        ("label", "reject", Status.REJECTED),
        ("defer", "label", Status.LABELLED),
        ("defer", "reject", Status.REJECTED),
        ("reject", "label", Status.LABELLED),
        ("reject", "defer", Status.DEFERRED),
    ],
)
def test_other_decision_moves_the_status_and_the_antenna_with_it(case, was, becomes, status):
    file = case.files[was]

    letter = rectify(file, case.staff, TEXT, outcome=becomes, reason="Le vrai motif")

    assert Candidature.objects.get(pk=file.pk).status == status
    assert (letter.content["outcome"], letter.content["reason"]) == (becomes, "Le vrai motif")
    line = file.events.order_by("number").last()
    assert (line.verb, line.note, line.target) == (f"rectify_as_{status}", TEXT, status)
    assert Decision.objects.get(candidature=file).reason == WORDS[was]
    antenna = Antenna.objects.filter(candidature=file).first()
    if was == "label":
        assert state_of(antenna) == State.ABANDONED
    elif becomes == "label":
        assert (antenna.name, state_of(antenna), antenna.labelled_on) == (
            NAMES[was],
            State.LABELLED,
            timezone.localdate(),
        )
    else:
        assert antenna is None


def test_label_given_back_finds_its_antenna_again(case):
    file, antenna = case.files["label"], Antenna.objects.get()
    rectify(file, case.staff, TEXT, outcome="reject", reason="Une erreur")

    rectify(file, case.staff, "C’était une erreur.", outcome="label", reason="Un ancrage réel")

    assert (Antenna.objects.get(), state_of(antenna)) == (antenna, State.LABELLED)
    assert file.rectifications.count() == 2


def test_conditions_added_to_a_label_change_no_status(case):
    file = case.files["label"]

    letter = rectify(file, case.staff, TEXT, outcome="conditions", reason="Motif", conditions="Signer le bail")

    assert (Candidature.objects.get(pk=file.pk).status, letter.content["conditions"]) == ("labelled", "Signer le bail")
    assert file.events.order_by("number").last().verb == "rectify"
    assert state_of(Antenna.objects.get()) == State.LABELLED


def test_failure_leaves_nothing_of_a_rectification(case, monkeypatch):
    from labels import rectifying

    def fail(rectification):
        raise OSError("no letter")

    monkeypatch.setattr(rectifying, "rectification_content", fail)
    with pytest.raises(OSError, match="no letter"):
        rectify(case.files["reject"], case.staff, TEXT, outcome="label", reason="Motif")

    file = Candidature.objects.get(pk=case.files["reject"].pk)
    assert (file.status, file.rectifications.count(), Antenna.objects.count()) == (Status.REJECTED, 0, 1)


def test_only_the_team_rectifies_and_only_what_was_proclaimed(case):
    file = case.files["reject"]
    with pytest.raises(ForbiddenTransition, match="équipe"):
        rectify(file, lead_of(file), TEXT)
    with pytest.raises(ForbiddenTransition, match="Écrivez ce qui est rectifié"):
        rectify(file, case.staff, "  ")

    other = ready_phase(("label",))
    with pytest.raises(ForbiddenTransition, match="proclamée"):
        rectify(other.files["label"], other.staff, TEXT)
    assert Letter.objects.filter(kind="rectification").count() == 0


# The pages


def address(case, outcome) -> str:
    return reverse("admin:labels_rectify", args=[case.phase.pk, case.files[outcome].reference])


def test_team_rectifies_from_the_page_and_the_applicant_reads_it_under_the_decision(client, case):
    client.force_login(StaffFactory())
    corrected = {"outcome": "defer", "reason": "Le vrai motif", "points": "Un point\nUn autre"}
    form = {"text": TEXT, "confirm": "on"} | corrected

    assert client.post(address(case, "reject"), form).status_code == 302

    file = Candidature.objects.get(pk=case.files["reject"].pk)
    client.force_login(lead_of(file))
    html = client.get(file.get_absolute_url()).content.decode()
    places = [html.index(words) for words in (WORDS["reject"], TEXT, "Le vrai motif", "Un autre")]
    assert places == sorted(places)
    assert file.status == Status.DEFERRED


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"text": ""}, "Écrivez ce qui est rectifié."),
        ({"confirm": ""}, "Cochez la case pour confirmer."),
        ({"outcome": "label"}, "Écrivez le motif de cette décision."),
        ({"outcome": "conditions", "reason": "Motif"}, "Écrivez les conditions du label."),
        ({"outcome": "reserve", "reason": "Motif"}, "Donnez le rang dans la réserve."),
    ],
)
def test_incomplete_rectification_is_refused_and_keeps_what_was_typed(client, case, change, words):
    client.force_login(StaffFactory())

    answer = client.post(address(case, "reject"), {"text": TEXT, "confirm": "on"} | change)

    html = answer.content.decode()
    assert (answer.status_code, words in html) == (200, True)
    assert (TEXT in html) is (change.get("text") is None)
    assert Event.objects.filter(verb__startswith="rectify").count() == 0


def test_page_says_that_nothing_is_to_be_rectified_before_the_proclamation(client):
    case = ready_phase(("label",))
    client.force_login(case.staff)

    assert "Seule une décision proclamée se rectifie" in client.get(address(case, "label")).content.decode()
    client.post(address(case, "label"), {"text": TEXT, "confirm": "on"})
    assert case.files["label"].rectifications.count() == 0
