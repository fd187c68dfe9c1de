"""The acts of the team on an antenna: one view for all, and the page of the trainings."""

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect

from applications.admin.base import show, staff_only
from applications.models import ForbiddenTransition

from ..models import Antenna, Training
from . import act_forms, place_forms

PAGE = "admin:labels_antenna_change"
MAX_TRAININGS = 60
ACTS = {  # the word of the address → the form
    "etape": act_forms.MilestoneForm,
    "corriger-etape": act_forms.CorrectMilestoneForm,
    "annoncer": act_forms.AnnounceForm,
    "reporter": act_forms.ReviseForm,
    "ouvrir": act_forms.OpenForm,
    "corriger-ouverture": act_forms.CorrectOpeningForm,
    "ajouter-porteur": place_forms.AddCarrierForm,
    "changer-porteur": place_forms.ReplaceCarrierForm,
    "retirer-porteur": place_forms.RemoveCarrierForm,
    "ajouter-site": place_forms.AddSiteForm,
    "changer-site": place_forms.ReplaceSiteForm,
    "retirer-site": place_forms.RemoveSiteForm,
    "responsable": place_forms.ContactForm,
    "inscrits": place_forms.LearnersForm,
    "document": place_forms.DocumentForm,
    "rouvrir-bilan": place_forms.ReopenReportForm,
}


def offered_acts(antenna) -> dict[str, list[tuple[str, str]]]:
    """What may be done now: by group, the word of the address and the button of each act."""
    life, groups = act_forms.LifeNow(antenna), {}
    for word, form in ACTS.items():
        if form.is_offered(life):
            groups.setdefault(form.group, []).append((word, form.title))
    return groups


@staff_only
def act(request, pk, act):
    """One page for every act: what it does, its short form, then the verb."""
    if act not in ACTS:
        raise Http404
    antenna = antenna_or_404(pk)
    data = (request.POST, request.FILES) if request.method == "POST" else ()
    form = ACTS[act](*data, antenna=antenna)
    if form.is_valid() and done(request, form):
        return redirect(PAGE, pk)
    return page(request, antenna, form.title, form=form, about=form.about)


def done(request, form) -> bool:
    try:
        words = form.do(request.user)
    except ForbiddenTransition as refusal:
        form.add_error(None, str(refusal))
        return False
    except ValidationError as refusal:
        form.add_error(None, refusal)
        return False
    messages.success(request, words)
    return True


class TrainingForm(forms.ModelForm):
    link = forms.URLField(label="Page de la formation", required=False, max_length=500, assume_scheme="https")

    class Meta:
        model = Training
        fields = ["title", "level", "modality", "link", "position"]


TrainingFormSet = forms.inlineformset_factory(
    Antenna, Training, TrainingForm, extra=2, max_num=MAX_TRAININGS, validate_max=True, can_delete_extra=False
)


@staff_only
def trainings(request, pk):
    """The trainings that the antenna offers now, all on one page."""
    antenna = antenna_or_404(pk)
    rows = TrainingFormSet(request.POST or None, instance=antenna, prefix="formations")
    if rows.is_valid():
        with transaction.atomic():
            rows.save()
            antenna.tell("change_trainings", request.user, titles=[str(row) for row in antenna.trainings.all()])
        messages.success(request, "Formations enregistrées.")
        return redirect(PAGE, pk)
    about = "Ce que l’antenne propose aujourd’hui, dans l’ordre de la page publique. Une ligne vide n’est pas gardée."
    return page(request, antenna, "Formations proposées", rows=rows, about=about)


def antenna_or_404(pk) -> Antenna:
    return get_object_or_404(Antenna.objects.select_related("phase__call", "candidature"), pk=pk)


def page(request, antenna, title, **context):
    return show(
        request,
        "admin/labels/antenna_act.html",
        title=f"{title}\u00a0: {antenna}",
        button=title if "form" in context else "Enregistrer",
        antenna=antenna,
        **context,
    )
