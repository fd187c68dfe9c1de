import pytest
from django.core.management.color import no_style
from django.db import connection

from territories.indexing import search_keys
from territories.loading import insert_search_keys, load_reference_data
from territories.models import Commune, Epci, SearchKey


@pytest.fixture(scope="module")
def france(django_db_setup, django_db_blocker):
    """All the reference data, loaded once for the module and taken away after it."""
    with django_db_blocker.unblock():
        tables = [change.model for change in load_reference_data()]
    yield
    # The search keys go first: they point at communes without an index, and each commune would look through them all.
    with django_db_blocker.unblock():
        SearchKey.objects.all()._raw_delete("default")
        names = [model._meta.db_table for model in tables]
        connection.ops.execute_sql_flush(connection.ops.sql_flush(no_style(), names, allow_cascade=True))


@pytest.fixture
def index():
    """Makes the territories of the test findable, as the load does."""

    def make():
        insert_search_keys(sorted(search_keys(list(Commune.objects.all()), list(Epci.objects.all())), key=str))

    return make
