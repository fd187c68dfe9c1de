import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.urls import reverse
from hypothesis import example, given
from hypothesis import strategies as st
from pytest_django.asserts import assertContains, assertRedirects

from applications.models import Attachment, Status
from applications.uploads import MAX_NAME, checked_type, clean_name
from tests.factories import CandidatureFactory, lead_of

PDF = b"%PDF-1.7 un document"
PNG = b"\x89PNG\r\n\x1a\n une image"
JPEG = b"\xff\xd8\xff\xe0 une photo"


def upload(name="deliberation.pdf", content=PDF):
    return SimpleUploadedFile(name, content)


@pytest.fixture
def candidature():
    return CandidatureFactory(attachment=None)


@pytest.fixture
def url(client, candidature):
    client.force_login(lead_of(candidature))
    return reverse("applications:pieces", args=[candidature.reference])


@pytest.mark.parametrize(
    ("name", "content", "content_type"),
    [
        ("acte.pdf", PDF, "application/pdf"),
        ("ACTE.PDF", PDF, "application/pdf"),
        ("plan.png", PNG, "image/png"),
        ("photo.jpg", JPEG, "image/jpeg"),
        ("photo.jpeg", JPEG, "image/jpeg"),
    ],
)
def test_content_type_is_found_in_the_content(name, content, content_type):
    assert checked_type(upload(name, content)) == content_type


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("facture.pdf", b"MZ\x90\x00 programme", "n’est pas un fichier PDF"),
        ("facture.pdf", b"MZ %PDF-1.7", "n’est pas un fichier PDF"),
        ("photo.png", JPEG, "n’est pas un fichier PNG"),
        ("photo.jpg", PDF, "n’est pas un fichier JPEG"),
        ("court.png", b"\x89", "n’est pas un fichier PNG"),
        ("programme.exe", b"MZ", "n’est ni un PDF"),
        ("page.svg", b"<svg onload='alert(1)'/>", "n’est ni un PDF"),
        ("acte.pdf.exe", PDF, "n’est ni un PDF"),
        ("acte", PDF, "n’est ni un PDF"),
        ("vide.pdf", b"", "est vide"),
    ],
)
def test_file_that_is_not_what_it_says_is_refused_by_name(name, content, why):
    with pytest.raises(ValidationError, match=why) as refusal:
        checked_type(upload(name, content))
    assert name in refusal.value.message


def test_file_of_200_mb_is_refused_with_its_weight(settings, tmp_path):
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path
    size = 200 * 1024**2
    with TemporaryUploadedFile("film.pdf", "application/pdf", size, None) as heavy:
        heavy.file.truncate(size)  # sparse: nothing is written

        with pytest.raises(ValidationError) as refusal:
            checked_type(heavy)
    words = refusal.value.message.replace("\N{NO-BREAK SPACE}", " ")
    assert words == "« film.pdf » pèse 200 Mo : le maximum est de 20 Mo par fichier."


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\agent\\acte.pdf", "acte.pdf"),
        ("acte\x00.pdf", "acte.pdf"),
        ("acte\u202efdp.exe.pdf", "actefdp.exe.pdf"),
        ("  délibération \n n°\t3.pdf ", "délibération n°3.pdf"),
        ("", "sans nom"),
        ("///", "sans nom"),
        ("plan 🏛.png", "plan 🏛.png"),
        ("x" * 300 + ".pdf", "x" * (MAX_NAME - 4) + ".pdf"),
    ],
)
def test_name_is_cleaned_of_what_could_deceive(name, clean):
    assert clean_name(name) == clean


@given(st.text(max_size=400))
@example(".")
@example("..")
def test_any_name_becomes_one_that_can_be_stored(name):
    clean = clean_name(name)

    assert 0 < len(clean) <= MAX_NAME
    assert not set(clean) & set("/\\\x00\n\u202e")
    assert SimpleUploadedFile(clean, b"").name


def test_several_pieces_are_added_at_once(client, candidature, url):
    response = client.post(url, {"files": [upload(), upload("plan.png", PNG)]})

    assertRedirects(response, url)
    pieces = candidature.attachments.all()
    assert [(piece.name, piece.content_type, piece.size) for piece in pieces] == [
        ("deliberation.pdf", "application/pdf", len(PDF)),
        ("plan.png", "image/png", len(PNG)),
    ]
    assert pieces[0].file.name.startswith(f"pieces/{candidature.pk}/")
    assert "deliberation" not in pieces[0].file.name


def test_refused_file_says_why_and_the_others_are_kept(client, candidature, url):
    response = client.post(url, {"files": [upload("programme.pdf", b"MZ"), upload()]})

    assertContains(response, "programme.pdf\N{NO-BREAK SPACE}» n’est pas un fichier PDF", count=2)  # summary and field
    assert [piece.name for piece in candidature.attachments.all()] == ["deliberation.pdf"]


def test_too_heavy_a_file_is_refused_on_the_page(client, candidature, url, settings):
    settings.MAX_ATTACHMENT_SIZE = 10

    assertContains(client.post(url, {"files": [upload()]}), "le maximum est de 10\N{NO-BREAK SPACE}octets par fichier")
    assert not candidature.attachments.exists()


def test_no_file_is_told(client, url):
    assertContains(client.post(url), "Choisissez au moins un fichier.")


def test_pieces_are_limited_in_number(client, candidature, url):
    response = client.post(url, {"files": [upload(f"acte-{number}.pdf") for number in range(21)]})

    assertContains(response, "au plus 20 pièces")
    assert not candidature.attachments.exists()


def test_piece_comes_back_as_a_download_that_browsers_do_not_interpret(client, candidature, url):
    client.post(url, {"files": [upload("délibération.pdf")]})
    piece = candidature.attachments.get()

    response = client.get(reverse("applications:piece", args=[candidature.reference, piece.pk]))

    assert b"".join(response.streaming_content) == PDF
    response.close()
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''d%C3%A9lib")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-store"


def test_piece_taken_away_leaves_no_file_behind(client, candidature, url, django_capture_on_commit_callbacks):
    client.post(url, {"files": [upload()]})
    piece = candidature.attachments.get()

    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(reverse("applications:remove_piece", args=[candidature.reference, piece.pk]))

    assertRedirects(response, url)
    assert not candidature.attachments.exists()
    assert not piece.file.storage.exists(piece.file.name)


def test_piece_already_deposited_stays_in_the_file(client):
    candidature = CandidatureFactory(status=Status.SUPPLEMENTS_REQUESTED)
    client.force_login(lead_of(candidature))
    piece = candidature.attachments.get()

    page = client.post(reverse("applications:remove_piece", args=[candidature.reference, piece.pk]), follow=True)

    assertContains(page, "figure dans un dépôt")
    assert Attachment.objects.filter(pk=piece.pk).exists()


def test_pieces_stay_closed_once_deposited(client):
    candidature = CandidatureFactory(status=Status.SUBMITTED)
    client.force_login(lead_of(candidature))
    url = reverse("applications:pieces", args=[candidature.reference])

    assertContains(client.post(url, {"files": [upload()]}), "n’est plus modifiable")
    assertRedirects(client.get(url), candidature.get_absolute_url())
    assert candidature.attachments.count() == 1


@pytest.mark.parametrize("count", [1, 3])
def test_pieces_page_query_count_does_not_grow(client, candidature, url, count, django_assert_num_queries):
    client.post(url, {"files": [upload(f"acte-{number}.pdf") for number in range(count)]})
    client.get(url)  # reads the message of success

    with django_assert_num_queries(12):
        client.get(url)
