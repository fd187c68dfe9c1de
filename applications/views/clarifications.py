"""A candidate's question about a call: asked once signed in, answered for everybody on the page of the call."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render

from ..forms.clarifications import AskForm
from ..models import Call, Clarification, ForbiddenTransition


def ask(request, slug):
    call = get_object_or_404(Call.objects.visible_to(request.user), slug=slug)
    form = AskForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            Clarification.ask(call, request.user, form.cleaned_data["asked"])
        except ForbiddenTransition as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Votre question est reçue. Un courriel vous dira quand la réponse est publiée.")
            return redirect(call.get_absolute_url() + "#questions")
    context = {"call": call, "form": form, "refusal": Clarification.why_not_ask(call, request.user)}
    return render(request, "applications/ask.html", context)
