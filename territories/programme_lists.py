"""The lists of the national programmes: a published file is read, checked by line, kept beside the former ones."""

import csv
import hashlib
import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction
from django.utils import timezone

from .models import Commune, Epci, NationalProgramme, ProgrammeList, ProgrammeMember, ProgrammeTerritory

MAX_SIZE = 5 * 1024 * 1024  # bytes; the largest published list weighs forty thousand
MEMBER_COLUMNS = {"ACV": ["insee_com"], "TI": ["siren_groupement", "kind"]}


class UnreadableList(Exception):
    """The file as a whole is not a list of this programme. Its message, in French, is shown to the user."""


@dataclass(frozen=True)
class Line:
    """A line of the file: a territory of the programme and the code of one of its members."""

    number: int
    territory_code: str
    territory_name: str
    kind: str  # "commune-insee", "commune" (by SIREN), "epci" or "ept"
    code: str


@dataclass
class ImportReport:
    """What an import did, or would do. `problems` and `unknown` are sentences that name their line."""

    problems: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    members: int = 0
    territories: int = 0
    refused: bool = False
    unchanged: bool = False
    saved: ProgrammeList | None = None


def import_programme_list(
    programme: NationalProgramme,
    content: bytes,
    *,
    is_complete: bool = False,
    source_title: str = "",
    source_url: str = "",
    published_on: date | None = None,
    skip_unknown: bool = False,
    dry_run: bool = False,
) -> ImportReport:
    """Keep the list that `content` holds, as a whole or not at all; the former lists stay.

    `published_on` is today by default. Unknown codes refuse the list unless `skip_unknown`.

    Raises:
        UnreadableList: not a list of this programme at all.
    """
    report = ImportReport()
    lines = read_lines(programme, content, report)
    members = find_members(lines, report)
    report.members = len(members)
    report.territories = len({line.territory_code for line, _ in members})
    report.refused = bool(report.problems or (report.unknown and not skip_unknown) or not members)
    if report.refused:
        return report
    wanted = ProgrammeList(
        programme=programme,
        published_on=published_on or timezone.localdate(),
        is_complete=is_complete,
        source_title=source_title or "Liste importée",
        source_url=source_url,
    )
    entries = [(line.territory_code, line.territory_name, member) for line, member in members]
    report.unchanged = is_known(wanted, entries, any_day=published_on is None)
    if not (dry_run or report.unchanged):
        report.saved = save_list(wanted, entries)
    return report


def read_lines(programme: NationalProgramme, content: bytes, report: ImportReport) -> list[Line]:
    """The lines of the file that can be understood; the others are told in `report.problems`."""
    text = decode(content)
    header = text.partition("\n")[0]
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=";" if ";" in header else ",", strict=True)
    try:
        columns = [name.strip() for name in next(rows, [])]
        indexes = expected_columns(programme, columns)
        lines = [line for row in rows if (line := read_line(row, rows.line_num, columns, indexes, report))]
    except csv.Error as error:
        raise UnreadableList(f"Ligne {rows.line_num} : ce n’est pas du CSV.") from error
    if not (lines or report.problems):
        raise UnreadableList("Le fichier n’a que sa première ligne : il ne nomme aucun territoire.")
    return lines


def decode(content: bytes) -> str:
    if len(content) > MAX_SIZE:
        raise UnreadableList(f"Le fichier dépasse {MAX_SIZE // 1024**2} Mo : ce n’est pas une liste de programme.")
    if b"\0" in content:
        raise UnreadableList("Le fichier n’est pas du texte : enregistrez la liste au format CSV.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UnreadableList(
            f"Ligne {line} : le fichier n’est pas encodé en UTF-8. Enregistrez-le au format « CSV UTF-8 »."
        ) from error
    if not text.strip():
        raise UnreadableList("Le fichier est vide.")
    return text


def expected_columns(programme: NationalProgramme, columns: list[str]) -> list[int]:
    """Where the territory's code and name, then the member's columns, stand in a line."""
    if programme.code not in MEMBER_COLUMNS:
        raise UnreadableList(f"Le format des listes du programme {programme.code} n’est pas connu.")
    code = programme.code.lower()
    expected = [f"id_{code}", f"lib_{code}", *MEMBER_COLUMNS[programme.code]]
    if missing := [name for name in expected if name not in columns]:
        found = ", ".join(columns)[:200]
        raise UnreadableList(
            f"Ligne 1 : il manque {'les colonnes' if len(missing) > 1 else 'la colonne'} {', '.join(missing)}. "
            f"Colonnes lues : {found}."
        )
    return [columns.index(name) for name in expected]


def read_line(row: list[str], number: int, columns: list[str], indexes: list[int], report: ImportReport) -> Line | None:
    if not any(cell.strip() for cell in row):
        report.problems.append(f"Ligne {number} : ligne vide.")
        return None
    if len(row) != len(columns):
        report.problems.append(f"Ligne {number} : {len(row)} cellules au lieu de {len(columns)}.")
        return None
    code, name, member, kind = [*(row[index].strip() for index in indexes), "commune-insee"][:4]
    if not (code and name and member):
        report.problems.append(f"Ligne {number} : le code, le nom du territoire ou le code du membre manque.")
        return None
    if kind not in ("commune-insee", "commune", "epci", "ept"):
        report.problems.append(f"Ligne {number} : nature « {kind[:50]} » inconnue (epci, ept ou commune).")
        return None
    if len(code) > max_length("code") or len(name) > max_length("name"):
        report.problems.append(f"Ligne {number} : le code ou le nom du territoire est trop long.")
        return None
    return Line(number, code, name, kind, member)


def max_length(name: str) -> int:
    return ProgrammeTerritory._meta.get_field(name).max_length


def find_members(lines: list[Line], report: ImportReport) -> list[tuple[Line, Commune | Epci]]:
    """Each line with its commune or EPCI. Unknown codes and contradictions are told in the report."""
    codes = {kind: {line.code for line in lines if line.kind == kind} for kind in ("commune-insee", "commune")}
    known = {
        "commune-insee": Commune.objects.in_bulk(codes["commune-insee"]),
        "commune": Commune.objects.in_bulk(codes["commune"], field_name="siren"),
        "epci": Epci.objects.in_bulk({line.code for line in lines if line.kind in ("epci", "ept")}),
    }
    known["ept"] = known["epci"]
    names: dict[str, Line] = {}
    seen: dict[tuple, Line] = {}
    members = []
    for line in lines:
        member = known[line.kind].get(line.code)
        first = names.setdefault(line.territory_code, line)
        same = seen.setdefault((line.territory_code, line.kind, line.code), line)
        where = f"Ligne {line.number} :"
        if member is None:
            report.unknown.append(f"{where} {code_name(line)} {line.code[:50]} inconnu ({line.territory_name}).")
        elif first.territory_name != line.territory_name:
            report.problems.append(
                f"{where} {line.territory_code} s’appelle « {line.territory_name} », mais "
                f"« {first.territory_name} » à la ligne {first.number}."
            )
        elif same is not line:
            report.problems.append(f"{where} {line.code} figure déjà à la ligne {same.number}.")
        else:
            members.append((line, member))
    return members


def code_name(line: Line) -> str:
    return "code INSEE" if line.kind == "commune-insee" else "SIREN"


Entry = tuple[str, str, Commune | Epci]  # the territory's code and name, one of its members


def is_known(wanted: ProgrammeList, entries: list[Entry], *, any_day: bool) -> bool:
    """Whether this very list is there already. Without a date of its own, it is compared with the latest."""
    wanted.fingerprint = fingerprint(entries)
    same_kind = ProgrammeList.objects.filter(programme=wanted.programme, is_complete=wanted.is_complete)
    if any_day:
        latest = same_kind.first()
        kept = (latest.fingerprint, latest.source_title) if latest else None
        return kept == (wanted.fingerprint, wanted.source_title)
    return same_kind.filter(
        fingerprint=wanted.fingerprint, source_title=wanted.source_title, published_on=wanted.published_on
    ).exists()


def fingerprint(entries: list[Entry]) -> str:
    """SHA-256 of the members in a fixed order, so that the same list in another order is the same list."""
    rows = sorted(f"{code}\t{name}\t{member.code}" for code, name, member in entries)
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()


@transaction.atomic
def save_list(programme_list: ProgrammeList, entries: list[Entry]) -> ProgrammeList:
    programme_list.save()
    names = {code: name for code, name, _ in entries}
    territories = ProgrammeTerritory.objects.bulk_create(
        ProgrammeTerritory(list=programme_list, code=code, name=name) for code, name in names.items()
    )
    by_code = {territory.code: territory for territory in territories}
    ProgrammeMember.objects.bulk_create(
        ProgrammeMember(
            territory=by_code[code],
            commune=member if isinstance(member, Commune) else None,
            epci=member if isinstance(member, Epci) else None,
        )
        for code, _, member in entries
    )
    return programme_list


def record_known_members(
    programme_code: str,
    communes: Iterable[Commune],
    epcis: Iterable[Epci],
    *,
    source_title: str,
    published_on: date,
    source_url: str = "",
) -> ProgrammeList | None:
    """Keep the members that a source happens to name as a partial list, which never says "no".

    A complete list goes on counting before it. None when this very list is there already.
    """
    members = sorted({*communes, *epcis}, key=lambda member: member.code)
    entries = [(member.code, member.name, member) for member in members]
    wanted = ProgrammeList(
        programme_id=programme_code, published_on=published_on, source_title=source_title, source_url=source_url
    )
    return None if is_known(wanted, entries, any_day=False) else save_list(wanted, entries)
