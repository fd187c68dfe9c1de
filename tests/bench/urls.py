from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.template import engines
from django.urls import include, path

TEMPLATE = engines["django"].from_string("{{ text }}")


@login_not_required
def bare(request, size):
    """A static text of `size` bytes through the same server, middleware and template engine: no query, no rule."""
    return HttpResponse(TEMPLATE.render({"text": "x" * size}, request))


urlpatterns = [path("bare/<int:size>/", bare), path("", include("config.urls"))]
