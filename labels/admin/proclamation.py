"""The proclamation of a phase: rehearsed on the page, confirmed with its count, done at once or at an hour."""

from django import forms
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from applications.admin.base import show, staff_only
from applications.admin.follow_forms import MomentField
from applications.models import Event, ForbiddenTransition, Letter, SelectionPhase
from applications.templatetags.french import long_moment

from ..communique import communique
from ..embargo import cancel_proclamation, overdue, plan_proclamation, planned, why_not_at
from ..models import PublishedName
from ..outlook import figures_before_and_after
from ..proclamation import choose_names, proclaim
from ..rehearsal import decided, rehearse


class HourField(MomentField):
    default_validators = []  # the rules of the embargo say what is wrong, in their own words


class ProclamationForm(forms.Form):
    NOW, LATER = "now", "later"

    read = forms.CharField(widget=forms.HiddenInput)
    when = forms.ChoiceField(
        label="Quand",
        choices=[(NOW, "Maintenant"), (LATER, "À une heure choisie, à la minute près")],
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez : maintenant, ou à une heure."},
    )
    hour = HourField(
        label="Heure de la proclamation",
        required=False,
        help_text="Heure de Paris, au moins deux minutes après maintenant. D’ici là, rien n’est visible et aucune "
        "décision ne change ; vous pouvez annuler.",
    )
    confirm = forms.BooleanField(
        template_name="admin/labels/_confirm.html", error_messages={"required": "Cochez la case pour confirmer."}
    )

    def __init__(self, data, rehearsal):
        super().__init__(data, initial={"read": rehearsal.fingerprint})
        self.fields["confirm"].label = f"Je proclame ces résultats\u00a0: {rehearsal.summary}."

    def clean(self):
        data = super().clean()
        if data.get("when") == self.LATER and "hour" not in self.errors:
            hour = data.get("hour")
            if problem := why_not_at(hour) if hour else "Donnez le jour et l’heure.":
                self.add_error("hour", problem)
        return data


def phase_of(pk) -> SelectionPhase:
    return get_object_or_404(SelectionPhase.objects.select_related("call", "proclamation_by"), pk=pk)


@staff_only
def proclaim_phase(request, pk):
    """What the proclamation would do, then the act. What was read is what is done, or nothing is."""
    phase = phase_of(pk)
    if phase.proclaimed_at:
        return proclaimed_phase(request, phase)
    rehearsal = rehearse(phase, request.user)
    form = ProclamationForm(request.POST if request.method == "POST" else None, rehearsal)
    if form.is_valid() and (done := acted(request, phase, form)):
        messages.success(request, done)
        return redirect("admin:labels_proclaim", phase.pk)
    return show(
        request,
        "admin/labels/proclaim.html",
        title=f"Proclamer les résultats\u00a0: {phase}",
        phase=phase,
        rehearsal=rehearsal,
        form=form,
        is_planned=planned().filter(pk=pk).exists(),
        is_overdue=overdue().filter(pk=pk).exists(),
        name_length=PublishedName._meta.get_field("name").max_length,
        figures=figures_before_and_after(rehearsal),
        communique=communique(rehearsal),
    )


def acted(request, phase, form) -> str:
    """Proclaim, or plan it: what was done, in words; "" when it was refused, which a message then says."""
    data = form.cleaned_data
    try:
        if data["when"] == form.LATER:
            plan_proclamation(phase, request.user, data["hour"], data["read"])
            return f"Proclamation programmée pour le {long_moment(data['hour'])} (heure de Paris)."
        antennas = proclaim(phase, request.user, data["read"])
    except ForbiddenTransition as refusal:
        messages.error(request, str(refusal))
        return ""
    plural = "s" if len(antennas) > 1 else ""
    return f"Résultats proclamés\u00a0: {len(antennas)} antenne{plural} publiée{plural}. Les lettres partent."


def proclaimed_phase(request, phase):
    """After the act: each letter, where it stands, and the rectifications."""
    letters = (
        Letter.objects.filter(candidature__phase=phase)
        .select_related("candidature__call", "rectification")
        .prefetch_related("copies__email__claim")
        .order_by("candidature__number", "pk")
    )
    copies = [copy for letter in letters for copy in letter.copies.all()]
    return show(
        request,
        "admin/labels/proclaimed.html",
        title=f"Résultats proclamés\u00a0: {phase}",
        phase=phase,
        event=Event.objects.about(phase).filter(verb="proclaim").select_related("by").first(),
        letters=letters,
        copies=len(copies),
        again=sum(copy.may_leave_again for copy in copies),
    )


@staff_only
@require_POST
def name_antennas(request, pk):
    """Keep the names under which the antennas will be published."""
    phase = phase_of(pk)
    names = {}
    for candidature in decided(phase):
        if (name := request.POST.get(f"name-{candidature.pk}")) is not None:
            names[candidature] = name
    longest = PublishedName._meta.get_field("name").max_length
    too_long = [candidature.reference for candidature, name in names.items() if len(" ".join(name.split())) > longest]
    try:
        if too_long:
            raise ForbiddenTransition(f"Nom trop long ({longest} signes au plus)\u00a0: {', '.join(too_long)}.")
        choose_names(phase, request.user, names)
        messages.success(request, "Noms enregistrés.")
    except ForbiddenTransition as refusal:
        messages.error(request, str(refusal))
    return redirect(f"{reverse('admin:labels_proclaim', args=[phase.pk])}#antennes")


@staff_only
@require_POST
def cancel(request, pk):
    """Give up the hour that was planned."""
    try:
        cancel_proclamation(phase_of(pk), request.user)
        messages.success(request, "Proclamation annulée\u00a0: les résultats restent privés.")
    except ForbiddenTransition as refusal:
        messages.error(request, str(refusal))
    return redirect("admin:labels_proclaim", pk)
