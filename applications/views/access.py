"""Which candidatures the applicants' pages open, and to whom."""

from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.shortcuts import get_object_or_404

from ..models import Actor, Answer, Candidature, Membership, Question, Slot
from ..models.candidature import called


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


def find_slot(user, reference: str, question: int, carrier: int | None) -> tuple[Candidature, Slot]:
    """For one answer saved by itself: its candidature, as `find_to_act`, and its place there.

    In one query once it has been answered, which is what an author waits for again and again.
    """
    held = {**called(reference, "candidature__"), "candidature__memberships__user": user}
    answers = Answer.objects.filter(question=question, carrier=carrier, **held)  # before `role`, which is of its member
    try:
        stored = (
            answers.annotate(role=F("candidature__memberships__role"))
            .select_related("candidature", "question__section")
            .get()
        )
    except Answer.DoesNotExist:
        return find_new_slot(user, reference, question, carrier)
    if stored.role not in Membership.MAY_ACT:
        raise PermissionDenied
    return stored.candidature, Slot(stored.question, stored.carrier, stored, [])


def find_new_slot(user, reference, question, carrier):
    """The same, of a question that nobody has answered yet."""
    candidature = get_object_or_404(Candidature.objects.held_by(user).by_reference(reference))
    for_its_editors(user, candidature)
    asked = Question.objects.filter(section__call=candidature.call_id).exclude(kind=Question.Kind.FILE)
    found = get_object_or_404(asked.select_related("section__call"), pk=question, per_carrier=bool(carrier))
    return candidature, Slot(found, carrier_of(candidature, found, carrier), None, [])


def carrier_named(request) -> int | None:
    """The key of the carrier for whom a question is answered, if the address says one."""
    text = request.GET.get("porteur", "")
    return int(text) if text.isdecimal() and len(text) < 19 else None


def carrier_of(candidature, question, key: int | None):
    """The carrier for whom a question is answered, or None for a question asked once."""
    if not question.per_carrier:
        return None
    return get_object_or_404(candidature.carriers.select_related("commune", "epci"), pk=key)
