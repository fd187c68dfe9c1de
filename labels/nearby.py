"""The laureates around one of them, as the crow flies."""

import math
from functools import reduce
from operator import or_

from django.db.models import Q

from territories.models import Commune

from .models import Antenna, AntennaSite

RADIUS = 50  # kilometres
EARTH = 6371.0  # kilometres, its mean radius
DEGREE = math.pi * EARTH / 180  # kilometres, of latitude


def nearby(antenna: Antenna, radius: float = RADIUS) -> list[tuple[Antenna, float]]:
    """The others one of whose sites stands at most `radius` kilometres from one of its own, nearest first, each with
    that distance. Needs `with_places()`. One query.
    """
    places = [site.commune for site in antenna.sites.all() if site.commune.latitude is not None]
    if not places:
        return []
    boxes = reduce(or_, (box_around(place, radius) for place in places))
    sites = AntennaSite.objects.current().filter(boxes).exclude(antenna=antenna)
    sites = sites.filter(antenna__phase__call__is_demo=antenna.phase.call.is_demo)
    found = {}
    for site in sites.select_related("antenna", "commune"):
        away = min(distance(site.commune, place) for place in places)
        if away <= radius:
            found[site.antenna] = min(away, found.get(site.antenna, away))
    return sorted(found.items(), key=lambda pair: (pair[1], pair[0].slug))


def box_around(place: Commune, radius: float) -> Q:
    """What holds every place within `radius`, for the database to leave out the others."""
    north, east = radius / DEGREE, radius / (DEGREE * math.cos(math.radians(place.latitude)))
    return Q(
        commune__latitude__range=(place.latitude - north, place.latitude + north),
        commune__longitude__range=(place.longitude - east, place.longitude + east),
    )


def distance(one: Commune, other: Commune) -> float:
    """In kilometres, along the great circle (haversine)."""
    latitudes = math.radians(one.latitude), math.radians(other.latitude)
    across = math.radians(other.longitude - one.longitude)
    half = math.sin((latitudes[1] - latitudes[0]) / 2) ** 2
    half += math.cos(latitudes[0]) * math.cos(latitudes[1]) * math.sin(across / 2) ** 2
    return 2 * EARTH * math.asin(math.sqrt(half))
