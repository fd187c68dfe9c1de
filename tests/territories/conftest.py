import pytest

from territories.indexing import search_keys
from territories.loading import insert_search_keys, load_reference_data
from territories.models import Commune, Epci


@pytest.fixture(scope="module")
def france(django_db_setup, django_db_blocker):
    """All the reference data, loaded once for the module and taken away after it."""
    with django_db_blocker.unblock():
        tables = [change.model for change in load_reference_data()]
    yield
    with django_db_blocker.unblock():
        Epci.objects.update(main_commune=None)
        for model in reversed(tables):
            model.objects.all()._raw_delete("default")


@pytest.fixture
def index():
    """Makes the territories of the test findable, as the load does."""

    def make():
        insert_search_keys(sorted(search_keys(list(Commune.objects.all()), list(Epci.objects.all())), key=str))

    return make
