"""The pieces that the antivirus had not seen, sent to it by a command: what it says is kept, and only that."""

import logging
import socket
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from applications.models import Attachment
from tests.applications.test_scanning import VIRUS, Clamd, start
from tests.factories import AttachmentFactory, CandidatureFactory

Scan = Attachment.Scan
__all__ = ["start"]  # the fixture that runs a scanner


@pytest.fixture
def candidature():
    return CandidatureFactory(attachment=None)


def piece(candidature, data=b"une deliberation", scan=Scan.PENDING, **fields) -> Attachment:
    return AttachmentFactory(candidature=candidature, file__data=data, scan=scan, **fields)


def run() -> str:
    out = StringIO()
    call_command("scan_pieces", stdout=out)
    return out.getvalue()


def states() -> list[str]:
    return list(Attachment.objects.order_by("pk").values_list("scan", flat=True))


def test_waiting_pieces_become_clean_or_infected(start, candidature):
    start(Clamd)
    for data in (b"propre", b"avant " + VIRUS + b" apres", b"propre aussi"):
        piece(candidature, data)

    assert run() == "Pièces saines : 2, infectées : 1, à revoir : 0.\n"

    assert states() == [Scan.CLEAN, Scan.INFECTED, Scan.CLEAN]


def test_only_waiting_pieces_are_sent_whole(start, candidature):
    server = start(Clamd)
    content = bytes(range(256)) * 1024
    for scan in (Scan.NONE, Scan.CLEAN, Scan.INFECTED):
        piece(candidature, b"deja vue", scan)
    piece(candidature, content)

    run()

    assert server.scanned == [content]
    assert states() == [Scan.NONE, Scan.CLEAN, Scan.INFECTED, Scan.CLEAN]


def test_pieces_replaced_or_taken_away_are_seen_too(start, candidature):
    start(Clamd)
    piece(candidature, VIRUS, removed_at=candidature.created_at)

    run()

    assert states() == [Scan.INFECTED]


def test_second_run_has_nothing_to_send(start, candidature):
    server = start(Clamd)
    piece(candidature)
    run()

    assert run() == "Pièces saines : 0, infectées : 0, à revoir : 0.\n"
    assert len(server.scanned) == 1


def test_piece_that_the_scanner_did_not_see_still_waits(settings, candidature):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        settings.CLAMAV_URL = f"tcp://127.0.0.1:{closed.getsockname()[1]}"
    piece(candidature)

    assert run() == "Pièces saines : 0, infectées : 0, à revoir : 1.\n"

    assert states() == [Scan.PENDING]


def test_piece_whose_file_is_lost_is_told_to_the_operator_and_holds_up_no_other(start, candidature, caplog):
    start(Clamd)
    lost = piece(candidature)
    lost.file.storage.delete(lost.file.name)
    piece(candidature, VIRUS)

    assert run() == "Pièces saines : 0, infectées : 1, à revoir : 1.\n"

    assert states() == [Scan.PENDING, Scan.INFECTED]
    errors = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
    assert errors == [f"The file storage does not give the piece {lost.pk}"]


def test_command_without_a_scanner_fails_and_says_why(settings, candidature):
    settings.CLAMAV_URL = ""
    piece(candidature)

    with pytest.raises(CommandError, match="CLAMAV_URL") as error:
        run()

    assert error.value.returncode == 1
    assert states() == [Scan.PENDING]
