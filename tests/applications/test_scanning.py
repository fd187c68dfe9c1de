import io
import logging
import socket
import socketserver
import struct
import threading

import pytest

from applications.scanning import CLEAN, INFECTED, UNREACHABLE, Verdict, is_scanner_set, scan

MEGABYTE = 1024 * 1024  # bytes
VIRUS = b"a harmless text that our scanner knows as a virus"
LARGEST = 2 * MEGABYTE


class Clamd(socketserver.StreamRequestHandler):
    """What clamd does of INSTREAM: chunks with their length before them, an empty one at the end, then one line."""

    def handle(self):
        assert self.rfile.read(10) == b"zINSTREAM\0"
        content = b""
        while size := struct.unpack("!L", self.rfile.read(4))[0]:
            if len(content) + size > LARGEST:
                return self.answer("INSTREAM size limit exceeded. ERROR")
            content += self.rfile.read(size)
        self.server.scanned.append(content)
        return self.answer(f"stream: {'Eicar-Test-Signature FOUND' if VIRUS in content else 'OK'}")

    def answer(self, line: str):
        self.wfile.write(line.encode() + b"\0")


class SilentClamd(socketserver.BaseRequestHandler):
    def handle(self):
        self.server.is_over.wait()


class RudeClamd(socketserver.BaseRequestHandler):
    def handle(self):
        pass  # hangs up at once


class TCPServer(socketserver.ThreadingTCPServer):
    daemon_threads = True


class UnixServer(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True


@pytest.fixture
def start(settings, tmp_path):
    """Run a server and make it the portal's scanner."""
    servers = []

    def run(handler, server_class=TCPServer):
        address = ("127.0.0.1", 0) if server_class is TCPServer else str(tmp_path / "clamd.ctl")
        server = server_class(address, handler)
        server.scanned, server.is_over = [], threading.Event()
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
        servers.append(server)
        place = server.server_address
        settings.CLAMAV_URL = f"unix://{place}" if isinstance(place, str) else f"tcp://127.0.0.1:{place[1]}"
        return server

    yield run
    for server in servers:
        server.is_over.set()
        server.shutdown()
        server.server_close()


@pytest.fixture
def warnings(caplog):
    return lambda: [record.message for record in caplog.records if record.levelno == logging.WARNING]


def test_without_an_address_no_scanner_is_set(settings):
    settings.CLAMAV_URL = ""

    assert not is_scanner_set()


def test_a_clean_file_is_sent_whole_and_left_at_its_beginning(start):
    server = start(Clamd)
    content = bytes(range(256)) * 4096  # many chunks
    file = io.BytesIO(content)
    file.seek(7)

    assert is_scanner_set()
    assert scan(file) == Verdict(CLEAN)
    assert server.scanned == [content]
    assert file.tell() == 0


def test_a_scanner_is_reached_by_a_unix_socket(start):
    start(Clamd, UnixServer)

    assert scan(io.BytesIO(b"a deliberation")) == Verdict(CLEAN)


def test_an_infected_file_is_told_with_what_was_found(start, warnings):
    start(Clamd)

    assert scan(io.BytesIO(b"before " + VIRUS + b" after")) == Verdict(INFECTED, "Eicar-Test-Signature")
    assert warnings() == []


@pytest.mark.parametrize("size", [LARGEST + 1, 40 * MEGABYTE])  # refused at the end, or on the way
def test_a_file_too_large_for_the_scanner_is_not_scanned(start, warnings, size):
    start(Clamd)

    assert scan(io.BytesIO(bytes(size))) == Verdict(UNREACHABLE)
    assert warnings() == ["The virus scanner did not scan a file: INSTREAM size limit exceeded. ERROR"]


def test_a_scanner_that_is_down_is_unreachable(settings, warnings):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        settings.CLAMAV_URL = f"tcp://127.0.0.1:{closed.getsockname()[1]}"

    assert scan(io.BytesIO(b"a deliberation")) == Verdict(UNREACHABLE)
    assert len(warnings()) == 1


def test_a_missing_unix_socket_is_unreachable(settings, warnings, tmp_path):
    settings.CLAMAV_URL = f"unix://{tmp_path}/nobody"

    assert scan(io.BytesIO(b"a deliberation")) == Verdict(UNREACHABLE)
    assert len(warnings()) == 1


@pytest.mark.parametrize("server_class", [TCPServer, UnixServer])
@pytest.mark.parametrize("size", [10, 40 * MEGABYTE])  # waits for the answer, or for the scanner to read
def test_a_scanner_that_never_answers_is_given_up(start, settings, warnings, server_class, size):
    settings.CLAMAV_TIMEOUT = 0.05
    start(SilentClamd, server_class)
    file = io.BytesIO(bytes(size))

    assert scan(file) == Verdict(UNREACHABLE)
    assert warnings() == ["The virus scanner did not scan a file: timed out"]
    assert file.tell() == 0


def test_a_scanner_that_hangs_up_is_unreachable(start, warnings):
    start(RudeClamd)

    assert scan(io.BytesIO(bytes(MEGABYTE))) == Verdict(UNREACHABLE)
    assert len(warnings()) == 1
