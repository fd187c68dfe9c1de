"""Documents made from a deposit, as tagged PDF: its receipt and the whole file. Always the same bytes for it."""

from django.conf import settings
from django.urls import reverse

from .models import Concept
from .reading import said, sections_of_old
from .templatetags.french import exact_moment, file_size
from .typesetting import in_groups, typeset

WIDTH_OF_AMOUNTS = 75  # signs on a line of a table, beside its first column
NBSP = "\N{NO-BREAK SPACE}"


def receipt_pdf(submission) -> bytes:
    """The receipt of a deposit: what was received, when, from whom, and how anyone can verify it.

    Args:
        submission: of any format, old or new.
    """
    content, call = submission.content, submission.candidature.call
    return _pdf(
        "receipt",
        submission,
        document_title=f"Récépissé de dépôt {submission.number_on_receipt}",
        footer=f"Récépissé {submission.number_on_receipt}",
        by=str(submission.submitted_by),
        number=submission.number_on_receipt,
        code=submission.code,
        pieces=[_piece(piece, _carriers_of(content)) for piece in content["pieces"]],
        verify_url=settings.BASE_URL + reverse("applications:verify_receipt"),
        contact=call.contact_email or settings.INSTITUTION["CONTACT_EMAIL"],
    )


def file_pdf(submission, *, include_personal: bool) -> bytes:
    """The whole candidature as deposited, part by part, pieces listed.

    Args:
        submission: of any format, old or new.
        include_personal: False for the committee: personal answers, personal pieces and the name of the person who
            deposited are left out, and the document says so.
    """
    content = submission.content
    carriers, is_old = _carriers_of(content), "sections" not in content
    sections = sections_of_old(content) if is_old else content["sections"]
    parts = [_part(section, carriers, include_personal) for section in sections if section["answers"]]
    return _pdf(
        "file",
        submission,
        document_title=f"Candidature {submission.candidature.reference}, version {submission.number}",
        footer=f"{submission.candidature.reference}, version {submission.number}",
        by=str(submission.submitted_by) if include_personal else "",
        is_partial=not include_personal,
        partners=[_partner(partner) for partner in content.get("partners", [])],
        project=_project_of_old(content) if is_old else [],
        parts=parts,
        pieces=[_piece(piece, carriers) for piece in content["pieces"] if include_personal or not _is_personal(piece)],
    )


def _is_personal(item: dict) -> bool:
    """Whether an answer or a piece is personal; old deposits did not say so of theirs."""
    return item.get("personal", False)


def _pdf(name: str, submission, **data) -> bytes:
    """The document `name` with what every document says of a deposit, and `data`."""
    content, call = submission.content, submission.candidature.call
    common = {
        "call": content.get("call_name", call.name),
        "is_demo": call.is_demo,
        "reference": submission.candidature.reference,
        "version": submission.number,
        "moment": exact_moment(submission.submitted_at),
        "title": content["title"],
        "carriers": [_carrier(carrier) for carrier in content["carriers"]],
        "sites": [f"{site['name']} ({site['code']})" for site in content["sites"]],
        "sha256": in_groups(submission.sha256),
    }
    return typeset(name, common | data, submission.submitted_at)


def _carriers_of(content: dict) -> dict[str, str]:
    """The name of each carrier by its code."""
    return {carrier["code"]: carrier["name"] for carrier in content["carriers"]}


def _carrier(carrier: dict) -> str:
    lead = ", chef de file" if carrier["lead"] else ""
    code = f" ({carrier['code']})" if carrier["code"] else ""
    return f"{carrier['name']}{code}{lead}"


def _partner(partner: dict) -> dict:
    siren = f", SIREN{NBSP}{partner['siren']}" if partner["siren"] else ""
    about = f"{partner['kind_label']}{siren}"
    return {"name": partner["name"], "about": about, "contribution": partner["contribution"]}


def _piece(piece: dict, carriers: dict[str, str]) -> dict:
    carrier = piece.get("carrier")
    about = [piece.get("label", ""), carriers.get(carrier, carrier)]
    return {
        "name": piece["name"],
        "size": file_size(piece["size"]),
        "sha256": in_groups(piece["sha256"]),
        "about": ", ".join(words for words in about if words),
    }


def _part(section: dict, carriers: dict[str, str], include_personal: bool) -> dict:
    """A section as the document shows it: what is asked of the file, then of each carrier."""
    kept = [answer for answer in section["answers"] if include_personal or not _is_personal(answer)]
    codes = dict.fromkeys(answer["carrier"] for answer in kept if answer["carrier"])
    return {
        "title": section["title"],
        "withheld": len(kept) < len(section["answers"]),
        "answers": [_answer(answer) for answer in kept if not answer["carrier"]],
        "carriers": [
            {
                "name": carriers.get(code, code),
                "answers": [_answer(answer) for answer in kept if answer["carrier"] == code],
            }
            for code in codes
        ],
    }


def _answer(answer: dict) -> dict:
    shown = said(answer)
    tables = [part for table in shown.tables for part in _page_wide(table)]
    return {"label": shown.label, "text": shown.text, "choices": shown.choices, "tables": tables}


def _page_wide(table) -> list[dict]:
    """A table of amounts cut into tables that a page can hold: first column repeated, total in the last column."""
    rows = [*table.rows, ("Total", table.totals)]
    widest = max(len(amount) for _, row in rows for _, amount in row)
    step = max(WIDTH_OF_AMOUNTS // (widest + 2), 1)
    parts = []
    for start in range(0, len(table.columns), step):
        *shown, total = [[label, *(amount for _, amount in row[start : start + step])] for label, row in rows]
        parts.append({"head": [table.title, *table.columns[start : start + step]], "rows": shown, "totals": total})
    return parts


def _project_of_old(content: dict) -> list[dict]:
    """What a deposit of the first format says of its project beside its sections."""
    concept = Concept.objects.filter(pk=content["concept"]).first()
    return [
        {"name": "Concept d’antenne", "body": str(concept or content["concept"])},
        {"name": "Ouverture visée", "body": content["target_year"]},
    ]
