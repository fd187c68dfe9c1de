"""The queue of a seat: its files in the order in which they are read, phase by phase, and how far it has come.

Every view starts from `Candidature.objects.judged_by(user)`: a file from which the person is recused is not found.
"""

from typing import NamedTuple

from django.contrib import messages
from django.db.models import Count, Exists, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.shortcuts import get_object_or_404, redirect

from ..models import Candidature, ForbiddenTransition, Member, Minutes, Recusal, Review, Signature, Status, Submission
from .base import committee_only, show
from .forms import RecuseForm


def judged_or_404(user, reference) -> Candidature:
    readable = Candidature.objects.judged_by(user).with_people()
    return get_object_or_404(readable.by_reference(reference))


# What a seat has to do


class Task(NamedTuple):
    """One file and what it still asks of a seat; `state` is a key of `STATES`."""

    file: Candidature
    state: str

    @property
    def words(self) -> str:
        return STATES[self.state]

    @property
    def is_to_sign(self) -> bool:
        return self.state in TO_SIGN


STATES = {
    "nothing": "à commencer",
    "begun": "commencée",
    "again": "à signer de nouveau",
    "new_version": "nouvelle version à lire",
    "signed": "signée",
    "reading": "en lecture",
}
TO_SIGN = {"nothing", "begun", "again", "new_version"}
ORDER = (
    "D’abord les dossiers que le moins de sièges ont signés, puis dans l’ordre des références. "
    "«\u00a0Enregistrer et suivant\u00a0» suit cet ordre."
)


def tasks_of(user, terms, files) -> list[Task]:
    """What each of `files` asks of the seat of `user`, in the order in which the seat goes through them (`ORDER`).

    Args:
        terms: the terms by which `user` sits, one for each call.
        files: a queryset of candidatures of those calls. Each one gets `signed_reviews`.
    """
    seats = {term.seat.call_id: term.seat for term in terms}
    signed = Review.objects.counted().filter(candidature=OuterRef("pk")).order_by().values("candidature")
    files = files.annotate(signed_reviews=Coalesce(Subquery(signed.annotate(total=Count("pk")).values("total")), 0))
    deposits = Submission.objects.filter(candidature=OuterRef("candidature")).order_by("-number")
    reviews = Review.objects.visible_to(user).standing().filter(seat__in=seats.values(), candidature__in=files)
    reviews = reviews.annotate(
        last_deposit=Subquery(deposits.values("pk")[:1]),
        was_signed=Exists(Signature.objects.filter(review=OuterRef("pk"))),
    )
    own = {review.candidature_id: review for review in reviews}
    return [
        Task(file, state_of(file, seats[file.call_id], own.get(file.pk)))
        for file in files.order_by("signed_reviews", "number")
    ]


def state_of(file, seat, review) -> str:
    if review and review.signed_at:
        return "signed"
    if not (seat.is_voting and file.status == Status.ADMISSIBLE and file.phase.takes_reviews):
        return "reading"
    if review is None:
        return "nothing"
    if review.submission_id != review.last_deposit:
        return "new_version"
    return "again" if review.was_signed else "begun"


def tasks_beside(user, candidature) -> list[Task]:
    """What the phase of one file asks of the seat of `user`."""
    files = Candidature.objects.judged_by(user).filter(phase=candidature.phase_id)
    return tasks_of(user, [Member.objects.sitting(user, candidature.call)], files.select_related("call", "phase__call"))


def file_after(tasks, candidature) -> Candidature | None:
    """The file to sign that comes after this one, the first one again at the end; None when no other is left."""
    to_sign = [task.file for task in tasks if task.is_to_sign]
    after = to_sign.index(candidature) + 1 if candidature in to_sign else 0
    others = [*to_sign[after:], *to_sign[: max(after - 1, 0)]]
    return others[0] if others else None


# The queue


@committee_only
def queue(request):
    """The files of one's committees by phase: to sign, signed, or only to be read."""
    user = request.user
    current = Member.objects.current().filter(user=user).order_by("-seat__call__launched_on", "seat__call_id")
    calls = dict.fromkeys(term.seat.call for term in current.select_related("seat__call"))
    terms = {call: Member.objects.sitting(user, call) for call in calls}
    tasks = tasks_of(user, terms.values(), Candidature.objects.judged_by(user).with_people())
    sections = [section(call, term, [task for task in tasks if task.file.call == call]) for call, term in terms.items()]
    minutes = Minutes.objects.read_in_committee(user).select_related("session__phase__call")
    return show(
        request,
        "admin/committee/queue.html",
        title="Mes évaluations",
        sections=sections,
        order=ORDER,
        minutes=minutes.order_by("-session__meets_at"),
    )


def section(call, term, tasks) -> dict:
    """One call of the queue."""
    phases = {task.file.phase: None for task in tasks}
    parts = [part_of(phase, [task for task in tasks if task.file.phase == phase]) for phase in phases]
    return {
        "call": call,
        "term": term,
        "seats": call.seats.filter(is_voting=True).count(),
        "parts": sorted(parts, key=lambda part: (not part["to_sign"], -part["phase"].number)),
        "chaired": call.phases.all() if term.is_chair else [],
    }


def part_of(phase, tasks) -> dict:
    """One phase of the queue, and how far the seat has come."""
    to_sign = [task for task in tasks if task.is_to_sign]
    signed = [task for task in tasks if task.state == "signed"]
    return {
        "phase": phase,
        "to_sign": to_sign,
        "signed": signed,
        "reading": [task for task in tasks if task.state == "reading"],
        "asked": len(to_sign) + len(signed),
    }


# The recusal


@committee_only
def recuse(request, reference):
    """Declare a conflict of interest. Afterwards the file is found nowhere by whoever stepped back."""
    candidature = judged_or_404(request.user, reference)
    form = RecuseForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and recused(request, candidature, form):
        return redirect("admin:committee_queue")
    return show(
        request,
        "admin/committee/recuse.html",
        title=f"Se déporter du dossier {reference}",
        candidature=candidature,
        form=form,
    )


def recused(request, candidature, form) -> bool:
    data = form.cleaned_data
    try:
        Recusal.declare(candidature, request.user, data["reason"], whole_seat=data["who"] == "seat")
    except ForbiddenTransition as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, f"Déport enregistré\u00a0: le dossier {candidature.reference} vous est désormais fermé.")
    return True
