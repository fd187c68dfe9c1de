"""What changed between two deposits of a candidature, in words for those who read the new one."""

from collections import Counter
from itertools import zip_longest
from typing import NamedTuple

from .models.answers import euros
from .reading import SIDES
from .templatetags.french import file_size
from .text_changes import ADDED, REMOVED, Op, excerpt, text_changes

TEXTS = ("short_text", "long_text")
TITLES = {"porteurs": "Porteurs", "sites": "Sites", "partenaires": "Partenaires", "pieces": "Pièces"}  # of the lists
CORE = {  # what every content tells beside its answers: the label and kind of the answer that tells it too
    "title": ("Intitulé", "short_text"),
    "summary": ("Résumé du projet", "long_text"),
    "concept": ("Concept d’antenne", "concept"),
    "target_year": ("Année d’ouverture visée", "school_year"),
}


class Line(NamedTuple):
    """One difference: what it is about when the label does not say it, then what went and what came.

    For a text (`is_text`), `ops` also holds what stays the same, so that it reads as one text.
    """

    detail: str
    ops: list[Op]
    is_text: bool = False

    @property
    def excerpt(self) -> list[Op]:
        return excerpt(self.ops)


class Change(NamedTuple):
    """The differences of one answer or list; `carrier` is the name of the carrier asked, or ""."""

    label: str
    carrier: str
    lines: list[Line]


class SectionChange(NamedTuple):
    code: str
    title: str
    changes: list[Change]


def compare(old: dict, new: dict) -> list[SectionChange]:
    """What `new` adds, removes or changes: its sections that differ, in its order, then those it no longer has.

    Carriers, sites, partners and pieces are told in the section called `porteurs`, `sites`, `partenaires` or `pieces`,
    or, when `new` has none of that code, in one of their own: before its sections, or after them for pieces.

    Args:
        old, new: contents of deposits, of any format. Nothing is filtered here: for the committee, first take out of
            both what is personal (`without_personal`).
    """
    old, new = _as_today(old, new), _as_today(new, old)
    names = {carrier["code"]: carrier["name"] for carrier in [*old["carriers"], *new["carriers"]]}
    lists = {
        "porteurs": _listed("Liste des porteurs", _carrier_lines(old, new)),
        "sites": _listed("Liste des sites", _site_lines(old, new)),
        "partenaires": _listed("Liste des partenaires", _partner_lines(old, new)),
        "pieces": _piece_changes(old, new, names),
    }
    before = {section["code"]: section for section in old["sections"]}
    after = {section["code"]: section for section in new["sections"]}
    titles = TITLES | {code: section["title"] for code, section in (before | after).items()}
    first = [code for code in ("porteurs", "sites", "partenaires") if code not in after]
    changes = (
        SectionChange(
            code, titles[code], lists.get(code, []) + _answer_changes(before.get(code), after.get(code), names)
        )
        for code in dict.fromkeys([*first, *after, "pieces", *before])
    )
    return [section for section in changes if section.changes]


def without_personal(content: dict) -> dict:
    """`content` without its personal answers and pieces. Deposits of the first format did not say which they are."""
    kept = content | {"pieces": [piece for piece in content["pieces"] if not piece.get("personal")]}
    if "sections" in content:
        kept["sections"] = [
            section | {"answers": [answer for answer in section["answers"] if not answer["personal"]]}
            for section in content["sections"]
        ]
    return kept


# Answers


def _answer_changes(before: dict | None, after: dict | None, names: dict[str, str]) -> list[Change]:
    """The answers of one section that differ, in the order of the new one, then those no longer asked."""
    old, new = (section["answers"] if section else [] for section in (before, after))
    changes = []
    for was, now in _pairs(old, new, lambda answer: (answer["code"], answer["carrier"])):
        answer = now or was
        lines = _answer_lines(was, now)
        changes += [Change(answer["label"], names.get(answer["carrier"], answer["carrier"]), lines)] if lines else []
    return changes


def _answer_lines(was: dict | None, now: dict | None) -> list[Line]:
    if was and now and was["value"] == now["value"]:
        return []
    kinds = {answer["kind"] for answer in (was, now) if answer}
    old, new = (answer["text"] if answer else "" for answer in (was, now))
    if kinds == {"table"}:
        return list(_table_lines(*(answer["value"] or {} if answer else {} for answer in (was, now))))
    if old == new:
        return []
    if kinds <= set(TEXTS):
        are_spaces = "".join(old.split()) == "".join(new.split())
        return [Line("espaces et retours à la ligne seulement" if are_spaces else "", text_changes(old, new), True)]
    ops = _choice_ops(old.splitlines(), new.splitlines()) if kinds == {"choices"} else _ops(old, new)
    return [Line("", ops)] if ops else []


def _choice_ops(old: list[str], new: list[str]) -> list[Op]:
    gone = [Op(REMOVED, choice) for choice in old if choice not in new]
    return gone + [Op(ADDED, choice) for choice in new if choice not in old]


def _table_lines(old: dict, new: dict):
    """The cells that differ, in words, and whole rows that only one of the tables has."""
    for side, title in SIDES.items():
        before, after = old.get(side, {}), new.get(side, {})
        for label in dict.fromkeys([*after, *before]):
            if label in before and label in after:
                yield from _cell_lines(f"{title}, « {label} »", before[label], after[label])
            else:
                rows = (_row(rows.get(label, [])) for rows in (before, after))
                yield from [Line(f"{title}, ligne « {label} »", ops) for ops in [_ops(*rows)] if ops]


def _cell_lines(place: str, before: list[str], after: list[str]):
    for year, cells in enumerate(zip_longest(before, after, fillvalue=""), start=1):
        was, now = (euros(cell) if cell else "" for cell in cells)
        if was != now:
            yield Line(f"{place}, année {year}", _ops(was, now))


def _row(cells: list[str]) -> str:
    """The amounts of a row in words; "" when it has none."""
    return ", ".join(euros(cell) if cell else "–" for cell in cells) if any(cells) else ""


# Lists


def _listed(label: str, lines) -> list[Change]:
    lines = list(lines)
    return [Change(label, "", lines)] if lines else []


def _carrier_lines(old: dict, new: dict):
    roles = {True: "chef de file", False: "co-porteur"}
    for was, now in _pairs(old["carriers"], new["carriers"], lambda carrier: carrier["code"] or carrier["name"]):
        if was and now:
            if was["name"] != now["name"]:
                yield Line("", _ops(_place(was), _place(now)))
            if was["lead"] != now["lead"]:
                yield Line(_place(now), _ops(roles[was["lead"]], roles[now["lead"]]))
        else:
            yield Line("", _ops(*(f"{_place(one)}, {roles[one['lead']]}" if one else "" for one in (was, now))))


def _site_lines(old: dict, new: dict):
    for was, now in _pairs(old["sites"], new["sites"], lambda site: site["code"]):
        before, after = (_place(site) if site else "" for site in (was, now))
        if before != after:
            yield Line("", _ops(before, after))


def _partner_lines(old: dict, new: dict):
    for was, now in _pairs(old["partners"], new["partners"], lambda partner: partner["siren"] or partner["name"]):
        before, after = (_partner(partner) if partner else "" for partner in (was, now))
        if before != after:
            yield Line("", _ops(before, after))
        brought, brings = (partner["contribution"] if partner else "" for partner in (was, now))
        if brought != brings:
            yield Line(f"{(now or was)['name']}, ce qu’il apporte", text_changes(brought, brings), True)


def _place(item: dict) -> str:
    return f"{item['name']} ({item['code']})" if item["code"] else item["name"]


def _partner(partner: dict) -> str:
    siren = f", SIREN {partner['siren']}" if partner["siren"] else ""
    return f"{partner['name']}, {partner['kind_label']}{siren}"


def _piece_changes(old: dict, new: dict, names: dict[str, str]) -> list[Change]:
    """The pieces that differ, question by question."""
    changes = []
    before, after = _by_question(old["pieces"]), _by_question(new["pieces"])
    for place in dict.fromkeys([*after, *before]):
        was, now = before.get(place, []), after.get(place, [])
        lines = list(_piece_lines(was, now))
        carrier, label = place[1], (now or was)[0]["label"]
        changes += [Change(label, names.get(carrier, carrier), lines)] if lines else []
    return changes


def _by_question(pieces: list[dict]) -> dict[tuple[str, str], list[dict]]:
    """Pieces by the question and the carrier that they answer for."""
    found = {}
    for piece in pieces:
        found.setdefault((piece["question"], piece["carrier"]), []).append(piece)
    return found


def _piece_lines(before: list[dict], after: list[dict]):
    for was, now in _matched(before, after):
        if was and now and was["sha256"] == now["sha256"]:
            if was["name"] != now["name"]:
                yield Line("même contenu, renommé", _ops(was["name"], now["name"]))
        else:
            detail = "même nom, autre contenu" if was and now and was["name"] == now["name"] else ""
            yield Line(detail, _ops(*(f"{one['name']}, {file_size(one['size'])}" if one else "" for one in (was, now))))


def _matched(before: list[dict], after: list[dict]) -> list[tuple[dict | None, dict | None]]:
    """Pieces that are the same, then those that replace another: of the same name first, then in order."""
    pairs, before, after = [], list(before), list(after)
    for key in ("sha256", "name"):
        for now in list(after):
            was = next((piece for piece in before if piece[key] == now[key]), None)
            if was:
                pairs.append((was, now))
                before.remove(was)
                after.remove(now)
    return [*pairs, *zip_longest(before, after)]


# What both share


def _ops(old: str, new: str) -> list[Op]:
    """Before, then after; a side that says nothing is left out."""
    return [Op(kind, text) for kind, text in ((REMOVED, old), (ADDED, new)) if text]


def _pairs(old: list[dict], new: list[dict], key) -> list[tuple[dict | None, dict | None]]:
    """Items of the same key, in the order of `new`, then those that only `old` has; same keys pair in order."""
    before, after = _by_key(old, key), _by_key(new, key)
    return [(before.get(place), after.get(place)) for place in dict.fromkeys([*after, *before])]


def _by_key(items: list[dict], key) -> dict:
    seen, found = Counter(), {}
    for item in items:
        found[key(item), seen[key(item)]] = item
        seen[key(item)] += 1
    return found


def _as_today(content: dict, other: dict) -> dict:
    """A content of the first format in the shape of those of today, answers and pieces placed where `other` does."""
    if "sections" in content:
        return content
    sections = {}
    for name in CORE:
        section, answer = _core_answer(name, other)
        told = answer | {"carrier": "", "personal": False, "value": content[name], "text": content[name]}
        sections.setdefault(section["code"], section | {"answers": []})["answers"].append(told)
    places = [piece for piece in other["pieces"] if "question" in piece]
    pieces = [_place_of(piece, places) | piece for piece in content["pieces"]]
    return content | {"sections": list(sections.values()), "partners": [], "pieces": pieces}


def _core_answer(name: str, content: dict) -> tuple[dict, dict]:
    """The section and the answer of `content` that tell this core value, or those of a first form."""
    label, kind = CORE[name]
    for section in content.get("sections", []):
        for answer in section["answers"]:
            if answer["kind"] == kind and (kind not in TEXTS or answer["value"] == content[name]):
                return section, answer
    return {"code": "projet", "title": "Projet"}, {"code": name, "label": label, "kind": kind}


def _place_of(piece: dict, others: list[dict]) -> dict:
    """The question that a piece of the same content, or of the same name, answers."""
    for key in ("sha256", "name"):
        for other in others:
            if other[key] == piece[key]:
                return {name: other[name] for name in ("question", "label", "carrier")}
    return {"question": "", "label": "Pièces jointes", "carrier": ""}
