"""Letters to the members of a candidature: frozen when the decision becomes public, one copy for each address."""

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from .candidature import Candidature
from .claim import MailState, mail_state
from .deposit import canonical_hash
from .rectification import Rectification


class Letter(models.Model):
    """What a letter says, word for word. Never changed: a mistake is repaired by another letter."""

    class Kind(models.TextChoices):
        DECISION = "decision", "décision du comité"
        RECTIFICATION = "rectification", "rectification"

    candidature = models.ForeignKey(Candidature, models.PROTECT, "letters", verbose_name="candidature")
    kind = models.CharField("nature", max_length=20, choices=Kind)
    rectification = models.OneToOneField(
        Rectification, models.PROTECT, related_name="letter", null=True, verbose_name="rectification"
    )
    content = models.JSONField("contenu")
    sha256 = models.CharField("empreinte SHA-256", max_length=64)
    written_at = models.DateTimeField("écrite le")

    class Meta:
        verbose_name = "lettre"
        ordering = ["candidature", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["candidature"], condition=Q(kind="decision"), name="letter_of_decision_once"
            ),
            models.CheckConstraint(
                condition=Q(kind="decision", rectification=None) | Q(kind="rectification", rectification__isnull=False),
                name="letter_of_decision_or_rectification",
            ),
        ]

    def __str__(self):
        return f"{self.candidature.reference}, {self.get_kind_display()}"

    @property
    def file_name(self) -> str:
        """Of its PDF: « lettre-AMI2-0007.pdf »."""
        more = f"-rectification-{self.pk}" if self.rectification_id else ""
        return f"lettre-{self.candidature.reference}{more}.pdf"

    @classmethod
    @transaction.atomic
    def write(cls, candidature, content: dict, addresses, rectification=None):
        """Freeze `content`, with its hash, for each of `addresses`. Sending is another step, replayed at will."""
        letter = cls.objects.create(
            candidature=candidature,
            kind=cls.Kind.RECTIFICATION if rectification else cls.Kind.DECISION,
            rectification=rectification,
            content=content,
            sha256=canonical_hash(content),
            written_at=timezone.now(),
        )
        LetterCopy.objects.bulk_create(
            LetterCopy(letter=letter, address=address) for address in dict.fromkeys(addresses)
        )
        return letter


class LetterCopy(models.Model):
    """One letter to one address: queued once, whatever crashes."""

    letter = models.ForeignKey(Letter, models.PROTECT, "copies", verbose_name="lettre")
    address = models.EmailField("adresse")
    queued_at = models.DateTimeField("mise en file le", null=True, editable=False)
    email = models.OneToOneField(
        "post_office.Email", models.SET_NULL, related_name="letter_copy", null=True, verbose_name="courriel"
    )

    class Meta:
        verbose_name = "exemplaire d’une lettre"
        verbose_name_plural = "exemplaires des lettres"
        ordering = ["letter", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["letter", "address"], name="letter_copy_once_per_address"),
            models.CheckConstraint(
                condition=Q(email=None) | Q(queued_at__isnull=False), name="letter_copy_queued_with_its_mail"
            ),
        ]

    def __str__(self):
        return f"{self.letter} : {self.address}"

    @property
    def state(self) -> MailState:
        """Where it stands. A mail that the outbox no longer keeps had been sent."""
        if self.queued_at is None:
            return MailState.PREPARED
        return mail_state(self.email) if self.email else MailState.SENT

    @property
    def may_leave_again(self) -> bool:
        """Whether its reader may not have it, and somebody may send it again."""
        return self.state in (MailState.FAILED, MailState.INTERRUPTED)

    def take(self) -> bool:
        """Note that this copy is being queued, in the transaction that queues it; False when it was already."""
        now = timezone.now()
        if not LetterCopy.objects.filter(pk=self.pk, queued_at=None).update(queued_at=now):
            return False
        self.queued_at = now
        return True
