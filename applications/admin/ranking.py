"""The ranking of a phase: its page, which costs one computation for each change, and its exports."""

from django.contrib.admin.models import LogEntry
from django.core.cache import caches
from django.db import connection
from django.http import Http404, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.safestring import mark_safe

from ..charts import chart_of
from ..exports import ranking_csv, ranking_xlsx
from ..models import Event, tie_rule
from ..spread import ENOUGH_SEATS, FILES_IN_COMMON, OUTLYING, spread_of
from .base import show
from .session import phase_or_404

KEPT_FOR = 600  # seconds
CHART_SHOWN = 40  # files: a longer drawing is folded
TABLE_PLACE = mark_safe("<!-- table -->")  # no text that somebody typed can be it: theirs is escaped
TRACES = (Event, LogEntry)
EXPORTS = {
    "csv": (ranking_csv, "text/csv; charset=utf-8"),
    "xlsx": (ranking_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


def ranking(request, pk):
    """The files, best first, with what each seat gave. Nothing while the phase is sealed."""
    phase = phase_or_404(request.user, pk)
    response = show(
        request,
        "admin/session/ranking.html",
        title=f"Classement\u00a0: {phase}",
        phase=phase,
        place=TABLE_PLACE,
    )
    if not phase.is_sealed():
        # Put in last, as it is sent: templates would copy its hundreds of kilobytes once for each level of theirs.
        response.content = response.content.replace(TABLE_PLACE.encode(), kept_table(phase, request.user), 1)
    return response


def kept_table(phase, user) -> bytes:
    """The table and its chart, as UTF-8: made once for this reader, until something is written.

    Whatever changes the ranking once the seal is open, or what a reader may know of it, leaves a line in the journal
    or in the admin's log, or happens at midnight: a mandate ends. Lines are counted too, since the last number may
    have been taken by a transaction that ended before another. Nobody is ever served a table made for somebody else.
    """
    lines = last_lines()
    key = "-".join(map(str, ("ranking", phase.pk, user.pk, user.role, timezone.localdate(), *lines)))
    table = caches["pages"].get(key)
    if table is None:
        table = table_of(phase, user).encode()
        if last_lines() == lines:  # else it may tell more than its key does
            caches["pages"].set(key, table, KEPT_FOR)
    return table


def last_lines() -> tuple:
    """How many lines the journal and the admin's log have, and their last numbers. One query."""
    lines = [f"(SELECT {count} FROM {model._meta.db_table})" for model in TRACES for count in ("COUNT(*)", "MAX(id)")]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(lines)}")
        return cursor.fetchone()


def table_of(phase, user) -> str:
    spread = spread_of(phase, user)
    return render_to_string(
        "admin/session/_table.html",
        {
            "phase": phase,
            "spread": spread,
            "chart": chart_of(spread.lines),
            "chart_shown": CHART_SHOWN,
            "tie_rule": tie_rule(spread.criteria),
            "files_in_common": FILES_IN_COMMON,
            "outlying": OUTLYING,
            "enough_seats": ENOUGH_SEATS,
        },
    )


def export(request, pk, kind):
    """The ranking as a file to keep. None exists while the phase is sealed."""
    phase = phase_or_404(request.user, pk)
    if phase.is_sealed():
        raise Http404
    make, content_type = EXPORTS[kind]
    response = HttpResponse(make(phase, request.user), content_type=content_type)
    name = f"classement-{phase.call.slug}-phase-{phase.number}.{kind}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    patch_cache_control(response, private=True, no_store=True)
    return response
