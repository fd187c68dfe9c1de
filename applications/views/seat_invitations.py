"""How a person comes to the committee: the page that the mail of an invitation leads to."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render

from accounts.models import Role

from ..models import ForbiddenTransition, SeatInvitation
from .team import masked


def seat_invitation(request, token):
    """What one is invited to, to accept. Whoever is signed in with another address learns nothing of it."""
    found = get_object_or_404(
        SeatInvitation.objects.select_related("seat__call", "seat__organisation", "accepted_by"), token=token
    )
    user = request.user
    if not found.is_for(user):
        context = {"hint": masked(found.email), "inviter": "l’équipe du programme"}
        return render(request, "applications/invitation_for_another.html", context, status=403)
    why_not = found.why_not(user)
    if request.method == "POST" and not why_not:
        try:
            found.accept(user)
        except ForbiddenTransition as refusal:
            why_not = str(refusal)
        else:
            messages.success(request, f"Vous siégez maintenant au comité, pour {found.seat.organisation}.")
            return redirect("admin:committee_queue")
    if why_not and found.seat.members.current().filter(user=user).exists():
        return redirect("admin:committee_queue")  # accepted by a first click, or come in otherwise
    if why_not:
        context = {"why_not": why_not, "may_enter_admin": user.may_enter_admin}
        return render(request, "applications/seat_invitation_closed.html", context, status=410)
    context = {"invitation": found, "seat": found.seat, "is_new_to_committee": user.role != Role.COMMITTEE}
    return render(request, "applications/seat_invitation.html", context)
