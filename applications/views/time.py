from django.utils import timezone

from territories.clocks import local_clocks

from ..templatetags.french import long_moment


def time_left(candidature) -> dict:
    """What a page asks once a minute: the server's clock, and the closing, which may have moved."""
    phase = candidature.open_phase()
    return {
        "now": timezone.now().isoformat(),
        "deadline": candidature.closing(phase).isoformat() if phase else None,
    }


def time_of(candidature) -> dict:
    """The closing that matters now: by Paris's clock, by each overseas one, with its tolerance, and the extension."""
    phase = candidature.open_phase() if candidature.is_editable else None
    if phase is None:
        return {}
    clocks = local_clocks(candidature.territories())
    return {
        "open_phase": phase,
        "now": timezone.now(),
        "deadline": candidature.closing(phase),
        "is_extended": candidature.closing(phase) > phase.closes_at,
        "local_times": [(name, long_moment(candidature.closing(phase), clock)) for name, clock in clocks.items()],
    }
