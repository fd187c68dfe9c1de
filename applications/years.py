"""School years, named as the programme publishes them: « 2020-2021 » opens in September 2020."""

import re
from datetime import date

from django.utils import timezone

FIRST, LAST = 2019, 2099  # the programme's first opening year; beyond the last one, a typing error


def school_year(start: int | None) -> str:
    """`2020` → « 2020-2021 »; `None` → « calendrier à préciser »."""
    return f"{start}-{start + 1}" if start else "calendrier à préciser"


def parse_school_year(text: str) -> int | None:
    """« 2020-2021 » → `2020`, or `None` when the text names no school year."""
    match = re.fullmatch(r"(\d{4})-(\d{4})", text)
    start = int(match[1]) if match else 0
    return start if FIRST <= start <= LAST and int(match[2]) == start + 1 else None


def running_school_year(day: date | None = None) -> int:
    """Start of the school year that runs on `day` (today by default): it changes on 1 September."""
    day = day or timezone.localdate()
    return day.year if day.month >= 9 else day.year - 1


def coming_school_years(count: int = 6) -> list[int]:
    """Starts of the school years that a candidature of today may aim at, this year's first."""
    today = timezone.localdate()
    first = today.year if today.month <= 9 else today.year + 1
    return list(range(first, first + count))
