"""A candidature presented again: its authors and the committee of the later phase read what was asked of the former."""

from datetime import timedelta

import pytest
from django.utils import timezone

from applications.models import Candidature, Recusal, SelectionPhase, Status, present_again
from labels.proclamation import proclaim
from labels.rectifying import rectify
from tests.applications.committee_case import committee_case
from tests.applications.session_case import approve_minutes, call, decide, open_session
from tests.factories import PhaseFactory, StaffFactory, lead_of

pytestmark = pytest.mark.usefixtures("without_second_factor")

REASON = "MOTIFDUREPORT"
POINTS = [
    {"section": "Le projet", "text": "PRECISEZLESFILIERES"},
    {"section": "", "text": "RELISEZTOUT"},
    {"section": "Rubrique disparue", "text": "POINTAILLEURS"},
]


@pytest.fixture
def case():
    """A file deferred in one phase, presented again and admissible in the next."""
    case = committee_case()
    case.phase.open_seal(case.people["chair"])
    section = case.phase.call.sections.get(code="projet")
    points = [POINTS[0] | {"section": section.title}, *POINTS[1:]]
    decide(case.file, "defer", REASON, points=points)
    approve_minutes(case.phase)
    proclaim(case.phase, StaffFactory())
    case.file.refresh_from_db()
    PhaseFactory(call=case.phase.call, number=case.phase.number + 1)
    case.new = present_again(case.file, lead_of(case.file))
    return case


def admitted(case) -> Candidature:
    """The new one with another summary, deposited, its phase closed, declared admissible."""
    case.new.answers.filter(question__code="summary").update(value="UNRESUMEREPRIS depuis.")
    case.new.submit(lead_of(case.file))
    now = timezone.now()
    SelectionPhase.objects.filter(pk=case.new.phase_id).update(
        opens_at=now - timedelta(2), closes_at=now - timedelta(1)
    )
    new = Candidature.objects.get(pk=case.new.pk)
    new.admit(StaffFactory(), "Recevable.")
    return new


def section_page(client, case, code) -> str:
    client.force_login(lead_of(case.file))
    return client.get(f"/candidatures/{case.new.reference}/rubriques/{code}/").content.decode()


def desk(client, person, new) -> str:
    client.force_login(person)
    return client.get(f"/admin/comite/{new.reference}/").content.decode()


def test_section_says_first_what_was_asked_of_it(client, case):
    page = section_page(client, case, "projet")

    here, there = page.split("Sa décision sur", 1)
    assert "PRECISEZLESFILIERES" in here
    assert [word in there for word in (REASON, "RELISEZTOUT", "POINTAILLEURS")] == [True] * 3


def test_other_section_keeps_the_whole_decision_at_hand(client, case):
    page = section_page(client, case, "porteurs")

    assert "Dans cette rubrique" not in page
    assert [word in page for word in (REASON, "PRECISEZLESFILIERES", "RELISEZTOUT")] == [True] * 3


def test_what_was_asked_is_what_the_last_rectification_says(client, case):
    points = [{"section": "", "text": "POINTRECTIFIE"}]
    rectify(case.file, StaffFactory(), "Erreur de dossier.", outcome="defer", reason="MOTIFRECTIFIE", points=points)

    page = section_page(client, case, "porteurs")

    found = [word in page for word in ("MOTIFRECTIFIE", "POINTRECTIFIE", REASON, "RELISEZTOUT")]
    assert found == [True, True, False, False]


def test_committee_of_the_later_phase_reads_what_was_asked_and_what_changed(client, case):
    new = admitted(case)

    page = desk(client, case.people["unsigned"], new)

    assert [word in page for word in (REASON, "PRECISEZLESFILIERES", "RELISEZTOUT")] == [True] * 3
    assert "UNRESUMEREPRIS" in page.split("Ce qui a changé depuis ce dossier", 1)[1].split("</details>", 1)[0]


def test_session_of_the_later_phase_has_it_at_hand(client, case):
    new = admitted(case)
    SelectionPhase.objects.filter(pk=new.phase_id).update(seal_opened_at=timezone.now())
    staff = StaffFactory()
    session = open_session(SelectionPhase.objects.get(pk=new.phase_id), staff)
    call(session, new, staff)
    client.force_login(staff)

    page = client.get(f"/admin/seances/{session.pk}/{new.reference}/").content.decode()

    assert [word in page for word in (REASON, "RELISEZTOUT", "UNRESUMEREPRIS")] == [True] * 3


def test_member_recused_from_the_former_file_reads_nothing_of_it(client, case):
    new = admitted(case)
    Recusal.raise_for(case.file, case.members["unsigned"].seat, "Un lien.", StaffFactory())

    page = desk(client, case.people["unsigned"], new)

    assert [word in page for word in (REASON, "Ce qui a changé depuis ce dossier")] == [False] * 2


def test_first_candidature_is_asked_nothing(client, case):
    client.force_login(lead_of(case.file))

    page = client.get(f"/candidatures/{case.file.reference}/rubriques/projet/").content.decode()

    assert "Ce que le comité a demandé" not in page
    assert case.file.status == Status.DEFERRED
