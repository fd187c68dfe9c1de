"""Which candidatures the applicants' pages open, and to whom."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from ..models import Actor, Candidature


def find(user, reference: str) -> Candidature:
    """The candidature called `reference`, for one of its members or for staff; 404 for anybody else."""
    readable = Candidature.objects.all() if user.is_staff else Candidature.objects.held_by(user)
    return get_object_or_404(readable.by_reference(reference).with_people())


def find_to_act(user, reference: str, *, lock: bool = False) -> Candidature:
    """The same, for one of its editors; 403 for those who may only read it.

    With `lock`, in a transaction, the row stays as it is until the end of the transaction.
    """
    if lock:
        Candidature.objects.by_reference(reference).select_for_update(no_key=True, of=("self",)).first()
    candidature = find(user, reference)
    if not candidature.is_actor(user, Actor.APPLICANT):
        raise PermissionDenied
    return candidature
