"""A phase whose results are ready: every outcome used once, minutes approved."""

from types import SimpleNamespace

from applications.models import Decision, Status
from tests.applications.session_case import approve_minutes, decide, judged_phase
from tests.factories import CandidatureFactory, StaffFactory

NAMES = {
    "label": "Vierzon",
    "conditions": "Bourges",
    "reserve": "Issoudun",
    "defer": "Châteauroux",
    "reject": "Romorantin",
}
WORDS = {  # typed by the committee, for each outcome
    "label": "Un ancrage remarquable",
    "conditions": "Un local reste à signer",
    "reserve": "Un bon projet de plus",
    "defer": "Un financement à préciser",
    "reject": "Un besoin mal établi",
}
POINT = "Chiffrer le budget des trois premières années"


def ready_phase(outcomes=tuple(Decision.Outcome), **fields):
    """`phase`, `staff`, and `files` by outcome: all that a proclamation needs."""
    phase, staff = judged_phase(**fields), StaffFactory(full_name="Camille Équipe")
    files = {}
    for outcome in outcomes:
        name = NAMES[outcome]
        file = CandidatureFactory(
            status=Status.ADMISSIBLE,
            phase=phase,
            title=f"Projet de {name}",
            carrier__commune__name=name,
            site__commune__name=name,
        )
        more = {"conditions": "Signer le bail avant juin"} if outcome == "conditions" else {}
        points = [{"section": "Le budget", "text": POINT}]
        decide(file, outcome, WORDS[outcome], staff, points=points, **more)
        files[str(outcome)] = file
    approve_minutes(phase)
    return SimpleNamespace(phase=phase, staff=staff, files=files)
