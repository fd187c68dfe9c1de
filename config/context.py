from django.conf import settings


def portal(request) -> dict:
    """What every page shows: whether this is the demonstration, and what the institution has filled in."""
    return {"is_demo": settings.DEMO, "institution": settings.INSTITUTION}
