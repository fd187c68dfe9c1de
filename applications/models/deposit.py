"""Pieces attached to a candidature, and the immutable versions that deposits make of it."""

import hashlib
import json
import secrets
import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from .carriers import Carrier
from .form import Question


def private_path(attachment, filename) -> str:
    """Where a piece is stored: never under the name that its sender gave it."""
    return f"pieces/{attachment.candidature_id}/{uuid.uuid4().hex}"


class AttachmentQuerySet(models.QuerySet):
    def standing(self):
        """Those that are part of the file now: neither replaced nor taken away, nor sent with a message."""
        return self.filter(removed_at=None, replaced_by=None, message=None)

    def visible_to(self, user, candidatures):
        """Those that `user` may open, of `candidatures` already found visible to them.

        Members and staff open all of them. The committee opens what its version of the file contains, when no scanner
        waits to see it and it is not personal; never what was sent with a message.
        """
        pieces = self.filter(candidature__in=candidatures).exclude(scan=Attachment.Scan.INFECTED)
        if user.is_staff:
            return pieces
        mine = Q(candidature__memberships__user=user)
        judged = Q(
            message=None,
            scan__in=[Attachment.Scan.NONE, Attachment.Scan.CLEAN],
            deposits__candidature=F("candidature"),
            question__is_personal=False,
        )
        return pieces.filter(mine | judged).distinct()


class Attachment(models.Model):
    """A file, stored privately; its name is kept for people and never trusted.

    A piece answers a question; replaced or taken away, it stays with the file. Others come with a message.
    """

    class Scan(models.TextChoices):
        NONE = "", "sans antivirus"
        PENDING = "pending", "en attente de l’antivirus"
        CLEAN = "clean", "vérifiée par l’antivirus"
        INFECTED = "infected", "infectée"

    candidature = models.ForeignKey("Candidature", models.CASCADE, "attachments", verbose_name="candidature")
    question = models.ForeignKey(Question, models.PROTECT, "attachments", null=True, verbose_name="question")
    carrier = models.ForeignKey(Carrier, models.SET_NULL, "attachments", null=True, verbose_name="porteur")
    message = models.ForeignKey("Message", models.CASCADE, "attachments", null=True, verbose_name="message")
    file = models.FileField("fichier", upload_to=private_path, max_length=200)
    name = models.CharField("nom", max_length=200)
    content_type = models.CharField("type", max_length=100)
    size = models.PositiveBigIntegerField("taille en octets")
    sha256 = models.CharField("empreinte SHA-256", max_length=64)
    scan = models.CharField("antivirus", max_length=10, choices=Scan, blank=True, default=Scan.NONE)
    uploaded_at = models.DateTimeField("ajoutée le")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, "+", verbose_name="ajoutée par")
    replaced_by = models.OneToOneField(
        "self", models.SET_NULL, related_name="replaces", null=True, verbose_name="remplacée par"
    )
    removed_at = models.DateTimeField("retirée le", null=True)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = "pièce jointe"
        verbose_name_plural = "pièces jointes"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(scan__in=["", "pending", "clean", "infected"]), name="attachment_scan_known"
            ),
            models.CheckConstraint(
                condition=Q(message=None) | Q(question=None), name="attachment_answers_or_comes_with_a_message"
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def stands(self) -> bool:
        return not (self.removed_at or self.replaced_by_id or self.message_id)

    @property
    def is_infected(self) -> bool:
        return self.scan == self.Scan.INFECTED

    def as_content(self) -> dict:
        """The piece as a deposit tells it."""
        return {
            "id": self.pk,
            "name": self.name,
            "size": self.size,
            "sha256": self.sha256,
            "type": self.content_type,
        }

    @classmethod
    def prepare(cls, candidature, upload, content_type, by, **place):
        """Store an uploaded file whose content has been checked, and return its row, not written yet.

        The file goes first, outside any transaction: a slow storage never holds the database. `place` is a question
        and a carrier, or a message.
        """
        digest = hashlib.sha256()
        for chunk in upload.chunks():
            digest.update(chunk)
        upload.seek(0)
        piece = cls(
            candidature=candidature,
            name=upload.name[-200:],
            content_type=content_type,
            size=upload.size,
            sha256=digest.hexdigest(),
            uploaded_at=timezone.now(),
            uploaded_by=by,
            **place,
        )
        piece.file.save(upload.name, upload, save=False)
        return piece

    @classmethod
    def attach(cls, candidature, upload, content_type, by, **place):
        """Store an uploaded file whose content has been checked, then its row; neither without the other."""
        piece = cls.prepare(candidature, upload, content_type, by, **place)
        try:
            piece.save(force_insert=True)
        except BaseException:
            piece.file.storage.delete(piece.file.name)
            raise
        return piece


class Submission(models.Model):
    """What was deposited, as canonical JSON with its hash. Never changed after `take`."""

    CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # no sign that reads like another

    candidature = models.ForeignKey("Candidature", models.PROTECT, "submissions", verbose_name="candidature")
    number = models.PositiveSmallIntegerField("version")
    content = models.JSONField("contenu")
    sha256 = models.CharField("empreinte SHA-256", max_length=64)
    code = models.CharField("code de vérification", max_length=12, unique=True)
    submitted_at = models.DateTimeField("déposée le")
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, "+", verbose_name="déposée par")
    pieces = models.ManyToManyField(Attachment, related_name="deposits", verbose_name="pièces")

    class Meta:
        verbose_name = "dépôt"
        ordering = ["candidature", "number"]
        constraints = [
            models.UniqueConstraint(fields=["candidature", "number"], name="submission_number_unique"),
            models.CheckConstraint(condition=Q(number__gte=1), name="submission_number_from_one"),
        ]

    def __str__(self):
        return f"{self.candidature.reference}, version {self.number}"

    def get_absolute_url(self):
        return reverse("applications:receipt", args=[self.candidature.reference, self.number])

    @classmethod
    def take(cls, candidature, content, by, now):
        """Write the next version of `candidature`, which says `content`. Called under the lock of its row."""
        submission = candidature.submissions.create(
            number=candidature.submissions.count() + 1,
            content=content,
            sha256=canonical_hash(content),
            code="".join(secrets.choice(cls.CODE_ALPHABET) for _ in range(12)),
            submitted_at=now,
            submitted_by=by,
        )
        submission.pieces.set([piece["id"] for piece in content["pieces"]])
        return submission

    @property
    def number_on_receipt(self) -> str:
        """What a receipt is called by, e.g. `AMI2-0007-3`: reference and version."""
        return f"{self.candidature.reference}-{self.number}"


def canonical_hash(content) -> str:
    """SHA-256, in hexadecimal, of JSON with sorted keys, no spaces, UTF-8."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
