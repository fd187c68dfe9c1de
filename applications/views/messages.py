"""The messages of a candidature, as its members read and write them."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render

from ..forms.messages import MessageForm
from ..messaging import send_message
from ..models import Actor
from .access import find, find_to_act


def conversation(request, reference):
    """The thread, newest last, and a new message below it for those who may act on the candidature."""
    is_posted = request.method == "POST"
    candidature = (find_to_act if is_posted else find)(request.user, reference)
    form = MessageForm(request.POST, request.FILES) if is_posted else MessageForm()
    if is_posted and (message := sent(request, candidature, form)):
        return redirect(f"{request.path}#{message.anchor}")
    context = {
        "candidature": candidature,
        "thread": candidature.messages.for_reading(),
        "form": form,
        "may_write": candidature.is_actor(request.user, Actor.APPLICANT),
    }
    return render(request, "applications/messages.html", context)


def sent(request, candidature, form: MessageForm):
    """The message that `form` sends, or None when it is shown again with its errors."""
    if not form.is_valid():
        return None
    try:
        message, is_new = send_message(candidature, request.user, form.cleaned_data["body"], form.cleaned_data["files"])
    except ValidationError as refusal:
        form.refuse_files(refusal)
        return None
    told = "Votre message est envoyé." if is_new else "Ce message était déjà envoyé : il ne l’est pas une seconde fois."
    messages.success(request, told)
    return message
