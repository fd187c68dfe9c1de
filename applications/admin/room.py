"""The room of a session, for its chair and the team: convene, seat, open, follow the agenda, close.

Every act carries the `revision` of the session that the page had before it.
"""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone

from ..models import AgendaItem, Candidature, CommitteeSession, Decision, ForbiddenTransition, Status
from ..views.api import answers_json
from .base import show
from .room_forms import ConveneForm, PresenceForm
from .session import phase_or_404

Order = CommitteeSession.Order


def session_or_404(user, pk) -> CommitteeSession:
    """A session that `user` conducts, or any for the team. Refused (403) to those who preside over nothing."""
    sessions = CommitteeSession.objects.visible_to(user).select_related("phase__call", "current__candidature__call")
    if found := sessions.filter(pk=pk).first():
        return found
    if user.is_staff or user.committee_terms.current().filter(is_chair=True).exists():
        raise Http404
    raise PermissionDenied


def number_in(request, name) -> int:
    """A number that the page sends back; -1, which nothing has, when it is none."""
    text = request.POST.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 10 else -1


def seen_in(request) -> int:
    """The revision of the session that the page had before it."""
    return number_in(request, "revision")


def is_screen(request) -> bool:
    """Whether the page is for everybody in the room to look at: nothing to press, and it follows the session."""
    return "ecran" in request.GET


def show_in_session(request, template, session, **context):
    """A page of the session: it knows when it is out of date."""
    frame = {"session": session, "is_screen": is_screen(request), "mark": mark_of(request, session)}
    return show(request, template, **frame, **context)


# Convening


def convene(request, pk):
    """The form that calls the committee together, then its room."""
    phase, user = phase_or_404(request.user, pk), request.user
    if refusal := CommitteeSession.why_not_convene(phase, user):
        messages.error(request, refusal)
        return redirect("admin:phase", pk)
    form = ConveneForm(request.POST or None, initial={"secretary": str(user) if user.is_staff else ""})
    if form.is_valid():
        try:
            session = CommitteeSession.convene(phase, user, **form.cleaned_data)
        except ForbiddenTransition as late:
            messages.error(request, str(late))
            return redirect("admin:phase", pk)
        messages.success(request, "La séance est convoquée\u00a0: notez les présences, puis ouvrez-la.")
        return redirect("admin:room", session.pk)
    title = f"Convoquer une séance\u00a0: {phase}"
    return show(request, "admin/room/convene.html", title=title, phase=phase, form=form)


# The room


def room(request, pk):
    """Presence, quorum and agenda. A POST is one act."""
    session = session_or_404(request.user, pk)
    if request.method != "POST":
        return show_room(request, session)
    act = ACTS.get(request.POST.get("act"))
    return act(request, session) if act else redirect("admin:room", pk)


def show_room(request, session, form=None):
    here = session.room()
    items = agenda_of(session, request.user, is_screen(request))
    return show_in_session(
        request,
        "admin/room/room.html",
        session,
        title=str(session),
        room=here,
        form=form or PresenceForm(session, here),
        items=items,
        orders=Order.choices,
        decided=sum(item.state == "decided" for item in items),
        following=session.next_item(request.user) if session.is_running else None,
        joining=joining(session),
        refusal=session.why_not_run(request.user),
    )


def joining(session) -> int:
    """How many files became admissible since the agenda was made."""
    if session.closed_at:
        return 0
    files = session.phase.candidatures.filter(status=Status.ADMISSIBLE)
    return files.exclude(pk__in=session.items.values("candidature")).count()


def agenda_of(session, user, is_for_all) -> list[AgendaItem]:
    """The agenda with, on each item, its `state`, what `user` may know of it (`is_known`) and its `outcome`.

    Args:
        is_for_all: the page is for the whole room: what was decided is told to nobody who was out.
    """
    items = list(session.items.select_related("candidature__call", "candidature__decision__session"))
    known = set(Candidature.objects.deliberated_by(user).filter(phase=session.phase_id).values_list("pk", flat=True))
    for item in items:
        decision = getattr(item.candidature, "decision", None)
        item.is_known = item.candidature_id in known
        item.is_current = item.pk == session.current_id
        item.state = state_of(item, decision, session)
        is_told = decision and item.is_known and not is_for_all
        item.outcome = decision.get_outcome_display() if is_told else ""
        item.earlier = decision.session if is_told and decision.session_id not in (None, session.pk) else None
    return items


def state_of(item, decision, session) -> str:
    if decision and decision.session_id == session.pk:
        return "decided"
    if item.candidature.status != Status.ADMISSIBLE:
        return "gone"
    return "current" if item.is_current else "waiting"


def done(request, act, *arguments, words="") -> bool:
    """Do the act as of the page's revision, and say so; or say why not."""
    try:
        act(request.user, seen_in(request), *arguments)
    except ForbiddenTransition as refusal:
        messages.error(request, str(refusal))
        return False
    if words:
        messages.success(request, words)
    return True


def seat(request, session):
    """Note the presences. What is refused is shown again as it was chosen."""
    form = PresenceForm(session, session.room(), request.POST)
    if form.is_valid():
        try:
            session.seat_all(request.user, seen_in(request), form.places())
        except ForbiddenTransition as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Présences notées.")
            return redirect(f"{reverse('admin:room', args=[session.pk])}#presences")
    return show_room(request, session_or_404(request.user, session.pk), form)


def reorder(request, session):
    order = request.POST.get("order")
    if order in Order.values:
        done(request, session.reorder, order, words="L’ordre du jour est à jour.")
    return redirect("admin:room", session.pk)


def open_room(request, session):
    done(request, session.open, words="La séance est ouverte.")
    return redirect("admin:room", session.pk)


def call_file(request, session):
    """Put a file before the committee, then its page."""
    item = get_object_or_404(session.items.select_related("candidature__call"), pk=number_in(request, "item"))
    if done(request, session.call_file, item):
        return redirect("admin:room_file", session.pk, item.candidature.reference)
    return redirect("admin:room", session.pk)


ACTS = {"seat": seat, "order": reorder, "open": open_room, "call": call_file}


def close(request, pk):
    """The confirmation, which says what has no decision, then the act."""
    session = session_or_404(request.user, pk)
    if request.method == "POST":
        done(request, session.close, words="La séance est levée.")
        return redirect("admin:room", pk)
    if not session.is_running:
        messages.error(request, "La séance n’est pas ouverte.")
        return redirect("admin:room", pk)
    items = agenda_of(session, request.user, is_for_all=False)
    waiting = [item for item in items if item.state in ("waiting", "current")]
    return show_in_session(
        request,
        "admin/room/close.html",
        session,
        title=f"Lever la séance\u00a0: {session}",
        waiting=[item for item in waiting if not item.earlier],
        again=[item for item in waiting if item.earlier],
    )


# Following from another screen


@answers_json
def state(request, pk):
    """200: the `mark` of where the session stands, and the `address` of that page."""
    session = session_or_404(request.user, pk)
    return JsonResponse({"mark": mark_of(request, session), "address": address_of(session, request.user)})


def mark_of(request, session) -> str:
    """What changes when the page is no longer up to date: on the room's screen, the text that is typed too."""
    typed = session.current.draft_revision if is_screen(request) and session.current else 0
    return f"{session.revision}.{typed}"


def address_of(session, user) -> str:
    """The page of the file that is before the committee, if `user` may read it, or else the room."""
    current = session.current
    if current and AgendaItem.objects.filter(pk=current.pk).deliberated_by(user).exists():
        return reverse("admin:room_file", args=[session.pk, current.candidature.reference])
    return reverse("admin:room", args=[session.pk])


def elapsed_since(item) -> int:
    """Seconds since the file was first called."""
    return int((timezone.now() - item.called_at).total_seconds()) if item.called_at else 0


def decision_of(item, user) -> Decision | None:
    """The decision that stands, if `user` may know it."""
    return Decision.objects.visible_to(user).filter(candidature=item.candidature_id).select_related("session").first()
