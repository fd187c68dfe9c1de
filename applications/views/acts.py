"""The acts of an applicant on a candidature, one view for all, and the receipts of its deposits."""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from ..emails import announce
from ..forms import TransitionForm
from ..models import TRANSITIONS, ForbiddenTransition
from .access import find, find_to_act
from .candidatures import tasks


def transition(request, reference, verb):
    """Confirmation page of any act; a deposit is read back there before it is made."""
    candidature = find_to_act(request.user, reference)
    is_posted = request.method == "POST"
    if not is_posted and (reason := candidature.why_not(verb, request.user)):
        messages.error(request, reason)
        return redirect(candidature)
    form = TransitionForm(request.POST if is_posted else None, verb=verb)
    if form.is_valid():
        try:
            act(candidature, verb, request.user, form.note_given)
        except ForbiddenTransition as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{TRANSITIONS[verb].done}.")
            return redirect(page_after(candidature, verb))
    context = {
        "candidature": candidature,
        "transition": TRANSITIONS[verb],
        "form": form,
        "now": timezone.now(),
        "open_phase": candidature.call.open_phase(),
    }
    if verb in form.DEPOSITS:
        context |= {"is_deposit": True, "unfinished": [task for task in tasks(candidature) if task["missing"]]}
    return render(request, "applications/transition.html", context)


def act(candidature, verb, by, note):
    """Do `verb` and queue the mail that tells it, both or neither.

    Raises:
        ForbiddenTransition: not possible on this candidature, by this person, now.
    """
    with transaction.atomic():
        getattr(candidature, verb)(by=by, note=note)
        announce(candidature, verb, note)


def page_after(candidature, verb) -> str:
    if verb in TransitionForm.DEPOSITS:
        return candidature.last_submission.get_absolute_url()
    return candidature.get_absolute_url()


def receipt(request, reference, number):
    """What a deposit contained, when and by whom, for as long as the portal keeps it."""
    candidature = find(request.user, reference)
    submission = get_object_or_404(candidature.submissions.select_related("submitted_by"), number=number)
    context = {"candidature": candidature, "submission": submission, "content": submission.content}
    return render(request, "applications/receipt.html", context)
