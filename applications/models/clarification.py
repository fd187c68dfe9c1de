"""What candidates ask the programme about a call, and the answer that all of them read: equal treatment."""

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from .call import Call
from .journal import Event
from .workflow import ForbiddenTransition

MOST_WAITING = 10  # of one person for one call


class ClarificationQuerySet(models.QuerySet):
    def waiting(self):
        return self.filter(answered_at=None)

    def answered(self):
        return self.exclude(answered_at=None)


class Clarification(models.Model):
    """`asked` is what one person wrote, for the team alone; `question` and `answer` are what everybody reads."""

    call = models.ForeignKey(Call, models.PROTECT, "clarifications", verbose_name="appel")
    asked = models.TextField("question reçue", max_length=4000)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, "+", verbose_name="posée par")
    asked_at = models.DateTimeField("posée le")
    question = models.TextField("question publiée", max_length=4000, blank=True)
    answer = models.TextField("réponse", max_length=8000, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, "+", null=True, verbose_name="réponse de")
    answered_at = models.DateTimeField("réponse publiée le", null=True)
    revised_at = models.DateTimeField("réponse corrigée le", null=True)

    objects = ClarificationQuerySet.as_manager()

    class Meta:
        verbose_name = "question d’un candidat"
        verbose_name_plural = "questions des candidats"
        ordering = ["-answered_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(asked=""), name="clarification_asks_something"),
            models.CheckConstraint(
                condition=Q(answered_at=None, answered_by=None)
                | Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(question="") & ~Q(answer=""),
                name="clarification_published_whole",
            ),
        ]

    def __str__(self):
        return f"{self.call} : {(self.question or self.asked)[:80]}"

    @staticmethod
    def why_not_ask(call, user) -> str:
        """Why `user` cannot ask about `call` now, or ""."""
        if call.open_phase() is None:
            return "Les dépôts de cet appel sont clos : écrivez à l’équipe du programme."
        if Clarification.objects.waiting().filter(call=call, asked_by=user).count() >= MOST_WAITING:
            return f"{MOST_WAITING} de vos questions attendent déjà leur réponse."
        return ""

    @classmethod
    @transaction.atomic
    def ask(cls, call, by, asked):
        """Ask the programme. The same question, sent again before it is answered, is the same question.

        Raises:
            ForbiddenTransition: nothing is open, or too many wait.
        """
        Call.objects.select_for_update(no_key=True).get(pk=call.pk)
        if same := cls.objects.waiting().filter(call=call, asked_by=by, asked=asked).first():
            return same
        if refusal := cls.why_not_ask(call, by):
            raise ForbiddenTransition(refusal)
        return cls.objects.create(call=call, asked=asked, asked_by=by, asked_at=timezone.now())

    @transaction.atomic
    def publish(self, by, question, answer):
        """Publish the answer, or a corrected one, with the question in words that name nobody. Everybody reads both.

        Raises:
            ForbiddenTransition: not the team, or something is not written.
        """
        Clarification.objects.select_for_update(no_key=True).get(pk=self.pk)
        self.refresh_from_db()
        if not by.is_staff:
            raise ForbiddenTransition("L’équipe du programme répond aux questions.")
        if not (question.strip() and answer.strip()):
            raise ForbiddenTransition("Écrivez la question telle qu’elle sera publiée, et sa réponse.")
        now = timezone.now()
        self.question, self.answer, self.answered_by = question, answer, by
        self.revised_at, self.answered_at = now if self.answered_at else None, self.answered_at or now
        self.save()
        Event.objects.record(self.call, "answer_question", by, note=answer, question=question)
