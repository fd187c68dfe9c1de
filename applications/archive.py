"""Everything that the members of a candidature have in the portal, as one ZIP."""

import json
from tempfile import TemporaryFile
from zipfile import ZIP_DEFLATED, ZipFile

from django.template.loader import render_to_string

from .documents import file_pdf, receipt_pdf
from .models import WorkingCopy
from .uploads import clean_name


def archive_of(candidature, user):
    """A temporary file, open at its start, that holds the ZIP: answers, pieces, receipts, messages, timeline.

    Files are copied one by one, so that the memory needed does not grow with their number. Those that an antivirus
    found infected are left out.
    """
    file = TemporaryFile()  # noqa: SIM115 -- the response that streams it closes it
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        content = WorkingCopy(candidature).content()
        texts = {"candidature": candidature, "content": content}
        texts["events"] = candidature.events.visible_to(user).select_related("by").order_by("number")
        texts["messages"] = candidature.messages.select_related("by").prefetch_related("attachments")
        for name in ("reponses", "messages", "historique"):
            archive.writestr(f"{name}.txt", render_to_string(f"applications/archive/{name}.txt", texts))
        archive.writestr("reponses.json", pretty(content))
        for submission in candidature.submissions.select_related("submitted_by").order_by("number"):
            submission.candidature = candidature
            add_submission(archive, submission)
        for attachment in candidature.attachments.exclude(scan="infected"):
            add_file(archive, attachment, folder_of(attachment))
    file.seek(0)
    return file


def pretty(content) -> str:
    return json.dumps(content, ensure_ascii=False, indent=2)


def add_submission(archive, submission):
    folder = f"depot-{submission.number}"
    archive.writestr(f"{folder}/recepisse.pdf", receipt_pdf(submission))
    archive.writestr(f"{folder}/candidature.pdf", file_pdf(submission, include_personal=True))
    archive.writestr(f"{folder}/contenu.json", pretty(submission.content))


def folder_of(attachment) -> str:
    return "messages" if attachment.message_id else "pieces" if attachment.stands else "pieces-anterieures"


def add_file(archive, attachment, folder):
    """Two files of the same name stay apart by their number."""
    name = f"{folder}/{attachment.pk}-{clean_name(attachment.name)}"
    with attachment.file.open() as source, archive.open(name, "w", force_zip64=True) as target:
        for chunk in source.chunks():
            target.write(chunk)
