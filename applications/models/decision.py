"""What the committee decides of a candidature: recorded first, private until the proclamation of its phase."""

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from .candidature import Candidature
from .journal import Event
from .workflow import ChangedMeanwhile, ForbiddenTransition, Status


class DecisionQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Staff, and the chair for the files from which they are not recused."""
        if user.is_staff:
            return self
        chaired = Q(candidature__call__seats__members__in=user.committee_terms.current().filter(is_chair=True))
        return self.filter(chaired, candidature__in=Candidature.objects.judged_by(user)).distinct()


class Decision(models.Model):
    class Outcome(models.TextChoices):
        LABEL = "label", "Labelliser"
        CONDITIONS = "conditions", "Labelliser sous conditions"
        RESERVE = "reserve", "Inscrire en réserve"
        DEFER = "defer", "À consolider"
        REJECT = "reject", "Ne pas retenir"

    VERBS = {  # the transition that the proclamation makes of each outcome
        Outcome.LABEL: "label",
        Outcome.CONDITIONS: "label",
        Outcome.RESERVE: "defer",
        Outcome.DEFER: "defer",
        Outcome.REJECT: "reject",
    }

    candidature = models.OneToOneField(Candidature, models.PROTECT, related_name="decision", verbose_name="candidature")
    outcome = models.CharField("décision", max_length=20, choices=Outcome)
    reason = models.TextField("motif", max_length=8000, help_text="Il figurera dans la lettre au porteur.")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, "+", verbose_name="consignée par")
    decided_at = models.DateTimeField("consignée le")

    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = "décision"
        ordering = ["candidature"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=["label", "conditions", "reserve", "defer", "reject"]),
                name="decision_outcome_known",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="decision_has_a_reason"),
        ]

    def __str__(self):
        return f"{self.candidature.reference} : {self.get_outcome_display()}"

    @property
    def verb(self) -> str:
        return self.VERBS[self.outcome]

    @staticmethod
    def version_of(decision) -> str:
        """Changes with each writing of the decision; "" without one."""
        return decision.decided_at.isoformat() if decision else ""

    @classmethod
    def why_not(cls, candidature, user) -> str:
        """Why `user` cannot record a decision on `candidature` now, or ""."""
        is_chair = candidature.call.is_chair(user)
        if not (user.is_staff or is_chair):
            return "La présidence consigne les décisions, ou l’équipe pour elle."
        if not Candidature.objects.deliberated_by(user).filter(pk=candidature.pk).exists():
            return "Vous êtes déporté de cette candidature : l’équipe consigne la décision."
        if candidature.status != Status.ADMISSIBLE:
            return "Cette candidature n’attend pas de décision."
        if candidature.phase.proclaimed_at:
            return "Les résultats de la phase sont proclamés."
        if candidature.phase.is_sealed():
            return "Le scellé de la phase n’est pas levé : les évaluations sont encore secrètes."
        return ""

    @classmethod
    @transaction.atomic
    def record(cls, candidature, by, outcome, reason, seen=None):
        """Record or revise the decision, until the proclamation. Each writing leaves its line in the journal.

        Args:
            seen: the `version` of the decision that `by` had before them; None when nothing was shown.

        Raises:
            ChangedMeanwhile: someone else recorded a decision since; it stands.
            ForbiddenTransition: not the moment, not the person, or no reason.
        """
        type(candidature.phase).objects.select_for_update(no_key=True).get(pk=candidature.phase_id)
        candidature.refresh_from_db()
        if refusal := cls.why_not(candidature, by):
            raise ForbiddenTransition(refusal)
        if not reason.strip():
            raise ForbiddenTransition("Écrivez le motif de la décision.")
        if seen not in (None, cls.version_of(cls.objects.filter(candidature=candidature).first())):
            raise ChangedMeanwhile(
                "Une autre décision vient d’être consignée, elle se lit ci-dessus. Votre texte est conservé : "
                "consignez-le de nouveau pour la remplacer."
            )
        decision, _ = cls.objects.update_or_create(
            candidature=candidature,
            defaults={"outcome": outcome, "reason": reason, "decided_by": by, "decided_at": timezone.now()},
        )
        audience = Event.Audience.TEAM
        Event.objects.record(candidature, "decide", by, note=reason, audience=audience, outcome=str(outcome))
        return decision
