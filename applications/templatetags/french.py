"""Dates and sizes written in full, as a French reader expects them, in Paris time."""

from django import template
from django.utils import timezone
from django.utils.dateformat import format as dateformat

register = template.Library()
NBSP = "\N{NO-BREAK SPACE}"


def day_of(value) -> str:
    number = "1er" if value.day == 1 else str(value.day)
    return f"{number}{NBSP}{dateformat(value, 'F Y')}"


@register.filter
def plain_day(value) -> str:
    """A date or moment → « 1er juin 2021 »."""
    return day_of(timezone.localtime(value) if hasattr(value, "hour") else value)


@register.filter
def long_day(value) -> str:
    """A date or moment → « vendredi 25 juin 2021 »."""
    local = timezone.localtime(value) if hasattr(value, "hour") else value
    return f"{dateformat(local, 'l')} {day_of(local)}"


@register.filter
def long_moment(value, zone=None) -> str:
    """A moment → « vendredi 25 juin 2021 à 23 h 59 », in Paris time or on another clock."""
    local = timezone.localtime(value, zone)
    return f"{dateformat(local, 'l')} {day_of(local)} à {local:%H}{NBSP}h{NBSP}{local:%M}"


@register.filter
def exact_moment(value) -> str:
    """A moment → « vendredi 25 juin 2021 à 23 h 59 min 07 s (heure de Paris) »."""
    return f"{long_moment(value)}{NBSP}min{NBSP}{timezone.localtime(value):%S}{NBSP}s (heure de Paris)"


@register.filter
def clock_time(value) -> str:
    """A moment → « 14:32:07 », in Paris time."""
    return f"{timezone.localtime(value):%H:%M:%S}"


@register.filter
def file_size(octets: int) -> str:
    """A number of bytes → « 14 octets », « 312 ko », « 4,2 Mo » (of 1,024 bytes, as office machines count)."""
    if octets < 1024:
        return f"{octets}{NBSP}octet{'s' if octets > 1 else ''}"
    if octets < 1024**2:
        return f"{octets / 1024:.0f}{NBSP}ko"
    return f"{octets / 1024**2:.1f}".replace(".", ",").removesuffix(",0") + f"{NBSP}Mo"
