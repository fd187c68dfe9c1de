"""How far the seats have come, file by file, and the reminder to those who are late. Never a mark."""

from typing import NamedTuple

from django.contrib import messages
from django.shortcuts import redirect
from django.template.loader import render_to_string

from .. import emails
from ..models import Count, ForbiddenTransition, Progress, Seat, Status, coverage
from ..seat_reminders import last_reminder, recipients, remind, why_not_remind
from .base import show
from .session import phase_or_404

FILTERS = {  # in the address → words of the box
    "retards": "Seulement les sièges qui n’ont pas tout signé",
    "incomplets": "Seulement les dossiers qui attendent une évaluation",
}


class Cell(NamedTuple):
    html: str  # made once for each state: there may be thousands of cells
    reopened: Seat | None  # the seat whose review can be given back to it


def matrix(request, pk):
    """Files × seats, narrowed by the boxes that are ticked in the address; totals are always those of the whole."""
    phase = phase_or_404(request.user, pk)
    whole = coverage(phase, request.user)
    shown = whole.only(
        seats=whole.late_seats() if "retards" in request.GET else None,
        files=whole.uncovered_files() if "incomplets" in request.GET else None,
    )
    seats, counts = {seat.pk for seat in shown.seats}, {file.pk: Count.of(cells) for file, cells in whole.rows}
    drawn = {each: render_to_string("admin/session/_cell.html", {"state": each}) for each in Progress}
    may_reopen = phase.takes_reviews and phase.call.is_chair(request.user)
    return show(
        request,
        "admin/session/coverage.html",
        title=f"Couverture\u00a0: {phase}",
        phase=phase,
        whole=whole,
        by_seat=[(seat, count) for seat, count in whole.by_seat if seat.pk in seats],
        rows=[
            (file, counts[file.pk], cells_of(file, shown.seats, states, drawn, may_reopen))
            for file, states in shown.rows
        ],
        late=[(seat, count) for seat, count in whole.by_seat if not count.is_whole],
        legend=list(Progress),
        filters=[(name, words, name in request.GET) for name, words in FILTERS.items()],
        last=last_reminder(phase),
    )


def cells_of(file, seats, states, drawn, is_chair) -> list[Cell]:
    """The row of a file. What `Review.why_not_reopen` asks beside the chair's right is asked here for the whole row:
    the files of the matrix are those that the chair may judge.
    """
    is_open = is_chair and file.status == Status.ADMISSIBLE
    return [
        Cell(drawn[state], seat if is_open and state == Progress.SIGNED else None)
        for seat, state in zip(seats, states, strict=True)
    ]


def reminder(request, pk):
    """Who would be written to and what they would read; then the sending, to those who are still late."""
    phase = phase_or_404(request.user, pk)
    if refusal := why_not_remind(phase, request.user):
        messages.error(request, refusal)
        return redirect("admin:phase_coverage", pk)
    if request.method == "POST":
        return reminded(request, phase)
    late, last = recipients(phase, request.user), last_reminder(phase)
    reached = {each.member.seat_id for each in late}
    return show(
        request,
        "admin/session/reminder.html",
        title=f"Relancer les sièges\u00a0: {phase}",
        phase=phase,
        late=[(each, emails.seat_reminder_text(phase, each)) for each in late],
        seats=len(reached),
        unreached=[
            seat
            for seat, count in coverage(phase, request.user).by_seat
            if not count.is_whole and seat.pk not in reached
        ],
        last=last,
        seen=last.number if last else 0,
    )


def reminded(request, phase):
    people = {int(value) for value in request.POST.getlist("people") if value.isdecimal()}
    seen = request.POST.get("seen", "")
    try:
        sent = remind(phase, request.user, people, int(seen) if seen.isdecimal() else 0)
    except ForbiddenTransition as refusal:
        messages.error(request, str(refusal))
        return redirect("admin:phase_coverage", phase.pk)
    if not people:
        messages.error(request, "Personne n’est coché\u00a0: aucun courriel n’est parti.")
        return redirect("admin:phase_reminder", phase.pk)
    words = "Un courriel est en file d’envoi" if len(sent) == 1 else f"{len(sent)} courriels sont en file d’envoi"
    messages.success(request, f"{words if sent else 'Aucun courriel n’est parti'}.")
    if left := len(people) - len(sent):
        messages.warning(request, f"{left} des personnes cochées ne sont plus en retard, ou viennent d’être relancées.")
    return redirect("admin:phase_coverage", phase.pk)
