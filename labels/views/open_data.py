"""Open data: the page that explains them, and the files, for any program of any site."""

from functools import wraps
from hashlib import sha256

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.views.decorators.http import condition, require_safe

from territories.reference import EDITION

from ..caching import kept_while_unchanged, last_writing, written_at
from ..news import latest_news
from ..open_data.formats import as_csv, as_csv_for_excel, as_geojson, as_json
from ..open_data.records import FIELDS, published
from ..open_data.schema import LICENCE, attribution, data_package, table_schema

LATEST = 12
JSON = "application/json; charset=utf-8"
FILES = {  # name of the file → what writes it, its type
    "laureats.csv": (as_csv, "text/csv; charset=utf-8"),
    "laureats-excel.csv": (as_csv_for_excel, "text/csv; charset=utf-8"),
    "laureats.json": (as_json, JSON),
    "laureats.geojson": (as_geojson, "application/geo+json; charset=utf-8"),
}
DESCRIPTIONS = {"schema.json": table_schema, "datapackage.json": data_package}


def version(request, **kwargs) -> str:
    """Changes with anything that is written, with the reference data, and from a file to another."""
    return f'"{sha256(f"{last_writing()} {EDITION} {request.path}".encode()).hexdigest()[:32]}"'


def for_everybody(view):
    """Public, from any site, and asked again each time: an answer is 304 as long as nothing was written.

    It is never kept without asking, since a proclamation may change it at its hour.
    """

    @wraps(view)
    def answer(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        response["Access-Control-Allow-Origin"] = "*"
        response["Access-Control-Expose-Headers"] = "ETag, Last-Modified"
        patch_cache_control(response, public=True, no_cache=True)
        return response

    return require_safe(login_not_required(answer))


@for_everybody
def file(request, name):
    """A file of data, or one that describes them."""
    if name in FILES:
        return data_file(request, name=name)
    if name in DESCRIPTIONS:
        return description(request, name=name)
    raise Http404


@condition(etag_func=version, last_modified_func=lambda request, **kwargs: written_at())
def data_file(request, name):
    write, content_type = FILES[name]
    response = HttpResponse() if request.method == "HEAD" else StreamingHttpResponse(write())
    response["Content-Type"] = content_type
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response


@condition(etag_func=version)
def description(request, name):
    return JsonResponse(DESCRIPTIONS[name](), json_dumps_params={"ensure_ascii": False, "indent": 2}, content_type=JSON)


@require_safe
@login_not_required
@kept_while_unchanged
def about(request):
    context = {
        "number": published().count(),
        "fields": FIELDS,
        "licence": LICENCE,
        "to_name": attribution(),
        "news": latest_news(LATEST),
    }
    return render(request, "labels/open_data.html", context)
