"""The steps of an antenna's life, each with its day: added to, never edited; a wrong line is corrected by another."""

from collections.abc import Iterable
from datetime import date

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from applications.models import ForbiddenTransition

from .life import Fact, Step, check_past, check_staff


class MilestoneQuerySet(models.QuerySet):
    def standing(self):
        """Those that no later line corrects, and that took place."""
        return self.filter(correction=None, happened_on__isnull=False)


class Milestone(models.Model):
    """A dated step. A line that `corrects` another stands in its place; without a day, it says that it never was."""

    antenna = models.ForeignKey("Antenna", models.PROTECT, "milestones", verbose_name="antenne")
    kind = models.CharField("étape", max_length=20, choices=Step)
    happened_on = models.DateField("date", null=True, blank=True)
    note = models.TextField("précision", max_length=2000, blank=True)
    document = models.ForeignKey(
        "AntennaDocument", models.PROTECT, "milestones", null=True, blank=True, verbose_name="document"
    )
    corrects = models.OneToOneField(
        "self", models.PROTECT, related_name="correction", null=True, editable=False, verbose_name="corrige"
    )
    recorded_at = models.DateTimeField("enregistrée le", default=timezone.now, editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, "+", editable=False, verbose_name="enregistrée par"
    )

    objects = MilestoneQuerySet.as_manager()

    class Meta:
        verbose_name = "étape de la vie d’une antenne"
        verbose_name_plural = "étapes de la vie des antennes"
        ordering = ["antenna", "happened_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=Step.values), name="milestone_kind_known"),
            models.CheckConstraint(
                condition=Q(corrects=None, happened_on__isnull=False) | Q(corrects__isnull=False) & ~Q(note=""),
                name="milestone_dated_or_corrects_with_a_note",
            ),
        ]

    def __str__(self):
        return self.fact.words if self.happened_on else f"{self.get_kind_display()} : n’a pas eu lieu"

    @property
    def fact(self) -> Fact:
        return Fact(self.happened_on, self.kind)

    @classmethod
    @transaction.atomic
    def record(cls, antenna, kind: str, day: date, by, note: str = "", document=None) -> "Milestone":
        """Note that a step took place on `day`.

        Raises:
            ForbiddenTransition: not staff, a day to come or absurd, or a step that the others make impossible.
        """
        check_staff(by)
        check_past(day)
        antenna = antenna.lock()
        antenna.check_order([*antenna.facts(), Fact(day, kind)])
        line = cls.objects.create(
            antenna=antenna, kind=kind, happened_on=day, note=note, document=document, recorded_by=by
        )
        antenna.tell("note_milestone", by, note, kind=kind, day=day)
        return line

    @transaction.atomic
    def correct(self, day: date | None, note: str, by) -> "Milestone":
        """Write the line that stands instead of this one: another day, or None when it never took place.

        Raises:
            ForbiddenTransition: not staff, without a reason, corrected already, or out of order.
        """
        check_staff(by)
        if not note.strip():
            raise ForbiddenTransition("Une correction s’accompagne de son motif.")
        if day:
            check_past(day)
        antenna = self.antenna.lock()
        if Milestone.objects.filter(corrects=self).exists():
            raise ForbiddenTransition("Cette ligne vient d’être corrigée par quelqu’un d’autre : relisez.")
        others = antenna.facts(but=self)
        antenna.check_order([*others, Fact(day, self.kind)] if day else others)
        line = Milestone.objects.create(
            antenna=antenna, kind=self.kind, happened_on=day, note=note, corrects=self, recorded_by=by
        )
        antenna.tell("correct_milestone", by, note, kind=self.kind, day=day, before=self.happened_on)
        return line


def standing_of(lines: Iterable[Milestone]) -> list[Milestone]:
    """Those of all the lines of an antenna that stand: what `standing()` says, without a query."""
    lines = list(lines)
    corrected = {line.corrects_id for line in lines}
    return [line for line in lines if line.happened_on and line.pk not in corrected]
