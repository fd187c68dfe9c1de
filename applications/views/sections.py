"""The sections of a file that its editors fill in: carriers, sites, project."""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render

from ..forms import CarrierForm, ProjectForm, SiteForm
from ..models import Candidature, ForbiddenTransition
from .access import find_to_act

NOT_EDITABLE = "La candidature n’est plus modifiable : rien n’a été enregistré."


def carriers(request, reference):
    return edit(request, reference, CarrierForm, "carriers", "Porteur ajouté.")


def sites(request, reference):
    return edit(request, reference, SiteForm, "sites", "Site ajouté.")


def project(request, reference):
    return edit(request, reference, ProjectForm, "project", "Projet enregistré.", then="applications:detail")


def remove_carrier(request, reference, pk):
    return change(request, reference, "carriers", pk, take_away)


def choose_lead(request, reference, pk):
    return change(request, reference, "carriers", pk, make_lead)


def remove_site(request, reference, pk):
    return change(request, reference, "sites", pk, take_away)


def edit(request, reference, form_class, section, done, then=""):
    """Show a section, or write what was posted. The row stays locked from the check to the writing."""
    if request.method == "POST":
        with transaction.atomic():
            candidature = find_to_act(request.user, reference, lock=True)
            form = form_class(request.POST, candidature=candidature)
            if not candidature.is_editable:
                form.add_error(None, NOT_EDITABLE)
            if form.is_valid():
                form.save()
                messages.success(request, done)
                return redirect(then or f"applications:{section}", reference)
    else:
        candidature = find_to_act(request.user, reference)
        form = form_class(candidature=candidature)
        if not candidature.is_editable:
            messages.error(request, NOT_EDITABLE)
            return redirect(candidature)
    return render(request, f"applications/{section}.html", {"candidature": candidature, "form": form})


@transaction.atomic
def change(request, reference, section, pk, act):
    """POST: do `act` on one carrier, site or piece. GET, as after signing in again: back to the section."""
    if request.method == "POST":
        candidature = find_to_act(request.user, reference, lock=True)
        part = get_object_or_404(getattr(candidature, PARTS[section]), pk=pk)
        try:
            if not candidature.is_editable:
                raise ForbiddenTransition(NOT_EDITABLE)
            messages.success(request, act(candidature, part))
        except ForbiddenTransition as refusal:
            messages.error(request, refusal)
    return redirect(f"applications:{section}", reference)


PARTS = {"carriers": "carriers", "sites": "sites", "pieces": "attachments"}


def take_away(candidature: Candidature, part) -> str:
    part.delete()
    return f"{part} ne figure plus dans la candidature."


def make_lead(candidature: Candidature, carrier) -> str:
    candidature.carriers.update(is_lead=False)
    carrier.is_lead = True
    carrier.save(update_fields=["is_lead"])
    return f"{carrier} est maintenant chef de file."
