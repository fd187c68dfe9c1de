"""The sealed record of a phase: what anybody needs to compute its ranking again, and the program that does it.

Names of organisations are the only names in it.
"""

import json
import zipfile
from io import BytesIO
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from . import rule, verify_record
from .minutes_content import decimal, moment
from .models import (
    MAX_MARK,
    Candidature,
    Decision,
    Event,
    ForbiddenTransition,
    Recusal,
    Review,
    Submission,
    ranking,
    tie_criteria,
    tie_rule,
)
from .models.grid import grid_content
from .models.ranking import deliberated

ZIPPED_AT = (1980, 1, 1, 0, 0, 0)  # of every file in the ZIP: the same record gives the same bytes
RULE = (
    f"Chaque critère est noté de 0 à {MAX_MARK} ; celui sur lequel un siège ne se prononce pas est laissé de côté.",
    "Le total d’un siège est la moyenne de ses notes, pondérée par les poids des critères et ramenée sur 100.",
    "La moyenne d’un dossier est celle des totaux qui comptent, arrondie à deux décimales, les demis vers le haut.",
    "Comptent les évaluations signées des sièges à voix délibérative, sauf celles qu’un déport a écartées.",
)
READ_ME = """DOSSIER SCELLÉ : {title}

Ce que contient cette archive
- {name}.json : la grille, les sièges, les déports, l’empreinte de chaque dossier déposé, chaque note
  signée, la règle, le classement, les décisions avec leurs votes, et l’empreinte des procès-verbaux.
- verify_record.py et rule.py : le programme qui recalcule le classement à partir des notes.

Comment vérifier
1. Installer Python, version 3.10 ou plus récente (https://www.python.org). Rien d’autre n’est nécessaire.
2. Ouvrir un terminal dans le dossier où cette archive est décompressée.
3. Taper : python3 verify_record.py {name}.json

Le programme répond que le classement recalculé est égal, ou nomme ce qui diffère : la note changée, le
siège, le critère, la moyenne, le rang.

L’empreinte
Ce dossier a pour empreinte SHA-256 :
{sha256}
Le journal du portail garde la même, avec la date de remise. Une empreinte est une suite de 64 signes
calculée sur un contenu : le moindre changement en donne une autre. Elle porte sur tout le fichier JSON,
sauf « sha256 » et « made_at », clés triées, sans espaces, en UTF-8.
"""


def why_no_record(phase, user) -> str:
    """Why `user` cannot be given the record of this phase now, or ""."""
    if not (user.is_staff or phase.call.is_chair(user)):
        return "Le dossier scellé est remis à l’équipe du programme et à la présidence du comité."
    if phase.is_sealed():
        return "Le scellé de la phase n’est pas levé."
    if not phase.sessions.filter(opened_at__isnull=False).exists():
        return "Aucune séance n’a encore délibéré de cette phase."
    known = Candidature.objects.deliberated_by(user)
    if deliberated(phase, None).exclude(pk__in=known.values("pk")).exists():
        return "Vous êtes déporté d’un dossier de cette phase : le dossier scellé est remis à l’équipe."
    return phase.why_minutes_wait()


@transaction.atomic
def export_record(phase, by) -> dict:
    """The record, handed over: the journal keeps its hash.

    Raises:
        ForbiddenTransition: not the person, or not yet the moment.
    """
    if refusal := why_no_record(phase, by):
        raise ForbiddenTransition(refusal)
    record = record_of(phase)
    Event.objects.record(phase, "export_record", by, audience=Event.Audience.TEAM, sha256=record["sha256"])
    return record


def record_of(phase) -> dict:
    """The record as JSON, in a constant number of queries.

    Marks, averages and mean marks are decimal text, moments ISO 8601 in UTC. Its hash covers all but `made_at`.
    """
    call, files = phase.call, list(deliberated(phase, None).select_related("call").order_by("number"))
    breaking = tie_criteria(phase)
    record = {
        "format": verify_record.FORMAT,
        "call": {"name": call.name, "slug": call.slug},
        "phase": {
            "number": phase.number,
            "closes_at": moment(phase.closes_at),
            "seal_opened_at": moment(phase.seal_opened_at),
        },
        "grid": grid_of(call),
        "rule": [*RULE, tie_rule(breaking)],
        "seats": [seat_of(seat) for seat in call.seats.select_related("organisation").order_by("position", "pk")],
        "files": files_of(phase, files),
        "ranking": [line_of(file, breaking) for file in ranking(phase, None, breaking)],
        "decisions": decisions_of(files),
        "minutes": minutes_of(phase),
    }
    return record | {"sha256": verify_record.record_hash(record), "made_at": moment(timezone.now())}


def grid_of(call) -> dict:
    """The grid on which reviews were signed; the one that stands, number 0, when none was."""
    if frozen := call.grid_versions.last():
        return {"number": frozen.number, "content": frozen.content, "sha256": frozen.sha256}
    content = grid_content(call)
    return {"number": 0, "content": content, "sha256": verify_record.hash_of(content)}


def seat_of(seat) -> dict:
    return {
        "key": seat.pk,
        "name": str(seat.organisation),
        "voting": seat.is_voting,
        "counts_in_quorum": seat.counts_in_quorum,
    }


def files_of(phase, files) -> list[dict]:
    reviews, recusals = {}, {}
    signed = Review.objects.signed().filter(candidature__in=files).order_by("seat__position", "seat", "pk")
    for review in signed.select_related("candidature__call", "seat", "submission").prefetch_related("scores"):
        reviews.setdefault(review.candidature_id, []).append(review_of(review))
    for recusal in Recusal.objects.filter(candidature__in=files).order_by("seat__position", "seat", "pk"):
        told = {"seat": recusal.seat_id, "whole_seat": recusal.member_id is None, "origin": recusal.origin}
        recusals.setdefault(recusal.candidature_id, []).append(told)
    deposits = Submission.objects.filter(candidature__in=files).order_by("number")
    last = {each.candidature_id: {"version": each.number, "sha256": each.sha256} for each in deposits.defer("content")}
    return [
        {
            "number": file.number,
            "reference": file.reference,
            "submitted_at": moment(file.submitted_at),
            "submission": last.get(file.pk),
            "recusals": recusals.get(file.pk, []),
            "reviews": reviews.get(file.pk, []),
        }
        for file in files
    ]


def review_of(review) -> dict:
    marks = {str(score.criterion_id): mark_of(score) for score in review.scores.all()}
    is_set_aside = review.recusal_id is not None
    return {
        "seat": review.seat_id,
        "signed_at": moment(review.signed_at),
        "version_read": review.submission.number,
        "set_aside": is_set_aside,
        "counts": review.seat.is_voting and not is_set_aside,
        "marks": marks,
        "sha256": verify_record.review_hash(review.candidature.reference, review.seat_id, marks),
    }


def mark_of(score) -> str | None:
    return None if score.mark is None else f"{score.mark:.1f}"


def line_of(file, breaking) -> dict:
    ties = [decimal(getattr(file, f"tie_{place}")) for place, _ in enumerate(breaking, start=1)]
    return {"rank": file.rank, "reference": file.reference, "average": decimal(file.average), "ties": ties}


def decisions_of(files) -> list[dict]:
    names = ("outcome", "reserve_rank", "votes_for", "votes_against", "abstentions", "has_casting_vote")
    decisions = Decision.objects.filter(candidature__in=files).select_related("candidature__call", "session")
    return [
        {"reference": each.candidature.reference, "session": each.session and each.session.number}
        | {name: getattr(each, name) for name in names}
        for each in decisions.order_by("candidature__number")
    ]


def minutes_of(phase) -> list[dict]:
    held = phase.sessions.filter(minutes__approved_at__isnull=False).select_related("minutes").order_by("number")
    return [
        {
            "session": session.number,
            "approved_at": moment(session.minutes.approved_at),
            "sha256": session.minutes.sha256,
        }
        for session in held
    ]


# The archive


def name_of(phase) -> str:
    return f"dossier-scelle-{phase.call.slug}-phase-{phase.number}"


def record_zip(phase, record) -> bytes:
    """The record, the program that verifies it and how to use both."""
    name, content = name_of(phase), BytesIO()
    told = {"title": str(phase), "name": name, "sha256": record["sha256"]}
    files = {
        f"{name}.json": json.dumps(record, ensure_ascii=False, sort_keys=True, indent=1).encode(),
        "LISEZMOI.txt": READ_ME.format(**told).encode(),
        **{Path(module.__file__).name: Path(module.__file__).read_bytes() for module in (verify_record, rule)},
    }
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in files.items():
            archive.writestr(zipfile.ZipInfo(path, ZIPPED_AT), data, zipfile.ZIP_DEFLATED)
    return content.getvalue()
