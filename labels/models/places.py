"""Who carries an antenna and where it stands: from a day, until another, each change with its reason."""

from datetime import date

from django.db import models, transaction
from django.db.models import F, Q

from applications.models import AbstractCarrier, ForbiddenTransition
from territories.reference import day_in_words

from .life import check_past, check_staff


class DatedQuerySet(models.QuerySet):
    def current(self):
        """Those of today."""
        return self.filter(until=None)

    def former(self):
        return self.filter(until__isnull=False)


class Dated(models.Model):
    """True of an antenna from `since` (its label, when empty) until `until` (still, when empty)."""

    since = models.DateField("depuis le", null=True, blank=True)
    since_reason = models.CharField("motif de l’arrivée", max_length=500, blank=True)
    until = models.DateField("jusqu’au", null=True, blank=True)
    until_reason = models.CharField("motif du départ", max_length=500, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(until=None, until_reason="") | Q(until__isnull=False) & ~Q(until_reason=""),
                name="%(class)s_ends_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(since=None) | Q(until=None) | Q(until__gte=F("since")),
                name="%(class)s_ends_after_it_begins",
            ),
        ]

    @property
    def what(self) -> dict:
        """The fields that say what it is, whatever the days."""
        return {name: getattr(self, name) for name in self.WHAT}

    @property
    def words(self) -> str:
        return f"{self._meta.verbose_name} {self}"

    @property
    def changes(self) -> list[tuple[date, str]]:
        """Its arrival after the label and its departure, each with its day, in words."""
        told = []
        if self.since:
            told.append((self.since, f"Depuis le {day_in_words(self.since)}, {self.words} ({self.since_reason})."))
        if self.until:
            told.append((self.until, f"Jusqu’au {day_in_words(self.until)}, {self.words} ({self.until_reason})."))
        return told

    @classmethod
    @transaction.atomic
    def add(cls, antenna, what: dict, day: date, reason: str, by, **extra):
        """Add one that holds from `day`.

        Args:
            what: the fields that say what it is: `{"commune": …}`, `{"epci": …}`, or the name and SIREN of a body.

        Raises:
            ForbiddenTransition: not staff, no reason, a day to come or before the label, or there already.
        """
        antenna = checked(antenna, day, reason, by)
        line = cls.begin(antenna, what, day, reason, **extra)
        antenna.tell("add_place", by, reason, what=line.words, day=day)
        return line

    @transaction.atomic
    def replace(self, what: dict, day: date, reason: str, by):
        """End this one and begin another the same day, in its place.

        Raises:
            ForbiddenTransition: as for `add`, or this one has ended already.
        """
        antenna = checked(self.antenna, day, reason, by)
        self.end(day, reason)
        line = type(self).begin(antenna, what, day, reason, **self.rank())
        antenna.tell("replace_place", by, reason, before=self.words, what=line.words, day=day)
        return line

    @transaction.atomic
    def remove(self, day: date, reason: str, by) -> None:
        """End this one, when others stay.

        Raises:
            ForbiddenTransition: as for `replace`, or it is the last one.
        """
        antenna = checked(self.antenna, day, reason, by)
        others = type(self).objects.current().filter(antenna=antenna).exclude(pk=self.pk)
        if not others.exists():
            raise ForbiddenTransition(f"C’est le dernier {self._meta.verbose_name} de l’antenne : remplacez-le plutôt.")
        self.end(day, reason)
        self.left_to(others)
        antenna.tell("remove_place", by, reason, what=self.words, day=day)

    @classmethod
    def begin(cls, antenna, what, day, reason, **extra):
        same = {"body_siren": what["body_siren"]} if what.get("body_siren") else what
        if cls.objects.current().filter(antenna=antenna, **same).exists():
            raise ForbiddenTransition(f"Ce {cls._meta.verbose_name} y est déjà.")
        return cls.objects.create(antenna=antenna, since=day, since_reason=reason, **what, **extra)

    def end(self, day, reason):
        if self.since and day < self.since:
            raise ForbiddenTransition("Cette date précède l’arrivée de ce que vous changez.")
        still = type(self).objects.current().filter(pk=self.pk)
        if not still.update(until=day, until_reason=reason):
            raise ForbiddenTransition("Quelqu’un d’autre vient de faire ce changement : relisez.")

    def rank(self) -> dict:
        """What its successor takes over."""
        return {}

    def left_to(self, others):
        """Called once it has ended, with those that stay."""


def checked(antenna, day, reason, by):
    """The antenna, locked, once the act is known to be possible."""
    check_staff(by)
    check_past(day)
    if not reason.strip():
        raise ForbiddenTransition("Un changement s’accompagne de son motif.")
    antenna = antenna.lock()
    if antenna.floor and day < antenna.floor:
        raise ForbiddenTransition("Cette date précède le label.")
    return antenna


class AntennaCarrier(Dated, AbstractCarrier):
    WHAT = ("commune", "epci", "body_name", "body_siren")

    antenna = models.ForeignKey("Antenna", models.CASCADE, "carriers", verbose_name="antenne")

    class Meta:
        verbose_name = "porteur"
        ordering = ["-is_lead", "position", "pk"]
        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(
                condition=AbstractCarrier.EXACTLY_ONE,
                name="antennacarrier_is_exactly_one_territory_or_body",
                violation_error_message="Un porteur est une commune, un EPCI ou un autre organisme.",
            ),
            models.UniqueConstraint(
                fields=["antenna", "commune"], condition=Q(until=None), name="antennacarrier_commune_once"
            ),
            models.UniqueConstraint(
                fields=["antenna", "epci"], condition=Q(until=None), name="antennacarrier_epci_once"
            ),
        ]

    def __str__(self):
        return self.name

    def rank(self) -> dict:
        return {"is_lead": self.is_lead, "position": self.position}

    def left_to(self, others):
        """When the lead leaves, the next in order leads."""
        if self.is_lead and not others.filter(is_lead=True).exists():
            others.filter(pk=others.first().pk).update(is_lead=True)


class AntennaSite(Dated):
    WHAT = ("commune",)

    antenna = models.ForeignKey("Antenna", models.CASCADE, "sites", verbose_name="antenne")
    commune = models.ForeignKey("territories.Commune", models.PROTECT, "antenna_sites", verbose_name="commune")

    class Meta:
        verbose_name = "site"
        ordering = ["pk"]
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(fields=["antenna", "commune"], condition=Q(until=None), name="antennasite_once"),
        ]

    def __str__(self):
        return self.commune.name
