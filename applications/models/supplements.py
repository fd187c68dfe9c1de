"""What the team asks to complete after the closing, item by item, and the time given to one candidature alone."""

from typing import NamedTuple

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from .call import SelectionPhase
from .carriers import Carrier
from .form import Question, Section
from .journal import Event
from .workflow import ForbiddenTransition


class Extension(models.Model):
    """More time before the closing of a phase, for one candidature, with its reason. The latest one counts."""

    candidature = models.ForeignKey("Candidature", models.CASCADE, "extensions", verbose_name="candidature")
    phase = models.ForeignKey(SelectionPhase, models.PROTECT, "extensions", verbose_name="phase")
    until = models.DateTimeField("dépôt possible jusqu’au")
    reason = models.TextField("motif")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, "+", verbose_name="accordée par")
    at = models.DateTimeField("accordée le")

    class Meta:
        verbose_name = "délai accordé"
        verbose_name_plural = "délais accordés"
        ordering = ["at", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="extension_has_a_reason")]

    def __str__(self):
        return f"{self.candidature.reference}, phase {self.phase.number}"

    @classmethod
    def why_not(cls, candidature, phase, by) -> str:
        """Why `by` cannot give more time to `candidature` for `phase`, or ""."""
        if not by.is_staff:
            return "L’équipe du programme accorde les délais."
        if phase.call_id != candidature.call_id or (candidature.phase_id and candidature.phase_id != phase.pk):
            return "Cette candidature n’est pas de cette phase."
        if candidature.status not in ("draft", "submitted", "withdrawn"):
            return "L’examen de cette candidature est commencé : demandez plutôt des compléments."
        if phase.closes_at is None:
            return "Cette phase n’a pas de date de clôture."
        return "" if phase.is_sealed() else "Le scellé de cette phase est levé."

    @classmethod
    @transaction.atomic
    def grant(cls, candidature, phase, until, reason, by):
        """Let one candidature be deposited in `phase` until `until`, whatever the closing of the others.

        Raises:
            ForbiddenTransition: not staff, wrong phase, examined already, no reason, or not later than the closing.
        """
        candidature.lock()
        if refusal := cls.why_not(candidature, phase, by):
            raise ForbiddenTransition(refusal)
        if not reason.strip():
            raise ForbiddenTransition("Écrivez le motif du délai.")
        if until <= max(phase.last_moment, timezone.now()):
            raise ForbiddenTransition("Le délai doit finir plus tard que la clôture, et plus tard que maintenant.")
        extension = cls.objects.create(
            candidature=candidature, phase=phase, until=until, reason=reason, by=by, at=timezone.now()
        )
        Event.objects.record(candidature, "extend", by, note=reason, phase=phase.number, until=until)
        return extension


class Wanted(NamedTuple):
    """One item to complete: a question (for one carrier), or a whole section; and what is expected, in words."""

    section: Section
    question: Question | None
    carrier: Carrier | None
    words: str


class SupplementRequestQuerySet(models.QuerySet):
    def open(self):
        return self.filter(closed_at=None)


class SupplementRequest(models.Model):
    """What must be completed, until when. At most one is open for a candidature."""

    candidature = models.ForeignKey("Candidature", models.CASCADE, "supplement_requests", verbose_name="candidature")
    note = models.TextField("message")
    due_at = models.DateTimeField("à rendre avant le", null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, "+", verbose_name="demandé par")
    at = models.DateTimeField("demandé le")
    closed_at = models.DateTimeField("close le", null=True)

    objects = SupplementRequestQuerySet.as_manager()

    class Meta:
        verbose_name = "demande de compléments"
        verbose_name_plural = "demandes de compléments"
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["candidature"], condition=Q(closed_at=None), name="supplement_request_one_open"
            ),
            models.CheckConstraint(condition=~Q(note=""), name="supplement_request_says_what"),
            models.CheckConstraint(
                condition=Q(due_at=None) | Q(due_at__gt=F("at")), name="supplement_request_due_after_it_is_made"
            ),
        ]

    def __str__(self):
        return f"{self.candidature.reference}, compléments"

    @property
    def is_late(self) -> bool:
        return self.due_at is not None and timezone.now() >= self.due_at

    @transaction.atomic
    def postpone(self, due_at, reason, by):
        """Give more time to answer.

        Raises:
            ForbiddenTransition: closed, no reason, no due date to postpone, or not later than it and than now.
        """
        if not reason.strip():
            raise ForbiddenTransition("Écrivez le motif du report.")
        if self.due_at is None:
            raise ForbiddenTransition("Cette demande n’a pas d’échéance : il n’y a rien à reporter.")
        if due_at <= max(self.due_at, timezone.now()):
            raise ForbiddenTransition("La nouvelle échéance doit suivre l’ancienne, et n’être pas déjà passée.")
        if not SupplementRequest.objects.filter(pk=self.pk, closed_at=None).update(due_at=due_at):
            raise ForbiddenTransition("Cette demande de compléments est close.")
        self.due_at = due_at
        Event.objects.record(self.candidature, "postpone_supplements", by, note=reason, due_at=due_at)


class SupplementItem(models.Model):
    """One thing to complete. Cancelled, it closes and its message stays."""

    request = models.ForeignKey(SupplementRequest, models.CASCADE, "items", verbose_name="demande")
    section = models.ForeignKey(Section, models.PROTECT, "+", verbose_name="rubrique")
    question = models.ForeignKey(Question, models.PROTECT, "+", null=True, verbose_name="question")
    carrier = models.ForeignKey(Carrier, models.SET_NULL, "+", null=True, verbose_name="porteur")
    words = models.TextField("ce qui est attendu", max_length=2000, blank=True)
    cancelled_at = models.DateTimeField("annulé le", null=True)

    class Meta:
        verbose_name = "complément"
        ordering = ["pk"]

    def __str__(self):
        if self.question is None:
            return self.section.title
        return f"{self.question} ({self.carrier.name})" if self.carrier else str(self.question)

    def opens(self, section, question=None, carrier=None) -> bool:
        """Whether this item lets that place be changed. The list of carriers opens what is asked of each carrier too:
        a new one has everything to answer.
        """
        if self.cancelled_at:
            return False
        if carrier and self.question_id is None and self.section.kind == Section.Kind.CARRIERS:
            return True
        if self.section_id != section.pk:
            return False
        return self.question_id is None or (
            question is not None
            and question.pk == self.question_id
            and self.carrier_id == (carrier.pk if carrier else None)
        )

    @transaction.atomic
    def cancel(self, by):
        """Ask for this item no more.

        Raises:
            ForbiddenTransition: cancelled already, or the request is closed.
        """
        live = SupplementItem.objects.filter(pk=self.pk, cancelled_at=None, request__closed_at=None)
        if not live.update(cancelled_at=timezone.now()):
            raise ForbiddenTransition("Ce complément n’est plus demandé.")
        Event.objects.record(self.request.candidature, "cancel_supplement", by, note=str(self))
