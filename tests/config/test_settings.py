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


def test_a_bucket_takes_the_place_of_the_folder_of_uploaded_files():
    storage = "from django.conf import settings; print(settings.STORAGES['default']['BACKEND'])"

    kept = [manage("shell", "-v0", "-c", storage, **PRODUCTION, S3_BUCKET=bucket).stdout for bucket in ("", "pieces")]

    assert kept == ["config.storage.CarefulFileSystemStorage\n", "storages.backends.s3.S3Storage\n"]


def test_an_address_of_virus_scanner_that_means_nothing_stops_the_start():
    done = manage("check", CLAMAV_URL="127.0.0.1:3310", **PRODUCTION)
    assert (done.returncode, "CLAMAV_URL" in done.stderr.splitlines()[-1]) == (1, True)


def test_every_variable_read_is_in_the_example_and_explained():
    source = "".join((settings.BASE_DIR / "config" / name).read_text() for name in ("settings.py", "storage.py"))
    example = (settings.BASE_DIR / ".env.example").read_text()
    read = set(re.findall(r"\benv(?:\.\w+)?\(\s*\"(\w+)\"", source)) | set(settings.INSTITUTION)
    explained = re.findall(r"^# .+\n#?([A-Z0-9_]+)=", example, re.MULTILINE)
    assert sorted(explained) == sorted(read)
