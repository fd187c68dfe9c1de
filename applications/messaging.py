"""How a message is sent: its files stored first, then its rows and its mail in one short transaction."""

from django.db import transaction

from .emails import queue_message
from .models import Message
from .receiving import scanned, stored


def send_message(candidature, by, body: str, files):
    """Send `body` and `files` from `by` to the other side, which a mail tells. No file stays when something fails.

    Args:
        files: pairs of an uploaded file and its content type, found by `uploads.checked_type`.

    Returns:
        The message, and whether it is new (see `Message.send`).

    Raises:
        ValidationError: a file is infected or cannot be stored.
    """
    pieces, are_kept = [], False
    try:
        states = [scanned(upload) for upload, _ in files]
        for (upload, content_type), state in zip(files, states, strict=True):
            pieces.append(stored(candidature, upload, content_type, by, scan=state))
        with transaction.atomic():
            message, is_new = Message.send(candidature, by, body, pieces)
            if is_new:
                queue_message(message)
        are_kept = is_new
    finally:
        if not are_kept:
            forget(pieces)
    return message, is_new


def forget(pieces) -> None:
    """Delete stored files that no row tells of."""
    for piece in pieces:
        piece.file.storage.delete(piece.file.name)
