"""Where deposits say that candidatures are: what eligibility and overlaps are told from."""

from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import F, Max

from territories.models import Commune, Epci

from .deposit import Submission

Territory = Commune | Epci


class Places(NamedTuple):
    """Who carries something, and where its sites are."""

    carriers: list[Territory]
    bodies: dict[str, str]  # the other bodies that carry it: their names, by SIREN
    sites: list[Commune]

    @property
    def territories(self) -> list[Territory]:
        """Each commune and EPCI once."""
        return list(dict.fromkeys([*self.carriers, *self.sites]))


def deposited_places(candidatures: Iterable[int]) -> dict[int, Places]:
    """The places of the last deposit of each candidature, by its pk, in three queries. Without a deposit: no entry."""
    last = (
        Submission.objects.filter(candidature__in=list(candidatures))
        .alias(last=Max("candidature__submissions__number"))
        .filter(number=F("last"))
        .order_by("candidature")
    )
    told = list(last.values_list("candidature", "content__carriers", "content__sites"))
    codes = {place["code"] for _, carriers, sites in told for place in (*carriers, *sites)}
    communes, epcis = Commune.objects.in_bulk(codes), Epci.objects.in_bulk(codes)
    return {
        pk: Places(
            [found for carrier in carriers if (found := territory_of(carrier, communes, epcis))],
            {carrier["code"]: carrier["name"] for carrier in carriers if is_body(carrier)},
            [communes[site["code"]] for site in sites if site["code"] in communes],
        )
        for pk, carriers, sites in told
    }


def territory_of(carrier: dict, communes: dict, epcis: dict) -> Territory | None:
    known = {"commune": communes, "epci": epcis}.get(carrier["kind"], {})
    return known.get(carrier["code"])


def is_body(carrier: dict) -> bool:
    """Whether the carrier is another body, known by its SIREN: a name alone proves nothing."""
    return carrier["kind"] == "body" and bool(carrier["code"])
