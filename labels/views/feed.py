"""The news of the laureates for feed readers: Atom."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.syndication.views import Feed
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.views.decorators.http import require_safe

from ..news import latest_news

MOST = 40


class LaureatesFeed(Feed):
    feed_type = Atom1Feed
    title = "Au cœur des territoires : les lauréats"
    subtitle = "Les territoires labellisés et l’ouverture de leur antenne du Cnam."
    author_name = "Cnam, programme Au cœur des territoires"
    language = "fr"

    def link(self):
        return reverse("labels:list")

    def feed_url(self):
        return reverse("labels:feed")

    def items(self):
        return latest_news(MOST)

    def item_title(self, item):
        return f"{item.antenna.name} : {item.words[0].lower()}{item.words[1:]}"

    def item_description(self, item):
        return f"{item.words}."

    def item_link(self, item):
        return item.antenna.get_absolute_url()

    def item_guid(self, item):
        return f"{settings.BASE_URL}{item.antenna.get_absolute_url()}#{item.key}"

    def item_pubdate(self, item):
        return item.at

    def item_updateddate(self, item):
        return item.at


feed = require_safe(login_not_required(LaureatesFeed()))
