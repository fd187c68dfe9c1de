"""The minutes of a session in words, the same ones for the page, the PDF and the text."""

from datetime import datetime
from itertools import pairwise

from django.utils import timezone

from .minutes_content import content_of, copy_for
from .models import Attendance, CommitteeSession, Decision, Minutes
from .templatetags.french import NBSP, exact_moment, long_moment

PARTIAL = (
    "Exemplaire partiel : ce qui touche aux dossiers qui ne vous sont pas ouverts en est retiré. Les rangs sont "
    "comptés sans eux, et les rangs dans la réserve ne sont pas donnés."
)
STATES = {
    Minutes.State.DRAFT: "Brouillon, pas encore soumis au comité",
    Minutes.State.REMARKS: "Soumis aux remarques du comité, pas encore approuvé",
}
OUTCOMES = dict(Decision.Outcome.choices)
ORDERS = dict(CommitteeSession.Order.choices)
State = Attendance.State


def told_to(user, minutes, content=None) -> dict:
    """The minutes as `user` may read them, in words, and in what state they are.

    Args:
        content: what they tell, for a caller that has read it.
    """
    content = content_of(minutes) if content is None else content
    return minutes_in_words(copy_for(user, minutes, content)) | {
        "state": state_of(minutes),
        "sha256": minutes.sha256,
    }


def state_of(minutes) -> str:
    if minutes.is_approved:
        return f"Approuvé par {minutes.approved_by} le {long_moment(minutes.approved_at)}"
    return STATES[minutes.state]


def minutes_in_words(content: dict) -> dict:
    """What `applications.minutes_content.copy_for` leaves to a reader, in words: lists of texts and of named texts."""
    files = content["files"]
    ties = ties_in(content)
    ranks = {line["reference"]: line for line in content["ranking"]}
    return {
        "call": content["call"]["name"],
        "is_demo": content["call"]["is_demo"],
        "phase": f"Phase {content['phase']}",
        "title": f"Procès-verbal de la séance {content['session']['number']}",
        "partial": PARTIAL if content["closed"] else "",
        "facts": facts_of(content["session"]),
        "quorum": quorum_of(content),
        "seats": [seat_in_words(seat) for seat in content["seats"]],
        "changes": changes_in_words(content),
        "order": ORDERS.get(content["session"]["order"], ""),
        "agenda": [titled(each) for each in content["agenda"]],
        "files": [file_in_words(file, ranks.get(file["reference"]), len(ranks), ties) for file in files],
        "undecided": [titled(each) | {"words": why_undecided(each)} for each in content["undecided"]],
        "closed": content["closed"],
        "extensions": [extension_in_words(each) for each in content["extensions"]],
        "observations": content["observations"],
        "remarks": [remark_in_words(each) for each in content["remarks"]],
        "tie_rule": content["tie_rule"],
        "ranking": [line_in_words(line) for line in content["ranking"]],
        "ties": [words for words, _ in ties],
    }


# Moments and numbers


def at(text: str):
    return datetime.fromisoformat(text)


def hour(text: str) -> str:
    """« 14 h 05 », in Paris time; "" without a moment."""
    return f"{timezone.localtime(at(text)):%H}{NBSP}h{NBSP}{timezone.localtime(at(text)):%M}" if text else ""


def french(number: str | None) -> str:
    return "sans note" if number is None else number.replace(".", ",")


def counted(number: int, noun: str) -> str:
    return f"{number}{NBSP}{noun}{'s' if number > 1 else ''}"


# Session and presence


def facts_of(session) -> list[tuple[str, str]]:
    opened, closed = session["opened_at"], session["closed_at"]
    return [
        ("Date", long_moment(at(session["meets_at"]))),
        ("Lieu", session["place"]),
        ("Ouverture", long_moment(at(opened)) if opened else "La séance n’est pas ouverte."),
        ("Levée", long_moment(at(closed)) if closed else "La séance n’est pas levée."),
        ("Présidence", session["presided_by"] or "La présidence du comité n’était pas présente à l’ouverture."),
        ("Secrétaire", session["secretary"]),
    ]


def quorum_of(content) -> str:
    quorum, seats = content["quorum"], content["seats"]
    counting = sum(seat["counts_in_quorum"] for seat in seats)
    when = "à l’ouverture" if content["session"]["opened_at"] else "à ce stade"
    return (
        f"Quorum : {quorum['percent']}{NBSP}% des {counted(counting, 'siège')} qui y comptent, "
        f"soit {quorum['needed']}. Présents ou représentés {when} : {quorum['there']}."
    )


def stands(seat) -> str:
    """« présent (Jeanne Roy) », « absent (Jeanne Roy), pouvoir donné à CCI », « absent »."""
    person = f" ({seat['member']})" if seat["member"] else ""
    if seat["state"] == State.REPRESENTED:
        return f"absent{person}, pouvoir donné à {seat['holder']}"
    return f"présent{person}" if seat["state"] == State.PRESENT else "absent"


def seat_in_words(seat) -> dict:
    voice = "voix délibérative" if seat["voting"] else "sans voix délibérative"
    return {"name": seat["name"], "voice": voice, "words": stands(seat)}


def changes_in_words(content) -> list[dict]:
    """Each change, with the moments when the quorum was lost and found again."""
    told, had = [], content["quorum"]["there"] >= content["quorum"]["needed"]
    for change in content["changes"]:
        has = change["there"] >= change["needed"]
        words = f"{change['seat']} : {stands(change)}. {enough(change['there'], change['needed'])}"
        if has != had:
            words += ", le quorum est de nouveau atteint" if has else ", le quorum n’est plus atteint"
        told.append({"hour": hour(change["at"]), "words": f"{words}."})
        had = has
    return told


def enough(there: int, needed: int) -> str:
    """How many seats are there, for how many needed."""
    some = "présents ou représentés" if there > 1 else "présent ou représenté"
    return f"{counted(there, 'siège')} {some}, {counted(needed, 'nécessaire')}"


# Files


def titled(each) -> dict:
    return {"reference": each["reference"], "title": each["title"], "hour": hour(each["called_at"])}


def why_undecided(each) -> str:
    if not each["called_at"]:
        return "Non examiné."
    return f"Appelé à {hour(each['called_at'])}, sans décision.{left_by(each['away'])}"


def left_by(away) -> str:
    return f" Sortis, en déport : {', '.join(away)}." if away else ""


def file_in_words(file, line, count: int, ties) -> dict:
    facts = [
        ("Porteurs" if len(file["carriers"]) > 1 else "Porteur", ", ".join(file["carriers"])),
        ("Examen", f"appelé à {hour(file['called_at'])}, décidé à {hour(file['decided_at'])}"),
        ("Classement", placed(line, count)),
        ("Départage", " ".join(words for words, names in ties if file["reference"] in names)),
        ("Déports", ", ".join(file["room"]["away"]) or "aucun siège n’est sorti"),
        ("Quorum", enough(*file["room"]["quorum"])),
        ("Vote", vote_in_words(file)),
        ("Décision", outcome_in_words(file)),
        ("Conditions", file["conditions"]),
    ]
    return {
        "reference": file["reference"],
        "title": file["title"],
        "facts": [fact for fact in facts if fact[1]],
        "reason": file["reason"],
        "points": [" : ".join(filter(None, (point["section"], point["text"]))) for point in file["points"]],
    }


def placed(line, count: int) -> str:
    if line is None:
        return ""
    average = line["average"]
    mean = f"moyenne {french(average)} sur 100" if average else "aucune note ne compte"
    return f"rang {line['rank']} sur {count}, {mean}"


def vote_in_words(file) -> str:
    voices = f"{file['votes_for']} pour, {file['votes_against']} contre, {counted(file['abstentions'], 'abstention')}"
    return f"{voices} ; voix prépondérante de la présidence" if file["has_casting_vote"] else voices


def outcome_in_words(file) -> str:
    rank, before = file["reserve_rank"], file["replaces"]
    words = f"{OUTCOMES[file['outcome']]}, rang {rank}" if rank else OUTCOMES[file["outcome"]]
    if before:
        words += f" (remplace la décision de la séance {before['session']} : {OUTCOMES[before['outcome']]})"
    return words


def extension_in_words(each) -> dict:
    words = f"jusqu’au {long_moment(at(each['until']))}, accordé par {each['by']} le {long_moment(at(each['at']))}"
    return {"reference": each["reference"], "words": words, "reason": each["reason"]}


def remark_in_words(each) -> dict:
    about = f", à propos de {each['reference']}" if each["reference"] else ""
    return {"about": f"{each['by']}, le {long_moment(at(each['at']))}{about}", "text": each["text"]}


# Ranking


def line_in_words(line) -> dict:
    return {
        "rank": str(line["rank"]),
        "reference": line["reference"],
        "title": line["title"],
        "average": french(line["average"]),
    }


def ties_in(content) -> list[tuple[str, tuple[str, str]]]:
    """What parted each file from the next one of the same average, and the references of both."""
    neighbours = pairwise(content["ranking"])
    return [
        (parting(first, second, content["tie_criteria"]), (first["reference"], second["reference"]))
        for first, second in neighbours
        if first["average"] == second["average"] is not None
    ]


def parting(first, second, criteria) -> str:
    passes = f"À moyenne égale, {first['reference']} passe devant {second['reference']} par"
    for name, mine, theirs in zip(criteria, first["ties"], second["ties"], strict=True):
        if mine != theirs:
            return f"{passes} la note moyenne à « {name} » ({french(mine)} contre {french(theirs)})."
    if first["submitted_at"] != second["submitted_at"]:
        earlier, later = (exact_moment(at(each["submitted_at"])) for each in (first, second))
        return f"{passes} la date de dépôt ({earlier}, avant {later})."
    return f"{passes} l’ordre des numéros, déposés au même instant."
