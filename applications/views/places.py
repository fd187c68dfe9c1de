"""Carriers, sites and partners: added, changed and taken away on the page of their section."""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render

from ..forms.places import PartnerForm
from ..models import ForbiddenTransition, Section, SetAside
from ..prefilling import prefill
from .access import find_to_act, find_with_copy
from .sections import ADDING, render_section, section_url

Kind = Section.Kind
ADDED = {Kind.CARRIERS: "Porteur ajouté.", Kind.SITES: "Site ajouté.", Kind.PARTNERS: "Partenaire ajouté."}


def section_of(candidature, kind) -> Section:
    return get_object_or_404(candidature.call.sections, kind=kind)


def add(request, reference, kind):
    """POST: add to the list of a section, or show its page again with what was typed. GET: that page."""
    if request.method != "POST":
        candidature = find_to_act(request.user, reference)
        return redirect(section_url(candidature, section_of(candidature, kind), "ajouter"))
    with transaction.atomic():
        candidature = find_to_act(request.user, reference, lock=True)
        section = section_of(candidature, kind)
        form = ADDING[kind](request.POST, candidature=candidature)
        if refusal := candidature.openness().why_not(section):
            form.add_error(None, f"{refusal} Rien n’a été enregistré.")
        if form.is_valid():
            form.save()
            after_change(candidature, request.user)
            messages.success(request, ADDED[kind])
            return redirect(section_url(candidature, section, "ajouter"))
    candidature = find_with_copy(request.user, reference)
    section = next(each for each in candidature.call.sections.all() if each.kind == kind)
    return render_section(request, candidature, section, adding=form)


def after_change(candidature, by):
    """What the reference data say follows the carriers and the sites."""
    candidature.refresh_from_db()
    prefill(candidature, by)


def add_carrier(request, reference):
    return add(request, reference, Kind.CARRIERS)


def add_site(request, reference):
    return add(request, reference, Kind.SITES)


def add_partner(request, reference):
    return add(request, reference, Kind.PARTNERS)


def remove_carrier(request, reference, pk):
    return change(request, reference, Kind.CARRIERS, pk, take_carrier_away)


def choose_lead(request, reference, pk):
    return change(request, reference, Kind.CARRIERS, pk, make_lead)


def remove_site(request, reference, pk):
    return change(request, reference, Kind.SITES, pk, take_away)


def remove_partner(request, reference, pk):
    return change(request, reference, Kind.PARTNERS, pk, take_away)


LISTS = {Kind.CARRIERS: "carriers", Kind.SITES: "sites", Kind.PARTNERS: "partners"}


@transaction.atomic
def change(request, reference, kind, pk, act):
    """POST: do `act` on one carrier, site or partner. GET, as after signing in again: back to the section."""
    candidature = find_to_act(request.user, reference, lock=request.method == "POST")
    section = section_of(candidature, kind)
    if request.method == "POST":
        part = get_object_or_404(getattr(candidature, LISTS[kind]), pk=pk)
        try:
            if refusal := candidature.openness().why_not(section):
                raise ForbiddenTransition(f"{refusal} Rien n’a été enregistré.")
            messages.success(request, act(candidature, part, request.user))
            after_change(candidature, request.user)
        except ForbiddenTransition as refusal:
            messages.error(request, refusal)
    return redirect(section_url(candidature, section))


def take_away(candidature, part, by) -> str:
    part.delete()
    return f"{part} ne figure plus dans la candidature."


def take_carrier_away(candidature, carrier, by) -> str:
    """Take a carrier away; what was answered for it is set aside, its pieces stay among the former ones."""
    for answer in carrier.answers.select_related("question", "updated_by"):
        reason = SetAside.Reason.CARRIER_GONE
        SetAside.keep(candidature, answer.value, answer.updated_by, reason, answer.question, carrier)
    carrier.take_pieces_away()
    return take_away(candidature, carrier, by)


def make_lead(candidature, carrier, by) -> str:
    candidature.carriers.update(is_lead=False)
    carrier.place(carrier.position, is_lead=True)
    return f"{carrier} est maintenant chef de file."


def partner(request, reference, pk):
    """Change what is said of a partner."""
    with transaction.atomic():
        candidature = find_to_act(request.user, reference, lock=request.method == "POST")
        section = section_of(candidature, Kind.PARTNERS)
        part = get_object_or_404(candidature.partners, pk=pk)
        form = PartnerForm(request.POST if request.method == "POST" else None, instance=part, candidature=candidature)
        refusal = candidature.openness().why_not(section)
        if refusal and request.method == "POST":
            form.add_error(None, f"{refusal} Rien n’a été enregistré.")
        elif refusal:
            messages.error(request, refusal)
            return redirect(section_url(candidature, section))
        if form.is_valid():
            form.save()
            messages.success(request, f"{part} : modifications enregistrées.")
            return redirect(section_url(candidature, section))
    context = {"candidature": candidature, "section": section, "form": form, "partner": part}
    return render(request, "applications/partner.html", context)
