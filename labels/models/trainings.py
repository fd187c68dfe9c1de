"""What an antenna teaches, to how many people, and the papers that bind it."""

import uuid

from django.conf import settings
from django.core.validators import MaxValueValidator, URLValidator
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from applications.models import ForbiddenTransition
from applications.years import FIRST, LAST, running_school_year, school_year

from .life import check_staff

MAX_LEARNERS = 100_000  # of one antenna in one year; beyond, a typing error
HTTPS = URLValidator(schemes=["https"], message="Indiquez une adresse complète qui commence par https://.")


class Training(models.Model):
    """A training that the antenna offers now."""

    class Level(models.TextChoices):
        NONE = "none", "sans niveau particulier"
        THREE = "3", "niveau 3 (CAP)"
        FOUR = "4", "niveau 4 (baccalauréat)"
        FIVE = "5", "niveau 5 (bac + 2)"
        SIX = "6", "niveau 6 (bac + 3 ou 4)"
        SEVEN = "7", "niveau 7 (bac + 5)"
        EIGHT = "8", "niveau 8 (doctorat)"

    class Modality(models.TextChoices):
        ON_SITE = "on_site", "sur place"
        HYBRID = "hybrid", "sur place et à distance"
        REMOTE = "remote", "à distance"

    antenna = models.ForeignKey("Antenna", models.CASCADE, "trainings", verbose_name="antenne")
    title = models.CharField("intitulé", max_length=200)
    level = models.CharField("niveau", max_length=10, choices=Level, default=Level.NONE)
    modality = models.CharField("modalité", max_length=10, choices=Modality, default=Modality.ON_SITE)
    link = models.URLField("page de la formation", max_length=500, blank=True, validators=[HTTPS])
    position = models.PositiveSmallIntegerField("ordre", default=0)

    class Meta:
        verbose_name = "formation proposée"
        verbose_name_plural = "formations proposées"
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(level__in=["none", "3", "4", "5", "6", "7", "8"]), name="training_level_known"
            ),
            models.CheckConstraint(
                condition=Q(modality__in=["on_site", "hybrid", "remote"]), name="training_modality_known"
            ),
            models.CheckConstraint(
                condition=Q(link="") | Q(link__startswith="https://"), name="training_link_is_https"
            ),
        ]

    def __str__(self):
        return self.title


class LearnerCount(models.Model):
    """How many people an antenna taught in one school year, and who says so."""

    antenna = models.ForeignKey("Antenna", models.CASCADE, "learners", verbose_name="antenne")
    year = models.PositiveSmallIntegerField("année scolaire (début)")
    value = models.PositiveIntegerField("inscrits", validators=[MaxValueValidator(MAX_LEARNERS)])
    source = models.CharField("d’après", max_length=200)

    class Meta:
        verbose_name = "nombre d’inscrits"
        verbose_name_plural = "nombres d’inscrits"
        ordering = ["antenna", "year"]
        constraints = [
            models.UniqueConstraint(fields=["antenna", "year"], name="learnercount_once_a_year"),
            models.CheckConstraint(
                condition=Q(year__range=(FIRST, LAST), value__lte=MAX_LEARNERS), name="learnercount_plausible"
            ),
        ]

    def __str__(self):
        return f"{self.school_year} : {self.value}"

    @property
    def school_year(self) -> str:
        return school_year(self.year)

    @classmethod
    @transaction.atomic
    def note(cls, antenna, year: int, value: int, source: str, by) -> "LearnerCount":
        """Note how many people learn in a year; a number noted before stays in the journal.

        Raises:
            ForbiddenTransition: a year to come or before the programme, a number that is not plausible.
        """
        if not FIRST <= year <= running_school_year():
            raise ForbiddenTransition("Cette année scolaire n’a pas commencé, ou précède le programme.")
        if not 0 <= value <= MAX_LEARNERS:
            raise ForbiddenTransition(f"Un nombre d’inscrits va de 0 à {MAX_LEARNERS}.")
        antenna = antenna.lock()
        before = antenna.learners.filter(year=year).values_list("value", flat=True).first()
        count, _ = cls.objects.update_or_create(antenna=antenna, year=year, defaults={"value": value, "source": source})
        antenna.tell("note_learners", by, year=year, value=value, before=before, source=source)
        return count


def private_path(document, filename) -> str:
    """Where a document is stored: never under the name that its sender gave it."""
    return f"antennes/{document.antenna_id}/{uuid.uuid4().hex}"


class AntennaDocument(models.Model):
    """A paper of an antenna, stored privately: read by the team and by the antenna's people."""

    class Kind(models.TextChoices):
        AGREEMENT = "agreement", "convention"
        AMENDMENT = "amendment", "avenant"
        OTHER = "other", "autre document"

    antenna = models.ForeignKey("Antenna", models.PROTECT, "documents", verbose_name="antenne")
    kind = models.CharField("nature", max_length=20, choices=Kind)
    title = models.CharField("intitulé", max_length=200)
    file = models.FileField("fichier", upload_to=private_path, max_length=200)
    name = models.CharField("nom du fichier", max_length=200)
    content_type = models.CharField("type", max_length=100)
    size = models.PositiveBigIntegerField("taille en octets")
    added_at = models.DateTimeField("ajouté le", default=timezone.now)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, "+", verbose_name="ajouté par")

    class Meta:
        verbose_name = "document de l’antenne"
        verbose_name_plural = "documents de l’antenne"
        ordering = ["added_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["agreement", "amendment", "other"]), name="antennadocument_kind_known"
            )
        ]

    def __str__(self):
        return self.title

    @transaction.atomic
    def keep(self) -> None:
        """Write the row of a document whose file is stored.

        Raises:
            ForbiddenTransition: not staff.
        """
        check_staff(self.added_by)
        self.save(force_insert=True)
        self.antenna.tell("add_document", self.added_by, kind=self.kind, title=self.title)
