import pytest
from django.utils import timezone
from post_office.models import Email

from applications.models import (
    Candidature,
    Decision,
    ForbiddenTransition,
    Letter,
    LetterCopy,
    Membership,
    SelectionPhase,
    Status,
)
from labels import proclamation
from labels.models import Antenna
from labels.proclamation import proclaim
from labels.rehearsal import rehearse
from tests.applications.at_once import at_once
from tests.applications.session_case import approve_minutes, decide, judged_phase
from tests.factories import (
    AntennaFactory,
    CandidatureFactory,
    CarrierFactory,
    EpciFactory,
    MembershipFactory,
    PhaseFactory,
    SiteFactory,
    StaffFactory,
    UserFactory,
    lead_of,
)

OUTCOMES = Decision.Outcome


def decided(phase, outcome, by=None, **fields):
    """An admissible candidature of the phase, decided in the session of the phase."""
    candidature = CandidatureFactory(status=Status.ADMISSIBLE, phase=phase, **fields)
    decide(candidature, outcome, f"Motif de {outcome}", by)
    return candidature


def proclaimed(phase, by=None):
    """The antennas of the phase, once its minutes are approved and its results proclaimed."""
    approve_minutes(phase)
    return proclaim(phase, by or StaffFactory())


def statuses(phase):
    return dict(phase.candidatures.values_list("pk", "status"))


def written() -> tuple:
    """All that a proclamation writes."""
    return (
        list(SelectionPhase.objects.values_list("pk", "proclaimed_at")),
        list(Candidature.objects.values_list("pk", "status")),
        list(Antenna.objects.values_list("pk", flat=True)),
        list(Letter.objects.values_list("candidature", "sha256")),
        list(LetterCopy.objects.values_list("letter", "address")),
        list(Email.objects.values_list("to", "subject", "message")),
    )


@pytest.mark.parametrize(
    ("outcome", "status", "antennas"),
    [
        (OUTCOMES.LABEL, Status.LABELLED, 1),
        (OUTCOMES.CONDITIONS, Status.LABELLED, 1),
        (OUTCOMES.RESERVE, Status.DEFERRED, 0),
        (OUTCOMES.DEFER, Status.DEFERRED, 0),
        (OUTCOMES.REJECT, Status.REJECTED, 0),
    ],
)
def test_proclamation_makes_of_each_outcome_its_status(outcome, status, antennas):
    candidature = decided(judged_phase(), outcome)

    proclaimed(candidature.phase)

    assert Candidature.objects.get().status == status
    assert Antenna.objects.count() == antennas


def test_antenna_takes_what_the_candidature_says():
    phase, staff = judged_phase(), StaffFactory()
    candidature = decided(phase, OUTCOMES.LABEL, carrier__commune__name="Dreux", site__commune__name="Dreux")
    epci = EpciFactory(name="CA du Pays de Dreux")
    CarrierFactory(candidature=candidature, commune=None, epci=epci, is_lead=False, position=1)
    SiteFactory(candidature=candidature, commune__name="Vernouillet")

    [antenna] = proclaimed(phase, staff)

    assert antenna.name == "Dreux et Communauté d’agglomération du Pays de Dreux"
    assert antenna.slug == "dreux-vernouillet"
    assert [(c.code, c.is_lead) for c in antenna.carriers.all()] == [
        (c.code, c.is_lead) for c in candidature.carriers.all()
    ]
    assert [site.commune.name for site in antenna.sites.all()] == ["Dreux", "Vernouillet"]
    assert list(antenna.concepts.all()) == [candidature.concept]
    assert (antenna.project, antenna.labelled_on) == (candidature.summary, timezone.localdate())
    opening = antenna.openings.get()
    assert (opening.kind, opening.year, opening.recorded_by) == ("announced", candidature.target_year, staff)


def test_address_of_an_antenna_is_never_taken_twice():
    AntennaFactory(slug="dreux")
    phase = judged_phase()
    decided(phase, OUTCOMES.LABEL, site__commune__name="Dreux")
    decided(phase, OUTCOMES.LABEL, site__commune__name="Dreux")

    assert [antenna.slug for antenna in proclaimed(phase)] == ["dreux-2", "dreux-3"]


def test_many_carriers_still_make_a_name_and_an_address():
    phase = judged_phase()
    candidature = decided(phase, OUTCOMES.LABEL, site__commune__name="Saint-" + "Jean-" * 10 + "Bas")
    for position in range(8):
        CarrierFactory(
            candidature=candidature,
            commune=None,
            body_name=f"Syndicat mixte d’aménagement numéro {position}",
            is_lead=False,
        )
        SiteFactory(candidature=candidature, commune__name=f"Longue-Commune-du-Bout-{position}")

    [antenna] = proclaimed(phase)

    antenna.full_clean()
    assert antenna.name.endswith("et ses partenaires")


def test_labelled_candidature_appears_on_the_public_pages(client):
    phase = judged_phase()
    decided(phase, OUTCOMES.LABEL, carrier__commune__name="Vierzon", target_year=2028)
    decided(phase, OUTCOMES.REJECT, carrier__commune__name="Ville éconduite")
    assert "Vierzon" not in client.get("/laureats/").content.decode()

    proclaimed(phase)

    html = client.get("/laureats/annee/2028-2029/").content.decode()
    assert ">Vierzon</a>" in html
    assert "Ville éconduite" not in client.get("/laureats/").content.decode()


def test_each_member_of_each_decided_candidature_gets_a_letter():
    phase = judged_phase()
    first, second = decided(phase, OUTCOMES.LABEL), decided(phase, OUTCOMES.REJECT)
    reader = MembershipFactory(candidature=second, role=Membership.Role.READER).user

    proclaimed(phase)

    letters = sorted(LetterCopy.objects.values_list("address", "letter__candidature"))
    people = [(lead_of(first), first), (lead_of(second), second), (reader, second)]
    assert letters == sorted((user.email, candidature.pk) for user, candidature in people)


def test_candidatures_refused_or_withdrawn_are_left_alone():
    phase = judged_phase()
    decided(phase, OUTCOMES.LABEL)
    others = [CandidatureFactory(status=status, phase=phase) for status in (Status.INADMISSIBLE, Status.WITHDRAWN)]

    proclaimed(phase)

    assert [statuses(phase)[other.pk] for other in others] == [Status.INADMISSIBLE, Status.WITHDRAWN]


def test_proclamation_stays_inside_its_phase():
    phase, other = judged_phase(), judged_phase()
    decided(phase, OUTCOMES.LABEL)
    elsewhere = decided(other, OUTCOMES.LABEL)

    proclaimed(phase)

    assert Candidature.objects.get(pk=elsewhere.pk).status == Status.ADMISSIBLE
    assert SelectionPhase.objects.get(pk=other.pk).proclaimed_at is None


def test_proclamation_waits_for_every_decision():
    phase = judged_phase()
    decided(phase, OUTCOMES.LABEL)
    CandidatureFactory(status=Status.ADMISSIBLE, phase=phase)
    before = written()

    with pytest.raises(ForbiddenTransition, match="Sans décision à ce jour"):
        proclaim(phase, StaffFactory())
    assert written() == before


def test_proclamation_is_refused_under_seal():
    phase = PhaseFactory(closed=True)
    CandidatureFactory(status=Status.INADMISSIBLE, phase=phase)

    with pytest.raises(ForbiddenTransition, match="scellé"):
        proclaim(phase, StaffFactory())


def test_proclamation_is_refused_to_others_than_the_team():
    phase = judged_phase()
    candidature = decided(phase, OUTCOMES.LABEL)

    for stranger in (UserFactory(), UserFactory(role="committee"), lead_of(candidature)):
        with pytest.raises(ForbiddenTransition, match="équipe"):
            proclaim(phase, stranger)


def test_proclamation_of_nothing_is_refused():
    phase = judged_phase()

    with pytest.raises(ForbiddenTransition, match="Aucune candidature"):
        proclaim(phase, StaffFactory())
    assert SelectionPhase.objects.get().proclaimed_at is None


def test_proclamation_happens_once():
    phase, staff = judged_phase(), StaffFactory()
    decided(phase, OUTCOMES.LABEL)
    proclaimed(phase, staff)
    after = written()

    with pytest.raises(ForbiddenTransition, match="déjà proclamés"):
        proclaim(phase, staff)
    assert written() == after


def test_proclamation_waits_for_the_minutes():
    phase = judged_phase()
    decided(phase, OUTCOMES.LABEL)
    session = phase.sessions.get()

    with pytest.raises(ForbiddenTransition, match="séance de cette phase n’est pas levée"):
        proclaim(phase, StaffFactory())
    session.close(StaffFactory(), session.revision)
    with pytest.raises(ForbiddenTransition, match="Procès-verbal à approuver\u00a0: séance 1"):
        proclaim(phase, StaffFactory())
    assert Antenna.objects.count() == 0


def test_failure_in_the_middle_leaves_nothing_behind(monkeypatch):
    phase, staff = judged_phase(), StaffFactory()
    for outcome in (OUTCOMES.LABEL, OUTCOMES.LABEL, OUTCOMES.REJECT):
        decided(phase, outcome)
    approve_minutes(phase)
    before, events = written(), [list(c.events) for c in phase.candidatures.all()]
    letters, write = [], proclamation.decision_content

    def fail_at_the_second(candidature):
        letters.append(candidature)
        if len(letters) == 2:
            raise OSError("no letter")
        return write(candidature)

    monkeypatch.setattr(proclamation, "decision_content", fail_at_the_second)
    with pytest.raises(OSError, match="no letter"):
        proclaim(phase, staff)

    assert len(letters) == 2
    assert written() == before
    assert [list(c.events) for c in phase.candidatures.all()] == events
    assert phase.proclaimed_at is None

    monkeypatch.setattr(proclamation, "decision_content", write)
    assert len(proclaim(phase, staff)) == 2


def test_decision_changed_since_the_rehearsal_stops_the_proclamation():
    phase, staff = judged_phase(), StaffFactory()
    candidature = decided(phase, OUTCOMES.LABEL, by=staff)
    approve_minutes(phase)
    read = rehearse(phase, staff).fingerprint
    decide(candidature, OUTCOMES.REJECT, "Tout bien pesé")
    approve_minutes(phase)
    before = written()

    with pytest.raises(ForbiddenTransition, match="ont changé"):
        proclaim(phase, staff, read)
    assert written() == before


def test_rehearsal_tells_what_the_proclamation_then_does():
    phase, staff = judged_phase(), StaffFactory()
    for outcome in OUTCOMES:
        decided(phase, outcome)
    approve_minutes(phase)
    before = written()

    rehearsal = rehearse(phase, staff)
    assert written() == before
    assert rehearsal.reason == ""
    antennas = proclaim(phase, staff, rehearsal.fingerprint)

    assert {row.candidature.pk: row.status for row in rehearsal.outcomes} == statuses(phase)
    assert [(row.antenna_name, row.opening_year) for row in rehearsal.labelled] == [
        (antenna.name, Antenna.objects.with_opening().get(pk=antenna.pk).opening_year) for antenna in antennas
    ]
    told = sorted(address for row in rehearsal.outcomes for address in row.recipients)
    assert told == sorted(LetterCopy.objects.values_list("address", flat=True))
    assert [row.slug for row in rehearsal.labelled] == [antenna.slug for antenna in antennas]
    assert rehearsal.summary == "5 candidatures, 2 antennes, 5 lettres"


@pytest.mark.django_db(transaction=True)
def test_of_two_people_proclaiming_at_once_the_second_is_told():
    phase, staff = judged_phase(), StaffFactory()
    decided(phase, OUTCOMES.LABEL)
    decided(phase, OUTCOMES.REJECT)
    approve_minutes(phase)

    def act():
        proclaim(SelectionPhase.objects.get(pk=phase.pk), staff)

    assert at_once(act, act) == ["done", "refused"]
    assert Antenna.objects.count() == 1
    assert LetterCopy.objects.count() == 2
