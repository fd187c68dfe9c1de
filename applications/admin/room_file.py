"""One file before the committee: what is shown, what is typed of its decision, the reading back, the vote.

What is typed is saved as it comes (`AgendaItem.draft`); only the vote on the text that was read back records it.
"""

from typing import NamedTuple

from django.contrib import messages
from django.db import transaction
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect

from ..asked_before import earlier_for
from ..models import Candidature, ChangedMeanwhile, Decision, ForbiddenTransition, Review, ranking, unknown_to
from ..reckoning import Cell, Column, reckoning_of
from ..views.api import answers_json
from .reviewing import clock, wants_json
from .room import decision_of, elapsed_since, is_screen, seen_in, session_or_404, show_in_session
from .room_forms import DecisionForm, VoteForm, draft_of, proposal_of


class Line(NamedTuple):
    """One seat: its total and what it gave for each criterion."""

    column: Column
    cells: list[Cell]


class Place(NamedTuple):
    """The rank of a file among those whose rank the whole room may know."""

    rank: int | None
    count: int
    average: float | None
    hidden: int  # how many were left out


def item_or_404(user, session, reference):
    """The file of the agenda that `user` may deliberate on."""
    files = Candidature.objects.deliberated_by(user).by_reference(reference)
    items = session.items.filter(candidature__in=files)
    return get_object_or_404(items.select_related("session__phase__call", "candidature__call", "candidature__phase"))


# The page


def file(request, pk, reference):
    """The file on the screen. A POST saves what is typed; the page's script asks it for JSON."""
    if request.method == "POST" and wants_json(request):
        return autosave(request, pk, reference)
    session = session_or_404(request.user, pk)
    item = item_or_404(request.user, session, reference)
    return save_draft(request, session, item) if request.method == "POST" else show_file(request, session, item)


def show_file(request, session, item, form=None, **context):
    """The page; `form` when something typed is not saved."""
    user, candidature, phase = request.user, item.candidature, session.phase
    room, decision = session.room(candidature), decision_of(item, user)
    reviews = Review.objects.visible_to(user).standing().signed().filter(candidature=candidature)
    reviews = reviews.select_related("seat__organisation").prefetch_related("scores__criterion")
    reckoning = reckoning_of(phase.call, list(reviews.order_by("seat__position", "seat", "pk")))
    refusal = session.why_not_run(user) or why_not_write(session, item)
    if form is None and not refusal:
        form = DecisionForm(item, decision)
    return show_in_session(
        request,
        "admin/room/file.html",
        session,
        title=f"{candidature.reference} – {candidature.title}",
        item=item,
        candidature=candidature,
        carriers=candidature.last_submission.content["carriers"],
        room=room,
        place=place_of(session, candidature, room, user),
        criteria=[criterion for criterion, _ in reckoning.rows],
        lines=lines_of(reckoning),
        elapsed=elapsed_since(item),
        decision=decision,
        form=None if is_screen(request) else form,
        refusal=refusal,
        following=session.next_item(user) if session.is_running else None,
        proposal=proposal_of(item.draft),
        earlier=earlier_for(candidature, user),
        **context,
    )


def why_not_write(session, item) -> str:
    """Why nothing can be decided of this file now, whoever asks, or ""."""
    if not session.is_running:
        return "La séance n’est pas encore ouverte."
    if session.current_id != item.pk:
        return "Ce dossier n’est pas devant le comité."
    return ""


def lines_of(reckoning) -> list[Line]:
    """The marks, seat by seat."""
    return [
        Line(column, [cells[number] for _, cells in reckoning.rows]) for number, column in enumerate(reckoning.columns)
    ]


def place_of(session, candidature, room, user) -> Place:
    """The rank that may be read out: files whose rank somebody here may not know are left out of the count."""
    ranked = list(ranking(session.phase, user))
    hidden = unknown_to(room, session.phase) - {candidature.pk}
    shown = [file for file in ranked if file.pk not in hidden]
    left_out = len(ranked) - len(shown)
    for rank, each in enumerate(shown, start=1):
        if each.pk == candidature.pk:
            return Place(rank, len(shown), each.average, left_out)
    return Place(None, len(shown), None, left_out)


# What is typed


def written(item, user, form):
    """The draft saved from a valid form. A saving whose answer was lost on the way is no contradiction.

    Raises:
        ForbiddenTransition: as `AgendaItem.write`.
    """
    try:
        item.write(user, form.cleaned_data["draft_revision"], form.draft())
    except ChangedMeanwhile:
        item.refresh_from_db()
        if {**item.draft, "vote": None} != {**form.draft(), "vote": None}:
            raise


def save_draft(request, session, item):
    decision = decision_of(item, request.user)
    form = DecisionForm(item, decision, request.POST)
    if not form.is_valid():
        return show_file(request, session, item, form)
    try:
        written(item, request.user, form)
    except ChangedMeanwhile as meanwhile:
        item.refresh_from_db()
        words = str(meanwhile) if item.draft else "Une décision vient d’être consignée pour ce dossier."
        theirs = proposal_of(item.draft or draft_of(decision_of(item, request.user)))
        return show_file(request, session, item, form.over(item), meanwhile=words, theirs=theirs)
    except ForbiddenTransition as refusal:
        form.add_error(None, str(refusal))
        return show_file(request, session, item, form)
    return after_saving(request, session, item, form)


def after_saving(request, session, item, form):
    if request.POST.get("then") != "read":
        messages.success(request, f"Décision enregistrée à {clock()}, pas encore consignée.")
        return redirect("admin:room_file", session.pk, item.candidature.reference)
    if problem := proposal_of(item.draft).problem(session, item.candidature):
        form = form.over(item)
        form.add_error(None, problem)
        return show_file(request, session, item, form)
    return redirect("admin:room_read_back", session.pk, item.candidature.reference)


@answers_json
def autosave(request, pk, reference):
    """200: `draft_revision`, `saved_at`. 409: somebody else writes the same decision. 422: `errors` by field."""
    session = session_or_404(request.user, pk)
    item = item_or_404(request.user, session, reference)
    form = DecisionForm(item, None, request.POST)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    return saved(item, lambda: written(item, request.user, form))


def saved(item, write) -> JsonResponse:
    try:
        write()
    except ChangedMeanwhile as meanwhile:
        return JsonResponse({"message": str(meanwhile)}, status=409)
    return JsonResponse({"draft_revision": item.draft_revision, "saved_at": clock()})


# The reading back and the vote


def read_back(request, pk, reference):
    """The decision in full sentences, and the vote on it. A POST records it and calls the next file."""
    if request.method == "POST" and wants_json(request):
        return autosave_vote(request, pk, reference)
    session = session_or_404(request.user, pk)
    item = item_or_404(request.user, session, reference)
    refusal = session.why_not_run(request.user) or why_not_write(session, item)
    refusal = refusal or proposal_of(item.draft).problem(session, item.candidature)
    if refusal:
        messages.error(request, refusal)
        return redirect("admin:room_file", pk, reference)
    if request.method != "POST":
        return show_read_back(request, session, item, VoteForm(item))
    return record(request, session, item)


def show_read_back(request, session, item, form):
    room, candidature = session.room(item.candidature), item.candidature
    following = session.next_item(request.user)
    return show_in_session(
        request,
        "admin/room/read_back.html",
        session,
        title=f"Relire la décision\u00a0: {candidature.reference}",
        item=item,
        candidature=candidature,
        proposal=proposal_of(item.draft),
        room=room,
        form=form,
        following=following,
    )


def record(request, session, item):
    """Write the decision, then on to the next file; or the same page again, with the vote as it was typed."""
    form = VoteForm(item, request.POST)
    if not form.is_valid():
        return show_read_back(request, session, item, form)
    try:
        following = recorded(session, item, request.user, seen_in(request), form)
    except ForbiddenTransition as refusal:
        return refused(request, session, item, form, refusal)
    messages.success(request, f"Décision consignée\u00a0: {item.candidature.reference}.")
    if following:
        return redirect("admin:room_file", session.pk, following.candidature.reference)
    left = "Tous les dossiers que vous pouvez appeler ont leur décision."
    messages.info(request, left)
    return redirect("admin:room", session.pk)


@transaction.atomic
def recorded(session, item, user, seen, form):
    """Record and call the next file, both or none: the file called, or None when no other waits."""
    read = form.cleaned_data["draft_revision"]
    Decision.record(session, item.candidature, user, seen, proposal_of(item.draft), form.vote(), read)
    following = session.next_item(user)
    if following:
        session.call_file(user, session.revision, following)
    return following


def refused(request, session, item, form, refusal):
    """Where the session stands now, the refusal, and the vote as it was typed while it is still this file's turn."""
    session = session_or_404(request.user, session.pk)
    item.refresh_from_db()
    if session.why_not_run(request.user) or why_not_write(session, item) or not item.draft:
        messages.error(request, str(refusal))
        return redirect("admin:room_file", session.pk, item.candidature.reference)
    form = form.over(item)
    form.add_error(None, str(refusal))
    return show_read_back(request, session, item, form)


@answers_json
def autosave_vote(request, pk, reference):
    """As `autosave`, for the numbers of the vote."""
    session = session_or_404(request.user, pk)
    item = item_or_404(request.user, session, reference)
    form = VoteForm(item, request.POST, is_whole=False)
    if not item.draft:
        raise Http404
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    draft = item.draft | {"vote": form.kept()}
    return saved(item, lambda: item.write(request.user, form.cleaned_data["draft_revision"], draft))
