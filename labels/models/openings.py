"""The calendar of an opening: announced, revised with its cause, real. Planned and real dates are two facts."""

from collections.abc import Iterable
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from applications.models import ForbiddenTransition, Source
from applications.years import FIRST, LAST, running_school_year, school_year
from territories.reference import day_in_words

from .life import OPENED, Fact, Step, check_past, check_staff


class Plan(NamedTuple):
    """An opening planned for the school year that starts in `year`; `cause` is "" for the first one."""

    year: int
    cause: str
    reason: str


class OpeningChange(models.Model):
    """A line of the opening calendar, never edited. The last announced or revised line is the plan; the last line
    that is real, or that denies it, says whether the antenna opened, and when: this is the antenna's opening step.
    """

    class Kind(models.TextChoices):
        ANNOUNCED = "announced", "annoncée"
        REVISED = "revised", "reportée"
        OPENED = "opened", "ouverte"
        DENIED = "denied", "ouverture démentie"

    class Cause(models.TextChoices):
        PREMISES = "premises", "locaux"
        RECRUITMENT = "recruitment", "recrutement"
        FUNDING = "funding", "financement"
        AGREEMENT = "agreement", "conventionnement"
        EQUIPMENT = "equipment", "équipement"
        TRAINING = "training", "calendrier de la formation"
        OTHER = "other", "autre cause"
        CORRECTION = "correction", "correction d’une erreur d’enregistrement"

    antenna = models.ForeignKey("Antenna", models.PROTECT, "openings", verbose_name="antenne")
    kind = models.CharField("nature", max_length=20, choices=Kind)
    year = models.PositiveSmallIntegerField("année scolaire (début)", null=True, blank=True)
    opened_on = models.DateField("ouverte le", null=True, blank=True)
    cause = models.CharField("cause", max_length=20, choices=Cause, blank=True)
    reason = models.TextField("motif", max_length=2000, blank=True)
    decided_on = models.DateField("décidée ou annoncée le", null=True, blank=True)
    source = models.ForeignKey(Source, models.PROTECT, "openings", null=True, blank=True, verbose_name="source")
    recorded_at = models.DateTimeField("enregistrée le", default=timezone.now, editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, "+", null=True, editable=False, verbose_name="enregistrée par"
    )

    class Meta:
        verbose_name = "étape du calendrier d’ouverture"
        verbose_name_plural = "calendrier d’ouverture"
        ordering = ["antenna", "recorded_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="opened", opened_on__isnull=False, year=None)
                | Q(kind="denied", opened_on=None, year=None)
                | Q(kind__in=["announced", "revised"], opened_on=None, year__range=(FIRST, LAST)),
                name="opening_planned_by_year_or_real_by_date",
                violation_error_message="Une ouverture prévue porte une année ; une ouverture réelle, sa date.",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["revised", "denied"]) | ~Q(reason=""),
                name="opening_revised_with_a_reason",
                violation_error_message="Un report s’accompagne de son motif.",
            ),
            models.CheckConstraint(condition=Q(cause="") | Q(kind="revised"), name="opening_cause_of_a_revision"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} : {self.school_year if self.year else self.opened_on}"

    @property
    def school_year(self) -> str:
        return school_year(self.year)

    @property
    def is_planned(self) -> bool:
        return self.year is not None

    @classmethod
    def announce(cls, antenna, year: int, by, decided_on: date | None = None, source=None) -> "OpeningChange":
        """Announce the first year of an antenna that had none.

        Raises:
            ForbiddenTransition: not staff, announced or opened already, abandoned, or a year already over that day.
        """
        return cls.plan(antenna, year, by, decided_on, kind=cls.Kind.ANNOUNCED, source=source)

    @classmethod
    def revise(cls, antenna, year: int, cause: str, reason: str, by, decided_on=None) -> "OpeningChange":
        """Move the plan to another year, with its cause. Cause.CORRECTION mends a line typed wrong: it is no slip.

        Args:
            decided_on: the day when it was decided or made known, today by default.

        Raises:
            ForbiddenTransition: not staff, nothing announced, opened or abandoned, the same year, without a cause and
                words, or a year already over that day.
        """
        if not cause or not reason.strip():
            raise ForbiddenTransition("Un report s’accompagne de sa cause et de son motif.")
        return cls.plan(antenna, year, by, decided_on, kind=cls.Kind.REVISED, cause=cause, reason=reason)

    @classmethod
    @transaction.atomic
    def plan(cls, antenna, year, by, decided_on, *, kind, cause="", **fields):
        check_staff(by)
        decided_on = decided_on or timezone.localdate()
        check_past(decided_on)
        check_year(year, decided_on, cause == cls.Cause.CORRECTION)
        antenna = antenna.lock()
        check_plan(kind, year, antenna.plans(), antenna.facts())
        if antenna.openings.filter(decided_on__gt=decided_on, year__isnull=False).exists():
            raise ForbiddenTransition("Cette date précède celle de la dernière annonce de ce calendrier.")
        line = cls.objects.create(
            antenna=antenna, kind=kind, year=year, cause=cause, decided_on=decided_on, recorded_by=by, **fields
        )
        verb = "announce_opening" if kind == cls.Kind.ANNOUNCED else "revise_opening"
        antenna.tell(verb, by, fields.get("reason", ""), year=year, cause=cause)
        return line

    @classmethod
    @transaction.atomic
    def open(cls, antenna, day: date, by, reason: str = "") -> "OpeningChange":
        """Note the day when the antenna really opened.

        Raises:
            ForbiddenTransition: not staff, open already, a day to come, before the label, suspended or abandoned.
        """
        check_staff(by)
        check_past(day)
        antenna = antenna.lock()
        antenna.check_order([*antenna.facts(), Fact(day, OPENED)])
        line = cls.objects.create(antenna=antenna, kind=cls.Kind.OPENED, opened_on=day, reason=reason, recorded_by=by)
        antenna.tell("open_antenna", by, reason, day=day)
        return line

    @classmethod
    @transaction.atomic
    def correct(cls, antenna, day: date | None, reason: str, by) -> "OpeningChange":
        """Correct the day of the opening; None when the antenna did not open. The wrong line stays in the calendar.

        Raises:
            ForbiddenTransition: not staff, not open, without a reason, or out of order.
        """
        check_staff(by)
        if not reason.strip():
            raise ForbiddenTransition("Une correction s’accompagne de son motif.")
        if day:
            check_past(day)
        antenna = antenna.lock()
        facts = antenna.facts()
        others = [fact for fact in facts if fact.kind != OPENED]
        if len(others) == len(facts):
            raise ForbiddenTransition("Aucune ouverture n’est notée : il n’y a rien à corriger.")
        antenna.check_order([*others, Fact(day, OPENED)] if day else others)
        kind = cls.Kind.OPENED if day else cls.Kind.DENIED
        line = cls.objects.create(antenna=antenna, kind=kind, opened_on=day, reason=reason, recorded_by=by)
        antenna.tell("correct_opening", by, reason, day=day)
        return line


def check_year(year: int, decided_on: date, is_correction: bool) -> None:
    if not FIRST <= year <= LAST:
        raise ForbiddenTransition("Cette année scolaire n’est pas possible.")
    if year < running_school_year(decided_on) and not is_correction:
        on = "aujourd’hui" if decided_on == timezone.localdate() else f"le {day_in_words(decided_on)}"
        raise ForbiddenTransition(
            f"L’année scolaire {school_year(year)} était déjà passée {on} : choisissez une année à venir."
        )


def check_plan(kind, year, plans: list[Plan], facts: list[Fact]) -> None:
    """Raises ForbiddenTransition when the calendar cannot take this line."""
    kinds = {fact.kind for fact in facts}
    if OPENED in kinds:
        raise ForbiddenTransition("Cette antenne est déjà ouverte : son calendrier n’a plus à changer.")
    if Step.ABANDONED in kinds:
        raise ForbiddenTransition("Ce projet est abandonné : son calendrier n’a plus à changer.")
    if kind == OpeningChange.Kind.ANNOUNCED and plans:
        raise ForbiddenTransition("Une année d’ouverture est déjà annoncée : reportez-la plutôt.")
    if kind == OpeningChange.Kind.REVISED and not plans:
        raise ForbiddenTransition("Aucune année d’ouverture n’est annoncée : annoncez-en une d’abord.")
    if plans and plans[-1].year == year:
        raise ForbiddenTransition(f"L’ouverture est déjà prévue en {school_year(year)}.")


def plans_of(lines: Iterable[OpeningChange]) -> list[Plan]:
    """The successive plans of one calendar, in order; a correction takes the place of the line before it."""
    plans = []
    for line in lines:
        if line.is_planned and line.cause == OpeningChange.Cause.CORRECTION and plans:
            plans[-1] = plans[-1]._replace(year=line.year)
        elif line.is_planned:
            plans.append(Plan(line.year, line.get_cause_display(), line.reason))
    return plans


def opened_day(lines: Iterable[OpeningChange]) -> date | None:
    """The day of the opening that stands at the end of one calendar."""
    real = [line.opened_on for line in lines if not line.is_planned]
    return real[-1] if real else None


def calendar_in_words(lines: list[OpeningChange]) -> str:
    """« Prévue en 2020-2021, reportée à 2023-2024 (locaux), ouverte le 4 octobre 2023. »"""
    plans, opened_on = plans_of(lines), opened_day(lines)
    words = [f"prévue en {school_year(plans[0].year)}"] if plans else []
    for before, plan in pairwise(plans):
        moved = "reportée" if plan.year > before.year else "avancée"
        words.append(f"{moved} à {school_year(plan.year)}" + (f" ({plan.cause})" if plan.cause else ""))
    if opened_on:
        words.append(f"ouverte le {day_in_words(opened_on)}")
    text = ", ".join(words) or "calendrier à préciser : aucune année d’ouverture n’a encore été annoncée"
    return f"{text[0].upper()}{text[1:]}."
