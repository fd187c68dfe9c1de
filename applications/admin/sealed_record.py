"""The sealed record of a phase: what it is, then handed over, which the journal notes."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from ..models import Event, ForbiddenTransition
from ..sealed_record import export_record, name_of, record_zip, why_no_record
from ..views.versions import private
from .base import show
from .session import phase_or_404


def sealed_record(request, pk):
    """What the record holds and who was given it already; a POST hands it over."""
    phase = phase_or_404(request.user, pk)
    if request.method == "POST":
        return hand_over(request, phase)
    return show(
        request,
        "admin/minutes/record.html",
        title=f"Dossier scellé\u00a0: {phase}",
        phase=phase,
        refusal=why_no_record(phase, request.user),
        handed=Event.objects.about(phase).filter(verb="export_record").select_related("by").order_by("-number"),
    )


def hand_over(request, phase):
    try:
        record = export_record(phase, request.user)
    except ForbiddenTransition as refusal:
        messages.error(request, str(refusal))
        return redirect("admin:sealed_record", phase.pk)
    return private(HttpResponse(record_zip(phase, record), content_type="application/zip"), f"{name_of(phase)}.zip")
