"""Territories that a person may type: the reference rows of the test, made findable as the load does."""

from territories.indexing import search_keys
from territories.loading import insert_search_keys
from territories.models import Commune, Epci


def make_findable():
    insert_search_keys(sorted(search_keys(list(Commune.objects.all()), list(Epci.objects.all())), key=str))
