from django.conf import settings

from territories.reference import ATTRIBUTION


def portal(request) -> dict:
    """What every page shows: whether this is the demonstration, what the institution has filled in, whom to thank."""
    return {"is_demo": settings.DEMO, "institution": settings.INSTITUTION, "attribution": ATTRIBUTION}
