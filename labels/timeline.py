"""The life of an antenna in one list: label, steps, calendar, places, each line with its day, in words."""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from .models import Antenna, AntennaCarrier, AntennaSite, OpeningChange, standing_of


@dataclass(frozen=True)
class Entry:
    """One line. `note` is what was written with it; `is_corrected` when a later line stands in its place."""

    day: date | None
    words: str
    note: str = ""
    by: object = None
    at: object = None
    document: object = None
    is_corrected: bool = False


def timeline_of(antenna: Antenna) -> list[Entry]:
    """Every line, the oldest first, in five queries; what has no day is told with the label."""
    entries = [Entry(antenna.label_day, "label")]
    entries += milestone_entries(antenna)
    entries += opening_entries(antenna)
    for model, places in ((AntennaCarrier, ("commune", "epci")), (AntennaSite, ("commune",))):
        lines = model.objects.filter(antenna=antenna).select_related(*places)
        entries += [entry for line in lines for entry in place_entries(line)]
    return sorted(entries, key=lambda entry: entry.day or antenna.label_day or date.min)


def milestone_entries(antenna: Antenna) -> list[Entry]:
    lines = list(antenna.milestones.select_related("recorded_by", "document"))
    standing = set(standing_of(lines))
    days = {line.pk: line.happened_on for line in lines}
    return [
        Entry(
            line.happened_on or days[line.corrects_id],
            line.get_kind_display() + ("" if line.happened_on else " : n’a pas eu lieu"),
            line.note,
            line.recorded_by,
            line.recorded_at,
            line.document,
            is_corrected=bool(line.happened_on) and line not in standing,
        )
        for line in lines
    ]


def opening_entries(antenna: Antenna) -> list[Entry]:
    lines = list(antenna.openings.select_related("recorded_by", "source"))
    real = [line for line in lines if not line.is_planned]
    return [
        Entry(
            line.opened_on or line.decided_on or planned_day(line),
            opening_words(line),
            line.reason,
            line.recorded_by,
            line.recorded_at,
            is_corrected=line in real[:-1],
        )
        for line in lines
    ]


def planned_day(line: OpeningChange) -> date | None:
    """The day of a plan that says none: that of its source; of its line when a person wrote it; else nobody knows."""
    if line.source and line.source.published_on:
        return line.source.published_on
    return timezone.localdate(line.recorded_at) if line.recorded_by else None


def opening_words(line: OpeningChange) -> str:
    if not line.is_planned:
        return "ouverture" if line.opened_on else "ouverture notée à tort"
    verb = "annoncée pour" if line.kind == OpeningChange.Kind.ANNOUNCED else "reportée à"
    if line.cause == OpeningChange.Cause.CORRECTION:
        verb = "corrigée, prévue en"
    cause = f" ({line.get_cause_display()})" if line.cause else ""
    return f"ouverture {verb} {line.school_year}{cause}"


def place_entries(line) -> list[Entry]:
    entries = [Entry(line.since, f"arrivée : {line.words}", line.since_reason)] if line.since else []
    return entries + ([Entry(line.until, f"départ : {line.words}", line.until_reason)] if line.until else [])
