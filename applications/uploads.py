"""What may be attached: kinds of file known by their content, not by what their name or the browser says of them."""

import unicodedata
from collections.abc import Callable, Collection
from pathlib import PurePosixPath
from typing import NamedTuple

from django.conf import settings
from django.core.exceptions import ValidationError

from .content_checks import OtherKind, Unacceptable, check_odf, check_ooxml, check_pdf
from .templatetags.french import file_size


class Format(NamedTuple):
    """One format of file: its French name, how its names end, its type, its first bytes, how its content is checked."""

    name: str
    extensions: tuple[str, ...]
    content_type: str
    signature: bytes
    check: Callable[[bytes, str], None] | None = None


class FileKind(NamedTuple):
    """What a question may ask for, under the name that the programme's team sees, and the formats that answer it."""

    name: str
    formats: tuple[Format, ...]


OOXML, ODF = "application/vnd.openxmlformats-officedocument.", "application/vnd.oasis.opendocument."
ARCHIVE = b"PK\x03\x04"
PDF = Format("PDF", (".pdf",), "application/pdf", b"%PDF-", check_pdf)
PNG = Format("PNG", (".png",), "image/png", b"\x89PNG\r\n\x1a\n")
JPEG = Format("JPEG", (".jpg", ".jpeg"), "image/jpeg", b"\xff\xd8\xff")
DOCX = Format("Word (DOCX)", (".docx",), f"{OOXML}wordprocessingml.document", ARCHIVE, check_ooxml)
XLSX = Format("Excel (XLSX)", (".xlsx",), f"{OOXML}spreadsheetml.sheet", ARCHIVE, check_ooxml)
ODT = Format("LibreOffice (ODT)", (".odt",), f"{ODF}text", ARCHIVE, check_odf)
ODS = Format("LibreOffice (ODS)", (".ods",), f"{ODF}spreadsheet", ARCHIVE, check_odf)

KINDS = {
    "pdf": FileKind("document PDF", (PDF,)),
    "image": FileKind("image", (PNG, JPEG)),
    "text": FileKind("document de traitement de texte", (DOCX, ODT)),
    "sheet": FileKind("feuille de calcul", (XLSX, ODS)),
}
DEFAULT_KINDS = ("pdf", "image")
MAX_NAME = 120  # characters, extension included

ACTUAL = {  # first bytes → what a file is when it is not what its name says
    b"MZ": "un programme",
    b"\x7fELF": "un programme",
    b"\xd0\xcf\x11\xe0": "un document d’un ancien format de Microsoft Office, ou protégé par un mot de passe",
    b"{\\rtf": "un document RTF",
    PDF.signature: "un document PDF",
    PNG.signature: "une image PNG",
    JPEG.signature: "une image JPEG",
}


def formats_of(kinds: Collection[str]) -> list[Format]:
    return [accepted for kind in kinds for accepted in KINDS[kind].formats]


def accepted_words(kinds: Collection[str] = DEFAULT_KINDS) -> str:
    """The formats accepted, as people read them: « PDF, PNG ou JPEG »."""
    *first, last = [accepted.name for accepted in formats_of(kinds)]
    return f"{', '.join(first)} ou {last}" if first else last


def accept_attribute(kinds: Collection[str] = DEFAULT_KINDS) -> str:
    """The `accept` attribute of a file field. Types beside extensions: a phone then turns its photos into JPEG."""
    return ",".join(word for accepted in formats_of(kinds) for word in (*accepted.extensions, accepted.content_type))


def clean_name(name: str) -> str:
    """A name fit to be shown and saved: without path, control or direction marks, and not too long."""
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    visible = "".join(sign for sign in name if unicodedata.category(sign)[0] != "C")
    path = PurePosixPath(" ".join(visible.split()).lstrip(".") or "sans nom")
    extension = path.suffix[:10]
    return f"{path.name.removesuffix(path.suffix)[: MAX_NAME - len(extension)]}{extension}"


def checked_type(upload, kinds: Collection[str] = DEFAULT_KINDS, max_size: int | None = None) -> str:
    """The content type of an uploaded file, found in its content. Cleans its name on the way.

    Args:
        kinds: keys of KINDS.
        max_size: in bytes; by default, the setting MAX_ATTACHMENT_SIZE.

    Raises:
        ValidationError: a sentence that names the file, says why it is refused and what to do.
    """
    upload.name = name = clean_name(upload.name)
    try:
        check_size(upload.size, max_size or settings.MAX_ATTACHMENT_SIZE)
        promised = promised_format(name, kinds)
        upload.seek(0)
        check_content(upload.read(), promised)
    except Unacceptable as refusal:
        raise ValidationError(f"« {name} » {refusal}") from refusal
    upload.seek(0)
    return promised.content_type


def check_size(size: int, limit: int) -> None:
    if not size:
        raise Unacceptable("est vide. Vérifiez le fichier sur votre ordinateur, puis joignez-le à nouveau.")
    if size > limit:
        raise Unacceptable(
            f"pèse {file_size(size)} : le maximum est de {file_size(limit)} par fichier. "
            "Allégez-le ou partagez-le en plusieurs fichiers."
        )


def promised_format(name: str, kinds: Collection[str]) -> Format:
    """The accepted format that the name of a file announces."""
    extension = PurePosixPath(name).suffix.lower()
    for accepted in formats_of(kinds):
        if extension in accepted.extensions:
            return accepted
    raise Unacceptable(f"n’est pas d’un format accepté. Joignez le document en {accepted_words(kinds)}.")


def check_content(content: bytes, promised: Format) -> None:
    """Refuse a content that is not what was promised, or that its format's own check refuses."""
    try:
        if not content.startswith(promised.signature):
            raise OtherKind
        if promised.check:
            promised.check(content, promised.content_type)
    except OtherKind as error:
        raise Unacceptable(
            f"n’est pas un fichier {promised.name} : {actual_kind(content)}. "
            f"Joignez le document au format {promised.name}."
        ) from error


def actual_kind(content: bytes) -> str:
    if content[4:8] == b"ftyp" and content[8:12] in (b"heic", b"heix", b"mif1", b"msf1"):
        return "c’est une photo au format HEIC"
    if content[:64].lstrip(b"\xef\xbb\xbf\t\n\r ").startswith(b"<"):
        return "c’est une page web ou un dessin SVG"
    names = (what for start, what in ACTUAL.items() if content.startswith(start))
    return next((f"c’est {what}" for what in names), "son contenu dément son nom")
