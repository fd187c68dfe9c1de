"""Pieces attached to a candidature, and the immutable versions that deposits make of it."""

import hashlib
import json
import secrets
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone


def private_path(attachment, filename) -> str:
    """Where a piece is stored: never under the name that its sender gave it."""
    return f"pieces/{attachment.candidature_id}/{uuid.uuid4().hex}"


class Attachment(models.Model):
    """A piece, stored privately; its name is kept for people and never trusted."""

    candidature = models.ForeignKey("Candidature", models.CASCADE, "attachments", verbose_name="candidature")
    file = models.FileField("fichier", upload_to=private_path, max_length=200)
    name = models.CharField("nom", max_length=200)
    content_type = models.CharField("type", max_length=100)
    size = models.PositiveBigIntegerField("taille en octets")
    sha256 = models.CharField("empreinte SHA-256", max_length=64)
    uploaded_at = models.DateTimeField("ajoutée le")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, "+", verbose_name="ajoutée par")

    class Meta:
        verbose_name = "pièce jointe"
        verbose_name_plural = "pièces jointes"
        ordering = ["pk"]

    def __str__(self):
        return self.name

    def is_kept_by(self, submission) -> bool:
        """Whether this deposited version, if any, contains the piece and so must keep it."""
        return bool(submission) and any(kept["sha256"] == self.sha256 for kept in submission.content["pieces"])

    @classmethod
    def attach(cls, candidature, upload, content_type, by):
        """Store an uploaded file whose content has been checked (`applications.uploads`)."""
        digest = hashlib.sha256()
        for chunk in upload.chunks():
            digest.update(chunk)
        return candidature.attachments.create(
            file=upload,
            name=upload.name[-200:],
            content_type=content_type,
            size=upload.size,
            sha256=digest.hexdigest(),
            uploaded_at=timezone.now(),
            uploaded_by=by,
        )


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
    def take(cls, candidature, by, now):
        """Write the next version of `candidature` as it stands. Called under the lock of its row."""
        content = content_of(candidature)
        return candidature.submissions.create(
            number=candidature.submissions.count() + 1,
            content=content,
            sha256=canonical_hash(content),
            code="".join(secrets.choice(cls.CODE_ALPHABET) for _ in range(12)),
            submitted_at=now,
            submitted_by=by,
        )


def content_of(candidature) -> dict:
    """All that a candidature says, as plain JSON values, files by size and SHA-256."""
    return {
        "reference": candidature.reference,
        "call": candidature.call.slug,
        "title": candidature.title,
        "summary": candidature.summary,
        "concept": candidature.concept_id,
        "target_year": candidature.target_school_year,
        "carriers": [
            {"code": carrier.code, "name": carrier.name, "lead": carrier.is_lead}
            for carrier in candidature.carriers.all()
        ],
        "sites": [{"code": site.commune_id, "name": site.commune.name} for site in candidature.sites.all()],
        "pieces": [
            {"name": piece.name, "size": piece.size, "sha256": piece.sha256} for piece in candidature.attachments.all()
        ],
    }


def canonical_hash(content) -> str:
    """SHA-256, in hexadecimal, of JSON with sorted keys, no spaces, UTF-8."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
