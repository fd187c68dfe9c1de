"""Contents of deposits, as `WorkingCopy.content` writes them, and as the first deposits did."""

import hashlib

from applications.models.deposit import canonical_hash
from tests.factories import CandidatureFactory


def answer(code="besoins", text="Former ici.", kind="long_text", *, value=..., carrier="", personal=False, label=""):
    return {
        "code": code,
        "label": label or f"Question {code}",
        "kind": kind,
        "carrier": carrier,
        "value": text if value is ... else value,
        "text": text,
        "personal": personal,
    }


def table(expenses, resources):
    value = {"expenses": expenses, "resources": resources}
    return answer("plan", "en toutes lettres", "table", value=value, label="Plan de financement")


def piece(name="deliberation.pdf", seed="a", *, question="deliberation", carrier="", personal=False, size=2048):
    return {
        "id": 1,
        "question": question,
        "label": f"Pièce {question}",
        "carrier": carrier,
        "name": name,
        "size": size,
        "sha256": hashlib.sha256(seed.encode()).hexdigest(),
        "type": "application/pdf",
        "personal": personal,
    }


def section(code="territoire", *answers, title=""):
    return {"code": code, "title": title or f"Partie {code}", "answers": list(answers)}


def partner(name="CCI", contribution="Des salles.", siren=""):
    label = "chambre consulaire"
    return {"name": name, "kind": "chamber", "kind_label": label, "siren": siren, "contribution": contribution}


DREUX = {"kind": "commune", "code": "28134", "name": "Dreux", "lead": True}
CHARTRES = {"kind": "commune", "code": "28085", "name": "Chartres", "lead": False}


def content(*sections, **changes):
    """A content of today. Without sections, one with one answer."""
    return {
        "format": 2,
        "reference": "AP1-0001",
        "call": "appel",
        "call_name": "Un appel",
        "title": "Une antenne",
        "summary": "Former ici.",
        "concept": "third_place",
        "target_year": "2027-2028",
        "carriers": [DREUX],
        "sites": [{"code": "28134", "name": "Dreux"}],
        "partners": [],
        "sections": list(sections) or [section("territoire", answer())],
        "pieces": [piece()],
    } | changes


def old_content(**changes):
    """A content of the first format, before forms had sections."""
    today = content()
    kept = ("reference", "call", "title", "summary", "concept", "target_year", "sites")
    return {
        **{name: today[name] for name in kept},
        "carriers": [{"code": "28134", "name": "Dreux", "lead": True}],
        "pieces": [{name: piece()[name] for name in ("name", "size", "sha256")}],
    } | changes


def deposit(said: dict, **fields):
    """A deposit that says `said`, of a candidature of its own; `fields` are those of its call."""
    candidature = CandidatureFactory(status="submitted")
    first = candidature.last_submission
    for name, value in fields.items():
        setattr(candidature.call, name, value)
    return candidature.submissions.create(
        number=2,
        content=said,
        sha256=canonical_hash(said),
        code="23456789ABCD",
        submitted_at=first.submitted_at.replace(year=2027, month=6, day=25, hour=12, minute=32, second=7),
        submitted_by=first.submitted_by,
    )
