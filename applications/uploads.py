"""What may be attached: PDF, PNG and JPEG, known by their content and not by what the browser says of them."""

import unicodedata
from pathlib import PurePosixPath

from django.conf import settings
from django.core.exceptions import ValidationError

from .templatetags.french import file_size

KINDS = {  # extensions → (first bytes, content type)
    (".pdf",): (b"%PDF-", "application/pdf"),
    (".png",): (b"\x89PNG\r\n\x1a\n", "image/png"),
    (".jpg", ".jpeg"): (b"\xff\xd8\xff", "image/jpeg"),
}
EXTENSIONS = [extension for extensions in KINDS for extension in extensions]
MAX_NAME = 120  # characters, extension included


def clean_name(name: str) -> str:
    """A name fit to be shown and saved: without path, control or direction marks, and not too long."""
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    visible = "".join(sign for sign in name if unicodedata.category(sign)[0] != "C")
    path = PurePosixPath(" ".join(visible.split()).lstrip(".") or "sans nom")
    extension = path.suffix[:10]
    return f"{path.name.removesuffix(path.suffix)[: MAX_NAME - len(extension)]}{extension}"


def checked_type(upload) -> str:
    """The content type of an uploaded file, found in its content. Cleans its name on the way.

    Raises:
        ValidationError: too large, empty, of another kind, or not what its extension says.
    """
    upload.name = name = clean_name(upload.name)
    if upload.size > settings.MAX_ATTACHMENT_SIZE:
        limit = file_size(settings.MAX_ATTACHMENT_SIZE)
        raise ValidationError(f"« {name} » pèse {file_size(upload.size)} : le maximum est de {limit} par fichier.")
    if not upload.size:
        raise ValidationError(f"« {name} » est vide.")
    extension = PurePosixPath(name).suffix.lower()
    for extensions, (signature, content_type) in KINDS.items():
        if extension in extensions:
            return check_signature(upload, signature, content_type)
    raise ValidationError(f"« {name} » n’est ni un PDF, ni une image PNG ou JPEG.")


def check_signature(upload, signature: bytes, content_type: str) -> str:
    upload.seek(0)
    start = upload.read(len(signature))
    upload.seek(0)
    if start != signature:
        kind = content_type.partition("/")[2].upper()
        raise ValidationError(f"« {upload.name} » n’est pas un fichier {kind} : son contenu dément son nom.")
    return content_type
