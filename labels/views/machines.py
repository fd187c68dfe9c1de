"""What machines read first: what they may visit, and where every page is."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.sitemaps.views import sitemap as django_sitemap
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from ..sitemap import SITEMAPS

CLOSED = ["admin:index", "account_index", "applications:list", "territories:search", "health"]  # nothing to index there


@require_safe
@login_not_required
def robots(request):
    """A demonstration is not to be found by search engines: its candidatures are invented."""
    closed = ["/"] if settings.DEMO else [reverse(name) for name in CLOSED]
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed), ""]
    lines += [f"Sitemap: {settings.BASE_URL}{reverse('labels:sitemap')}"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
@login_not_required
def sitemap(request):
    return django_sitemap(request, SITEMAPS)
