"""How a document of an antenna is received: checked by its content, scanned, stored, then written with its line."""

import logging

from django.core.exceptions import ValidationError

from applications.models import Attachment, ForbiddenTransition
from applications.receiving import STORAGE_ERRORS, scanned
from applications.uploads import checked_type

from .models import AntennaDocument

logger = logging.getLogger(__name__)


def receive_document(antenna, kind: str, title: str, upload, by) -> AntennaDocument:
    """Keep a PDF among the documents of an antenna. Nothing of it stays when it is refused.

    Raises:
        ValidationError: no sound PDF, infected, not seen by the scanner, or not stored.
        ForbiddenTransition: not staff.
    """
    content_type = checked_type(upload, ["pdf"])
    if scanned(upload) == Attachment.Scan.PENDING:
        raise ValidationError("L’antivirus ne répond pas : réessayez dans quelques minutes.")
    document = AntennaDocument(
        antenna=antenna,
        kind=kind,
        title=title,
        name=upload.name,
        content_type=content_type,
        size=upload.size,
        added_by=by,
    )
    try:
        document.file.save(upload.name, upload, save=False)
    except STORAGE_ERRORS as error:
        logger.exception("The file storage does not take files")
        raise ValidationError(f"Le portail n’a pas pu enregistrer « {upload.name} » : réessayez.") from error
    try:
        document.keep()
    except ForbiddenTransition:
        document.file.storage.delete(document.file.name)
        raise
    return document
