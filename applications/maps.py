"""The maps of a candidature."""

from territories.map import map_context


def site_map(candidature) -> dict | None:
    """Its sites and, lighter, the territories that carry it, for `territories/_map.html`; None before a first site."""
    sites = [site.commune for site in candidature.sites.all()]
    carriers = [carrier.territory for carrier in candidature.carriers.all() if carrier.territory]
    return map_context(sites, carriers) if sites else None
