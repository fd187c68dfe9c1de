import pytest
from django.apps import apps
from django.conf import settings as portal_settings
from django.contrib.contenttypes.models import ContentType

PUBLISHED_LISTS = portal_settings.BASE_DIR.parent / "shared" / "data" / "programmes"  # beside the project, never in it


def pytest_collection_modifyitems(items):
    """Each module runs on one worker, and all browser tests on the same: what they prepare is prepared once."""
    for item in items:
        group = "browser" if "/browser/" in str(item.path) else str(item.path)
        item.add_marker(pytest.mark.xdist_group(group))


def pytest_terminal_summary(terminalreporter):
    if not PUBLISHED_LISTS.is_dir():
        terminalreporter.write_line("The published lists are not beside the project: their import was not tried.")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix, tmp_path_factory):
    """SQLite is tested on a file, in WAL mode, as it runs: threads then meet real locks."""
    database = portal_settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        database["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "portal.sqlite3")


@pytest.fixture(autouse=True)
def _database(db):
    """The content types are known from the start, whatever test emptied the database before: queries can be counted."""
    ContentType.objects.get_for_models(*apps.get_models())


@pytest.fixture(autouse=True)
def _light_settings(settings, tmp_path):
    """Fast password hashing, plain static files, uploads in a folder of the test's own, no page kept."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.CACHES = settings.CACHES | {"pages": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}


@pytest.fixture(autouse=True)
def _nothing_planned(_light_settings):
    """No page asks the database for a planned proclamation; a test about one begins by `watch.forget()`."""
    from labels.embargo import watch

    watch.rest(float("inf"))
