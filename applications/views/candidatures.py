"""What the members of a candidature see of it: their list, its first page, its beginning."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from territories.eligibility import programme_advice_for
from territories.search import exact_matches

from ..after_label import awaited_of
from ..forms.acts import TransitionForm
from ..forms.places import StartForm
from ..letters import letter_pdf
from ..models import PROCLAIMED, Actor, Call, Candidature, ForbiddenTransition, Status, WorkingCopy
from ..wording import OUTCOMES, STATES, next_step, undeposited
from .access import find, find_with_copy
from .team import join_url
from .time import time_of
from .versions import private

# The act whose motive explains the state in which the candidature is
MOTIVES = {Status.INADMISSIBLE: "refuse", Status.WITHDRAWN: "withdraw"}


def candidature_list(request):
    """The candidatures of the person, and the calls in which to begin another."""
    candidatures = Candidature.objects.held_by(request.user).with_working_copy().order_by("-created_at")
    calls = Call.objects.visible_to(request.user).prefetch_related("phases")
    context = {
        "awaited": awaited_of(request.user),
        "rows": [list_row(candidature) for candidature in candidatures],
        "open_calls": [(call, phase) for call in calls if (phase := call.open_phase())],
        "of_colleagues": [(found, join_url(found, request.user)) for found in of_colleagues(request.user)],
    }
    return render(request, "applications/candidature_list.html", context)


def of_colleagues(user):
    """The candidatures of the collectivité that ProConnect says is theirs, on which they do not work yet."""
    if not user.siren:
        return Candidature.objects.none()
    theirs = Candidature.objects.carried_by_siren(user.siren).exclude(memberships__user=user)
    return theirs.exclude(status__in=[Status.WITHDRAWN, *PROCLAIMED]).select_related("call").order_by("pk")


def list_row(candidature) -> dict:
    """One candidature of the list: its state in words, how much is missing, the next step."""
    problems = WorkingCopy(candidature).problems() if candidature.status == Status.DRAFT else []
    return {
        "candidature": candidature,
        "state": STATES[candidature.status],
        "missing": len(problems),
        "next_step": next_step(candidature, problems),
    }


def start(request, slug):
    """Begin a candidature by its lead carrier. One that exists already is announced, with the way to join it."""
    call = get_object_or_404(Call.objects.visible_to(request.user), slug=slug)
    if call.open_phase() is None:
        messages.error(request, "Cet appel n’est pas ouvert aux dépôts.")
        return redirect(call)
    initial = {"carrier": next(iter(exact_matches(request.user.siren)), None)} if request.user.siren else {}
    form = StartForm(request.POST if request.method == "POST" else None, call=call, initial=initial)
    if form.is_valid():
        try:
            with transaction.atomic():
                candidature = form.save(by=request.user)
        except ForbiddenTransition as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"Candidature {candidature.reference} commencée. Rien n’est encore déposé.")
            return redirect(candidature)
    existing = [(found, join_url(found, request.user)) for found in getattr(form, "existing", [])]
    return render(request, "applications/start.html", {"call": call, "form": form, "existing": existing})


def detail(request, reference):
    """One candidature: its state, what is left to do, what happened to it."""
    candidature = find_with_copy(request.user, reference)
    copy = WorkingCopy(candidature)
    events = list(candidature.events.visible_to(request.user).select_related("by").order_by("-number"))
    motive = MOTIVES.get(candidature.status)
    problems = copy.problems() if candidature.is_editable else []
    context = {
        "candidature": candidature,
        "state": STATES[candidature.status],
        "undeposited": undeposited(candidature),
        "next_step": next_step(candidature, problems),
        "tasks": tasks(candidature, copy),
        "problems": problems,
        "transitions": buttons(candidature, request.user),
        "deposits": TransitionForm.DEPOSITS,
        "events": events,
        "motive": next((event.note for event in events if event.verb == motive), ""),
        "supplements": candidature.supplement_request,
        "submissions": candidature.submissions.select_related("submitted_by").order_by("-number"),
        "advice": programme_advice_for(candidature.territories()),
        "may_present_again": not candidature.why_not_again_later(request.user),
        "set_aside": candidature.set_aside.count(),
        **time_of(candidature),
        **decision_of(candidature),
    }
    return render(request, "applications/detail.html", context)


def buttons(candidature, user) -> dict:
    """What an applicant may do now by verb, deposits first. The acts of staff have their buttons in the admin."""
    possible = {v: t for v, t in candidature.transitions_for(user).items() if t.actor == Actor.APPLICANT}
    return dict(sorted(possible.items(), key=lambda item: item[0] not in TransitionForm.DEPOSITS))


def tasks(candidature, copy) -> list[dict]:
    """The sections of the file: how complete each is, who touched it last, and whether it can be changed now."""
    openness = candidature.openness()
    return [
        {
            "section": section,
            "problems": copy.problems_in(section, openness),
            "is_begun": any(slot.is_answered for slot in copy.slots(section)),
            "last": copy.last_touch(section),
            "wanted": [item for item in openness.items if item.section_id == section.pk and not item.cancelled_at],
        }
        for section in copy.sections
    ]


def decision_of(candidature) -> dict:
    """What was decided of it, as its letters say, once proclaimed; nothing before. A decision proclaimed before the
    portal wrote letters is told by itself.
    """
    if candidature.status not in PROCLAIMED:
        return {}
    letters = list(candidature.letters.order_by("pk"))
    decision = getattr(candidature, "decision", None)
    if letters or decision is None:
        return {"letters": letters}
    return {"outcome": OUTCOMES[decision.outcome], "reason": decision.reason}


def letter_file(request, reference, pk):
    """The PDF of a letter, for the members and the team, once the decision is public."""
    candidature = find(request.user, reference)
    letters = candidature.letters.all() if candidature.status in PROCLAIMED else candidature.letters.none()
    letter = get_object_or_404(letters, pk=pk)
    letter.candidature = candidature
    return private(HttpResponse(letter_pdf(letter.content, letter.sha256), "application/pdf"), letter.file_name)
