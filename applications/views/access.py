"""Which candidatures the applicants' pages open, and to whom."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from ..models import Actor, Candidature, Membership


def find(user, reference: str) -> Candidature:
    """The candidature called `reference`, for one of its members or for staff; 404 for anybody else."""
    return get_object_or_404(readable(user).by_reference(reference).with_people())


def find_with_copy(user, reference: str) -> Candidature:
    """The same, with all that a `WorkingCopy` reads."""
    return get_object_or_404(readable(user).by_reference(reference).with_working_copy())


def readable(user):
    return Candidature.objects.all() if user.is_staff else Candidature.objects.held_by(user)


def find_to_act(user, reference: str, *, lock: bool = False) -> Candidature:
    """The same, for one of its editors; 403 for those who may only read it.

    With `lock`, in a transaction, the row stays as it is until the end of the transaction.
    """
    if lock:
        Candidature.objects.by_reference(reference).select_for_update(no_key=True, of=("self",)).first()
    return for_its_editors(user, find(user, reference))


def for_its_editors(user, candidature) -> Candidature:
    """The candidature, found readable already, for one of its editors; 403 for those who may only read it."""
    if not candidature.is_actor(user, Actor.APPLICANT):
        raise PermissionDenied
    return candidature


def find_to_save(user, reference: str) -> Candidature:
    """For one answer saved by itself: the candidature alone, in one query, as `find_to_act`."""
    held = Candidature.objects.by_reference(reference).filter(memberships__user=user)
    candidature = get_object_or_404(
        held.with_role().select_related("call", "phase__call").prefetch_related("extensions", "call__phases")
    )
    if candidature.role not in Membership.MAY_ACT:
        raise PermissionDenied
    return candidature
