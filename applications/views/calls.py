"""The calls, for everybody: made from their settings alone, so that page and system cannot disagree."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from ..calendar_file import calendar_file
from ..models import Call, tie_rule


@login_not_required
def call_list(request):
    """Calls that take deposits first, then the others, the most recent first."""
    calls = Call.objects.visible_to(request.user).prefetch_related("phases")
    entries = [(call, call.open_phase()) for call in calls]
    context = {
        "open_calls": [entry for entry in entries if entry[1]],
        "other_calls": [entry for entry in entries if not entry[1]],
    }
    return render(request, "applications/call_list.html", context)


@login_not_required
def call_detail(request, slug):
    call = get_object_or_404(
        Call.objects.visible_to(request.user).prefetch_related(
            "phases__antennas",
            "programmes",
            "concepts",
            "criteria__levels",
            "seats__organisation",
            "figures__source",
            "sections__questions",
        ),
        slug=slug,
    )
    now = timezone.now()
    context = {
        "call": call,
        "open_phase": call.open_phase(),
        "is_ahead": any(phase.closes_at and now < phase.last_moment for phase in call.phases.all()),
        "criteria": with_shares(call.criteria.all()),
        "clarifications": call.clarifications.answered(),
        "tie_rule": tie_rule(call.criteria.all()),
    }
    return render(request, "applications/call_detail.html", context)


@login_not_required
def call_calendar(request, slug):
    """Its dates as a file that calendars open, and that they may subscribe to."""
    call = get_object_or_404(Call.objects.visible_to(request.user).prefetch_related("phases"), slug=slug)
    name = f"{call.slug}.ics"
    return HttpResponse(
        calendar_file(call),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": f'inline; filename="{name}"'},
    )


def with_shares(criteria) -> list[tuple]:
    """Each criterion with its weight in percent of the whole grid."""
    total = sum(criterion.weight for criterion in criteria)
    return [(criterion, 100 * criterion.weight / total) for criterion in criteria]
