"""What a content says, part by part, for whoever reads it on a page: a deposit of any format, or a draft."""

from collections import defaultdict
from decimal import Decimal
from typing import NamedTuple

from .models import Attachment
from .models.answers import euros, totals

SIDES = {"expenses": "Dépenses", "resources": "Ressources"}


class Table(NamedTuple):
    """Amounts in words, each beside the name of its column; the last column and the last row are totals."""

    title: str
    columns: list[str]
    rows: list[tuple[str, list[tuple[str, str]]]]
    totals: list[tuple[str, str]]


class Said(NamedTuple):
    """An answer; without text, choices or tables it was left empty."""

    label: str
    text: str
    choices: list[str]
    tables: list[Table]


class Piece(NamedTuple):
    """A piece; `pk` is None when this reader cannot open it, and `state` says why or what the antivirus said."""

    name: str
    label: str
    size: int
    state: str
    pk: int | None


class Group(NamedTuple):
    """What is said for one carrier, or for the whole candidature when `name` is empty."""

    name: str
    answers: list[Said]
    pieces: list[Piece]


class Part(NamedTuple):
    title: str
    groups: list[Group]
    is_partial: bool  # whether something personal was left out


class Pieces:
    """The pieces of one candidature, and which of them `user` may open; read in two queries."""

    def __init__(self, candidature, user):
        own = Attachment.objects.filter(candidature=candidature, message=None).select_related("question__section")
        self.by_id = {piece.pk: piece for piece in own}
        self.by_hash = {piece.sha256: piece for piece in self.by_id.values()}
        visible = Attachment.objects.visible_to(user, type(candidature).objects.filter(pk=candidature.pk))
        self.openable = set(visible.values_list("pk", flat=True))

    def row_of(self, told: dict) -> Attachment | None:
        """The row of a piece that a content tells; deposits of the first format tell no number."""
        return self.by_id.get(told["id"]) if "id" in told else self.by_hash.get(told["sha256"])

    def section_of(self, told: dict) -> str:
        row = self.row_of(told)
        return row.question.section.code if row and row.question else ""

    def shown(self, told: dict) -> Piece:
        row = self.row_of(told)
        can_open = row is not None and row.pk in self.openable
        return Piece(
            name=told["name"],
            label=told.get("label", ""),
            size=told["size"],
            state=row.get_scan_display() if row and row.scan else "",
            pk=row.pk if can_open else None,
        )


def parts_of(content: dict, pieces: Pieces, *, with_personal: bool) -> list[Part]:
    """The sections of `content` that say something, then the pieces that belong to none of them.

    Args:
        content: of any format (see `WorkingCopy.content`).
        with_personal: False for the committee; what is left out is then said.
    """
    names = {carrier["code"]: carrier["name"] for carrier in content["carriers"]}
    sections = content.get("sections") or sections_of_old(content)
    told = defaultdict(list)
    codes = {section["code"] for section in sections}
    for piece in content["pieces"]:
        code = pieces.section_of(piece)
        told[code if code in codes else ""].append(piece)
    rest = {"code": "", "title": "Pièces", "answers": []}
    parts = (part_of(section, told[section["code"]], names, pieces, with_personal) for section in [*sections, rest])
    return [part for part in parts if part.groups or part.is_partial]


def sections_of_old(content: dict) -> list[dict]:
    """What a deposit of the first format says beside its title, concept and year, in the shape of those of today."""
    answer = {"label": "Résumé du projet", "kind": "long_text", "carrier": "", "text": content["summary"]}
    return [{"code": "projet", "title": "Projet", "answers": [answer | {"value": content["summary"]}]}]


def part_of(section, told, names, pieces, with_personal) -> Part:
    answers = [answer for answer in section["answers"] if with_personal or not answer.get("personal")]
    told_here = [piece for piece in told if with_personal or not piece.get("personal")]
    groups = [
        Group(
            name=names.get(carrier, carrier),
            answers=[said(answer) for answer in answers if answer["carrier"] == carrier],
            pieces=[pieces.shown(piece) for piece in told_here if piece.get("carrier", "") == carrier],
        )
        for carrier in dict.fromkeys(["", *names])
    ]
    return Part(
        title=section["title"],
        groups=[group for group in groups if group.answers or group.pieces],
        is_partial=len(answers) + len(told_here) < len(section["answers"]) + len(told),
    )


def said(answer: dict) -> Said:
    is_table = answer["kind"] == "table" and answer["value"]
    return Said(
        label=answer["label"],
        text=answer["text"],
        choices=answer["text"].splitlines() if answer["kind"] == "choices" else [],
        tables=[table_of(answer["value"], side) for side in SIDES] if is_table else [],
    )


def table_of(value: dict, side: str) -> Table:
    by_year = totals(value, side)
    columns = [*(f"Année {number}" for number in range(1, len(by_year) + 1)), "Total"]

    def row(cells):
        amounts = [*(euros(cell) if cell != "" else "–" for cell in cells), total_of(cells)]
        return list(zip(columns, amounts, strict=True))

    return Table(SIDES[side], columns, [(label, row(cells)) for label, cells in value[side].items()], row(by_year))


def total_of(amounts) -> str:
    return euros(sum((Decimal(amount or 0) for amount in amounts), Decimal(0)))
