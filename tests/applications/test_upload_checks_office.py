import struct
import zipfile
import zlib

import pytest

from tests.applications.refusals import DAMAGED, LOCKED, MACROS, MEGABYTE, TRAP, reason, refusal
from tests.files import PNG, TYPES, archive, office


@pytest.mark.parametrize(
    ("extension", "content"),
    [
        ("docx", office("docx", {"word/vbaProject.bin": b"macro"})),
        ("docx", office("docx", main="application/vnd.ms-word.document.macroEnabled.main+xml")),
        ("docx", office("docx", main="application/vnd.ms-word.document.m&#97;croEnabled.main+xml")),
        ("xlsx", office("xlsx", main="application/vnd.ms-excel.sheet.macroEnabled.main+xml")),
        ("xlsx", office("xlsx", main="application/vnd.ms-office.activeX+xml")),
        ("odt", office("odt", {"Basic/Standard/Module1.xml": b"<script/>"})),
        ("ods", office("ods", {"Scripts/python/a.py": b""})),
    ],
)
def test_an_office_document_with_macros_is_refused(extension, content):
    assert reason(f"acte.{extension}", content) == f"{MACROS}, c’est-à-dire un programme"


def test_pictures_and_other_parts_are_no_macros():
    assert refusal("acte.docx", office("docx", {"word/media/macro-lot.png": PNG, "word/vba.txt": b"vba"})) == ""


def test_an_office_document_with_a_password_is_refused():
    manifest = archive({"mimetype": TYPES["odt"].encode(), "META-INF/manifest.xml": b"<manifest:encryption-data/>"})
    flagged = bytearray(office("docx"))
    flagged[flagged.index(b"PK\1\2") + 8] |= 1  # general purpose flag, bit 0: encrypted

    assert reason("acte.odt", manifest) == LOCKED
    assert reason("acte.docx", bytes(flagged)) == LOCKED


@pytest.mark.parametrize(
    "bomb",
    [
        {"word/media/image1.png": bytes(11 * MEGABYTE)},
        {f"word/media/image{n}.png": bytes(9 * MEGABYTE) for n in range(17)},
        {f"part{n}.xml": b"" for n in range(5000)},
    ],
    ids=["one absurd part", "many large parts", "too many parts"],
)
def test_an_office_document_that_unfolds_without_end_is_refused(bomb):
    assert reason("acte.docx", office("docx", bomb)).startswith(TRAP)


def with_declared_size(size: int, content: bytes) -> bytes:
    """A DOCX whose first part declares that it is of this size once unfolded."""
    whole = bytearray(office("docx", {"word/media/image1.png": content}))
    entry = whole.rindex(b"PK\1\2")
    whole[entry + 24 : entry + 28] = struct.pack("<L", size)
    return bytes(whole)


def test_declared_sizes_are_not_believed():
    assert reason("acte.docx", with_declared_size(10, bytes(11 * MEGABYTE))).startswith(TRAP)
    assert reason("acte.docx", with_declared_size(10, b"twenty bytes or more")) == DAMAGED
    assert reason("acte.docx", with_declared_size(20, b"twenty bytes or more")) == ""


@pytest.mark.parametrize("name", ["../../acte.xml", "/etc/passwd", "C:/acte.xml", "word\\document.xml", "a/../b"])
def test_an_office_document_whose_parts_leave_it_is_refused(name):
    assert reason("acte.docx", office("docx", {name: b""})) == DAMAGED


def test_an_office_document_with_two_parts_of_the_same_name_is_refused():
    content = office("docx", {"word/a.xml": b"one", "word/b.xml": b"two"}).replace(b"word/b.xml", b"word/a.xml")

    assert reason("acte.docx", content) == DAMAGED


@pytest.mark.parametrize(
    "content",
    [
        b"PK\3\4",
        office("docx")[:-30],
        office("docx").replace(struct.pack("<L", zlib.crc32(b"<document/>")), b"crc!"),
        archive({"[Content_Types].xml": b"<Types/>"}, zipfile.ZIP_BZIP2),
    ],
    ids=["empty", "cut", "other content than declared", "unusual method"],
)
def test_a_damaged_office_document_is_refused(content):
    assert reason("acte.docx", content) == DAMAGED
