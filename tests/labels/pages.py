"""What a reader finds on a page."""

import re

from labels.models import Antenna


def text_of(response) -> str:
    """The words of the page, tags and repeated spaces left out."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def names_by_year(response) -> dict[str, list[str]]:
    """The names listed under each year heading of the timeline, by the anchor of the year."""
    sections = response.content.decode().partition('<ol class="timeline"')[2].split('<li id="')[1:]
    names = dict(Antenna.objects.values_list("slug", "name"))
    return {
        section.partition('"')[0]: [names[slug] for slug in re.findall(r'href="/laureats/([\w-]+)/"', section)]
        for section in sections
    }


def listed(response) -> set[str]:
    """The names of all the laureates of the list."""
    return {name for names in names_by_year(response).values() for name in names}
