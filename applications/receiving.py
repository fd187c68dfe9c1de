"""How a file that somebody sends becomes a piece: checked, scanned, stored, then written under the lock of its file."""

import logging

from boto3.exceptions import Boto3Error
from botocore.exceptions import BotoCoreError, ClientError
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from .models import Attachment, ForbiddenTransition
from .scanning import is_scanner_set, scan
from .uploads import checked_type

# What the disk and an S3-compatible storage raise when they do not take a file
STORAGE_ERRORS = (OSError, BotoCoreError, ClientError, Boto3Error)

logger = logging.getLogger(__name__)


def receive(candidature, question, carrier, upload, by, replaces=None) -> Attachment:
    """Keep `upload` as an answer to `question`; `replaces` is the piece that it takes the place of.

    Nothing of it stays when it is refused.

    Raises:
        ValidationError: of a wrong kind or size, infected, one too many, not stored, or the file closed meanwhile.
    """
    content_type = checked_type(upload, question.file_kind_list)
    state = scanned(upload)
    piece = stored(candidature, upload, content_type, by, question=question, carrier=carrier, scan=state)
    try:
        write(piece, replaces)
    except BaseException:
        piece.file.storage.delete(piece.file.name)
        raise
    return piece


def scanned(upload) -> str:
    """What the antivirus says of a file that is not stored yet; a scanner out of reach sees it later.

    Raises:
        ValidationError: infected.
    """
    if not is_scanner_set():
        return Attachment.Scan.NONE
    verdict = scan(upload)
    if verdict.state == "infected":
        raise ValidationError(
            f"« {upload.name} » contient un virus ({verdict.signature}) : il n’a pas été gardé. "
            "Faites vérifier le poste d’où il vient."
        )
    return Attachment.Scan.CLEAN if verdict.state == "clean" else Attachment.Scan.PENDING


def stored(candidature, upload, content_type, by, **place) -> Attachment:
    """The piece, its file stored and its row not written yet.

    Raises:
        ValidationError: the storage does not take the file.
    """
    try:
        return Attachment.prepare(candidature, upload, content_type, by, **place)
    except STORAGE_ERRORS as error:
        logger.exception("The file storage does not take files")
        raise ValidationError(
            f"Le portail n’a pas pu enregistrer « {upload.name} ». Rien d’autre n’est perdu : réessayez dans "
            "quelques minutes, ou écrivez à l’équipe du programme."
        ) from error


@transaction.atomic
def write(piece, replaces):
    """Write the row of a piece whose file is stored, if its place still takes it."""
    candidature, question = piece.candidature, piece.question
    candidature.lock()
    if refusal := candidature.openness().why_not(question.section, question, piece.carrier):
        raise ValidationError(f"« {piece.name} » n’a pas été ajoutée. {refusal}")
    standing = candidature.attachments.standing().filter(question=question, carrier=piece.carrier)
    if replaces is None and standing.count() >= question.max_files:
        most = f"{question.max_files} fichier{'s' if question.max_files > 1 else ''} au plus"
        raise ValidationError(f"« {piece.name} » n’a pas été ajoutée : {most}. Retirez-en un d’abord.")
    piece.save(force_insert=True)
    if replaces and not standing.filter(pk=replaces.pk).update(replaced_by=piece):
        raise ValidationError(f"« {replaces} » a déjà été remplacée ou retirée : « {piece.name} » n’a pas été ajoutée.")


@transaction.atomic
def take_away(piece) -> None:
    """Make a piece stand no more; its file stays, readable among the former versions.

    Raises:
        ForbiddenTransition: the file is closed, or the piece is already gone.
    """
    piece.candidature.lock()
    if refusal := piece.candidature.openness().why_not(piece.question.section, piece.question, piece.carrier):
        raise ForbiddenTransition(refusal)
    if not Attachment.objects.standing().filter(pk=piece.pk).update(removed_at=timezone.now()):
        raise ForbiddenTransition(f"« {piece} » a déjà été remplacée ou retirée.")
