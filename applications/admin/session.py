"""The deliberation on a phase, for its chair and the team: coverage, seal, ranking, reviews, decisions."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.urls import NoReverseMatch, reverse

from ..models import (
    Candidature,
    ChangedMeanwhile,
    Decision,
    ForbiddenTransition,
    Review,
    SelectionPhase,
    coverage,
    ranking,
)
from .base import show
from .files import file_context
from .forms import DecisionForm


def phase_or_404(user, pk) -> SelectionPhase:
    """A phase that `user` presides over, or any for the team. Refused (403) to those who preside over nothing."""
    phases = SelectionPhase.objects.select_related("call")
    if user.is_staff:
        return get_object_or_404(phases, pk=pk)
    chaired = user.committee_terms.current().filter(is_chair=True)
    if not chaired.exists():
        raise PermissionDenied
    return get_object_or_404(phases, pk=pk, call__in=chaired.values("seat__call"))


def proclamation_of(phase, user) -> str:
    """The address of the proclamation page when it is time for it, or ""."""
    if phase.why_not_proclaimable(user):
        return ""
    try:
        return reverse("admin:labels_proclaim", args=[phase.pk])
    except NoReverseMatch:
        return ""


def phase(request, pk):
    """Where the deliberation stands. No mark is here before the seal is open."""
    phase, user = phase_or_404(request.user, pk), request.user
    ranked = ranking(phase, user).select_related("decision")
    waiting = phase.undecided() & Candidature.objects.visible_to(user)
    return show(
        request,
        "admin/session/phase.html",
        title=f"Délibération\u00a0: {phase}",
        phase=phase,
        coverage=coverage(phase, user),
        why_seal_stays=phase.why_seal_stays(user),
        ranked=ranked,
        waiting=waiting.with_people(),
        why_not_proclaimable=phase.why_not_proclaimable(user),
        proclamation=proclamation_of(phase, user),
    )


def open_seal(request, pk):
    """The confirmation, then the act: from then on seats read each other and nobody scores any more."""
    phase = phase_or_404(request.user, pk)
    refusal = phase.why_seal_stays(request.user)
    if request.method == "POST" and not refusal:
        try:
            phase.open_seal(request.user)
            messages.success(request, "Le scellé est levé\u00a0: le classement est ouvert à la délibération.")
        except ForbiddenTransition as late:
            refusal = str(late)
    if refusal:
        messages.error(request, refusal)
    if refusal or request.method == "POST":
        return redirect("admin:phase", pk)
    return show(
        request,
        "admin/session/open_seal.html",
        title=f"Lever le scellé\u00a0: {phase}",
        phase=phase,
        coverage=coverage(phase, request.user),
    )


def deliberate(request, pk, reference):
    """One file in session: its reviews by criterion and seat, then the decision."""
    phase = phase_or_404(request.user, pk)
    files = Candidature.objects.deliberated_by(request.user).filter(phase=phase).with_people()
    candidature = get_object_or_404(files.by_reference(reference))
    decision = Decision.objects.visible_to(request.user).filter(candidature=candidature).first()
    form = DecisionForm(decision, request.POST or None)
    if request.method == "POST" and form.is_valid() and recorded(request, candidature, form):
        return redirect("admin:phase", phase.pk)
    reviews = Review.objects.visible_to(request.user).filter(candidature=candidature).signed().with_total()
    counted = set(Review.objects.counted().filter(candidature=candidature).values_list("pk", flat=True))
    return show(
        request,
        "admin/session/file.html",
        title=f"{candidature.reference} – {candidature.title}",
        phase=phase,
        reviews=reviews.select_related("seat__organisation").prefetch_related("scores__criterion"),
        counted=counted,
        decision=decision,
        form=form,
        refusal=Decision.why_not(candidature, request.user),
        **file_context(candidature, request.user),
    )


def recorded(request, candidature, form) -> bool:
    try:
        Decision.record(candidature, request.user, **form.cleaned_data)
    except ForbiddenTransition as refusal:
        form.add_error(None, str(refusal))
        if isinstance(refusal, ChangedMeanwhile):
            form.over(Decision.objects.get(candidature=candidature))
        return False
    messages.success(request, f"Décision consignée\u00a0: {candidature.reference}.")
    return True
