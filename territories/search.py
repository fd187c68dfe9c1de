"""Finding a territory from what a person typed: a name, an INSEE code, a postal code, a SIREN. One query, offline."""

import re

from django.db.models import Case, IntegerField, Value, When
from stdnum.fr import siren as siren_number

from .models import Commune, Epci, SearchKey
from .names import normalise

Territory = Commune | Epci
Rank = SearchKey.Rank

KINDS = ("commune", "epci")
MAX_TYPED = 200  # characters; nothing that names a territory is longer
WHOLE_NAMES = [Rank.CODE, Rank.TOWN, Rank.EPCI, Rank.HOMONYM, Rank.POSTAL_CODE, Rank.FORMER, Rank.SIREN]
REFERENCE = re.compile(r"(?P<name>.*)\((?P<code>\d[\dABab]\d{3}|\d{9})\)\s*")
RELATED = ["commune__department", "commune__successor", "epci__department", "epci__successor"]


def search(text: str, kinds: tuple[str, ...] = KINDS, limit: int = 20) -> list[Territory]:
    """The territories that `text` may mean, the likeliest first: Dreux, then its EPCI, then names starting so."""
    key = search_key(text)
    if not key:
        return []
    keys = SearchKey.objects.filter(key__prefix=key) if len(key) > 1 else SearchKey.objects.filter(key=key)
    is_longer = Case(When(key=key, then=Value(0)), default=Value(1), output_field=IntegerField())
    keys = only(keys, kinds).annotate(is_longer=is_longer)
    # A territory may be found by several of its words, hence more rows than answers.
    order = ("is_longer", "rank", "-weight", "key", "pk")
    best = keys.order_by(*order).select_related(*RELATED)[: limit * 3]
    return list(dict.fromkeys(found.territory for found in best))[:limit]


def exact_matches(text: str, kinds: tuple[str, ...] = KINDS) -> list[Territory]:
    """The territories whose whole name, code or postal code is `text`; by a former name only when none has it now."""
    reference = REFERENCE.fullmatch(text[:MAX_TYPED])
    keys = only(SearchKey.objects.filter(key=search_key(text), rank__in=WHOLE_NAMES), kinds)
    found = list(keys.order_by("-weight", "pk").select_related(*RELATED))
    if reference:  # « Dreux (28134) »: the code decides, and the name must agree with it
        name = normalise(reference["name"])
        return [
            key.territory for key in found if key.rank in (Rank.CODE, Rank.SIREN) and name in names_of(key.territory)
        ]
    current = [key for key in found if key.rank != Rank.FORMER]
    return list(dict.fromkeys(key.territory for key in current or found))


def search_key(text: str) -> str:
    """The key to look for: the code when `text` holds one, else the normalised name."""
    text = text[:MAX_TYPED]
    if reference := REFERENCE.fullmatch(text):
        return reference["code"].lower()
    compact = re.sub(r"[\s.]", "", text)
    if re.fullmatch("[0-9]+", compact):
        return compact[:9] if len(compact) == 14 else compact  # a SIRET starts with its SIREN
    return normalise(text)


def is_mistyped_siren(text: str) -> bool:
    """Whether `text` has the nine digits of a SIREN, and a wrong check digit."""
    key = search_key(text)
    return len(key) == 9 and key.isdecimal() and not siren_number.is_valid(key)


def names_of(territory: Territory) -> set[str]:
    return {normalise(name) for name in (territory.name, *territory.former_names)}


def only(keys, kinds: tuple[str, ...]):
    """Of these search keys, those that lead to a territory of one of `kinds`."""
    if set(kinds) == set(KINDS):
        return keys
    return keys.filter(commune__isnull="commune" not in kinds, epci__isnull="epci" not in kinds)
