"""All the files of a phase that one member of the committee may read, as one ZIP or one PDF to keep at hand."""

import io
import json
from tempfile import SpooledTemporaryFile
from typing import NamedTuple
from zipfile import ZIP_DEFLATED, ZipFile

import typst
from django.conf import settings
from pypdf import PdfReader, PdfWriter

from .archive import add_file
from .content_checks import UNREADABLE_PDF
from .documents import file_pdf
from .models import Attachment, Candidature, Submission
from .printable import MISSING, printable_data

MEGABYTE = 1024 * 1024
IN_MEMORY = 5 * MEGABYTE  # of what is being made; beyond, it stands on the disk
MOST_MERGED = 40 * MEGABYTE  # of the pieces joined in one PDF, which is made in memory
LARGEST_MERGED = 10 * MEGABYTE  # of one of them


class Dossier(NamedTuple):
    """One file of the bundle: its last deposit and the pieces of it that the reader may open."""

    candidature: Candidature
    submission: Submission
    pieces: list[Attachment]


def dossiers_of(candidatures, user) -> list[Dossier]:
    """What `user` may read of `candidatures`, a queryset already limited to those they may judge, by reference."""
    dossiers = []
    for candidature in candidatures.order_by("number"):
        submission = candidature.last_submission
        submission.candidature = candidature
        own = Candidature.objects.filter(pk=candidature.pk)
        pieces = Attachment.objects.visible_to(user, own).filter(deposits=submission).order_by("pk")
        dossiers.append(Dossier(candidature, submission, list(pieces)))
    return dossiers


def bundle_zip(dossiers):
    """A temporary file, open at its start: for each file its folder, the candidature as a PDF and its pieces."""
    file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 -- the response that streams it closes it
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for dossier in dossiers:
            folder = dossier.candidature.reference
            archive.writestr(f"{folder}/{folder}.pdf", file_pdf(dossier.submission, include_personal=False))
            for piece in dossier.pieces:
                add_file(archive, piece, folder=f"{folder}/pieces")
    file.seek(0)
    return file


def bundle_pdf(phase, dossiers):
    """A temporary file, open at its start: a list of the files, then each one with its pieces, all in the bookmarks.

    Pieces that are no PDF, cannot be read, or would make the document too heavy are named on the first page: the ZIP
    holds them.
    """
    writer, left, told = PdfWriter(), MOST_MERGED, []
    for dossier in dossiers:
        whole = file_pdf(dossier.submission, include_personal=False)
        bookmark = add_pages(writer, whole, str(dossier.candidature))
        apart = []
        for piece in dossier.pieces:
            if piece.size <= min(left, LARGEST_MERGED) and add_piece(writer, piece, bookmark):
                left -= piece.size
            else:
                apart.append(piece.name)
        told.append({"name": str(dossier.candidature), "apart": apart})
    writer.merge(0, io.BytesIO(list_pdf(phase, told)), import_outline=False)
    file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 -- the response that streams it closes it
    writer.write(file)
    file.seek(0)
    return file


def add_pages(writer, content: bytes, title: str, parent=None):
    """Append the pages of a PDF, and return its bookmark."""
    start = len(writer.pages)
    writer.append(io.BytesIO(content), import_outline=False)
    return writer.add_outline_item(title=title, page_number=start, parent=parent)


def add_piece(writer, piece, parent) -> bool:
    """Append a piece; False, and nothing is added, when it is not a PDF that can be joined to others."""
    if piece.content_type != "application/pdf":
        return False
    with piece.file.open() as file:
        content = file.read()
    try:
        alone = PdfWriter()
        alone.append(PdfReader(io.BytesIO(content)), import_outline=False)
        readable = io.BytesIO()
        alone.write(readable)
        add_pages(writer, readable.getvalue(), piece.name, parent)
    except UNREADABLE_PDF:
        return False
    return True


def list_pdf(phase, told) -> bytes:
    """The first pages of the bundle: which files it holds, and which pieces are only in the ZIP."""
    title = f"Dossiers à évaluer : {phase}"
    data = {"document_title": title, "footer": title, "is_demo": phase.call.is_demo, "call": phase.call.title}
    shown = printable_data(data | {"phase": str(phase), "dossiers": told})
    shown["has_missing_signs"] = MISSING in json.dumps(shown, ensure_ascii=False)
    return typst.compile(
        settings.BASE_DIR / "templates/documents/bundle.typ",
        root=settings.BASE_DIR,
        format="pdf",
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(shown)},
    )
