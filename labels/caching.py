"""Public pages that are made once and served again as long as nothing was written since."""

from datetime import datetime
from functools import wraps
from hashlib import sha256

from django.contrib.admin.models import LogEntry
from django.core.cache import caches
from django.db import connection
from django.http import HttpResponse
from django.utils.cache import patch_vary_headers

from applications.models import Call, Event
from territories.models import ProgrammeList

from .models import Antenna, OpeningChange

# Whatever changes a public page leaves a row in one of these: acts in the journal, the team's edits in the admin's
# log, loads and imports in the others. Only a reload of the reference data, or time, waits for the page's end of life.
TRACES = [Event, LogEntry, Antenna, OpeningChange, Call, ProgrammeList]


def last_writing() -> str:
    """The last row of each table of TRACES. One query."""
    columns = ", ".join(f"(SELECT MAX(id) FROM {model._meta.db_table})" for model in TRACES)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns}")
        return str(cursor.fetchone())


def written_at() -> datetime | None:
    """The moment of the last line of the journal, of the admin's log and of the calendar; None before the first."""
    lines = ((Event, "at"), (LogEntry, "action_time"), (OpeningChange, "recorded_at"))
    moments = [model.objects.order_by("-pk").values_list(moment, flat=True).first() for model, moment in lines]
    return max(filter(None, moments), default=None)


def kept_while_unchanged(view):
    """Keep in memory what the view answers to visitors without any cookie, by full address."""

    @wraps(view)
    def answer(request, *args, **kwargs):
        if request.COOKIES or request.method != "GET":
            return view(request, *args, **kwargs)
        key = sha256(f"{last_writing()} {request.get_host()} {request.get_full_path()}".encode()).hexdigest()
        content = caches["pages"].get(key)
        if content is None:
            response = view(request, *args, **kwargs)
            caches["pages"].set(key, response.content)
            return response
        response = HttpResponse(content)
        patch_vary_headers(response, ["Cookie"])
        return response

    return answer
