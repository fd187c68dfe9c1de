import re

import pytest
from django.urls import reverse

from applications.models import Candidature, Decision, Event, ForbiddenTransition, Recusal, Status
from tests.applications.committee_case import committee_case

pytestmark = pytest.mark.usefixtures("without_second_factor")


@pytest.fixture
def case():
    case = committee_case()
    case.phase.open_seal(case.people["chair"])
    return case


def page(case) -> str:
    return reverse("admin:phase_file", args=[case.phase.pk, case.file.reference])


@pytest.mark.parametrize("who", ["chair", "staff"])
def test_decision_is_recorded_and_the_status_waits_for_the_proclamation(client, case, who):
    client.force_login(case.people[who])

    response = client.post(page(case), {"outcome": "conditions", "reason": "Sous réserve du local."})

    assert response.status_code == 302
    decision = Decision.objects.get()
    assert (decision.outcome, decision.reason, decision.decided_by) == (
        "conditions",
        "Sous réserve du local.",
        case.people[who],
    )
    assert Candidature.objects.get().status == Status.ADMISSIBLE


def test_decision_revised_leaves_both_lines_in_the_journal(case):
    Decision.record(case.file, case.people["chair"], "reject", "Premier avis")
    Decision.record(case.file, case.people["staff"], "label", "Avis revu")

    assert [event.note for event in Event.objects.filter(verb="decide")] == ["Premier avis", "Avis revu"]
    assert Decision.objects.get().outcome == "label"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"outcome": "label", "reason": "   "}, "Ce champ est obligatoire."),
        ({"outcome": "unknown", "reason": "Motif gardé"}, "Sélectionnez un choix valide."),
        ({"outcome": "label", "reason": "x" * 100_000}, "au plus 8000 caractères"),
        ({"outcome": "label", "reason": "nul\x00"}, "nul"),
    ],
)
def test_bad_input_is_told_and_kept(client, case, data, message):
    client.force_login(case.people["chair"])

    response = client.post(page(case), data)

    assert response.status_code == 200
    assert message in response.content.decode()
    assert data["reason"].strip()[:50].replace("\x00", "") in response.content.decode().replace("\x00", "")
    assert not Decision.objects.exists()


def test_decision_waits_for_the_seal(client):
    case = committee_case()
    client.force_login(case.people["chair"])

    response = client.post(page(case), {"outcome": "label", "reason": "Trop tôt"})

    assert "Le scellé de la phase n’est pas levé" in response.content.decode()
    assert not Decision.objects.exists()


def test_decision_is_refused_after_the_proclamation(case):
    Decision.record(case.file, case.people["chair"], "reject", "Motif")
    case.phase.mark_proclaimed(case.people["staff"])

    with pytest.raises(ForbiddenTransition, match="proclamés"):
        Decision.record(case.file, case.people["chair"], "label", "Trop tard")


@pytest.mark.parametrize("who", ["signed", "elsewhere_chair", "applicant"])
def test_decision_is_refused_to_others(case, who):
    with pytest.raises(ForbiddenTransition, match="présidence"):
        Decision.record(case.file, case.people[who], "label", "Motif")


@pytest.mark.parametrize("is_member", [False, True])
def test_recused_chair_decides_nothing_even_as_a_member_of_the_file(case, is_member):
    if is_member:
        case.file.memberships.create(user=case.people["chair"])
    else:
        Recusal.declare(case.file, case.people["chair"], "Parenté")

    with pytest.raises(ForbiddenTransition, match="déporté"):
        Decision.record(case.file, case.people["chair"], "label", "Motif")
    assert list(Decision.objects.visible_to(case.people["chair"])) == []


def test_phase_page_lists_what_waits_before_the_proclamation(client, case):
    client.force_login(case.people["staff"])
    address = reverse("admin:phase", args=[case.phase.pk])

    before = client.get(address).context
    Decision.record(case.file, case.people["chair"], "reject", "Motif")
    after = client.get(address).context

    assert (list(before["waiting"]), list(after["waiting"])) == ([case.file], [])
    assert before["why_not_proclaimable"].startswith("Sans décision")
    assert (before["proclamation"], after["proclamation"]) == (
        "",
        reverse("admin:labels_proclaim", args=[case.phase.pk]),
    )


def seen_on(client, case) -> str:
    """What the form of the page holds of the decision that it shows."""
    return re.search(r'name="seen"(?: value="([^"]*)")?', client.get(page(case)).content.decode())[1] or ""


def test_of_two_people_deciding_at_once_the_second_is_told_and_both_texts_shown(client, case):
    client.force_login(case.people["staff"])
    mine = {"outcome": "label", "reason": "Mon avis", "seen": seen_on(client, case)}
    Decision.record(case.file, case.people["chair"], "reject", "Avis de la présidence")

    html = client.post(page(case), mine).content.decode()

    assert "Une autre décision vient d’être consignée" in html
    assert "Avis de la présidence" in html
    assert "Mon avis</textarea>" in html
    assert Decision.objects.get().outcome == "reject"

    mine["seen"] = re.search(r'name="seen" value="([^"]*)"', html)[1]
    client.post(page(case), mine)
    assert Decision.objects.get().outcome == "label"


def test_refused_form_shows_the_decision_as_it_is_recorded(client, case):
    Decision.record(case.file, case.people["chair"], "reject", "Motif consigné")
    client.force_login(case.people["chair"])

    html = client.post(page(case), {"outcome": "label", "reason": "\x00"}).content.decode()

    assert "<strong>Ne pas retenir</strong>" in html
    assert "Motif consigné" in html


def test_decision_that_comes_too_late_keeps_its_text(client, case):
    Decision.record(case.file, case.people["chair"], "reject", "Motif")
    client.force_login(case.people["chair"])
    late = {"outcome": "label", "reason": "Une longue explication", "seen": seen_on(client, case)}
    case.phase.mark_proclaimed(case.people["staff"])

    html = client.post(page(case), late).content.decode()

    assert "Les résultats de la phase sont proclamés." in html
    assert "Une longue explication</textarea>" in html
