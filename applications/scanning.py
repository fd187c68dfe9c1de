"""Search for viruses by ClamAV, on installations that have one (setting CLAMAV_URL).

The INSTREAM command of clamd is spoken here: the client of the package index waits without limit for a machine that
does not answer, and may cut a chunk in two when it sends under a time limit.
"""

import logging
import re
import socket
import struct
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings

logger = logging.getLogger(__name__)

CLEAN, INFECTED, UNREACHABLE = "clean", "infected", "unreachable"
CHUNK = 64 * 1024  # bytes
LONGEST_ANSWER = 4096  # bytes
FOUND = re.compile(r"stream: (.+) FOUND")


class Verdict(NamedTuple):
    """What the scanner says of a file: CLEAN, INFECTED (with the name of what it found) or UNREACHABLE."""

    state: str
    signature: str = ""


def is_scanner_set() -> bool:
    return bool(settings.CLAMAV_URL)


def scan(file) -> Verdict:
    """Send a file, from its beginning, to the scanner. To be called only where `is_scanner_set()`.

    A scanner that is down, too slow (CLAMAV_TIMEOUT, in seconds, for each step), or that does not take a file of this
    size is UNREACHABLE: logged here, never raised. The file is left at its beginning.
    """
    file.seek(0)
    try:
        with connection() as scanner:
            answer = ask(scanner, file)
    except OSError as error:
        answer = str(error)
    file.seek(0)
    if answer == "stream: OK":
        return Verdict(CLEAN)
    if found := FOUND.fullmatch(answer):
        return Verdict(INFECTED, found[1])
    logger.warning("The virus scanner did not scan a file: %s", answer or "it closed without an answer")
    return Verdict(UNREACHABLE)


def connection() -> socket.socket:
    """A connection to tcp://host:port or unix:///path, with the same limit of time for each step."""
    url = urlsplit(settings.CLAMAV_URL)
    if url.scheme == "tcp":
        return socket.create_connection((url.hostname, url.port or 3310), settings.CLAMAV_TIMEOUT)
    scanner = socket.socket(socket.AF_UNIX)
    scanner.settimeout(settings.CLAMAV_TIMEOUT)
    try:
        scanner.connect(url.path)
    except OSError:
        scanner.close()
        raise
    return scanner


def ask(scanner: socket.socket, file) -> str:
    """The answer of clamd, in one line. It may come before the end: a file too large is refused on the way."""
    scanner.sendall(b"zINSTREAM\0")
    try:
        while chunk := file.read(CHUNK):
            scanner.sendall(struct.pack("!L", len(chunk)) + chunk)
        scanner.sendall(struct.pack("!L", 0))
    except (BrokenPipeError, ConnectionResetError):
        logger.debug("The virus scanner closed before the end of the file")
    with scanner.makefile("rb") as answer:
        return answer.readline(LONGEST_ANSWER).rstrip(b"\0\n").decode(errors="replace")
