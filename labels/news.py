"""What moved among the laureates: labels and openings, the last first. The feed and the page of the data read it."""

from datetime import date, datetime, time
from typing import NamedTuple

from django.utils import timezone

from applications.models import SelectionPhase

from .models import Antenna, OpeningChange


class News(NamedTuple):
    """One fact about one antenna, when it was made public."""

    antenna: Antenna
    at: datetime
    words: str
    key: str  # never changes: readers of the feed tell by it what they have read


def latest_news(most: int) -> list[News]:
    """The last facts, demonstration left out. Two queries.

    A laureate loaded from a published source is news of the day of its announcement, when somebody published that day.
    """
    found = [*labels(most), *openings(most)]
    return sorted(found, key=lambda news: (news.at, news.key), reverse=True)[:most]


def labels(most: int) -> list[News]:
    antennas = Antenna.objects.real().select_related("phase__call")
    dated = [(moment, antenna) for antenna in antennas if (moment := public_since(antenna))]
    dated.sort(key=lambda pair: (pair[0], pair[1].slug), reverse=True)
    return [
        News(antenna, moment, f"Labellisée « Au cœur des territoires » ({antenna.phase})", f"label-{antenna.slug}")
        for moment, antenna in dated[:most]
    ]


def public_since(antenna: Antenna) -> datetime | None:
    """The hour of its proclamation here; else noon of the day when it was announced; None when nobody said."""
    phase: SelectionPhase = antenna.phase
    if antenna.candidature_id and phase.proclaimed_at:
        return phase.proclaimed_at
    return noon(antenna.label_day) if antenna.label_day else None


def openings(most: int) -> list[News]:
    """The lines of the calendar that somebody recorded: those loaded with a laureate come with its label."""
    lines = OpeningChange.objects.filter(antenna__phase__call__is_demo=False, recorded_by__isnull=False)
    lines = lines.select_related("antenna__phase__call").order_by("-recorded_at", "-pk")
    return [News(line.antenna, line.recorded_at, words_of(line), f"ouverture-{line.pk}") for line in lines[:most]]


def words_of(line: OpeningChange) -> str:
    """« Ouverture reportée à 2021-2022 : locaux »."""
    kinds = OpeningChange.Kind
    if line.kind == kinds.OPENED:
        return f"Ouverte le {line.opened_on:%d/%m/%Y}"
    if line.kind == kinds.DENIED:
        return "Ouverture démentie"
    cause = f" : {line.get_cause_display()}" if line.cause else ""
    return (
        f"Ouverture {line.get_kind_display()} {'à' if line.kind == kinds.REVISED else 'pour'} {line.school_year}{cause}"
    )


def noon(day: date) -> datetime:
    """In Paris."""
    return timezone.make_aware(datetime.combine(day, time(12)))
