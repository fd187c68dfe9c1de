"""All the files of a phase at once: exactly those that the person may read, without anything personal."""

import io
import zipfile

import pytest
from django.urls import reverse
from pypdf import PdfReader

from applications import bundle
from applications.models import Attachment, Recusal, Status
from labels.demonstration.papers import blank_pdf
from tests.applications.committee_case import TITLE, committee_case
from tests.applications.review_case import deposit_again
from tests.factories import AttachmentFactory, CandidatureFactory, lead_of, question_of

pytestmark = pytest.mark.usefixtures("without_second_factor")


@pytest.fixture
def case(client):
    """A second file beside that of the case, and one that is not admissible."""
    case = committee_case()
    case.other = CandidatureFactory(status=Status.ADMISSIBLE, phase=case.phase, title="AUTREDOSSIER")
    CandidatureFactory(status=Status.SUBMITTED, phase=case.phase)
    client.force_login(case.people["unsigned"])
    return case


def address(case, kind) -> str:
    return reverse(f"admin:committee_{kind}", args=[case.phase.pk])


def archive(client, case) -> zipfile.ZipFile:
    response = client.get(address(case, "zip"))
    assert "no-store" in response.headers["Cache-Control"]
    return zipfile.ZipFile(io.BytesIO(response.getvalue()))


def document(client, case) -> PdfReader:
    return PdfReader(io.BytesIO(client.get(address(case, "pdf")).getvalue()))


def bookmarks(reader) -> list:
    """The titles of the bookmarks, those of pieces in lists."""
    return [titles(each) for each in reader.outline]


def titles(outline):
    return [titles(each) for each in outline] if isinstance(outline, list) else outline.title


def add_piece(file, name="plan.pdf", content=None, **fields) -> Attachment:
    """A piece of the last deposit of the file."""
    content = content or blank_pdf("Plan")
    piece = AttachmentFactory(
        candidature=file, name=name, size=len(content), file__data=content, file__filename=name, **fields
    )
    file.last_submission.pieces.add(piece)
    return piece


def test_zip_holds_each_file_and_its_pieces(client, case):
    found = archive(client, case)

    expected = []
    for file in (case.file, case.other):
        expected += [f"{file.reference}/{file.reference}.pdf"]
        expected += [f"{file.reference}/pieces/{file.attachments.get().pk}-deliberation.pdf"]
    assert found.namelist() == expected
    assert found.testzip() is None
    assert found.read(expected[1]) == b"%PDF-1.7 piece"
    assert TITLE in PdfReader(io.BytesIO(found.read(expected[0]))).pages[0].extract_text()


def test_pdf_has_a_bookmark_for_each_file_and_each_piece(client, case):
    add_piece(case.other)

    reader = document(client, case)

    assert bookmarks(reader) == [str(case.file), str(case.other), ["plan.pdf"]]
    first = reader.get_destination_page_number(reader.outline[0])
    assert TITLE in reader.pages[first].extract_text()
    assert TITLE in reader.pages[0].extract_text()


def test_piece_that_cannot_be_joined_is_named_on_the_first_page(client, case, monkeypatch):
    monkeypatch.setattr(bundle, "LARGEST_MERGED", 5000)
    add_piece(case.file, "enorme.pdf", content=blank_pdf("Plan") + b"\n" * 6000)

    reader = document(client, case)

    first = reader.pages[0].extract_text()
    assert ("deliberation.pdf" in first, "enorme.pdf" in first) == (True, True)  # the first one is no real PDF
    assert bookmarks(reader) == [str(case.file), str(case.other)]


@pytest.mark.parametrize("whole_seat", [False, True])
def test_file_from_which_one_is_recused_is_nowhere(client, case, whole_seat):
    Recusal.declare(case.file, case.people["unsigned"], "Parenté", whole_seat=whole_seat)

    names = archive(client, case).namelist()
    text = "".join(page.extract_text() for page in document(client, case).pages)

    assert [name for name in names if case.file.reference in name] == []
    assert (TITLE in text, "AUTREDOSSIER" in text) == (False, True)


def test_phase_of_which_one_may_read_nothing_is_not_found(client, case):
    for file in (case.file, case.other):
        Recusal.declare(file, case.people["unsigned"], "Parenté")

    assert [client.get(address(case, kind)).status_code for kind in ("zip", "pdf")] == [404, 404]


def test_pieces_that_the_committee_may_not_open_are_left_out(client, case):
    add_piece(case.file, "attendue.pdf", scan=Attachment.Scan.PENDING)
    add_piece(case.file, "infectee.pdf", scan=Attachment.Scan.INFECTED)

    pieces = [name for name in archive(client, case).namelist() if "/pieces/" in name]

    kept = [piece for file in (case.file, case.other) for piece in file.attachments.filter(scan=Attachment.Scan.NONE)]
    assert pieces == [f"{piece.candidature.reference}/pieces/{piece.pk}-deliberation.pdf" for piece in kept]


def test_personal_pieces_are_left_out(client, case):
    asked = question_of(case.file, "engagement")
    asked.is_personal = True
    asked.save()

    assert [name for name in archive(client, case).namelist() if "/pieces/" in name] == []


def test_last_deposit_alone_is_in_the_bundle(client, case):
    former = case.file.attachments.get()
    deposit_again(case.file).pieces.remove(former)

    names = archive(client, case).namelist()

    assert [name for name in names if f"/{former.pk}-" in name] == []
    assert "NOUVEAURESUME" in "".join(page.extract_text() for page in document(client, case).pages)


def test_bundle_names_nobody_who_deposited(client, case):
    text = "".join(page.extract_text() for page in document(client, case).pages)

    assert lead_of(case.file).full_name not in text
    assert "signalées comme personnelles ne figurent pas" in text


def test_what_is_being_made_stands_on_the_disk_beyond_a_size(client, case, monkeypatch):
    monkeypatch.setattr(bundle, "IN_MEMORY", 1024)
    dossiers = bundle.dossiers_of(case.phase.candidatures.filter(pk=case.file.pk), case.people["unsigned"])

    with bundle.bundle_zip(dossiers) as file, bundle.bundle_pdf(case.phase, dossiers) as whole:
        assert [isinstance(each._file, io.BytesIO) for each in (file, whole)] == [False, False]
