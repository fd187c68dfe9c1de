"""A proclaimed decision is never edited: what was wrong in it is said again, in writing, by a rectification."""

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from .candidature import Candidature
from .decision import Decision
from .journal import Event
from .workflow import PROCLAIMED, TRANSITIONS, ForbiddenTransition


def decision_as_rectified(candidature):
    """What was decided of a candidature: the last rectification that gives another decision, else the Decision; None
    without any. Both say `outcome`, `reason`, `conditions` and `points`. Reads `rectifications`, which may be
    prefetched.
    """
    corrected = [each for each in candidature.rectifications.all() if each.outcome]
    return corrected[-1] if corrected else getattr(candidature, "decision", None)


class Rectification(models.Model):
    """What is corrected, in words; and the decision that should have been proclaimed, when it is another one."""

    VERBS = {verb: f"rectify_as_{TRANSITIONS[verb].target}" for verb in set(Decision.VERBS.values())}

    candidature = models.ForeignKey(Candidature, models.PROTECT, "rectifications", verbose_name="candidature")
    text = models.TextField("ce qui est rectifié", max_length=8000)
    outcome = models.CharField("décision rectifiée", max_length=20, choices=Decision.Outcome, blank=True)
    reason = models.TextField("motif rectifié", max_length=8000, blank=True)
    conditions = models.TextField("conditions", max_length=4000, blank=True)
    reserve_rank = models.PositiveSmallIntegerField("rang dans la réserve", null=True, blank=True)
    points = models.JSONField("points à améliorer", default=list, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, "+", verbose_name="rectifiée par")
    at = models.DateTimeField("rectifiée le")

    class Meta:
        verbose_name = "rectification"
        ordering = ["candidature", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="rectification_says_what_it_corrects"),
            models.CheckConstraint(
                condition=Q(outcome="", reason="", conditions="", reserve_rank=None)
                | Q(outcome__in=["label", "conditions", "reserve", "defer", "reject"]) & ~Q(reason=""),
                name="rectification_of_a_decision_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(outcome="conditions") & ~Q(conditions="") | ~Q(outcome="conditions") & Q(conditions=""),
                name="rectification_says_its_conditions",
            ),
            models.CheckConstraint(
                condition=Q(outcome="reserve", reserve_rank__gte=1) | ~Q(outcome="reserve") & Q(reserve_rank=None),
                name="rectification_says_its_rank_in_reserve",
            ),
        ]

    def __str__(self):
        return f"{self.candidature.reference}, rectification"

    @property
    def verb(self) -> str:
        """The verb by which it moves the status; "" when the decision stays."""
        return self.VERBS[Decision.VERBS[self.outcome]] if self.outcome else ""

    @classmethod
    def why_not(cls, candidature, user) -> str:
        """Why `user` cannot rectify the decision on `candidature` now, or ""."""
        if not user.is_staff:
            return "L’équipe du programme rectifie les décisions."
        return "" if candidature.status in PROCLAIMED else "Seule une décision proclamée se rectifie."

    @classmethod
    @transaction.atomic
    def record(cls, candidature, by, text: str, **corrected):
        """Write the rectification, its line in the journal, and the new status when the decision is another one.

        Args:
            corrected: the fields of the decision that should have been proclaimed; none when it stays.

        Raises:
            ForbiddenTransition: not staff, not proclaimed, or nothing is said.
        """
        candidature.lock()
        if refusal := cls.why_not(candidature, by):
            raise ForbiddenTransition(refusal)
        if not text.strip():
            raise ForbiddenTransition("Écrivez ce qui est rectifié.")
        rectification = cls.objects.create(candidature=candidature, text=text, by=by, at=timezone.now(), **corrected)
        verb = rectification.verb
        if verb and TRANSITIONS[verb].target != candidature.status:
            getattr(candidature, verb)(by, text)
        else:
            outcome = str(rectification.outcome)
            Event.objects.record(candidature, "rectify", by, note=text, outcome=outcome)
        return rectification
