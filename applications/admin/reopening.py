"""The chair gives a signed review back to its seat, with a reason that the seat reads."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from .. import emails
from ..models import Candidature, ForbiddenTransition
from .base import show
from .people_forms import ReasonForm
from .session import phase_or_404

HINT = "Les membres du siège le liront, par courriel. N’y écrivez rien qui vienne d’un autre siège."


def reopen_review(request, pk, reference, seat):
    """Ask why, then reopen. Nothing of what was signed is shown here: the seal may be closed."""
    phase = phase_or_404(request.user, pk)
    if request.user.is_staff:
        raise PermissionDenied
    files = Candidature.objects.deliberated_by(request.user).filter(phase=phase).with_people()
    candidature = get_object_or_404(files.by_reference(reference))
    reviews = candidature.reviews.standing().select_related("seat__organisation")
    review = get_object_or_404(reviews, seat=seat)
    if request.method != "POST" and (refusal := review.why_not_reopen(request.user)):
        messages.error(request, refusal)
        return redirect("admin:phase", pk)
    form = ReasonForm(request.POST or None, hint=HINT)
    if form.is_valid() and reopened(request, review, form):
        return redirect("admin:phase", pk)
    return show(
        request,
        "admin/committee_people/act.html",
        title=f"Rouvrir une évaluation\u00a0: {reference}",
        form=form,
        button="Rouvrir l’évaluation",
        about=[
            f"L’évaluation que {review.seat.organisation} a signée redevient un brouillon, que le siège peut corriger "
            "et doit signer de nouveau. D’ici là, elle ne compte plus.",
            "Ce qui a été signé reste gardé mot pour mot.",
        ],
        trail=[(reverse("admin:phase", args=[pk]), f"Délibération\u00a0: {phase}")],
        back=(reverse("admin:phase", args=[pk]), "Ne rien rouvrir"),
    )


def reopened(request, review, form) -> bool:
    reason = form.cleaned_data["reason"]
    try:
        with transaction.atomic():
            review.reopen(request.user, reason)
            emails.queue_reopened(review, reason)
    except ForbiddenTransition as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, f"Évaluation rouverte : {review.seat.organisation}. Ses membres en sont prévenus.")
    return True
