"""The deliberation on a phase, for its chair and the team: where it stands, the seal, one file to be read."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import NoReverseMatch, reverse

from ..models import (
    Candidature,
    CommitteeSession,
    Decision,
    ForbiddenTransition,
    Review,
    SelectionPhase,
    coverage,
    ranking,
    tie_criteria,
    tie_rule,
)
from ..reckoning import reckoning_of
from .base import show
from .files import file_context


def phase_or_404(user, pk) -> SelectionPhase:
    """A phase that `user` presides over, or any for the team. Refused (403) to those who preside over nothing."""
    phases = SelectionPhase.objects.select_related("call").filter(pk=pk)
    if user.is_staff:
        return get_object_or_404(phases)
    chaired = user.committee_terms.current().filter(is_chair=True)
    if found := phases.filter(call__in=chaired.values("seat__call")).first():
        return found
    if chaired.exists():
        raise Http404
    raise PermissionDenied


def proclamation_of(phase, user) -> str:
    """For the team, once the seal is open: the address of the rehearsal, later that of the letters; or ""."""
    if phase.is_sealed() or not user.is_staff:
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
        count=coverage(phase, user).count,
        why_seal_stays=phase.why_seal_stays(user),
        ranked=ranked,
        tie_rule=tie_rule(tie_criteria(phase)),
        waiting=waiting.with_people(),
        sessions=phase.sessions.select_related("minutes").order_by("number"),
        why_not_convene=CommitteeSession.why_not_convene(phase, user),
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
        count=coverage(phase, request.user).count,
    )


def deliberate(request, pk, reference):
    """One file: its reviews by criterion and seat, and the decision. It is taken in session (`room_file`)."""
    phase = phase_or_404(request.user, pk)
    files = Candidature.objects.deliberated_by(request.user).filter(phase=phase).with_people()
    candidature = get_object_or_404(files.by_reference(reference))
    decisions = Decision.objects.visible_to(request.user).filter(candidature=candidature)
    reviews = Review.objects.visible_to(request.user).filter(candidature=candidature).signed()
    reviews = reviews.select_related("seat__organisation").prefetch_related("scores__criterion")
    reviews = list(reviews.order_by("seat__position", "seat", "pk"))
    reckoning = reckoning_of(phase.call, [] if phase.is_sealed() else reviews)
    return show(
        request,
        "admin/session/file.html",
        title=f"{candidature.reference} – {candidature.title}",
        phase=phase,
        reckoning=reckoning,
        not_counted=[each for each in reviews if each not in [column.review for column in reckoning.columns]],
        decision=decisions.select_related("session", "decided_by").first(),
        item=candidature.agenda_items.filter(session__closed_at=None).select_related("session").first(),
        **file_context(candidature, request.user),
    )
