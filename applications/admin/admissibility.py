"""The team examines candidatures: the check-list of one beside what the portal knows of it, or several at once."""

from typing import NamedTuple

from django.contrib import messages
from django.db import transaction
from django.db.models import Max
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join

from ..emails import announce
from ..models import (
    Actor,
    AdmissibilityCheck,
    Candidature,
    ChangedMeanwhile,
    Examination,
    ForbiddenTransition,
    Status,
    checklists_of,
    examinations_of,
)
from ..overlaps import Overlap, earlier_of, overlaps_of
from .base import show, staff_only
from .check_forms import AdmitTogetherForm, ChecklistForm
from .files import file_context

LIST = "admin:applications_candidature_changelist"


# One file


@staff_only
def examine(request, reference):
    """The check-list of a deposited candidature. A POST saves what this person changed, and nothing else."""
    candidature = get_object_or_404(Candidature.objects.with_people().by_reference(reference))
    if candidature.status == Status.DRAFT:
        messages.error(request, "Rien n’est encore déposé\u00a0: il n’y a rien à examiner.")
        return redirect("admin:applications_candidature_change", candidature.pk)
    if request.method == "POST":
        return save_checklist(request, candidature)
    return show_examination(request, candidature)


def save_checklist(request, candidature):
    """Whatever the answer, what was typed is either saved or shown again."""
    form = ChecklistForm(checklists_of([candidature])[candidature.pk], request.POST)
    if form.is_valid():
        try:
            changed = AdmissibilityCheck.write(candidature, request.user, form.verdicts(), form.seen())
        except ChangedMeanwhile as refusal:
            form = form.over(checklists_of([candidature])[candidature.pk])
            form.add_error(None, str(refusal))
        except ForbiddenTransition as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"Liste enregistrée à {timezone.localtime():%H:%M:%S}\u00a0: {count(changed)}.")
            return redirect("admin:admissibility", candidature.reference)
    return show_examination(request, candidature, form)


def count(changed: int) -> str:
    plural = "s" if changed > 1 else ""
    return f"{changed} point{plural} modifié{plural}" if changed else "rien n’avait changé"


def show_examination(request, candidature, form=None):
    found = examinations_of([candidature])[candidature.pk]
    refusal = AdmissibilityCheck.why_not(candidature, request.user)
    context = file_context(candidature, request.user)
    return show(
        request,
        "admin/admissibility/examine.html",
        title=f"Recevabilité de {candidature.reference}",
        examination=found,
        form=form or (None if refusal else ChecklistForm(found.checklist)),
        refusal=refusal,
        verbs=staff_verbs(candidature, request.user),
        waiting_until=candidature.why_still_open("admit") if candidature.status == Status.SUBMITTED else "",
        overlaps=overlaps_of([candidature])[candidature.pk],
        earlier=earlier_of(candidature),
        pieces=[(group.name, piece) for part in context["parts"] for group in part.groups for piece in group.pieces],
        **context,
    )


def staff_verbs(candidature, user) -> dict:
    """What the team may do with the file now."""
    possible = candidature.transitions_for(user)
    return {verb: transition for verb, transition in possible.items() if transition.actor == Actor.STAFF}


# Several files


class Line(NamedTuple):
    """What is said of one file before it is admitted with others."""

    candidature: Candidature
    version: int  # of its last deposit; 0 without one
    examination: Examination
    overlaps: list[Overlap]
    refusal: str  # why it will not be admitted, or ""


def lines_of(candidatures, user) -> list[Line]:
    """One line for each file, in a number of queries that does not grow."""
    found = candidatures.with_people().prefetch_related("extensions")
    files = list(found.annotate(version=Max("submissions__number")).order_by("call", "number"))
    examinations, overlaps = examinations_of(files), overlaps_of(files)
    return [
        Line(each, each.version or 0, examinations[each.pk], overlaps.get(each.pk, []), each.why_not("admit", user))
        for each in files
    ]


def confirm_together(request, candidatures, typed=None):
    """Before several files are admitted: their count, and what is known of each. What was `typed` is shown again."""
    lines = lines_of(candidatures, request.user)
    possible = [line for line in lines if not line.refusal]
    files = ",".join(f"{line.candidature.pk}:{0 if line.refusal else line.version}" for line in lines)
    data = {"note": typed["note"], "files": files} if typed else None
    return show(
        request,
        "admin/admissibility/together.html",
        title="Déclarer recevables plusieurs candidatures",
        form=AdmitTogetherForm(data, initial={"files": files}),
        total=len(lines),
        possible=possible,
        refused=[line for line in lines if line.refusal],
        doubtful=[line for line in possible if line.examination.doubts],
    )


@staff_only
def admit_together(request):
    """Admit each file in a transaction of its own, then say what was done and what was not."""
    form = AdmitTogetherForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        tell(request, *admit_each(form.versions(), request.user, form.cleaned_data["note"]))
        return redirect(LIST)
    if "files" in form.errors or request.method != "POST":
        messages.error(request, "Choisissez des candidatures dans la liste, puis l’action « Déclarer recevables ».")
        return redirect(LIST)
    return confirm_together(request, Candidature.objects.filter(pk__in=form.versions()), form.data)


def admit_each(versions: dict[int, int], by, note) -> tuple[list, list]:
    """The candidatures that were admitted, and the others, each with the reason."""
    done, refused = [], []
    for candidature in Candidature.objects.filter(pk__in=versions).select_related("call").order_by("call", "number"):
        try:
            with transaction.atomic():
                admit_as_read(candidature, versions[candidature.pk], by, note)
        except ForbiddenTransition as refusal:
            refused.append((candidature, str(refusal)))
        else:
            done.append(candidature)
    return done, refused


def admit_as_read(candidature, version, by, note):
    """Admit, with its mail, unless the file is no longer the one that the person read."""
    candidature.lock()
    if reason := candidature.why_not("admit", by):
        raise ForbiddenTransition(reason)
    if candidature.last_submission.number != version:
        raise ForbiddenTransition("Le dossier a changé depuis que vous avez affiché cette liste\u00a0: relisez-le.")
    candidature.admit(by, note)
    announce(candidature, "admit", note)


def tell(request, done, refused):
    """How many were admitted, and why the others were not."""
    if done:
        plural = "s" if len(done) > 1 else ""
        names = ", ".join(candidature.reference for candidature in done)
        messages.success(request, f"{len(done)} candidature{plural} déclarée{plural} recevable{plural}\u00a0: {names}.")
    if refused:
        plural = "s" if len(refused) > 1 else ""
        intro = f"{len(refused)} candidature{plural} non déclarée{plural} recevable{plural}\u00a0:"
        rows = [(address_of(each), each.reference, reason) for each, reason in refused]
        listed = format_html_join("", '<br><a href="{}">{}</a> – {}', rows)
        messages.warning(request, format_html("{}{}", intro, listed))


def address_of(candidature) -> str:
    return reverse("admin:admissibility", args=[candidature.reference])
