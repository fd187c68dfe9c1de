"""Verify the sealed record of a phase: compute its ranking again, and say what differs.

    python3 verify_record.py dossier-scelle.json

Needs Python 3.10 or later, and `rule.py` beside this file: no database, no network, none of the portal's packages.
Ends with 0 when all is equal, 1 when something differs, 2 when the file cannot be read as a record.
"""

import hashlib
import json
import sys
from datetime import datetime
from decimal import Decimal
from itertools import zip_longest
from pathlib import Path

try:
    from . import rule
except ImportError:  # on its own, beside `rule.py`
    sys.path.append(str(Path(__file__).resolve().parent))
    import rule

FORMAT = 1
UNHASHED = ("sha256", "made_at")  # beside these two, the hash of the record covers everything in it
MARKS = [f"{Decimal(half) / 2:.1f}" for half in range(2 * rule.MAX_MARK + 1)]  # as text: « 0.0 », « 0.5 »…
LARGEST = 10**6  # of a weight or a number: far above any that exists
SHAPE = {  # what a record holds: a type, a list of one shape, or the names of an object
    "format": int,
    "sha256": str,
    "call": {"name": str},
    "phase": {"number": int},
    "grid": {"content": {"max_mark": int, "criteria": [{"id": int, "name": str, "weight": int}]}, "sha256": str},
    "seats": [{"key": int, "name": str, "voting": bool}],
    "files": [
        {
            "number": int,
            "reference": str,
            "submitted_at": str,
            "reviews": [{"seat": int, "counts": bool, "set_aside": bool, "marks": dict, "sha256": str}],
        }
    ],
    "ranking": [{"rank": int, "reference": str, "ties": list}],
}
NOUNS = {int: "un nombre entier", str: "un texte", bool: "vrai ou faux", dict: "un objet", list: "une liste"}
NO_RECORD = "Ce fichier n’est pas un dossier scellé :"


class Unreadable(Exception):
    """The file is no record; the words say why."""


def hash_of(value) -> str:
    """SHA-256, in hexadecimal, of JSON with sorted keys, no spaces, UTF-8: as the portal computes all its hashes."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def record_hash(record) -> str:
    return hash_of({name: value for name, value in record.items() if name not in UNHASHED})


def review_hash(reference, seat, marks) -> str:
    """The hash of the marks that one seat signed for one file.

    Args:
        marks: the key of each criterion, as text → the mark as text (« 3.5 »), or None without an opinion.
    """
    return hash_of({"file": reference, "seat": seat, "marks": marks})


# Reading


def read(path) -> dict:
    """The record in the file called `path`.

    Raises:
        Unreadable: no such file, no JSON, or a JSON that is no record.
    """
    try:
        record = json.loads(Path(path).read_bytes().decode("utf-8-sig"))
    except OSError as problem:
        raise Unreadable(f"Le fichier {path} ne s’ouvre pas ({problem.strerror}).") from problem
    except (ValueError, RecursionError) as problem:  # ValueError: not UTF-8, no JSON, a path that cannot be one
        raise Unreadable("Ce fichier n’est pas un JSON lisible.") from problem
    demand(record, SHAPE, "le tout")
    if record["format"] != FORMAT:
        raise Unreadable(f"Ce dossier est d’un format que ce programme ne connaît pas : {shown(record['format'])}.")
    demand_sense(record)
    return record


def demand(value, shape, where):
    """Refuse a value that has not the shape."""
    kind = shape if isinstance(shape, type) else type(shape)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise Unreadable(f"{NO_RECORD} {where} devrait être {NOUNS[kind]}.")
    if isinstance(shape, list):
        for place, each in enumerate(value, start=1):
            demand(each, shape[0], f"{where}, ligne {place},")
    if isinstance(shape, dict):
        for name, part in shape.items():
            if name not in value:
                raise Unreadable(f"{NO_RECORD} {where} devrait contenir « {name} ».")
            demand(value[name], part, f"« {name} »")


def demand_sense(record):
    """Refuse what could not be computed with."""
    grid = record["grid"]["content"]
    if grid["max_mark"] != rule.MAX_MARK:
        raise Unreadable(f"Ce programme ne connaît que les notes de 0 à {rule.MAX_MARK} : ce dossier en a d’autres.")
    for criterion in grid["criteria"]:
        tie_rank = criterion.get("tie_rank")
        if not is_size(criterion["weight"]) or not (tie_rank is None or is_size(tie_rank)):
            raise Unreadable(f"{NO_RECORD} le poids ou le rang de départage d’un critère ne se lit pas.")
    keyed = [(grid["criteria"], "id"), (record["seats"], "key"), (record["files"], "reference")]
    for rows, key in [*keyed, (record["ranking"], "reference")]:
        if len({row[key] for row in rows}) < len(rows):
            raise Unreadable(f"{NO_RECORD} « {key} » y désigne deux fois la même chose.")
    for file in record["files"]:
        demand_file(file, {each["key"] for each in record["seats"]})


def is_size(value) -> bool:
    return isinstance(value, int) and 1 <= value <= LARGEST


def demand_file(file, seats):
    reference, keys = file["reference"], [review["seat"] for review in file["reviews"]]
    counted = [review["seat"] for review in file["reviews"] if review["counts"]]
    if not is_size(file["number"]) or not is_moment(file["submitted_at"]):
        raise Unreadable(f"{NO_RECORD} le numéro ou la date de dépôt de {reference} ne se lit pas.")
    if not seats.issuperset(keys):
        raise Unreadable(f"{NO_RECORD} une évaluation de {reference} vient d’un siège qui n’y est pas.")
    if len(set(counted)) < len(counted):
        raise Unreadable(f"{NO_RECORD} deux évaluations de {reference} compteraient pour un même siège.")


def is_moment(text) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


# Comparing


def differences(record) -> list[str]:
    """What differs between what the record says and what it gives when computed again, in words."""
    found = [] if hash_of(record["grid"]["content"]) == record["grid"]["sha256"] else ["Grille : elle a été changée."]
    seats = {seat["key"]: seat for seat in record["seats"]}
    for file in record["files"]:
        for review in file["reviews"]:
            seat = seats[review["seat"]]
            where = f"{file['reference']}, siège « {seat['name']} »"
            found += [f"{where}, {words}." for words in changed(record, file["reference"], review)]
            if review["counts"] != (seat["voting"] and not review["set_aside"]):
                found.append(f"{where} : cette évaluation {'compte' if review['counts'] else 'est écartée'} à tort.")
    found += unlike(record)
    if record_hash(record) != record["sha256"]:
        found.append("Empreinte du dossier : elle ne correspond pas à son contenu, quelque chose y a été changé.")
    return found


def changed(record, reference, review) -> list[str]:
    """The marks of one review that are none, or that are not those that were signed."""
    names = {str(each["id"]): f"critère « {each['name']} »" for each in record["grid"]["content"]["criteria"]}
    marks, seat = review["marks"], review["seat"]
    if review_hash(reference, seat, marks) == review["sha256"]:
        return [
            f"{names.get(key, 'critère inconnu')} : {shown(mark)} n’est pas une note"
            for key, mark in marks.items()
            if key not in names or not is_mark(mark)
        ]
    for key, name in names.items():
        for mark in (None, *MARKS):
            if review_hash(reference, seat, marks | {key: mark}) == review["sha256"]:
                return [f"{name} : {shown(marks.get(key))} dans le dossier, {shown(mark)} à la signature"]
    return ["plusieurs notes ne sont pas celles de la signature"]


def is_mark(mark) -> bool:
    return mark is None or mark in MARKS


def computed(record) -> dict:
    """The ranking computed again from the marks, by reference. What is no mark is taken for no opinion."""
    criteria = [
        rule.Criterion(str(each["id"]), each["weight"], each.get("tie_rank"))
        for each in record["grid"]["content"]["criteria"]
    ]
    files = [
        rule.File(
            (file["number"], file["reference"]),
            datetime.fromisoformat(file["submitted_at"]),
            {review["seat"]: numbers(review["marks"]) for review in file["reviews"] if review["counts"]},
        )
        for file in record["files"]
    ]
    return {place.number[1]: place for place in rule.ranked(files, criteria)}


def numbers(marks) -> dict:
    return {key: Decimal(mark) if mark in MARKS else None for key, mark in marks.items()}


def unlike(record) -> list[str]:
    """Each line of the ranking that is not the same when computed again."""
    places, lines = computed(record), {line["reference"]: line for line in record["ranking"]}
    found = [f"{name} : classé, mais absent des dossiers." for name in lines if name not in places]
    for name, place in places.items():
        if name in lines:
            found += [f"{name} : {words}." for words in unlike_line(lines[name], place)]
        else:
            found.append(f"{name} : absent du classement, rang {place.rank} recalculé.")
    return found


def unlike_line(line, place) -> list[str]:
    """What differs on one line: the average, the mean marks that break ties, the rank."""
    pairs = [("moyenne", line.get("average"), place.average)]
    ties = zip_longest(line["ties"], place.ties)
    pairs += [(f"note de départage {number}", *pair) for number, pair in enumerate(ties, start=1)]
    found = [
        f"{what} {shown(told)} dans le dossier, {shown(again)} recalculée"
        for what, told, again in pairs
        if told != text_of(again)
    ]
    if line["rank"] != place.rank:
        found.append(f"rang {line['rank']} dans le dossier, {place.rank} recalculé")
    return found


def text_of(number) -> str | None:
    """As records write an average or a mean mark: two decimals."""
    return None if number is None else f"{number:.2f}"


def shown(value) -> str:
    """A mark or an average for the eye, whatever was put in its place."""
    if value is None:
        return "rien"
    text = text_of(value) if isinstance(value, Decimal) else value if isinstance(value, str) else json.dumps(value)
    return (text.removesuffix(".0") if text in MARKS else text[:40]).replace(".", ",")


# Telling


def main(arguments) -> int:
    """Verify the record that the command line names; what there is to say goes to the standard output."""
    try:
        if len(arguments) != 1:
            raise Unreadable("Usage : python3 verify_record.py dossier-scelle.json")
        record = read(arguments[0])
        found = differences(record)
    except Unreadable as problem:
        return say([str(problem)], 2)
    except RecursionError:
        return say([f"{NO_RECORD} trop de listes s’y emboîtent."], 2)
    title = f"{record['call']['name']}, phase {record['phase']['number']}"
    return say([title, *(found or equal(record))], 1 if found else 0)


def say(lines, code: int) -> int:
    sys.stdout.write("\n".join(lines) + "\n")
    return code


def equal(record) -> list[str]:
    counted = sum(review["counts"] for file in record["files"] for review in file["reviews"])
    return [
        "Le classement recalculé est égal à celui du dossier.",
        f"Candidatures classées : {len(record['files'])}. Évaluations comptées : {counted}. "
        "Chaque note est celle qui a été signée.",
        f"Empreinte du dossier : {record['sha256']}",
    ]


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    sys.exit(main(sys.argv[1:]))
