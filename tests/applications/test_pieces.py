"""The pieces of a file: sent, refused, replaced, taken away, read, and what becomes of them when something fails."""

import errno

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from pytest_django.asserts import assertContains, assertRedirects

from applications.models import Attachment, Membership, Status
from config.storage import CarefulFileSystemStorage
from tests.factories import (
    AttachmentFactory,
    CandidatureFactory,
    CarrierFactory,
    MemberFactory,
    MembershipFactory,
    SeatFactory,
    StaffFactory,
    lead_of,
    question_of,
)
from tests.files import PNG, pdf

JSON = {"HTTP_ACCEPT": "application/json"}


def sent(name="deliberation.pdf", content=None):
    return SimpleUploadedFile(name, content or pdf())


@pytest.fixture
def candidature(client):
    candidature = CandidatureFactory(attachment=None)
    client.force_login(lead_of(candidature))
    return candidature


def upload_url(candidature, question=None):
    question = question or question_of(candidature, "engagement")
    return reverse("applications:upload", args=[candidature.reference, question.pk])


def page_of(candidature):
    return reverse("applications:section", args=[candidature.reference, "pieces"])


def names(candidature) -> list[str]:
    return [piece.name for piece in candidature.attachments.standing()]


def stored_files(settings) -> list:
    return [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]


def test_files_sent_one_by_one_stand_and_are_told(client, candidature):
    client.post(upload_url(candidature), {"files": sent()}, **JSON)
    answer = client.post(upload_url(candidature), {"files": sent("plan.png", PNG)}, **JSON).json()

    assert names(candidature) == ["deliberation.pdf", "plan.png"]
    assert [(piece["name"], piece["state"]) for piece in answer["pieces"]] == [
        ("deliberation.pdf", ""),
        ("plan.png", ""),
    ]
    assert answer["errors"] == []


def test_files_chosen_without_javascript_are_kept_with_the_page(client, candidature):
    field = f"q{question_of(candidature, 'engagement').pk}"

    response = client.post(page_of(candidature), {field: [sent("une.pdf"), sent("deux.pdf")]})

    assertRedirects(response, page_of(candidature))
    assert names(candidature) == ["une.pdf", "deux.pdf"]


def test_refused_file_says_why_and_the_others_are_kept(client, candidature):
    field = f"q{question_of(candidature, 'engagement').pk}"

    page = client.post(page_of(candidature), {field: [sent(), sent("facture.pdf", b"MZ\x90\x00 programme")]})

    assertContains(page, "n’est pas un fichier PDF")
    assert names(candidature) == ["deliberation.pdf"]


def test_each_carrier_has_its_own_pieces(client, candidature):
    section = candidature.call.sections.get(code="pieces")
    letter = section.questions.create(position=2, code="lettre", kind="file", label="Lettre", per_carrier=True)
    first, second = candidature.carriers.get(), CarrierFactory(candidature=candidature, is_lead=False)

    client.post(f"{upload_url(candidature, letter)}?porteur={first.pk}", {"files": sent("a.pdf")}, **JSON)
    client.post(f"{upload_url(candidature, letter)}?porteur={second.pk}", {"files": sent("b.pdf")}, **JSON)
    stranger = client.post(f"{upload_url(candidature, letter)}?porteur=999999", {"files": sent("c.pdf")}, **JSON)

    assert {piece.name: piece.carrier for piece in candidature.attachments.all()} == {"a.pdf": first, "b.pdf": second}
    assert stranger.status_code == 404


def test_sixty_files_stop_at_the_number_asked_and_the_others_are_named(client, candidature):
    answer = client.post(upload_url(candidature), {"files": [sent(f"{n}.pdf") for n in range(60)]}, **JSON).json()

    assert len(answer["pieces"]) == 20
    assert len(answer["errors"]) == 40
    assert answer["errors"][0] == "« 20.pdf » n’a pas été ajoutée : 20 fichiers au plus. Retirez-en un d’abord."


def test_replaced_piece_is_kept_among_the_former_ones(client, candidature):
    client.post(upload_url(candidature), {"files": sent("ancien.pdf")}, **JSON)
    former = candidature.attachments.get()

    client.post(upload_url(candidature), {"files": sent("nouveau.pdf"), "remplace": former.pk}, **JSON)

    assert names(candidature) == ["nouveau.pdf"]
    page = client.get(reverse("applications:former_pieces", args=[candidature.reference]))
    assertContains(page, "Remplacée par nouveau.pdf")


def test_piece_replaced_while_someone_downloads_it_comes_whole(client, candidature):
    content = pdf(content=b"BT ET " * 50_000)
    client.post(upload_url(candidature), {"files": sent("ancien.pdf", content)}, **JSON)
    former = candidature.attachments.get()
    download = client.get(reverse("applications:piece", args=[candidature.reference, former.pk]))
    chunks = iter(download.streaming_content)
    first = next(chunks)
    client.post(upload_url(candidature), {"files": sent("nouveau.pdf"), "remplace": former.pk}, **JSON)

    assert first + b"".join(chunks) == content


def test_piece_is_replaced_once(client, candidature):
    client.post(upload_url(candidature), {"files": sent("ancien.pdf")}, **JSON)
    former = candidature.attachments.get()
    client.post(upload_url(candidature), {"files": sent("nouveau.pdf"), "remplace": former.pk}, **JSON)

    again = client.post(upload_url(candidature), {"files": sent("tard.pdf"), "remplace": former.pk}, **JSON)

    assert again.status_code == 404
    assert names(candidature) == ["nouveau.pdf"]


def test_piece_taken_away_is_asked_first_then_stays_readable(client, candidature):
    client.post(upload_url(candidature), {"files": sent()}, **JSON)
    piece = candidature.attachments.get()
    url = reverse("applications:remove_piece", args=[candidature.reference, piece.pk])

    assertContains(client.get(url), "ne figurera plus dans votre prochain dépôt")
    client.post(url)

    assert names(candidature) == []
    download = client.get(reverse("applications:piece", args=[candidature.reference, piece.pk]))
    assert b"".join(download.streaming_content) == pdf()


def test_piece_comes_back_as_a_download_that_browsers_do_not_interpret(client, candidature):
    client.post(upload_url(candidature), {"files": sent("plan « 2 ».png", PNG)}, **JSON)

    response = client.get(reverse("applications:piece", args=[candidature.reference, candidature.attachments.get().pk]))

    assert b"".join(response.streaming_content) == PNG
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''plan%20")
    assert (response["X-Content-Type-Options"], response["Cache-Control"]) == ("nosniff", "private, no-store")
    assert response["Content-Type"] == "image/png"


def test_name_of_the_sender_never_names_the_stored_file(client, candidature):
    client.post(upload_url(candidature), {"files": sent("../../etc/passwd.pdf")}, **JSON)

    piece = candidature.attachments.get()
    assert (piece.name, "passwd" in piece.file.name) == ("passwd.pdf", False)


def test_full_disk_is_told_and_leaves_nothing(client, candidature, settings, monkeypatch):
    def full(self, name, content):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(CarefulFileSystemStorage, "_save", full)

    answer = client.post(upload_url(candidature), {"files": sent()}, **JSON).json()

    assert answer["pieces"] == []
    assert answer["errors"][0].startswith("Le portail n’a pas pu enregistrer « deliberation.pdf ».")
    assert stored_files(settings) == []


def test_file_whose_row_is_refused_leaves_no_orphan(client, candidature, settings):
    question = question_of(candidature, "engagement")
    type(question).objects.filter(pk=question.pk).update(max_files=1)
    client.post(upload_url(candidature), {"files": sent("une.pdf")}, **JSON)

    client.post(upload_url(candidature), {"files": sent("deux.pdf")}, **JSON)

    assert (len(stored_files(settings)), names(candidature)) == (1, ["une.pdf"])


def test_file_sent_while_the_candidature_was_closing_is_refused_with_the_reason(client):
    candidature = CandidatureFactory(status=Status.SUBMITTED, phase__closed=True)
    client.force_login(lead_of(candidature))

    answer = client.post(upload_url(candidature), {"files": sent("tard.pdf")}, **JSON)

    assert answer.status_code == 403
    assert "ne peut plus être modifiée" in answer.json()["message"]
    assert names(candidature) == ["deliberation.pdf"]


@pytest.mark.parametrize("who", ["reader", "staff"])
def test_only_editors_send_files(client, candidature, settings, who):
    settings.REQUIRE_SECOND_FACTOR = False
    reader = MembershipFactory(candidature=candidature, role=Membership.Role.READER).user
    client.force_login(reader if who == "reader" else StaffFactory())

    assert client.post(upload_url(candidature), {"files": sent()}, **JSON).status_code == 403
    assert not candidature.attachments.exists()


# What the committee may open


@pytest.fixture
def judged(client, settings):
    settings.REQUIRE_SECOND_FACTOR = False
    candidature = CandidatureFactory(status=Status.ADMISSIBLE)
    client.force_login(MemberFactory(seat=SeatFactory(call=candidature.call)).user)
    return candidature


def opened(client, piece) -> int:
    response = client.get(reverse("applications:piece", args=[piece.candidature.reference, piece.pk]))
    _ = b"".join(response.streaming_content) if response.streaming else b""
    return response.status_code


def test_committee_opens_what_was_deposited_and_nothing_else(client, judged):
    assert opened(client, judged.attachments.get()) == 200
    assert opened(client, AttachmentFactory(candidature=judged)) == 404


@pytest.mark.parametrize(("state", "code"), [("pending", 404), ("infected", 404), ("clean", 200), ("", 200)])
def test_committee_opens_a_piece_once_the_scanner_has_seen_it(client, judged, state, code):
    judged.attachments.update(scan=state)

    assert opened(client, judged.attachments.get()) == code


def test_committee_never_opens_a_personal_piece(client, judged):
    question = question_of(judged, "engagement")
    type(question).objects.filter(pk=question.pk).update(is_personal=True)

    assert opened(client, judged.attachments.get()) == 404


def test_infected_piece_opens_to_nobody(client, settings):
    settings.REQUIRE_SECOND_FACTOR = False
    candidature = CandidatureFactory(attachment__scan=Attachment.Scan.INFECTED)
    for person in (lead_of(candidature), StaffFactory()):
        client.force_login(person)
        assert opened(client, candidature.attachments.get()) == 404
