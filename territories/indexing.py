"""The search keys of the territories: which words lead to which one, and in which order."""

from collections.abc import Iterator
from typing import NamedTuple

from .models import Commune, Epci, SearchKey
from .names import normalise, parts

Rank = SearchKey.Rank


class Key(NamedTuple):
    """One row of SearchKey, in the order of its columns."""

    key: str
    rank: int
    weight: int
    commune_id: str | None
    epci_id: str | None


def search_keys(communes: list[Commune], epcis: list[Epci]) -> set[Key]:
    """All keys of these territories; of two keys of one word for one territory, the better ranked."""
    names = {commune.insee_code: normalise(commune.name) for commune in communes}
    towns = most_populous(communes, names)
    best: dict[tuple, Key] = {}
    for territories, keys_of in ((communes, commune_keys), (epcis, epci_keys)):
        for territory in territories:
            for key, rank in keys_of(territory, names, towns):
                found = make_key(key, rank, territory)
                identity = (found.key, found.commune_id, found.epci_id)
                if identity not in best or found.rank < best[identity].rank:
                    best[identity] = found
    return set(best.values())


def make_key(key: str, rank: int, territory: Commune | Epci) -> Key:
    is_commune = isinstance(territory, Commune)
    weight = territory.population or 0
    return Key(key, int(rank), weight, territory.pk if is_commune else None, None if is_commune else territory.pk)


def most_populous(communes: list[Commune], names: dict[str, str]) -> set[str]:
    """The INSEE codes of the communes that come before their homonyms."""
    towns: dict[str, Commune] = {}
    for commune in communes:
        first = towns.setdefault(names[commune.pk], commune)
        if (commune.population or 0) > (first.population or 0):
            towns[names[commune.pk]] = commune
    return {town.pk for town in towns.values() if not town.ended_on}


def commune_keys(commune: Commune, names: dict[str, str], towns: set[str]) -> Iterator[tuple[str, int]]:
    name = names[commune.pk]
    yield commune.insee_code.lower(), Rank.CODE
    for former_name in map(normalise, commune.former_names):
        yield former_name, Rank.FORMER
    if commune.ended_on:
        yield name, Rank.FORMER
        return
    yield name, Rank.TOWN if commune.pk in towns else Rank.HOMONYM
    for part in parts(name):
        yield part, Rank.PART
    for postal_code in commune.postal_codes.split():
        yield postal_code, Rank.POSTAL_CODE
    if commune.siren:
        yield commune.siren, Rank.SIREN


def epci_keys(epci: Epci, names: dict[str, str], towns: set[str]) -> Iterator[tuple[str, int]]:
    yield epci.siren, Rank.SIREN
    for former_name in map(normalise, epci.former_names):
        yield former_name, Rank.FORMER
        for part in parts(former_name):
            yield part, Rank.FORMER_PART
    bare_name = normalise(epci.bare_name)
    whole_names = {normalise(epci.name), bare_name, normalise(f"{epci.kind} {epci.bare_name}")}
    for name in whole_names:
        yield name, Rank.FORMER if epci.ended_on else Rank.EPCI
    if epci.ended_on:
        return
    for part in parts(bare_name):
        yield part, Rank.EPCI_PART
        yield normalise(f"{epci.kind} {part}"), Rank.EPCI_PART
    if epci.main_commune_id:
        yield names[epci.main_commune_id], Rank.EPCI_PART
