"""Recusals: the list that the team reads, and those that it or the chair raises. None is changed or lifted."""

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from ..models import Candidature, ForbiddenTransition, Member, Recusal
from .base import StaffModelAdmin, show
from .people_forms import RaiseForm
from .session import phase_or_404


class RecusalForm(forms.ModelForm):
    class Meta:
        model = Recusal
        fields = ["candidature", "seat", "member", "reason"]

    def clean(self):
        data = super().clean()
        if data.get("candidature") and data.get("seat"):
            data["candidature"].lock()  # until the recusal is written: the admin saves in one transaction
            refusal = Recusal.why_not_raise(data["candidature"], data["seat"], self.by, data.get("member"))
            if refusal:
                self.add_error("seat", refusal)
        return data


@admin.register(Recusal)
class RecusalAdmin(StaffModelAdmin):
    """Recusals, and those that the team raises for a whole seat or one of its members."""

    list_display = ["candidature", "seat", "who", "origin", "by", "at"]
    list_filter = ["candidature__call", "origin"]
    list_select_related = ["candidature__call", "seat__call", "seat__organisation", "member__user", "by"]
    search_fields = ["candidature__title", "seat__organisation__name", "member__user__full_name", "reason"]
    autocomplete_fields = ["candidature", "seat"]
    ordering = ["-at", "-pk"]

    def get_form(self, request, obj=None, **kwargs):
        if obj:
            return super().get_form(request, obj, **kwargs)
        return type("RaisedRecusalForm", (super().get_form(request, form=RecusalForm),), {"by": request.user})

    def get_fields(self, request, obj=None):
        if obj:
            return ["candidature", "seat", "who", "reason", "origin", "by", "at"]
        return ["candidature", "seat", "member", "reason"]

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "member":
            kwargs["queryset"] = Member.objects.select_related("user", "seat__organisation", "seat__call")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def save_form(self, request, form, change):
        """Through the verb, which writes the row and its line in the journal: nothing is left to save after it."""
        return Recusal.raise_for(by=request.user, **form.cleaned_data)

    def save_model(self, request, obj, form, change):
        pass

    def save_related(self, request, form, formsets, change):
        pass

    @admin.display(description="concerne")
    def who(self, recusal):
        return str(recusal.member.user) if recusal.member else "tout le siège"


def raise_recusal(request, pk, reference):
    """The chair, or the team, records that a seat or one of its members stays away from a file."""
    phase = phase_or_404(request.user, pk)
    files = Candidature.objects.deliberated_by(request.user).filter(phase=phase).with_people()
    candidature = get_object_or_404(files.by_reference(reference))
    members = Member.objects.current().select_related("user")
    seats = candidature.call.seats.select_related("organisation").prefetch_related(Prefetch("members", members))
    form = RaiseForm(request.POST or None, seats=seats)
    if form.is_valid() and raised(request, candidature, form):
        return redirect("admin:phase", pk)
    return show(
        request,
        "admin/committee_people/act.html",
        title=f"Relever un déport\u00a0: {reference}",
        form=form,
        button="Enregistrer le déport",
        about=[
            f"{candidature.title}.",
            "Dès l’enregistrement, ce dossier est fermé à la personne ou au siège : ni pièces, ni notes, ni rang. "
            "Ce que la personne ou le siège a écrit est mis de côté, gardé, et ne compte plus.",
            "Si une personne seule se déporte, ses collègues de siège peuvent encore évaluer le dossier.",
        ],
        warning="Un déport enregistré ne se retire pas.",
        trail=[(reverse("admin:phase", args=[pk]), f"Délibération\u00a0: {phase}")],
        back=(reverse("admin:phase", args=[pk]), "Ne rien enregistrer"),
    )


def raised(request, candidature, form) -> bool:
    try:
        with transaction.atomic():
            recusal = Recusal.raise_for(candidature, by=request.user, **form.arguments())
    except ForbiddenTransition as refusal:
        form.add_error("who", str(refusal))
        return False
    who = recusal.member.user if recusal.member else recusal.seat.organisation
    messages.success(request, f"Déport enregistré : {who}, pour le dossier {candidature.reference}.")
    return True
