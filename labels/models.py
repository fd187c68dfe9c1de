"""The labelled territories: their antennas, where and by whom, and each announced or real opening."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Prefetch, Q, Subquery
from django.urls import reverse
from django.utils import timezone

from applications.models import AbstractCarrier, Candidature, Concept, SelectionPhase, Source
from applications.years import FIRST, LAST, school_year


class AntennaQuerySet(models.QuerySet):
    def real(self):
        """Without those of a demonstration call: what figures count."""
        return self.filter(phase__call__is_demo=False)

    def with_opening(self):
        """Annotate `planned_year` (start of the school year last announced), `opened_on`, and whether the call
        selected in several phases (`is_phased`)."""
        changes = OpeningChange.objects.filter(antenna=OuterRef("pk")).order_by("-recorded_at", "-pk")
        return self.annotate(
            planned_year=Subquery(changes.filter(year__isnull=False).values("year")[:1]),
            opened_on=Subquery(changes.filter(opened_on__isnull=False).values("opened_on")[:1]),
            is_phased=Exists(SelectionPhase.objects.filter(call=OuterRef("phase__call"), number__gt=1)),
        )

    def with_places(self):
        """With call, concepts and sites, in three queries."""
        sites = AntennaSite.objects.select_related("commune__department__region")
        return self.select_related("phase__call").prefetch_related("concepts", Prefetch("sites", sites))

    def with_carriers(self):
        """With carriers, in one more query."""
        return self.prefetch_related(Prefetch("carriers", AntennaCarrier.objects.select_related("commune", "epci")))


class Antenna(models.Model):
    """A labelled territory. The name as published, its carriers and its sites are three things."""

    name = models.CharField("nom publié", max_length=250)
    slug = models.SlugField("adresse", max_length=120, unique=True)
    phase = models.ForeignKey(SelectionPhase, models.PROTECT, "antennas", verbose_name="phase de sélection")
    candidature = models.OneToOneField(
        Candidature, models.PROTECT, related_name="antenna", null=True, blank=True, verbose_name="candidature"
    )
    concepts = models.ManyToManyField(Concept, related_name="antennas", blank=True, verbose_name="concepts")
    project = models.TextField("projet", blank=True)
    partners = models.CharField("partenaires", max_length=250, blank=True)
    labelled_on = models.DateField("labellisée le", null=True, blank=True)
    source = models.ForeignKey(Source, models.PROTECT, "antennas", null=True, blank=True, verbose_name="source")

    objects = AntennaQuerySet.as_manager()

    class Meta:
        verbose_name = "antenne"
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(source__isnull=False) | Q(candidature__isnull=False),
                name="antenna_comes_from_a_source_or_a_candidature",
                violation_error_message="Une antenne vient d’une candidature ou d’une source publiée.",
            )
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("labels:detail", args=[self.slug])

    @property
    def opening_year(self) -> str:
        """« 2020-2021 » or « calendrier à préciser »; needs `with_opening()`."""
        return school_year(self.planned_year)

    @property
    def where(self) -> str:
        """Towns (unless the name says them), départements and régions: « Cher, Centre-Val de Loire »."""
        communes = [site.commune for site in self.sites.all()]
        towns = [commune.name for commune in communes if commune.name.casefold() not in self.name.casefold()]
        departments = [commune.department.name for commune in communes]
        regions = [commune.department.region.name for commune in communes]
        return ", ".join(dict.fromkeys([*towns, *departments, *regions])).replace("'", "’")


class AntennaCarrier(AbstractCarrier):
    antenna = models.ForeignKey(Antenna, models.CASCADE, "carriers", verbose_name="antenne")

    class Meta:
        verbose_name = "porteur"
        ordering = ["-is_lead", "position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=AbstractCarrier.EXACTLY_ONE,
                name="antennacarrier_is_exactly_one_territory_or_body",
                violation_error_message="Un porteur est une commune, un EPCI ou un autre organisme.",
            ),
            models.UniqueConstraint(fields=["antenna", "commune"], name="antennacarrier_commune_once"),
            models.UniqueConstraint(fields=["antenna", "epci"], name="antennacarrier_epci_once"),
        ]


class AntennaSite(models.Model):
    antenna = models.ForeignKey(Antenna, models.CASCADE, "sites", verbose_name="antenne")
    commune = models.ForeignKey("territories.Commune", models.PROTECT, "antenna_sites", verbose_name="commune")

    class Meta:
        verbose_name = "site"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["antenna", "commune"], name="antennasite_once")]

    def __str__(self):
        return str(self.commune)


class OpeningChange(models.Model):
    """A line of the opening calendar. Planned and real dates are two facts: none replaces another."""

    class Kind(models.TextChoices):
        ANNOUNCED = "announced", "annoncée"
        REVISED = "revised", "reportée"
        OPENED = "opened", "ouverte"

    antenna = models.ForeignKey(Antenna, models.PROTECT, "openings", verbose_name="antenne")
    kind = models.CharField("nature", max_length=20, choices=Kind)
    year = models.PositiveSmallIntegerField("année scolaire (début)", null=True, blank=True)
    opened_on = models.DateField("ouverte le", null=True, blank=True)
    reason = models.TextField("motif", blank=True)
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
                | Q(kind__in=["announced", "revised"], opened_on=None, year__range=(FIRST, LAST)),
                name="opening_planned_by_year_or_real_by_date",
                violation_error_message="Une ouverture prévue porte une année ; une ouverture réelle, sa date.",
            ),
            models.CheckConstraint(
                condition=~Q(kind="revised") | ~Q(reason=""),
                name="opening_revised_with_a_reason",
                violation_error_message="Un report s’accompagne de son motif.",
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} : {self.school_year if self.year else self.opened_on}"

    @property
    def school_year(self) -> str:
        return school_year(self.year)
