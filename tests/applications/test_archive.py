"""Everything that one has of a candidature, in one ZIP: whole, byte for byte, and nothing that is not theirs."""

import io
import json
from zipfile import ZipFile

import pytest

from applications.documents import file_pdf, receipt_pdf
from applications.models import Attachment, Event, Membership, Message, Status, WorkingCopy
from tests.applications.file_case import answer, ask, deposit
from tests.applications.team_case import signed_in, url_of
from tests.factories import (
    AttachmentFactory,
    CandidatureFactory,
    MembershipFactory,
    StaffFactory,
    UserFactory,
    lead_of,
)

BYTES = bytes(range(256)) * 300


@pytest.fixture
def candidature():
    return CandidatureFactory(status=Status.SUBMITTED, attachment=None)


def opened(client, candidature) -> dict[str, bytes]:
    """The files of the archive, by their names, once the ZIP is found whole."""
    response = client.get(url_of("archive", candidature))
    assert response.status_code == 200
    with ZipFile(io.BytesIO(response.getvalue())) as file:
        assert file.testzip() is None
        assert len(set(file.namelist())) == len(file.namelist())
        return {name: file.read(name) for name in file.namelist()}


def attach(candidature, data=BYTES, **fields) -> Attachment:
    return AttachmentFactory(candidature=candidature, file__data=data, **fields)


def message(candidature, by, body, *files):
    """A message from `by`, with files of these contents."""
    pieces = [
        Attachment(
            candidature=candidature, name="note.pdf", size=len(data), sha256=str(number) * 64, uploaded_by=by,
            uploaded_at=candidature.created_at, content_type="application/pdf",
        )
        for number, data in enumerate(files)
    ]  # fmt: skip
    for piece, data in zip(pieces, files, strict=True):
        piece.file.save("note.pdf", io.BytesIO(data), save=False)
    return Message.send(candidature, by, body, pieces)[0]


def test_archive_is_saved_under_the_reference_and_kept_by_no_cache(client, candidature):
    response = signed_in(client, candidature).get(url_of("archive", candidature))

    assert response["Content-Disposition"] == f'attachment; filename="{candidature.reference}.zip"'
    assert response["Content-Type"] == "application/zip"
    assert {"private", "no-store"} <= set(response["Cache-Control"].replace(" ", "").split(","))
    assert response.getvalue().startswith(b"PK")


def test_archive_of_a_draft_holds_its_answers_and_its_history(client):
    candidature = CandidatureFactory(attachment=None)

    files = opened(signed_in(client, candidature), candidature)

    assert sorted(files) == ["historique.txt", "messages.txt", "reponses.json", "reponses.txt"]


def test_every_piece_is_there_byte_for_byte(client, candidature):
    standing, same_name = attach(candidature), attach(candidature, b"autre contenu")
    replaced = attach(candidature, b"ancien", replaced_by=standing)
    removed = attach(candidature, b"retire", removed_at=candidature.created_at, name="../../fuite\\a.pdf")
    by = lead_of(candidature)
    joined = message(candidature, by, "Voici.", b"jointe").attachments.get()

    files = opened(signed_in(client, candidature), candidature)

    pieces = {name: data for name, data in files.items() if name.startswith(("pieces", "messages/"))}
    assert pieces == {
        f"pieces/{standing.pk}-deliberation.pdf": BYTES,
        f"pieces/{same_name.pk}-deliberation.pdf": b"autre contenu",
        f"pieces-anterieures/{replaced.pk}-deliberation.pdf": b"ancien",
        f"pieces-anterieures/{removed.pk}-a.pdf": b"retire",
        f"messages/{joined.pk}-note.pdf": b"jointe",
    }


def test_infected_file_is_left_out(client, candidature):
    attach(candidature, b"un virus", scan=Attachment.Scan.INFECTED, name="virus.pdf")
    waiting = attach(candidature, b"en attente", scan=Attachment.Scan.PENDING)

    files = opened(signed_in(client, candidature), candidature)

    assert [name for name in files if name.startswith("pieces")] == [f"pieces/{waiting.pk}-deliberation.pdf"]
    assert b"un virus" not in files.values()


def test_each_deposit_has_its_receipt_its_document_and_its_content(client, candidature):
    answer(candidature, ask(candidature.call, "projet", "contact", is_personal=True), "06 00 00 00 00")
    deposit(candidature)

    files = opened(signed_in(client, candidature), candidature)

    versions = list(candidature.submissions.order_by("number"))
    assert len(versions) == 2
    for version in versions:
        folder = f"depot-{version.number}"
        assert files[f"{folder}/recepisse.pdf"] == receipt_pdf(version)
        assert files[f"{folder}/candidature.pdf"] == file_pdf(version, include_personal=True)
        assert json.loads(files[f"{folder}/contenu.json"]) == version.content


def test_answers_are_those_of_the_working_copy_in_words_and_as_data(client, candidature):
    question = ask(candidature.call, "projet", "contact", is_personal=True, label="Qui répond & comment ?")
    answer(candidature, question, "Camille <camille@example.fr>")
    ask(candidature.call, "projet", "vide", label="Autre chose ?")

    files = opened(signed_in(client, candidature), candidature)

    text = files["reponses.txt"].decode()
    assert "PROJET" in text
    assert "Qui répond & comment ?\nCamille <camille@example.fr>" in text
    assert "Autre chose ?\n(sans réponse)" in text
    assert json.loads(files["reponses.json"]) == WorkingCopy(type(candidature).objects.get()).content()


def test_messages_tell_who_wrote_and_their_files_without_naming_agents(client, candidature):
    by, agent = lead_of(candidature), StaffFactory(full_name="Agent Secret")
    message(candidature, by, "Notre délibération & son annexe.", b"jointe")
    message(candidature, agent, "Bien reçu.")

    text = opened(signed_in(client, candidature), candidature)["messages.txt"].decode()

    assert f", {by}\nNotre délibération & son annexe.\nFichier : " in text
    assert ", l’équipe du programme\nBien reçu.\n" in text
    assert "Agent Secret" not in text


@pytest.mark.parametrize(("is_staff", "is_told"), [(False, False), (True, True)])
def test_history_tells_each_person_what_they_may_know(client, settings, candidature, is_staff, is_told):
    settings.REQUIRE_SECOND_FACTOR = False
    agent = StaffFactory(full_name="Agent Secret")
    Event.objects.record(candidature, "create", lead_of(candidature))
    Event.objects.record(candidature, "extend", agent, note="Panne & réseau.")
    Event.objects.record(candidature, "recuse", agent, note="Motif interne.", audience=Event.Audience.TEAM)
    client.force_login(agent if is_staff else lead_of(candidature))

    text = opened(client, candidature)["historique.txt"].decode()

    assert f"Candidature commencée, par {lead_of(candidature)}" in text
    assert "Délai accordé pour le dépôt, par l’équipe du programme\nPanne & réseau." in text
    assert ("Motif interne." in text) == is_told
    assert "Agent Secret" not in text


def test_reader_has_everything_too(client, candidature):
    attach(candidature)

    files = opened(signed_in(client, candidature, Membership.Role.READER), candidature)

    assert BYTES in files.values()


def test_stranger_has_nothing(client, candidature):
    client.force_login(UserFactory())

    response = client.get(url_of("archive", candidature))

    assert response.status_code == 404
    assert not response.streaming


def test_archive_of_another_candidature_is_another(client, candidature):
    other = CandidatureFactory(status=Status.SUBMITTED, attachment=None)
    attach(other, b"d ailleurs")
    MembershipFactory(candidature=other)

    assert b"d ailleurs" not in opened(signed_in(client, candidature), candidature).values()
