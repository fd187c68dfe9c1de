import os
import re
import subprocess
import sys

import pytest
from django.conf import settings

PRODUCTION = {
    "SECRET_KEY": "a-long-and-unguessable-secret-of-more-than-fifty-characters-0123456789",
    "ALLOWED_HOSTS": "portail.example.fr",
}


def manage(*command, **environment):
    """Run manage.py in a process of its own, whose environment holds nothing but this."""
    return subprocess.run(
        [sys.executable, "-W", "ignore", "manage.py", *command],
        cwd=settings.BASE_DIR,
        env={"PATH": os.environ["PATH"], "DATABASE_URL": "sqlite://:memory:"} | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_production_passes_the_deployment_check_without_a_warning():
    done = manage("check", "--deploy", "--fail-level", "DEBUG", **PRODUCTION)
    assert (done.returncode, done.stdout.strip()) == (0, "System check identified no issues (0 silenced).")


@pytest.mark.parametrize("missing", PRODUCTION)
def test_the_portal_refuses_to_start_without(missing):
    done = manage("check", **{name: value for name, value in PRODUCTION.items() if name != missing})
    assert done.returncode == 1
    assert missing in done.stderr.strip().splitlines()[-1]


def test_development_starts_without_any_setting():
    assert manage("check", DEBUG="true").returncode == 0


def test_every_variable_read_is_in_the_example_and_explained():
    source = (settings.BASE_DIR / "config/settings.py").read_text()
    example = (settings.BASE_DIR / ".env.example").read_text()
    read = set(re.findall(r"\benv(?:\.\w+)?\(\s*\"(\w+)\"", source)) | set(settings.INSTITUTION)
    explained = re.findall(r"^# .+\n#?([A-Z_]+)=", example, re.MULTILINE)
    assert sorted(explained) == sorted(read)
