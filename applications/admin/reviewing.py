"""The file beside the grid of one's seat: drafted by its members, saved as one types, then signed by one.

Whatever happens, what was typed is either saved or shown again.
"""

from django.contrib import messages
from django.http import Http404, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from ..asked_before import earlier_for
from ..models import ChangedMeanwhile, ForbiddenTransition, Member, PrivateNote, Review
from ..views.api import answers_json
from .base import committee_only, show
from .committee import ORDER, file_after, judged_or_404, tasks_beside
from .files import file_context
from .review_forms import PrivateNoteForm, ReviewForm
from .review_news import links_of, news_of, reopening_of, signed_before


def own_review(candidature, user) -> Review | None:
    """What the seat of `user` has written of this file so far."""
    seat = Member.objects.sitting(user, candidature.call).seat
    reviews = Review.objects.visible_to(user).standing().filter(candidature=candidature, seat=seat)
    return reviews.select_related("drafted_by", "signed_by", "submission").prefetch_related("scores__criterion").first()


def own_note(candidature, user) -> PrivateNote | None:
    return PrivateNote.objects.filter(candidature=candidature, user=user).first()


def wants_json(request) -> bool:
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def clock() -> str:
    return f"{timezone.localtime():%H:%M:%S}"


# The page


@committee_only
def read_file(request, reference):
    """The file and the grid of one's seat. A POST saves the draft; the page's script asks it for JSON."""
    if request.method == "POST" and wants_json(request):
        return autosave(request, reference)
    candidature = judged_or_404(request.user, reference)
    return save_draft(request, candidature) if request.method == "POST" else show_file(request, candidature)


def show_file(request, candidature, form=None, note=None, **context):
    """The page; `form` and `note` when something typed is not saved."""
    user = request.user
    review, file = own_review(candidature, user), file_context(candidature, user)
    refusal = Review.why_not(candidature, user)
    if form is None and not refusal:
        form = ReviewForm(candidature.call, review, file["submission"])
    others = Review.objects.visible_to(user).filter(candidature=candidature).exclude(pk=review and review.pk)
    is_draft = review is not None and not review.signed_at
    tasks = tasks_beside(user, candidature)
    signed = sum(task.state == "signed" for task in tasks)
    return show(
        request,
        "admin/committee/file.html",
        title=f"{candidature.reference} – {candidature.title}",
        review=review,
        form=form,
        note=note or PrivateNoteForm(own_note(candidature, user)),
        refusal=refusal,
        why_not_sign="" if refusal else why_not_sign(candidature, user),
        missing=review.missing() if is_draft else [],
        links=[] if refusal else links_of(candidature, user),
        news=news_of(candidature, review, form) if form else None,
        reopening=reopening_of(candidature, review) if is_draft else None,
        signatures=signed_before(review) if review else [],
        others=others.select_related("seat__organisation").prefetch_related("scores__criterion"),
        signed=signed,
        asked=signed + sum(task.is_to_sign for task in tasks),
        next_file=file_after(tasks, candidature),
        order=ORDER,
        earlier=earlier_for(candidature, user),
        **context,
        **file,
    )


def why_not_sign(candidature, user) -> str:
    """Why `user` will not sign once the grid is saved, or ""."""
    seat = Member.objects.sitting(user, candidature.call).seat
    saved = Review(candidature=candidature, seat=seat, submission=candidature.last_submission)
    return saved.why_not_sign(user)


# Saving


def written(candidature, user, form) -> Review:
    """The draft saved from a valid form. A saving whose answer was lost on the way is not a contradiction.

    Raises:
        ForbiddenTransition: as `Review.write`.
    """
    try:
        return Review.write(candidature, user, **form.answers())
    except ChangedMeanwhile:
        saved = own_review(candidature, user)
        if saved is None or not says_the_same(saved, user, candidature, form.answers()):
            raise
        return saved


def says_the_same(review, user, candidature, answers) -> bool:
    """Whether the draft that stands is, word for word, what `user` sends again."""
    if review.drafted_by != user or review.submission != candidature.last_submission:
        return False
    scores = review.scores.all()
    marks = {
        each.criterion_id: {"mark": each.mark, "abstains": each.abstains, "comment": each.comment} for each in scores
    }
    words = {name: getattr(review, name) for name in ReviewForm.WORDS}
    return words | {"marks": marks} == {name: answers[name] for name in ("marks", *words)}


def save_draft(request, candidature):
    note, form, context = kept_note(request, candidature), ReviewForm(candidature.call, None, data=request.POST), {}
    if form.is_valid():
        try:
            review = written(candidature, request.user, form)
        except ChangedMeanwhile as meanwhile:
            form, context = met(candidature, request.user, form, meanwhile)
        except ForbiddenTransition as refusal:
            form.add_error(None, str(refusal))
        else:
            return after_saving(request, candidature, review, note)
    return show_file(request, candidature, form, note, **context)


def met(candidature, user, form, meanwhile) -> tuple:
    """The form again, beside what a colleague saved or knowing the new version: nothing is replaced yet."""
    review = own_review(candidature, user)
    is_theirs = review is not None and review.revision != form.cleaned_data["revision"]
    context = {"meanwhile": str(meanwhile), "theirs": review if is_theirs else None}
    return form.over(review, candidature.last_submission), context


def after_saving(request, candidature, review, note):
    saved, then = f"Brouillon enregistré à {clock()}.", request.POST.get("then")
    missing = review.missing()
    if note and note.errors:
        messages.warning(request, f"{saved} Vos notes personnelles ne le sont pas.")
        return show_file(request, candidature, note=note)
    if then == "sign" and not missing:
        return redirect("admin:committee_sign", candidature.reference)
    if then == "sign":
        messages.warning(request, f"{saved} Avant de signer, il reste à compléter\u00a0: {', '.join(missing)}.")
    else:
        messages.success(request, f"{candidature.reference}\u00a0: {saved[0].lower()}{saved[1:]}")
    return go_on(request, candidature) if then == "next" else to_file(candidature, "evaluation")


def to_file(candidature, place):
    """The page of a file, at one of its parts: a browser would keep the part of the page that it leaves."""
    return redirect(f"{reverse('admin:committee_file', args=[candidature.reference])}#{place}")


def go_on(request, candidature):
    """To the next file to sign, or to the queue when there is none."""
    following = file_after(tasks_beside(request.user, candidature), candidature)
    if following:
        return to_file(following, "content-start")
    messages.info(request, "Aucun autre dossier de cette phase n’attend la signature de votre siège.")
    return redirect("admin:committee_queue")


@answers_json
def autosave(request, reference):
    """200: `revision`, `saved_at`, `missing`. 409: somebody else saved, or a new version. 422: `errors` by field."""
    candidature = judged_or_404(request.user, reference)
    form = ReviewForm(candidature.call, None, data=request.POST)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    try:
        review = written(candidature, request.user, form)
    except ChangedMeanwhile as meanwhile:
        return JsonResponse({"message": str(meanwhile)}, status=409)
    return JsonResponse({"revision": review.revision, "saved_at": clock(), "missing": review.missing()})


# One's own notes


def kept_note(request, candidature) -> PrivateNoteForm | None:
    """Save the note sent with the page, if any. The form tells what went wrong."""
    if "note" not in request.POST:
        return None
    form = PrivateNoteForm(own_note(candidature, request.user), request.POST)
    if form.is_valid() and form.has_changed():
        try:
            PrivateNote.write(candidature, request.user, form.cleaned_data["note"], form.cleaned_data["note_seen"])
        except ChangedMeanwhile as meanwhile:
            form = form.over(own_note(candidature, request.user))
            form.add_error("note", str(meanwhile))
    return form


@committee_only
@require_POST
def write_note(request, reference):
    """Keep one's private note. The grid that comes with it is shown again as it was typed, not saved."""
    if wants_json(request):
        return autosave_note(request, reference)
    candidature = judged_or_404(request.user, reference)
    note = kept_note(request, candidature)
    if note is None:
        raise Http404
    if not note.errors:
        messages.success(request, f"Notes personnelles enregistrées à {clock()}.")
    form = ReviewForm(candidature.call, None, data=request.POST).unsaved() if "revision" in request.POST else None
    return show_file(request, candidature, form, note if note.errors else None, is_unsaved=form is not None)


@answers_json
def autosave_note(request, reference):
    """200: `note_seen`, `saved_at`. 409: one wrote something else from another page. 422: `errors` by field."""
    candidature = judged_or_404(request.user, reference)
    form = PrivateNoteForm(None, request.POST)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    try:
        note = PrivateNote.write(candidature, request.user, form.cleaned_data["note"], form.cleaned_data["note_seen"])
    except ChangedMeanwhile as meanwhile:
        return JsonResponse({"message": str(meanwhile)}, status=409)
    return JsonResponse({"note_seen": PrivateNote.version_of(note), "saved_at": clock()})


# The signature


@committee_only
def sign(request, reference):
    """Read back what will be signed; the signature holds only for the text that was read."""
    candidature = judged_or_404(request.user, reference)
    review = own_review(candidature, request.user)
    if review is None:
        raise Http404
    if refusal := review.why_not_sign(request.user):
        messages.error(request, refusal)
        return to_file(candidature, "evaluation")
    if request.method == "POST":
        return signed(request, candidature, review)
    return show(
        request,
        "admin/committee/sign.html",
        title=f"Signer l’évaluation de {candidature.reference}",
        candidature=candidature,
        review=review,
        missing=review.missing(),
        next_file=file_after(tasks_beside(request.user, candidature), candidature),
    )


def signed(request, candidature, review):
    if request.POST.get("revision") != str(review.revision):
        messages.error(request, "Un membre de votre siège a modifié l’évaluation entre-temps\u00a0: relisez-la.")
        return redirect("admin:committee_sign", candidature.reference)
    try:
        review.sign(request.user)
    except ForbiddenTransition as refusal:
        messages.error(request, str(refusal))
        return to_file(candidature, "evaluation")
    messages.success(request, f"Évaluation signée\u00a0: {candidature.reference}.")
    return go_on(request, candidature) if request.POST.get("then") == "next" else redirect("admin:committee_queue")
