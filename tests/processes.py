"""Processes of the tests' own on the database of the running test, to be killed at any moment."""

import os
import subprocess
import sys
from pathlib import Path

from django.db import connection

ROOT = Path(__file__).resolve().parent.parent


def database_url() -> str:
    """The address of the database on which the test runs."""
    if connection.vendor == "sqlite":
        return f"sqlite:///{connection.settings_dict['NAME']}"
    address, _, options = os.environ["DATABASE_URL"].partition("?")
    return f"{address.rpartition('/')[0]}/{connection.settings_dict['NAME']}?{options}"


def environment(folder, **more) -> dict:
    return os.environ | {"DATABASE_URL": database_url(), "VAR_DIR": str(folder), "LOG_LEVEL": "ERROR"} | more


def started(folder, *arguments, **more) -> subprocess.Popen:
    """A process of Python that runs `arguments` at the root of the project."""
    command = [sys.executable, *arguments]
    return subprocess.Popen(
        command, cwd=ROOT, env=environment(folder, **more), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
