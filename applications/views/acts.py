"""The acts of an applicant on a candidature, one view for all."""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect, render

from ..emails import announce
from ..forms.acts import TransitionForm
from ..models import TRANSITIONS, ForbiddenTransition, WorkingCopy, discard_changes, present_again
from .access import find, find_to_act, find_with_copy, for_its_editors
from .time import time_of


def transition(request, reference, verb):
    """Confirmation page of any act; a deposit is read back there before it is made."""
    is_posted = request.method == "POST"
    found = (find if is_posted else find_with_copy)(request.user, reference)  # the verb reads what it needs itself
    candidature = for_its_editors(request.user, found)
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
    context = {"candidature": candidature, "transition": TRANSITIONS[verb], "form": form}
    if verb in form.DEPOSITS:
        copy = WorkingCopy(find_with_copy(request.user, reference))
        context |= {"is_deposit": True, "problems": copy.problems(), "content": copy.content()}
        context |= time_of(candidature)
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


def discard(request, reference):
    """Ask, then go back to the last deposit; what is abandoned stays readable among the texts set aside."""
    candidature = find_to_act(request.user, reference)
    if request.method == "POST":
        try:
            discard_changes(candidature, request.user)
            messages.success(request, "La candidature dit de nouveau ce que dit votre dernier dépôt.")
        except ForbiddenTransition as refusal:
            messages.error(request, str(refusal))
        return redirect(candidature)
    return render(request, "applications/discard.html", {"candidature": candidature})


def again(request, reference):
    """Ask, then begin a new candidature in the open phase, filled in with what was deposited."""
    candidature = find_to_act(request.user, reference)
    if reason := candidature.why_not_again_later(request.user):
        messages.error(request, reason)
        return redirect(candidature)
    if request.method == "POST":
        try:
            new = present_again(candidature, request.user)
        except ForbiddenTransition as refusal:
            messages.error(request, str(refusal))
            return redirect(candidature)
        messages.success(request, f"Candidature {new.reference} commencée. Rien n’est encore déposé.")
        return redirect(new)
    return render(request, "applications/present_again.html", {"candidature": candidature})
