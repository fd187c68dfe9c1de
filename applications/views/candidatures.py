"""What the members of a candidature see of it: their list, its first page, its beginning."""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from territories.eligibility import programme_advice_for

from ..forms import StartForm, TransitionForm
from ..models import PROCLAIMED, Actor, Call, Candidature, ForbiddenTransition, Status
from ..wording import OUTCOMES, SECTIONS, STATES, next_step
from .access import find

# The act whose motive explains the state in which the candidature is
MOTIVES = {
    Status.SUPPLEMENTS_REQUESTED: "request_supplements",
    Status.INADMISSIBLE: "refuse",
    Status.WITHDRAWN: "withdraw",
}


def candidature_list(request):
    """The candidatures of the person, and the calls in which to begin another."""
    candidatures = Candidature.objects.held_by(request.user).with_people()
    candidatures = candidatures.prefetch_related("attachments", "call__phases").order_by("-created_at")
    calls = Call.objects.visible_to(request.user).prefetch_related("phases")
    context = {
        "rows": [
            {
                "candidature": candidature,
                "state": STATES[candidature.status],
                "missing": candidature.missing() if candidature.is_editable else [],
                "next_step": next_step(candidature),
            }
            for candidature in candidatures
        ],
        "open_calls": [(call, phase) for call in calls if (phase := call.open_phase())],
    }
    return render(request, "applications/candidature_list.html", context)


def start(request, slug):
    """Begin a candidature by its lead carrier."""
    call = get_object_or_404(Call.objects.visible_to(request.user), slug=slug)
    if call.open_phase() is None:
        messages.error(request, "Cet appel n’est pas ouvert aux dépôts.")
        return redirect(call)
    form = StartForm(request.POST if request.method == "POST" else None, call=call)
    if form.is_valid():
        try:
            with transaction.atomic():
                candidature = form.save(by=request.user)
        except ForbiddenTransition as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"Candidature {candidature.reference} commencée. Rien n’est encore déposé.")
            return redirect(candidature)
    return render(request, "applications/start.html", {"call": call, "form": form})


def detail(request, reference):
    """One candidature: its state, what is left to do, what it says, what happened to it."""
    candidature = find(request.user, reference)
    events = list(candidature.events.visible_to(request.user).select_related("by").order_by("-number"))
    motive = MOTIVES.get(candidature.status)
    context = {
        "candidature": candidature,
        "state": STATES[candidature.status],
        "next_step": next_step(candidature),
        "tasks": tasks(candidature) if may_edit(candidature, request.user) else [],
        "transitions": buttons(candidature, request.user),
        "deposits": TransitionForm.DEPOSITS,
        "events": events,
        "motive": next((event.note for event in events if event.verb == motive), ""),
        "submissions": candidature.submissions.select_related("submitted_by").order_by("-number"),
        "advice": programme_advice_for(candidature.territories()),
        **decision_of(candidature),
    }
    return render(request, "applications/detail.html", context)


def may_edit(candidature, user) -> bool:
    return candidature.is_editable and candidature.is_actor(user, Actor.APPLICANT)


def buttons(candidature, user) -> dict:
    """What an applicant may do now by verb, deposits first. The acts of staff have their buttons in the admin."""
    possible = {v: t for v, t in candidature.transitions_for(user).items() if t.actor == Actor.APPLICANT}
    return dict(sorted(possible.items(), key=lambda item: item[0] not in TransitionForm.DEPOSITS))


def tasks(candidature) -> list[dict]:
    """The sections of the file with the address of each and what it still misses."""
    return [
        {
            "name": SECTIONS[section],
            "url": reverse(f"applications:{section}", args=[candidature.reference]),
            "missing": missing,
        }
        for section, missing in candidature.missing_by_section().items()
    ]


def decision_of(candidature) -> dict:
    """The committee's decision and its reason, once proclaimed; nothing before."""
    decision = getattr(candidature, "decision", None) if candidature.status in PROCLAIMED else None
    return {"outcome": OUTCOMES[decision.outcome], "reason": decision.reason} if decision else {}
