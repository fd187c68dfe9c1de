"""A portal of the tests' own: a fresh database with the real data, gunicorn as in production, mail over real SMTP."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PREPARATION = (
    ["migrate", "--verbosity", "0"],
    ["createcachetable"],
    ["collectstatic", "--noinput", "--verbosity", "0"],
    ["load_territories"],
    ["load_programme"],
    ["seed_demo"],
)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def fresh_database(folder: Path) -> str:
    """The URL of an empty database, of the kind that the tests run on."""
    if not os.environ["DATABASE_URL"].startswith("postgres"):
        return f"sqlite:///{folder / 'portal.sqlite3'}"
    import psycopg

    name = f"portal_{os.getpid()}_{free_port()}"
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    address, _, options = os.environ["DATABASE_URL"].partition("?")
    return f"{address.rpartition('/')[0]}/{name}?{options}"


class Portal:
    """A running portal: its address, its environment, and its management commands."""

    def __init__(self, folder: Path, smtp_port: int):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = os.environ | {
            "DATABASE_URL": fresh_database(folder),
            "VAR_DIR": str(folder),
            "BASE_URL": self.url,
            "DEMO": "true",
            "REQUIRE_SECOND_FACTOR": "false",
            "EMAIL_URL": f"smtp://127.0.0.1:{smtp_port}",
            "LOG_LEVEL": "WARNING",
        }

    def manage(self, *arguments) -> str:
        """Run a management command on the portal's database; its standard output."""
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{arguments}: {done.stdout}{done.stderr}"
        return done.stdout

    @contextmanager
    def serving(self, workers: int = 1):
        """Gunicorn on the portal's port, until the block ends."""
        self.start(workers)
        try:
            yield self
        finally:
            self.server.terminate()
            self.server.wait(timeout=30)

    def start(self, workers: int = 1):
        command = [sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{self.port}"]
        command += ["--workers", str(workers), "--threads", "4", "--log-level", "warning"]
        self.server = subprocess.Popen(command, cwd=ROOT, env=self.environment, start_new_session=True)
        self.wait_until_it_answers(self.server)

    def crash(self):
        """Kill the server and its workers at once, as a power cut would, then start it again."""
        os.killpg(self.server.pid, signal.SIGKILL)
        self.server.wait(timeout=30)
        self.start()

    def wait_until_it_answers(self, server):
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            assert server.poll() is None, "gunicorn stopped"
            try:
                urllib.request.urlopen(f"{self.url}/sante/", timeout=5)
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.2)
            else:
                return
        raise TimeoutError("The portal does not answer.")


@contextmanager
def running_portal(folder: Path, smtp_port: int = 1, workers: int = 1):
    """A portal prepared as by `make demo`, serving until the block ends."""
    portal = Portal(folder, smtp_port)
    for arguments in PREPARATION:
        portal.manage(*arguments)
    with portal.serving(workers):
        yield portal
