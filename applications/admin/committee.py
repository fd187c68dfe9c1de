"""The committee at work: the queue of a seat, the file beside its grid, the signature, the recusal.

Every view starts from `Candidature.objects.judged_by(user)`: a file from which the person is recused is not found.
"""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from ..models import Candidature, ChangedMeanwhile, ForbiddenTransition, Member, Recusal, Review, Status
from .base import committee_only, show
from .files import file_context
from .forms import RecuseForm, ReviewForm


def judged_or_404(user, reference) -> Candidature:
    readable = Candidature.objects.judged_by(user).with_people()
    return get_object_or_404(readable.by_reference(reference))


def own_review(candidature, user) -> Review | None:
    """What the seat of `user` has written of this file so far."""
    seat = Member.objects.sitting(user, candidature.call).seat
    reviews = Review.objects.visible_to(user).filter(candidature=candidature, seat=seat)
    return reviews.select_related("drafted_by", "signed_by").prefetch_related("scores__criterion").first()


# The queue


@committee_only
def queue(request):
    """The files of one's committees by what is left to do, the earliest deposit first."""
    terms = Member.objects.current().filter(user=request.user).order_by("-seat__call__launched_on", "seat__call_id")
    calls = {term.seat.call: None for term in terms.select_related("seat__call")}
    seats = {call: Member.objects.sitting(request.user, call) for call in calls}
    files = Candidature.objects.judged_by(request.user).with_people().order_by("submitted_at", "number")
    reviews = Review.objects.visible_to(request.user).filter(seat__in=[term.seat for term in seats.values()])
    states = {review.candidature_id: "signed" if review.signed_at else "begun" for review in reviews}
    sections = [
        section(call, term, [file for file in files if file.call == call], states) for call, term in seats.items()
    ]
    return show(request, "admin/committee/queue.html", title="Mes évaluations", sections=sections)


def section(call, term, files, states) -> dict:
    """One call of the queue: its files in groups, and how far the seat has come."""
    groups = {"todo": [], "begun": [], "signed": [], "closed": []}
    for file in files:
        state = states.get(file.pk, "todo")
        takes_reviews = term.seat.is_voting and file.status == Status.ADMISSIBLE and file.phase.takes_reviews
        groups[state if state == "signed" or takes_reviews else "closed"].append(file)
    asked = sum(len(groups[name]) for name in ("todo", "begun", "signed"))
    names = {"todo": "À évaluer", "begun": "Commencées", "signed": "Signées", "closed": "En lecture"}
    return {
        "call": call,
        "term": term,
        "groups": [(name, names[name], found) for name, found in groups.items() if found],
        "signed": len(groups["signed"]),
        "asked": asked,
        "phases": call.phases.all() if term.is_chair else [],
    }


# One file


@committee_only
def read_file(request, reference):
    """The file and the grid of one's seat. A POST saves the draft, and goes on to the signature when asked."""
    candidature = judged_or_404(request.user, reference)
    if request.method == "POST":
        return save_draft(request, candidature)
    review = own_review(candidature, request.user)
    refusal = Review.why_not(candidature, request.user)
    form = None if refusal else ReviewForm(grid_of(candidature), review)
    return show_file(request, candidature, review, form=form, refusal=refusal)


def grid_of(candidature):
    return candidature.call.criteria.prefetch_related("levels")


def save_draft(request, candidature):
    """Whatever the answer, what was typed is either saved or shown again."""
    form = ReviewForm(grid_of(candidature), None, request.POST)
    theirs = None
    if form.is_valid():
        try:
            review = Review.write(candidature, request.user, **form.answers())
        except ChangedMeanwhile:
            theirs = own_review(candidature, request.user)
            form = form.over(theirs)
        except ForbiddenTransition as refusal:
            form.add_error(None, str(refusal))
        else:
            return after_saving(request, candidature, review)
    review = own_review(candidature, request.user)
    return show_file(request, candidature, review, form=form, theirs=theirs)


def after_saving(request, candidature, review):
    saved = f"Brouillon enregistré à {timezone.localtime():%H:%M:%S}."
    if request.POST.get("then") != "sign":
        messages.success(request, saved)
    elif missing := review.missing():
        messages.warning(request, f"{saved} Avant de signer, il reste à compléter\u00a0: {', '.join(missing)}.")
    else:
        return redirect("admin:committee_sign", candidature.reference)
    return redirect("admin:committee_file", candidature.reference)


def show_file(request, candidature, review, **context):
    others = Review.objects.visible_to(request.user).filter(candidature=candidature).exclude(pk=review and review.pk)
    return show(
        request,
        "admin/committee/file.html",
        title=f"{candidature.reference} – {candidature.title}",
        review=review,
        missing=review.missing() if review and not review.signed_at else [],
        others=others.select_related("seat__organisation").prefetch_related("scores__criterion"),
        **context,
        **file_context(candidature, request.user),
    )


@committee_only
def sign(request, reference):
    """Read back what will be signed; the signature holds only for the text that was read."""
    candidature = judged_or_404(request.user, reference)
    review = own_review(candidature, request.user)
    if review is None:
        raise Http404
    if refusal := Review.why_not(candidature, request.user):
        messages.error(request, refusal)
        return redirect("admin:committee_file", reference)
    if request.method == "POST":
        return signed(request, candidature, review)
    return show(
        request,
        "admin/committee/sign.html",
        title=f"Signer l’évaluation de {candidature.reference}",
        candidature=candidature,
        review=review,
        missing=review.missing(),
    )


def signed(request, candidature, review):
    if request.POST.get("revision") != str(review.revision):
        messages.error(request, "Un membre de votre siège a modifié l’évaluation entre-temps\u00a0: relisez-la.")
        return redirect("admin:committee_sign", candidature.reference)
    try:
        review.sign(request.user)
    except ForbiddenTransition as refusal:
        messages.error(request, str(refusal))
        return redirect("admin:committee_file", candidature.reference)
    messages.success(request, f"Évaluation signée\u00a0: {candidature.reference}.")
    return redirect("admin:committee_queue")


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
