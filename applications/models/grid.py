"""The grid of a call: criteria, weights and worded levels, frozen as a numbered version by the first signature."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import number_format

from .call import Call
from .deposit import canonical_hash

MAX_MARK = 5  # every criterion is marked from 0 to 5; weights say what it counts
HALF = Decimal("0.5")


def marks_of(call) -> list[Decimal]:
    """Every mark that a criterion of `call` takes, from 0 to MAX_MARK, by halves when the call allows them."""
    step = HALF if call.half_points else Decimal(1)
    return [step * number for number in range(int(MAX_MARK / step) + 1)]


def mark_in_words(mark) -> str:
    """`3`, or `3,5` for a half."""
    return number_format(Decimal(mark), 0 if mark == int(mark) else 1)


def tie_rule(criteria) -> str:
    """How files of the same average are ranked, in words, from the criteria of the grid."""
    names = [f"« {each.name} »" for each in sorted(criteria, key=lambda c: c.tie_rank or 0) if each.tie_rank]
    by_marks = f"la note moyenne à {', puis à '.join(names)} départage, puis " if names else ""
    return f"À moyenne égale, {by_marks}le dépôt le plus ancien passe devant."


class Criterion(models.Model):
    call = models.ForeignKey(Call, models.PROTECT, "criteria", verbose_name="appel")
    position = models.PositiveSmallIntegerField("ordre")
    name = models.CharField("critère", max_length=150)
    help = models.TextField("ce qui est apprécié", blank=True)
    weight = models.PositiveSmallIntegerField("poids", validators=[MinValueValidator(1), MaxValueValidator(100)])
    tie_rank = models.PositiveSmallIntegerField(
        "départage",
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="1 : à moyenne égale, la note à ce critère départage d’abord. Vide : il ne départage pas.",
    )

    class Meta:
        verbose_name = "critère"
        ordering = ["call", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["call", "tie_rank"],
                name="criterion_tie_rank_unique_in_call",
                violation_error_message="Deux critères ne peuvent pas départager au même rang.",
            ),
            models.UniqueConstraint(fields=["call", "position"], name="criterion_position_unique_in_call"),
            models.CheckConstraint(condition=Q(weight__gte=1), name="criterion_weight_positive"),
        ]

    def __str__(self):
        return self.name


class Level(models.Model):
    """What a mark means, in words."""

    criterion = models.ForeignKey(Criterion, models.CASCADE, "levels", verbose_name="critère")
    mark = models.PositiveSmallIntegerField("note", validators=[MaxValueValidator(MAX_MARK)])
    label = models.CharField("signification", max_length=200)

    class Meta:
        verbose_name = "niveau"
        verbose_name_plural = "niveaux"
        ordering = ["criterion", "mark"]
        constraints = [
            models.UniqueConstraint(fields=["criterion", "mark"], name="level_unique_in_criterion"),
            models.CheckConstraint(condition=Q(mark__range=(0, MAX_MARK)), name="level_mark_in_range"),
        ]

    def __str__(self):
        return f"{self.mark} – {self.label}"


class GridVersion(models.Model):
    """The grid as it stood when the first review was signed: from then on nothing of it moves."""

    call = models.ForeignKey(Call, models.PROTECT, "grid_versions", verbose_name="appel")
    number = models.PositiveSmallIntegerField("version")
    content = models.JSONField("contenu")
    sha256 = models.CharField("empreinte SHA-256", max_length=64)
    frozen_at = models.DateTimeField("figée le")

    class Meta:
        verbose_name = "version de la grille"
        verbose_name_plural = "versions de la grille"
        ordering = ["call", "number"]
        constraints = [models.UniqueConstraint(fields=["call", "number"], name="grid_version_number_unique")]

    def __str__(self):
        return f"Grille de {self.call}, version {self.number}"

    @classmethod
    def freeze(cls, call):
        """The version on which reviews of `call` are signed, made now if this is the first. Call under a lock."""
        frozen = call.grid_versions.last()
        if frozen is None:
            content = grid_content(call)
            frozen = call.grid_versions.create(
                number=1, content=content, sha256=canonical_hash(content), frozen_at=timezone.now()
            )
        return frozen


def grid_content(call) -> dict:
    """The grid as plain JSON: what a mark meant, what it counted, how ties are broken."""
    return {
        "max_mark": MAX_MARK,
        "half_points": call.half_points,
        "comment_up_to": call.comment_up_to,
        "comment_from": call.comment_from,
        "criteria": [
            {
                "id": criterion.pk,
                "name": criterion.name,
                "help": criterion.help,
                "weight": criterion.weight,
                "tie_rank": criterion.tie_rank,
                "levels": {str(level.mark): level.label for level in criterion.levels.all()},
            }
            for criterion in call.criteria.prefetch_related("levels")
        ],
    }
