"""The outbox's promise of at most one mail: what is being sent is claimed first, and a claim is never taken twice."""

from datetime import timedelta
from socket import gethostname

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from post_office.models import STATUS, Email

WAITING = (STATUS.queued, STATUS.requeued)


class MailState(models.TextChoices):
    """Where a mail of the outbox stands, as the team reads it."""

    PREPARED = "prepared", "à préparer"
    WAITING = "waiting", "en file"
    SENDING = "sending", "en cours d’envoi"
    SENT = "sent", "envoyé"
    FAILED = "failed", "en échec"
    INTERRUPTED = "interrupted", "interrompu : peut-être parti"


def mail_state(email) -> MailState:
    """The state of a mail, read with its `claim`."""
    if claim := getattr(email, "claim", None):
        return MailState.INTERRUPTED if claim.is_interrupted else MailState.SENDING
    states = {STATUS.sent: MailState.SENT, STATUS.failed: MailState.FAILED, None: MailState.PREPARED}
    return states.get(email.status, MailState.WAITING)


class ClaimQuerySet(models.QuerySet):
    def interrupted(self):
        """Those of which nobody knows whether the mail left: the sender met an error, or was never heard of again."""
        return self.filter(~Q(problem="") | Q(claimed_at__lt=timezone.now() - Claim.PATIENCE))


class Claim(models.Model):
    """A mail that a sender took. It is released once its fate is known; otherwise a person decides."""

    PATIENCE = timedelta(minutes=10)  # longer than any server is waited for

    email = models.OneToOneField(Email, models.CASCADE, related_name="claim", verbose_name="courriel")
    claimed_at = models.DateTimeField("pris le")
    machine = models.CharField("machine", max_length=255)
    problem = models.TextField("ce qui est arrivé", blank=True)

    objects = ClaimQuerySet.as_manager()

    class Meta:
        verbose_name = "envoi en cours"
        verbose_name_plural = "envois en cours"
        ordering = ["claimed_at", "pk"]

    def __str__(self):
        return f"{self.email} : {self.problem or 'envoi en cours'}"

    @property
    def is_interrupted(self) -> bool:
        return bool(self.problem) or self.claimed_at < timezone.now() - self.PATIENCE

    @classmethod
    @transaction.atomic
    def take(cls, email):
        """Claim a mail that waits, or return None when another sender has it. It no longer waits from then on."""
        taken = {"status": None}  # neither waiting, nor sent, nor failed
        if not Email.objects.filter(pk=email.pk, status__in=WAITING).update(**taken):
            return None
        return cls.objects.create(email=email, claimed_at=timezone.now(), machine=gethostname())

    @transaction.atomic
    def release(self, **values):
        """The fate of the mail is known: write it (fields of Email)."""
        Email.objects.filter(pk=self.email_id).update(last_updated=timezone.now(), **values)
        self.delete()

    def interrupt(self, problem: str):
        """The mail may have left: it waits for a person to decide."""
        self.problem = problem
        self.save(update_fields=["problem"])
