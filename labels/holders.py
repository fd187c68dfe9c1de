"""The labelled antennas as the examination of candidatures meets them."""

from applications.models import Places
from applications.overlaps import Holder

from .models import Antenna


def labelled_holders() -> list[Holder]:
    """Each antenna with its carriers and sites, in a constant number of queries."""
    return [
        Holder(
            f"l’antenne labellisée « {antenna.name} »",
            antenna.get_absolute_url(),
            str(antenna.phase),
            places_of(antenna),
            antenna.phase.call.is_demo,
            antenna.candidature_id,
        )
        for antenna in Antenna.objects.with_places().with_carriers()
    ]


def places_of(antenna) -> Places:
    carriers = antenna.carriers.all()
    return Places(
        [carrier.territory for carrier in carriers if carrier.territory],
        {carrier.body_siren: carrier.body_name for carrier in carriers if carrier.body_siren},
        [site.commune for site in antenna.sites.all()],
    )
