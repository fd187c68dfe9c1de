"""The yearly report of an antenna: five lines, asked once a school year of those who carry it."""

from datetime import date, timedelta

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from applications.models import ForbiddenTransition
from applications.models.workflow import ChangedMeanwhile
from applications.years import FIRST, LAST, school_year

from .life import check_staff
from .trainings import MAX_LEARNERS, LearnerCount

LINE = 1000  # characters of each of the five lines
REMINDED_AFTER = {15: "first_reminder_at", 30: "second_reminder_at"}  # days after the request
SOURCE = "bilan annuel de l’antenne"


def reported_year(day: date) -> int | None:
    """The school year whose report is asked on `day`: the one that ends, from 15 June to 31 October; None otherwise."""
    return day.year - 1 if (6, 15) <= (day.month, day.day) <= (10, 31) else None


class YearlyReportQuerySet(models.QuerySet):
    def awaited(self):
        return self.filter(submitted_at=None)


class YearlyReport(models.Model):
    """What an antenna says of one school year. A draft until it is submitted; then only the team gives it back."""

    TEXTS = ("done", "trainings", "partners", "difficulties", "next_steps")

    antenna = models.ForeignKey("Antenna", models.CASCADE, "reports", verbose_name="antenne")
    year = models.PositiveSmallIntegerField("année scolaire (début)")
    done = models.TextField("ce qui a été fait", max_length=LINE, blank=True)
    trainings = models.TextField("formations et publics", max_length=LINE, blank=True)
    partners = models.TextField("partenaires", max_length=LINE, blank=True)
    difficulties = models.TextField("difficultés", max_length=LINE, blank=True)
    next_steps = models.TextField("suite", max_length=LINE, blank=True)
    learners = models.PositiveIntegerField(
        "inscrits", null=True, blank=True, validators=[MaxValueValidator(MAX_LEARNERS)]
    )
    revision = models.PositiveIntegerField("enregistrements", default=0, editable=False)
    asked_at = models.DateTimeField("demandé le", default=timezone.now, editable=False)
    first_reminder_at = models.DateTimeField("relancé le", null=True, editable=False)
    second_reminder_at = models.DateTimeField("relancé de nouveau le", null=True, editable=False)
    updated_at = models.DateTimeField("enregistré le", null=True, editable=False)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, "+", null=True, editable=False, verbose_name="enregistré par"
    )
    submitted_at = models.DateTimeField("remis le", null=True, editable=False)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, "+", null=True, editable=False, verbose_name="remis par"
    )

    objects = YearlyReportQuerySet.as_manager()

    class Meta:
        verbose_name = "bilan annuel"
        verbose_name_plural = "bilans annuels"
        ordering = ["antenna", "-year"]
        constraints = [
            models.UniqueConstraint(fields=["antenna", "year"], name="yearlyreport_once_a_year"),
            models.CheckConstraint(condition=Q(year__range=(FIRST, LAST)), name="yearlyreport_year_possible"),
            models.CheckConstraint(
                condition=Q(submitted_at=None, submitted_by=None)
                | Q(submitted_at__isnull=False, submitted_by__isnull=False),
                name="yearlyreport_submitted_by_somebody",
            ),
        ]

    def __str__(self):
        return f"Bilan {self.school_year} : {self.antenna}"

    def get_absolute_url(self):
        return reverse("labels:report", args=[self.antenna.slug, self.school_year])

    @property
    def school_year(self) -> str:
        return school_year(self.year)

    @property
    def lines(self) -> list[tuple[str, str]]:
        """The five lines, each with its title."""
        return [(self._meta.get_field(name).verbose_name.capitalize(), getattr(self, name)) for name in self.TEXTS]

    @property
    def missing(self) -> list[str]:
        """The names of the fields to fill before it can be submitted."""
        empty = [name for name in self.TEXTS if not getattr(self, name).strip()]
        return empty + (["learners"] if self.learners is None else [])

    @transaction.atomic
    def write(self, values: dict, by, seen: int) -> None:
        """Save the draft, if it is still the one that `by` read. What each person wrote stays in the journal.

        Args:
            values: the five lines and the learners, by the name of their field.
            seen: the revision that `by` had before them.

        Raises:
            ForbiddenTransition: not theirs, or submitted already.
            ChangedMeanwhile: somebody else saved it since.
        """
        antenna = self.antenna.lock()
        if reason := self.why_not_write(by):
            raise ForbiddenTransition(reason)
        fields = {name: values[name] for name in (*self.TEXTS, "learners")}
        touch = {"revision": seen + 1, "updated_at": timezone.now(), "updated_by": by}
        rows = YearlyReport.objects.awaited().filter(pk=self.pk, revision=seen)
        if not rows.update(**fields, **touch):
            self.refresh_from_db()
            if self.submitted_at:
                raise ForbiddenTransition("Ce bilan vient d’être remis : il ne change plus.")
            raise ChangedMeanwhile("Quelqu’un d’autre a enregistré ce bilan depuis que vous l’avez lu.")
        self.refresh_from_db()
        antenna.tell("write_report", by, year=self.year, **fields)

    @transaction.atomic
    def submit(self, by, seen: int) -> None:
        """Hand the report in, once; its learners are then those of the antenna for that year.

        Raises:
            ForbiddenTransition: not theirs, submitted already, or a line is empty.
            ChangedMeanwhile: somebody else saved it since.
        """
        antenna = self.antenna.lock()
        self.refresh_from_db()
        if reason := self.why_not_write(by):
            raise ForbiddenTransition(reason)
        if self.revision != seen:
            raise ChangedMeanwhile("Quelqu’un d’autre a enregistré ce bilan depuis que vous l’avez lu.")
        if self.missing:
            raise ForbiddenTransition("Remplissez les cinq lignes et le nombre d’inscrits avant de remettre le bilan.")
        self.submitted_at, self.submitted_by, self.revision = timezone.now(), by, seen + 1
        self.save(update_fields=["submitted_at", "submitted_by", "revision"])
        antenna.tell("submit_report", by, year=self.year)
        LearnerCount.note(antenna, self.year, self.learners, SOURCE, by)

    @transaction.atomic
    def reopen(self, by, reason: str) -> None:
        """Give a submitted report back to its authors, with a reason that they read.

        Raises:
            ForbiddenTransition: not staff, without a reason, or not submitted.
        """
        check_staff(by)
        if not reason.strip():
            raise ForbiddenTransition("Dites pourquoi le bilan est rouvert.")
        rows = YearlyReport.objects.filter(pk=self.pk, submitted_at__isnull=False)
        if not rows.update(submitted_at=None, submitted_by=None, revision=F("revision") + 1):
            raise ForbiddenTransition("Ce bilan n’est pas remis : ses porteurs peuvent encore l’écrire.")
        self.refresh_from_db()
        self.antenna.tell("reopen_report", by, reason, year=self.year)

    def why_not_write(self, user) -> str:
        """Why `user` cannot write the report now, or ""."""
        if not self.antenna.may_report(user):
            return "Seules les personnes qui portent l’antenne écrivent son bilan."
        return "Ce bilan est remis : il ne change plus." if self.submitted_at else ""

    # Asking for it

    @classmethod
    def ask(cls, antenna, year: int) -> "YearlyReport | None":
        """The new report of that year, or None when it was asked already. Called in a transaction, with its mail."""
        report, is_new = cls.objects.get_or_create(antenna=antenna, year=year)
        if is_new:
            antenna.tell("ask_report", None, year=year)
        return report if is_new else None

    def due_reminder(self) -> str:
        """The field of the reminder whose time has come and that was not sent, or "". Only the last one due is."""
        waited = timezone.now() - self.asked_at
        due = [field for days, field in REMINDED_AFTER.items() if waited >= timedelta(days=days)]
        return due[-1] if due and getattr(self, due[-1]) is None else ""

    def mark_reminded(self, field: str) -> bool:
        """Note that this reminder is sent now; False when somebody just did. Called in a transaction, with its mail."""
        rows = YearlyReport.objects.awaited().filter(pk=self.pk, **{field: None})
        return bool(rows.update(**{field: timezone.now()}))
