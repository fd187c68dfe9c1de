"""The check-list by which the team examines a candidature before the committee reads it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from .call import Call
from .workflow import ForbiddenTransition, Status


class AdmissibilityPoint(models.Model):
    """Something that every candidature of the call must satisfy."""

    call = models.ForeignKey(Call, models.CASCADE, "admissibility_points", verbose_name="appel")
    position = models.PositiveSmallIntegerField("ordre")
    label = models.CharField("point à vérifier", max_length=200)
    help = models.TextField("où regarder", blank=True)

    class Meta:
        verbose_name = "point de recevabilité"
        verbose_name_plural = "points de recevabilité"
        ordering = ["call", "position"]
        constraints = [
            models.UniqueConstraint(fields=["call", "position"], name="admissibility_position_unique_in_call")
        ]

    def __str__(self):
        return self.label


class AdmissibilityCheck(models.Model):
    """What the team found at one point of one candidature."""

    class Verdict(models.TextChoices):
        YES = "yes", "oui"
        NO = "no", "non"
        NOT_CONCERNED = "not_concerned", "sans objet"

    candidature = models.ForeignKey("Candidature", models.CASCADE, "admissibility", verbose_name="candidature")
    point = models.ForeignKey(AdmissibilityPoint, models.PROTECT, "checks", verbose_name="point")
    verdict = models.CharField("constat", max_length=20, choices=Verdict, blank=True)
    note = models.CharField("remarque", max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, "+", verbose_name="vérifié par")
    at = models.DateTimeField("vérifié le")

    class Meta:
        verbose_name = "vérification de recevabilité"
        verbose_name_plural = "vérifications de recevabilité"
        ordering = ["candidature", "point"]
        constraints = [
            models.UniqueConstraint(fields=["candidature", "point"], name="admissibility_check_once"),
            models.CheckConstraint(
                condition=Q(verdict__in=["", "yes", "no", "not_concerned"]), name="admissibility_verdict_known"
            ),
        ]

    def __str__(self):
        return f"{self.candidature.reference} : {self.point}"

    @classmethod
    def why_not(cls, candidature, user) -> str:
        """Why `user` cannot fill in the check-list now, or ""."""
        if not user.is_staff:
            return "L’équipe du programme vérifie la recevabilité."
        examined = (Status.SUBMITTED, Status.SUPPLEMENTS_REQUESTED)
        return "" if candidature.status in examined else "Cette candidature n’est plus à examiner."

    @classmethod
    def write(cls, candidature, by, verdicts: dict) -> int:
        """Save what was found: `{point pk: (verdict, note)}`. Only what changed is signed and dated anew.

        Raises:
            ForbiddenTransition: not the team, or the candidature is no longer examined.
        """
        if reason := cls.why_not(candidature, by):
            raise ForbiddenTransition(reason)
        known = {check.point_id: (check.verdict, check.note) for check in candidature.admissibility.all()}
        changed = {point: found for point, found in verdicts.items() if found != known.get(point, ("", ""))}
        for point, (verdict, note) in changed.items():
            cls.objects.update_or_create(
                candidature=candidature,
                point_id=point,
                defaults={"verdict": verdict, "note": note, "by": by, "at": timezone.now()},
            )
        return len(changed)
