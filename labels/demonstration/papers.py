"""The pieces of the demonstration: small real files that say what they are."""

from collections.abc import Iterator
from typing import NamedTuple

from django.utils.text import slugify

from applications.models import Carrier

from .answers import Author

WRONG_PROJECT = "Aménagement de la voie verte du littoral"  # what a deliberation must not be about


class Paper(NamedTuple):
    """A file, and the question that it answers, for one carrier or for the whole candidature."""

    question: str
    carrier: Carrier | None
    name: str
    content: bytes


def papers_of(author: Author) -> Iterator[Paper]:
    """What a complete candidature joins; the better it is, the more it joins of what is optional."""
    yield from signed_papers(author)
    for partner in author.partners()[: max(0, author.entry.level - 2)]:
        yield support_letter(author, partner["name"])
    if author.entry.tenure != "unknown":
        plan = blank_pdf("Plan des locaux", author.entry.address.splitlines()[0], f"{author.surface} mètres carrés")
        yield Paper("premises_plan", None, "plan-des-locaux.pdf", plan)


def signed_papers(author: Author) -> Iterator[Paper]:
    """A letter from each carrier, and its deliberation or the promise of one."""
    about = WRONG_PROJECT if author.entry.fate == "refuse" else author.entry.title
    for carrier in author.carriers:
        name, person = slugify(carrier.name), author.people[carrier.pk]
        is_signed = carrier.is_lead or author.entry.fate != "supplements"
        signature = f"Signé : {person}" if is_signed else "Signature :"
        letter = blank_pdf("Lettre d’engagement", carrier.name, author.entry.title, signature)
        yield Paper("commitment_letter", carrier, f"engagement-{name}.pdf", letter)
        if author.entry.is_voted:
            vote = blank_pdf("Extrait du registre des délibérations", carrier.name, about)
            yield Paper("deliberation", None, f"deliberation-{name}.pdf", vote)
    if not author.entry.is_voted:
        promise = blank_pdf("Engagement à délibérer", author.carriers[0].name, author.entry.title)
        yield Paper("vote_commitment", None, "engagement-a-deliberer.pdf", promise)


def support_letter(author: Author, partner: str) -> Paper:
    letter = blank_pdf("Lettre de soutien", partner, author.entry.title)
    return Paper("support_letters", None, f"soutien-{slugify(partner)}.pdf", letter)


def blank_pdf(*lines: str) -> bytes:
    """A small valid PDF of one page that bears `lines`, the first one as its title."""
    shown = [f"/F1 {12 if place else 18} Tf ({escaped(line)}) Tj 0 -28 Td" for place, line in enumerate(lines)]
    text = f"BT 60 760 Td {' '.join(shown)} ET".encode("cp1252")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 "
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >> >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text),
    ]
    pdf, offsets = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(pdf))
        pdf += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    return pdf + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (size, table, size, len(pdf))
    )


def escaped(line: str) -> str:
    """A line as a string of a PDF holds it; a sign that its encoding does not know becomes a question mark."""
    known = line.encode("cp1252", "replace").decode("cp1252")
    return known.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
