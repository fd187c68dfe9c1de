"""How an antenna is named and addressed, whether it comes from the press release or from a proclamation."""

from collections.abc import Collection, Iterable

from django.utils.text import slugify

from .models import Antenna

SLUG_LENGTH = 110  # leaves room for the number that tells two homonyms apart


def place_slug(towns: Iterable[str]) -> str:
    """The address of an antenna: the names of its towns, « laon-saint-quentin »."""
    return slugify("-".join(towns).replace("œ", "oe").replace("’", "-").replace("'", "-"))[:SLUG_LENGTH].strip("-")


def free_slug(towns: Iterable[str], promised: Collection[str] = ()) -> str:
    """`place_slug`, followed by a number when another antenna has it, or when it is `promised` to one."""
    slug = place_slug(towns)
    taken = {*promised} | set(Antenna.objects.filter(slug__startswith=slug).values_list("slug", flat=True))
    candidates = [slug, *(f"{slug}-{number}" for number in range(2, len(taken) + 2))]
    return next(candidate for candidate in candidates if candidate not in taken)


def published_name(carriers: Iterable) -> str:
    """The name under which a candidature is labelled: its carriers, the lead first; "" without any."""
    names = [carrier.epci.label if carrier.epci else carrier.name for carrier in carriers]
    if not names:
        return ""
    joined = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} et {names[-1]}"
    limit = Antenna._meta.get_field("name").max_length
    return joined if len(joined) <= limit else f"{names[0]} et ses partenaires"
