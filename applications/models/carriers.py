"""Who carries a candidature, where it would stand, with whom, and who may work on it."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from stdnum.fr import siren


def validate_siren(value):
    """Refuse a number that is not a SIREN of nine digits with its key (Luhn)."""
    if not siren.is_valid(value):
        raise ValidationError("Ce numéro SIREN n’existe pas : neuf chiffres, dont une clé de contrôle.")


class AbstractCarrier(models.Model):
    """A commune, an EPCI or another body: exactly one of the three."""

    EXACTLY_ONE = (
        Q(commune__isnull=False, epci__isnull=True, body_name="", body_siren="")
        | Q(commune__isnull=True, epci__isnull=False, body_name="", body_siren="")
        | Q(commune__isnull=True, epci__isnull=True) & ~Q(body_name="")
    )

    commune = models.ForeignKey("territories.Commune", models.PROTECT, null=True, blank=True, verbose_name="commune")
    epci = models.ForeignKey("territories.Epci", models.PROTECT, null=True, blank=True, verbose_name="EPCI")
    body_name = models.CharField("autre organisme", max_length=200, blank=True)
    body_siren = models.CharField("SIREN", max_length=9, blank=True, validators=[validate_siren])
    is_lead = models.BooleanField("chef de file", default=False)
    position = models.PositiveSmallIntegerField("ordre", default=0)

    class Meta:
        abstract = True

    def __str__(self):
        return self.name

    @property
    def territory(self):
        """The Commune or Epci, or None for another body."""
        return self.commune or self.epci

    @property
    def kind(self) -> str:
        """`commune`, `epci` or `body`."""
        return "commune" if self.commune_id else "epci" if self.epci_id else "body"

    @property
    def siren(self) -> str:
        """The SIREN of the territory or body; "" for a commune that has none."""
        return (self.commune.siren or "") if self.commune else self.epci_id or self.body_siren

    @property
    def name(self) -> str:
        return self.territory.name if self.territory else self.body_name

    @property
    def code(self) -> str:
        """INSEE code of a commune, SIREN of an EPCI or of another body."""
        return self.territory.pk if self.territory else self.body_siren


class Carrier(AbstractCarrier):
    """One of those who carry a candidature together. What is asked of each (representative, letter) are answers."""

    candidature = models.ForeignKey("Candidature", models.CASCADE, "carriers", verbose_name="candidature")

    class Meta:
        verbose_name = "porteur"
        ordering = ["-is_lead", "position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=AbstractCarrier.EXACTLY_ONE,
                name="carrier_is_exactly_one_territory_or_body",
                violation_error_message="Un porteur est une commune, un EPCI ou un autre organisme.",
            ),
            models.UniqueConstraint(
                fields=["candidature", "commune"],
                name="carrier_commune_once",
                violation_error_message="Cette commune porte déjà la candidature.",
            ),
            models.UniqueConstraint(
                fields=["candidature", "epci"],
                name="carrier_epci_once",
                violation_error_message="Cet EPCI porte déjà la candidature.",
            ),
            models.UniqueConstraint(
                fields=["candidature", "body_siren"],
                condition=~Q(body_siren=""),
                name="carrier_body_once",
                violation_error_message="Cet organisme porte déjà la candidature.",
            ),
            models.UniqueConstraint(
                fields=["candidature"], condition=Q(is_lead=True), name="carrier_one_lead_in_candidature"
            ),
        ]

    def take_pieces_away(self):
        """Make the pieces joined for this carrier stand no more; they stay among the former ones."""
        self.attachments.filter(removed_at=None, replaced_by=None).update(removed_at=timezone.now())

    def place(self, position: int, is_lead: bool):
        """Give the carrier its place in the list. Nobody else may lead at that moment."""
        self.position, self.is_lead = position, is_lead
        self.save(update_fields=["position", "is_lead"])


class Site(models.Model):
    candidature = models.ForeignKey("Candidature", models.CASCADE, "sites", verbose_name="candidature")
    commune = models.ForeignKey("territories.Commune", models.PROTECT, verbose_name="commune")

    class Meta:
        verbose_name = "site"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["candidature", "commune"],
                name="site_commune_once",
                violation_error_message="Cette commune figure déjà parmi les sites.",
            )
        ]

    def __str__(self):
        return self.commune.name


class Partner(models.Model):
    """Who supports the project without carrying it."""

    class Kind(models.TextChoices):
        COMPANY = "company", "entreprise"
        EMPLOYERS = "employers", "groupement ou branche professionnelle"
        CHAMBER = "chamber", "chambre consulaire"
        UNIVERSITY = "university", "université ou école"
        TRAINING = "training", "organisme de formation"
        STATE = "state", "service de l’État"
        AUTHORITY = "authority", "collectivité"
        EMPLOYMENT = "employment", "acteur de l’emploi"
        OTHER = "other", "autre"

    candidature = models.ForeignKey("Candidature", models.CASCADE, "partners", verbose_name="candidature")
    name = models.CharField("nom", max_length=200)
    kind = models.CharField("nature", max_length=20, choices=Kind)
    siren = models.CharField("SIREN", max_length=9, blank=True, validators=[validate_siren])
    contribution = models.TextField(
        "ce qu’il apporte", max_length=2000, blank=True, help_text="Par exemple : des locaux, des apprentis, un apport."
    )

    class Meta:
        verbose_name = "partenaire"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="partner_has_a_name"),
            models.CheckConstraint(
                condition=Q(
                    kind__in=[
                        "company",
                        "employers",
                        "chamber",
                        "university",
                        "training",
                        "state",
                        "authority",
                        "employment",
                        "other",
                    ]
                ),
                name="partner_kind_known",
            ),
            models.UniqueConstraint(
                fields=["candidature", "siren"],
                condition=~Q(siren=""),
                name="partner_siren_once",
                violation_error_message="Cet organisme figure déjà parmi les partenaires.",
            ),
        ]

    def __str__(self):
        return self.name

    def as_content(self) -> dict:
        """The partner as a deposit tells it."""
        return {
            "name": self.name,
            "kind": self.kind,
            "kind_label": self.get_kind_display(),
            "siren": self.siren,
            "contribution": self.contribution,
        }


class Membership(models.Model):
    """The right of a person to work on a candidature, which belongs to its carriers, not to an account."""

    class Role(models.TextChoices):
        LEAD = "lead", "responsable"
        EDITOR = "editor", "contributeur"
        READER = "reader", "lecteur"

    MAY_ACT = (Role.LEAD, Role.EDITOR)

    candidature = models.ForeignKey("Candidature", models.CASCADE, "memberships", verbose_name="candidature")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, "memberships", verbose_name="personne")
    role = models.CharField("rôle", max_length=20, choices=Role, default=Role.EDITOR)

    class Meta:
        verbose_name = "membre de la candidature"
        verbose_name_plural = "membres de la candidature"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["candidature", "user"], name="membership_once_per_person"),
            models.UniqueConstraint(
                fields=["candidature"], condition=Q(role="lead"), name="membership_one_lead_in_candidature"
            ),
        ]

    def __str__(self):
        return f"{self.user}, {self.get_role_display()}"
