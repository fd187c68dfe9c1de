"""The check-list by which the team examines a candidature before the committee reads it."""

from collections import defaultdict
from collections.abc import Iterable

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from .call import Call
from .journal import Event
from .workflow import ChangedMeanwhile, ForbiddenTransition, Status

BLANK = ("", "")  # neither verdict nor remark


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

    @property
    def found(self) -> tuple[str, str]:
        return self.verdict, self.note

    @classmethod
    def why_not(cls, candidature, user) -> str:
        """Why `user` cannot fill in the check-list now, or ""."""
        if not user.is_staff:
            return "L’équipe du programme vérifie la recevabilité."
        examined = (Status.SUBMITTED, Status.SUPPLEMENTS_REQUESTED)
        return "" if candidature.status in examined else "Cette candidature n’est plus à examiner."

    @classmethod
    @transaction.atomic
    def write(cls, candidature, by, verdicts: dict, seen: dict | None = None) -> int:
        """Save what was found, `{point pk: (verdict, note)}`. Only what changed is signed, dated and journaled.

        Args:
            seen: what `by` had before them at these points; None to write whatever stands there.

        Returns:
            How many points changed.

        Raises:
            ForbiddenTransition: not the team, or the candidature is no longer examined.
            ChangedMeanwhile: somebody else found otherwise since; nothing is saved.
        """
        candidature.lock()
        if reason := cls.why_not(candidature, by):
            raise ForbiddenTransition(reason)
        known = {check.point_id: check.found for check in candidature.admissibility.all()}
        changed = {point: found for point, found in verdicts.items() if found != known.get(point, BLANK)}
        if seen is not None and any(known.get(point, BLANK) != seen.get(point, BLANK) for point in changed):
            raise ChangedMeanwhile(
                "Une autre personne vient de remplir certains de ces points, sa réponse se lit à côté de la vôtre. "
                "Rien n’est encore enregistré : corrigez, ou enregistrez de nouveau pour la remplacer."
            )
        for point, (verdict, note) in changed.items():
            cls.objects.update_or_create(
                candidature=candidature,
                point_id=point,
                defaults={"verdict": verdict, "note": note, "by": by, "at": timezone.now()},
            )
        if changed:
            cls.tell(candidature, by, changed)
        return len(changed)

    @classmethod
    def tell(cls, candidature, by, changed: dict):
        """The line of the journal, for the team: what a later verdict replaces stays readable there."""
        checks = candidature.admissibility.filter(point__in=changed).select_related("point").order_by("point__position")
        note = "\n".join(check.in_words for check in checks)
        Event.objects.record(candidature, "check_admissibility", by, note=note, audience=Event.Audience.TEAM)

    @property
    def in_words(self) -> str:
        """« Délibération jointe : non (sans signature) »."""
        verdict = self.get_verdict_display() if self.verdict else "à vérifier"
        return f"{self.point} : {verdict}{f' ({self.note})' if self.note else ''}"


class Checklist:
    """The points of a call, each with what was found in one candidature, or None."""

    def __init__(self, points: Iterable[AdmissibilityPoint], checks: Iterable[AdmissibilityCheck]):
        found = {check.point_id: check for check in checks}
        self.rows = [(point, found.get(point.pk)) for point in points]
        self.total = len(self.rows)
        self.verified = sum(1 for _, check in self.rows if check and check.verdict)
        self.refused = [point for point, check in self.rows if check and check.verdict == AdmissibilityCheck.Verdict.NO]

    @property
    def in_words(self) -> str:
        """« 3 sur 5 points vérifiés, dont 1 « non » »."""
        if not self.total:
            return "Aucun point à vérifier n’est défini pour cet appel"
        plural = "s" if self.total > 1 else ""
        refused = f", dont {len(self.refused)} « non »" if self.refused else ""
        return f"{self.verified} sur {self.total} point{plural} vérifié{plural}{refused}"

    def doubts(self) -> list[str]:
        """What speaks against admitting, each as the beginning of a sentence without its full stop."""
        doubts = [f"« {point} » est à « non »" for point in self.refused]
        if missing := self.total - self.verified:
            several = f"{missing} points de la liste ne sont pas vérifiés"
            doubts.append(several if missing > 1 else "un point de la liste n’est pas vérifié")
        return doubts


def checklists_of(candidatures: Iterable) -> dict[int, Checklist]:
    """The check-list of each candidature, by its pk, in two queries."""
    candidatures = list(candidatures)
    points, checks = defaultdict(list), defaultdict(list)
    for point in AdmissibilityPoint.objects.filter(call__in={each.call_id for each in candidatures}):
        points[point.call_id].append(point)
    for check in AdmissibilityCheck.objects.filter(candidature__in=candidatures).select_related("by"):
        checks[check.candidature_id].append(check)
    return {each.pk: Checklist(points[each.call_id], checks[each.pk]) for each in candidatures}
