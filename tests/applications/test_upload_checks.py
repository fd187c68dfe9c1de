import io

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pypdf import PdfWriter
from pypdf.actions import JavaScript

from applications.uploads import KINDS, MAX_NAME, accept_attribute, accepted_words, checked_type, clean_name
from tests.applications.refusals import (
    DAMAGED,
    EVERY_KIND,
    INCLUSION,
    LAUNCH,
    LOCKED,
    MEGABYTE,
    PROGRAM,
    TRAP,
    reason,
    refusal,
)
from tests.files import JPEG, PNG, TYPES, archive, office, pdf


def written(writer: PdfWriter, **lock) -> bytes:
    """A PDF of one page, as a library writes it."""
    writer.add_blank_page(595, 842)
    if lock:
        writer.encrypt(**lock)
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


# What is accepted


@pytest.mark.parametrize(
    ("name", "content", "content_type"),
    [
        ("acte.pdf", pdf(), "application/pdf"),
        ("ACTE.PDF", pdf(packed=b"<< /S /URI >>"), "application/pdf"),
        ("acte.pdf", pdf() + b"\r\n" + bytes(2000), "application/pdf"),
        ("acte.pdf", written(PdfWriter()), "application/pdf"),
        ("plan.png", PNG, "image/png"),
        ("photo.jpg", JPEG, "image/jpeg"),
        ("photo.jpeg", JPEG, "image/jpeg"),
        *((f"acte.{extension}", office(extension), content_type) for extension, content_type in TYPES.items()),
    ],
)
def test_the_type_of_a_sound_file_is_found_in_its_content(name, content, content_type):
    upload = SimpleUploadedFile(name, content, "application/x-what-the-browser-says")
    upload.seek(2)

    assert checked_type(upload, EVERY_KIND) == content_type
    assert upload.read() == content  # left at its beginning


def test_a_file_is_given_a_clean_name():
    upload = SimpleUploadedFile("acte.pdf", pdf())
    upload._name = "  délibération \n n°\t3.pdf "

    checked_type(upload)

    assert upload.name == "délibération n°3.pdf"


def test_kinds_are_named_as_people_read_them():
    assert accepted_words() == "PDF, PNG ou JPEG"
    assert accepted_words(["pdf"]) == "PDF"
    assert accepted_words(["text", "sheet"]) == "Word (DOCX), LibreOffice (ODT), Excel (XLSX) ou LibreOffice (ODS)"


def test_the_file_field_offers_the_kinds_by_extension_and_by_type():
    assert accept_attribute() == ".pdf,application/pdf,.png,image/png,.jpg,.jpeg,image/jpeg"


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_takes_each_of_its_formats(kind):
    samples = {"pdf": pdf(), "png": PNG, "jpg": JPEG, "jpeg": JPEG} | {name: office(name) for name in TYPES}
    extensions = [extension for accepted in KINDS[kind].formats for extension in accepted.extensions]

    assert [refusal(f"acte{extension}", samples[extension[1:]], [kind]) for extension in extensions] == [""] * len(
        extensions
    )


# Names


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\agent\\acte.pdf", "acte.pdf"),
        ("acte\x00.pdf", "acte.pdf"),
        ("acte\u202efdp.exe.pdf", "actefdp.exe.pdf"),
        ("e\u0301tat.pdf", "état.pdf"),
        ("", "sans nom"),
        ("plan 🏛.png", "plan 🏛.png"),
        ("x" * 300 + ".pdf", "x" * (MAX_NAME - 4) + ".pdf"),
    ],
)
def test_a_name_is_cleaned_of_what_could_deceive(name, clean):
    assert clean_name(name) == clean


@given(st.text(max_size=400))
@example("..")
@example("\u202e.pdf")
def test_any_name_becomes_one_that_can_be_stored_and_stays_so(name):
    clean = clean_name(name)

    assert 0 < len(clean) <= MAX_NAME
    assert not set(clean) & set("/\\\x00\n\u202e")
    assert not clean.startswith(".")
    assert clean_name(clean) == clean


# Sizes


def test_a_file_of_200_mb_is_refused_with_both_sizes(settings, tmp_path):
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path
    size = 200 * MEGABYTE
    with TemporaryUploadedFile("film.pdf", "application/pdf", size, None) as heavy:
        heavy.file.truncate(size)  # sparse: nothing is written

        with pytest.raises(ValidationError) as error:
            checked_type(heavy)
    assert error.value.message.replace("\N{NO-BREAK SPACE}", " ") == (
        "« film.pdf » pèse 200 Mo : le maximum est de 20 Mo par fichier. "
        "Allégez-le ou partagez-le en plusieurs fichiers."
    )


def test_a_question_may_ask_for_lighter_files():
    content = pdf()

    assert refusal("acte.pdf", content, max_size=len(content)) == ""
    assert refusal("acte.pdf", content, max_size=100).startswith(f"pèse {len(content)} octets : le maximum est de 100")


def test_an_empty_file_is_refused():
    assert reason("vide.pdf", b"") == "est vide"


# Files that are not what their name says


@pytest.mark.parametrize("name", ["programme.exe", "page.svg", "acte.pdf.exe", "acte", "acte.docm", "acte.doc"])
def test_other_extensions_are_refused_with_what_is_accepted(name):
    assert refusal(name, pdf(), ["pdf", "image"]) == (
        "n’est pas d’un format accepté. Joignez le document en PDF, PNG ou JPEG."
    )


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("acte.pdf", b"MZ\x90\x00" + pdf(), "n’est pas un fichier PDF : c’est un programme"),
        ("acte.pdf", b"\x7fELF", "n’est pas un fichier PDF : c’est un programme"),
        ("acte.pdf", b"\n <!doctype html>", "n’est pas un fichier PDF : c’est une page web ou un dessin SVG"),
        ("acte.pdf", b"\n" + pdf(), "n’est pas un fichier PDF : son contenu dément son nom"),
        ("acte.pdf", PNG, "n’est pas un fichier PDF : c’est une image PNG"),
        ("plan.png", JPEG, "n’est pas un fichier PNG : c’est une image JPEG"),
        ("plan.png", b"<svg/>", "n’est pas un fichier PNG : c’est une page web ou un dessin SVG"),
        ("court.png", b"\x89", "n’est pas un fichier PNG : son contenu dément son nom"),
        ("photo.jpg", b"\0\0\0\x18ftypheic", "n’est pas un fichier JPEG : c’est une photo au format HEIC"),
        ("acte.docx", b"{\\rtf1}", "n’est pas un fichier Word (DOCX) : c’est un document RTF"),
        ("acte.docx", office("odt"), "n’est pas un fichier Word (DOCX) : son contenu dément son nom"),
        ("acte.docx", office("xlsx"), "n’est pas un fichier Word (DOCX) : son contenu dément son nom"),
        ("acte.odt", office("docx"), "n’est pas un fichier LibreOffice (ODT) : son contenu dément son nom"),
        ("acte.ods", office("odt"), "n’est pas un fichier LibreOffice (ODS) : son contenu dément son nom"),
        ("acte.docx", archive({"a": b""}), "n’est pas un fichier Word (DOCX) : son contenu dément son nom"),
        ("acte.odt", archive({"mimetype": TYPES["odt"].encode()}), "n’est pas un fichier LibreOffice (ODT) : "
         "son contenu dément son nom"),
        ("acte.docx", archive({"[Content_Types].xml": b"<Types"}), "n’est pas un fichier Word (DOCX) : "
         "son contenu dément son nom"),
        ("acte.docx", b"\xd0\xcf\x11\xe0\xa1\xb1", "n’est pas un fichier Word (DOCX) : "
         "c’est un document d’un ancien format de Microsoft Office, ou protégé par un mot de passe"),
    ],
)  # fmt: skip
def test_a_content_that_belies_its_name_is_told_for_what_it_is(name, content, why):
    assert reason(name, content) == why


# PDF


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-128", "AES-256"])
def test_a_pdf_that_asks_for_a_password_is_refused(algorithm):
    assert reason("acte.pdf", written(PdfWriter(), user_password="secret", algorithm=algorithm)) == LOCKED


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-128", "AES-256"])
def test_a_pdf_that_only_forbids_to_change_it_is_accepted(algorithm):
    locked = written(PdfWriter(), user_password="", owner_password="secret", algorithm=algorithm)

    assert refusal("acte.pdf", locked) == ""


def test_a_pdf_that_opens_with_a_certificate_is_refused():
    trailer = b"/Encrypt << /Filter /Adobe.PubSec /V 4 >> /Root 1 0 R"

    assert reason("acte.pdf", pdf().replace(b"/Root 1 0 R", trailer)) == LOCKED


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7",
        pdf()[:-100],
        pdf()[: len(pdf()) // 2],
        pdf() + b"x" * 2000,
        b"%PDF-1.7\n" + b"x" * 5000 + b"\nstartxref\n9\n%%EOF",
        pdf().replace(b"/Kids [3 0 R]", b"/Kids []"),
        pdf().replace(b"/Pages 2 0 R", b"/Pages 9 0 R"),
    ],
)
def test_a_damaged_pdf_is_refused(content):
    assert reason("acte.pdf", content) == DAMAGED


SCRIPT = b"<< /S /JavaScript /JS (app.alert(1)) >>"


@pytest.mark.parametrize(
    "content",
    [
        pdf(SCRIPT, catalog=b"/OpenAction 5 0 R"),
        pdf(catalog=b"/OpenAction " + SCRIPT),
        pdf(b"<</S/JavaScript/JS(app.alert(1))>>", catalog=b"/OpenAction 5 0 R"),
        pdf(SCRIPT.replace(b"JavaScript", b"J#61va#53cript"), catalog=b"/OpenAction 5 0 R"),
        pdf(packed=SCRIPT, catalog=b"/OpenAction 5 0 R"),
        pdf(b"/JavaScript", catalog=b"/OpenAction << /S 5 0 R /JS (app.alert(1)) >>"),
        pdf(packed=b"/JavaScript", catalog=b"/OpenAction << /S 5 0 R /JS (app.alert(1)) >>"),
        pdf(b"<< /S /URI /S /JavaScript /JS (app.alert(1)) >>", catalog=b"/OpenAction 5 0 R"),
        pdf(b"<< /S % a remark\n/JavaScript% another\n/JS (app.alert(1)) >>", catalog=b"/OpenAction 5 0 R"),
        pdf(catalog=b"/Names << /JavaScript << /Names [(start) 5 0 R] >> >>"),
        pdf(catalog=b"/AcroForm << /XFA [(template) 5 0 R] >>"),
        pdf(b"<< /S /Rendition /JS (app.alert(1)) >>", catalog=b"/OpenAction 5 0 R"),
        pdf(b"<< /Subtype /RichMedia >>"),
    ],
)
def test_a_pdf_that_carries_a_program_is_refused(content):
    assert reason("acte.pdf", content) == f"{PROGRAM} : script, animation ou formulaire interactif"


def test_a_script_is_found_in_the_pdf_of_a_library_and_behind_a_lock():
    writer = PdfWriter()
    writer.add_open_action(JavaScript("app.alert(1)"))

    assert reason("acte.pdf", written(writer)).startswith(PROGRAM)
    assert reason("acte.pdf", written(writer, user_password="", owner_password="secret")).startswith(PROGRAM)


def test_a_pdf_that_launches_something_is_refused():
    content = pdf(b"<< /S /Launch /F (cmd.exe) >>", catalog=b"/OpenAction 5 0 R")

    assert reason("acte.pdf", content).startswith(LAUNCH)


def test_a_pdf_that_holds_another_file_is_refused():
    writer = PdfWriter()
    writer.add_attachment("virus.exe", b"MZ")

    assert reason("acte.pdf", written(writer)).startswith(INCLUSION)
    assert reason("acte.pdf", pdf(b"<< /Type /Filespec /F (a) /EF << /F 4 0 R >> >>")).startswith(INCLUSION)


@pytest.mark.parametrize(
    "content",
    [
        pdf(b"<< /Title (Formation HTML/JavaScript/SQL) >>"),
        pdf(packed=b"<< /Title (Formation HTML/JavaScript/SQL) >>"),
        pdf(content=b"(Kick-off/Launch 2021, /EF << et /XFA [) Tj"),
        pdf(b"<< /Title (/JavaScript et PHP) >>", content=b"(L\xe9a/Launch) Tj"),
    ],
)
def test_words_of_a_text_are_no_program(content):
    assert refusal("acte.pdf", content) == ""


@pytest.mark.parametrize(("words", "why"), [(b"HTML/JavaScript et PHP", ""), (b"HTML/JavaScript/PHP", PROGRAM)])
def test_a_pdf_that_counts_on_tolerant_readers_gets_less_of_the_benefit_of_doubt(words, why):
    content = pdf(b"<< /Title (%s) >>" % words).replace(b"startxref\n", b"startxref\n1")

    assert reason("acte.pdf", content).partition(" :")[0] == why


@pytest.mark.parametrize(
    ("size", "streams", "why"),
    [(3 * MEGABYTE, 1, ""), (5 * MEGABYTE, 1, DAMAGED), (3 * MEGABYTE, 10, ""), (3 * MEGABYTE, 11, TRAP)],
)
def test_compressed_objects_are_unfolded_within_limits(size, streams, why):
    assert reason("acte.pdf", pdf(packed=bytes(size), streams=streams)).partition(" : il ne")[0] == why


def test_words_are_not_looked_at_twice_in_many_compressed_objects():
    words = b"<< /Title (HTML/JavaScript/PHP) >>" + b" " * MEGABYTE
    reasons = [reason("acte.pdf", pdf(packed=words, streams=streams)).partition(" :")[0] for streams in (3, 4)]

    assert reasons == ["", PROGRAM]


@pytest.mark.parametrize(
    ("filters", "why"), [(b"/FlateDecode", ""), (b"[/FlateDecode]", ""), (b"/ASCIIHexDecode", DAMAGED)]
)
def test_compressed_objects_are_only_deflated(filters, why):
    assert reason("acte.pdf", pdf(packed=b"<< >>", filters=filters)) == why


def test_a_pdf_of_too_many_objects_is_refused():
    assert reason("acte.pdf", pdf(b"1 0 obj " * 210_000)).startswith(TRAP)


@pytest.mark.parametrize(("tables", "why"), [(3, ""), (60, DAMAGED)])
def test_a_pdf_that_sends_its_reader_from_end_to_end_without_end_is_given_up(tables, why):
    head, _, tail = pdf(b"(" + b"x" * 4 * MEGABYTE + b")").partition(b"xref")
    content, previous = head + b"xref" + tail, int(tail.split()[-2])
    for _ in range(tables):  # each has a wrong line, looked for in the whole file, and sends to the one before it
        table = b"xref\n1 1\nwrong line of twenty\ntrailer\n<< /Root 1 0 R /Prev %d >>\n" % previous
        previous = len(content)
        content += table

    assert reason("acte.pdf", content + b"startxref\n%d\n%%%%EOF" % previous) == why


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_any_damage_is_told_and_never_an_error(data):
    name, sound = data.draw(
        st.sampled_from([("a.pdf", pdf()), ("a.pdf", pdf(packed=b"<< /A [1 (b)] >>")), ("a.docx", office("docx"))])
    )
    content = bytearray(sound)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(6, len(content) - 1))
        content[place : place + data.draw(st.integers(0, 4))] = data.draw(
            st.one_of(st.binary(max_size=4), st.sampled_from([b"<<", b"[", b"(", b"9 0 R", b"-1", b"99999999999"]))
        )

    refusal(name, bytes(content))
