"""The proclamation of a phase: rehearsed on the page, confirmed with its count, done in one act."""

from django import forms
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect

from applications.admin.base import show, staff_only
from applications.models import ForbiddenTransition, SelectionPhase

from ..proclamation import proclaim, rehearse


class ProclamationForm(forms.Form):
    read = forms.CharField(widget=forms.HiddenInput)
    confirm = forms.BooleanField()

    def __init__(self, data, rehearsal):
        super().__init__(data, initial={"read": rehearsal.fingerprint})
        self.fields["confirm"].label = f"Je proclame ces résultats\u00a0: {rehearsal.summary}."
        self.fields["confirm"].error_messages["required"] = "Cochez la case pour confirmer."


@staff_only
def proclaim_phase(request, pk):
    """What the proclamation would do, then the act. What was read is what is done, or nothing is."""
    phase = get_object_or_404(SelectionPhase.objects.select_related("call"), pk=pk)
    rehearsal = rehearse(phase, request.user)
    form = ProclamationForm(request.POST or None, rehearsal)
    if request.method == "POST" and form.is_valid():
        return proclaimed(request, phase, form.cleaned_data["read"])
    title = f"Proclamer les résultats\u00a0: {phase}"
    return show(request, "admin/labels/proclaim.html", title=title, phase=phase, rehearsal=rehearsal, form=form)


def proclaimed(request, phase, expected):
    try:
        antennas = proclaim(phase, request.user, expected)
    except ForbiddenTransition as refusal:
        messages.error(request, str(refusal))
        return redirect("admin:labels_proclaim", phase.pk)
    plural = "s" if len(antennas) > 1 else ""
    messages.success(
        request, f"Résultats proclamés\u00a0: {len(antennas)} antenne{plural} publiée{plural}, lettres en file d’envoi."
    )
    return redirect("admin:phase", phase.pk)
