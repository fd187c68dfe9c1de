"""Messages between the members of a candidature and the team, inside the file."""

from datetime import timedelta

from django.conf import settings
from django.db import models, transaction
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone

from .journal import Event

DOUBLE_CLICK = timedelta(minutes=1)


class MessageQuerySet(models.QuerySet):
    def for_reading(self):
        """With their authors and files, in a constant number of queries."""
        return self.select_related("by").prefetch_related("attachments")

    def unanswered(self):
        """The last message of each candidature whose last word is its members'."""
        last = Message.objects.filter(candidature=OuterRef("candidature")).order_by("-at", "-pk")
        return self.filter(pk=Subquery(last.values("pk")[:1]), is_from_team=False)


class Message(models.Model):
    candidature = models.ForeignKey("Candidature", models.CASCADE, "messages", verbose_name="candidature")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, "+", verbose_name="de")
    is_from_team = models.BooleanField("de l’équipe du programme")
    body = models.TextField("message", max_length=10_000)
    at = models.DateTimeField("envoyé le")

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = "message"
        ordering = ["at", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(body=""), name="message_says_something")]

    def __str__(self):
        return f"{self.candidature.reference}, message de {self.by}"

    @property
    def anchor(self) -> str:
        """Names the message in its page."""
        return f"message-{self.pk}"

    @classmethod
    @transaction.atomic
    def send(cls, candidature, by, body, pieces=()):
        """Write a message from `by`, its files and its line in the journal. Mails that tell it are the caller's.

        Args:
            pieces: attachments whose files are stored and whose rows are not written yet.

        Returns:
            The message, and whether it is new: the same text with the same files, sent again by the same person
            within a minute, is the same message.
        """
        candidature.lock()
        if sent := cls.just_sent(candidature, by, body, {piece.sha256 for piece in pieces}):
            return sent, False
        message = cls.objects.create(
            candidature=candidature, by=by, is_from_team=by.is_staff, body=body, at=timezone.now()
        )
        for piece in pieces:
            piece.message = message
            piece.save(force_insert=True)
        Event.objects.record(candidature, "message", by)
        return message, True

    @classmethod
    def just_sent(cls, candidature, by, body, hashes: set[str]):
        """The message that said this less than a minute ago, with files of these SHA-256, or None."""
        since = timezone.now() - DOUBLE_CLICK
        recent = cls.objects.filter(candidature=candidature, by=by, body=body, at__gt=since)
        same = (each for each in recent if {piece.sha256 for piece in each.attachments.all()} == hashes)
        return next(same, None)
