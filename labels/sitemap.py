"""What search engines should know of: every public page, once, under its one address."""

from django.contrib.sitemaps import Sitemap
from django.urls import reverse

from applications.models import Call

from .calendar import opening_counts
from .models import Antenna

PAGES = [
    "labels:home",
    "labels:list",
    "labels:map",
    "labels:figures",
    "labels:data",
    "applications:call_list",
    "territories:eligibility",
    "accessibility",
    "legal",
    "privacy",
]


class Pages(Sitemap):
    def items(self):
        years = [reverse("labels:year", args=[year.label]) for year in opening_counts() if year.start]
        return [*(reverse(name) for name in PAGES), *years]

    def location(self, item):
        return item


class Laureates(Sitemap):
    """Those of a demonstration call are shown on the portal, and are nobody's news."""

    def items(self):
        return Antenna.objects.real().order_by("slug")


class Calls(Sitemap):
    def items(self):
        return Call.objects.published().filter(is_demo=False).order_by("slug")


SITEMAPS = {"pages": Pages, "laureats": Laureates, "appels": Calls}
