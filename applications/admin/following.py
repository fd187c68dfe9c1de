"""What the team does around the verbs of a file: supplements, more time, messages, a new lead."""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect

from .. import emails
from ..forms.messages import MessageForm
from ..models import (
    Candidature,
    Extension,
    ForbiddenTransition,
    Invitation,
    Membership,
    Status,
    SupplementItem,
    SupplementRequest,
)
from ..templatetags.french import long_moment
from ..views.messages import sent
from .base import show, staff_only
from .follow_forms import ExtensionForm, LeadForm, PostponeForm

PAGE = "admin:applications_candidature_change"


def following_context(candidature, user) -> dict:
    """What the page of a candidature shows beside the file, in a number of queries that does not grow."""
    requests = candidature.supplement_requests.select_related("by").prefetch_related(
        "items__section", "items__question", "items__carrier__commune", "items__carrier__epci"
    )
    thread = candidature.messages
    return {
        "requests": [(request, progress_of(request, candidature)) for request in requests.order_by("-at", "-pk")],
        "extensions": candidature.extensions.select_related("phase", "by"),
        "may_extend": bool(extensible_phases(candidature, user)),
        "messages_count": thread.count(),
        "last_message": thread.select_related("by").last(),
        "invitations": candidature.invitations.pending(),
    }


def progress_of(request: SupplementRequest, candidature) -> str:
    """Where a request stands: "closed", "cancelled" when nothing is asked any more, "late" or "waiting"."""
    items = request.items.all()
    if request.closed_at or candidature.status != Status.SUPPLEMENTS_REQUESTED:
        return "closed"
    if items and all(item.cancelled_at for item in items):
        return "cancelled"
    return "late" if request.is_late else "waiting"


def extensible_phases(candidature, user) -> list:
    return [phase for phase in candidature.call.phases.all() if not Extension.why_not(candidature, phase, user)]


def candidature_or_404(pk) -> Candidature:
    return get_object_or_404(Candidature.objects.with_people(), pk=pk)


def page(request, candidature, title, about, form, **context):
    """One page for these acts: what will happen, a short form, a button."""
    return show(
        request,
        "admin/applications/follow.html",
        title=f"{title} : {candidature.reference}",
        candidature=candidature,
        button=title,
        about=about,
        form=form,
        **context,
    )


def act(request, form, do, done: str) -> bool:
    """Run `do`, with its mail, in one transaction; whether it was possible."""
    try:
        with transaction.atomic():
            do()
    except ForbiddenTransition as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, done)
    return True


@staff_only
def extend(request, pk):
    """More time for one candidature alone."""
    candidature = candidature_or_404(pk)
    phases = extensible_phases(candidature, request.user)
    if not phases:
        messages.error(request, why_no_extension(candidature, request.user))
        return redirect(PAGE, pk)
    form = ExtensionForm(request.POST or None, phases=phases)
    if form.is_valid():
        data = form.cleaned_data

        def do():
            granted = Extension.grant(candidature, data["phase"], data["until"], data["reason"], request.user)
            emails.queue_extension(granted)

        if act(request, form, do, f"Délai accordé jusqu’au {long_moment(data['until'])}."):
            return redirect(PAGE, pk)
    about = "Cette candidature seule pourra être déposée jusqu’à ce moment, quelle que soit la clôture des autres."
    return page(request, candidature, "Accorder un délai", about, form, phases=phases)


def why_no_extension(candidature, user) -> str:
    phases = [candidature.phase] if candidature.phase else list(candidature.call.phases.all())
    reasons = [Extension.why_not(candidature, phase, user) for phase in phases]
    return reasons[-1] if reasons else "Cet appel n’a pas encore de phase."


@staff_only
def postpone_supplements(request, pk):
    """A later due date for the supplements that are waited for."""
    candidature = candidature_or_404(pk)
    waiting = candidature.supplement_request
    if waiting is None or waiting.due_at is None:
        messages.error(request, "Aucun complément n’est attendu à une date fixée : il n’y a rien à reporter.")
        return redirect(PAGE, pk)
    form = PostponeForm(request.POST or None)
    if form.is_valid():
        data = form.cleaned_data

        def do():
            waiting.postpone(data["due_at"], data["reason"], request.user)
            emails.queue_postponement(waiting, data["reason"])

        if act(request, form, do, f"Compléments attendus avant le {long_moment(data['due_at'])}."):
            return redirect(PAGE, pk)
    before = f"le {long_moment(waiting.due_at)}"
    about = f"Échéance actuelle : {before}. Les porteurs recevront un courriel qui dit la nouvelle et son motif."
    return page(request, candidature, "Reporter l’échéance", about, form)


@staff_only
def cancel_supplement(request, pk, item):
    """Ask, then ask for one item no more; its message stays readable."""
    candidature = candidature_or_404(pk)
    items = SupplementItem.objects.filter(request__candidature=candidature, cancelled_at=None, request__closed_at=None)
    found = items.select_related("section", "question", "carrier__commune", "carrier__epci").filter(pk=item).first()
    if found is None:
        messages.error(request, "Ce complément n’est plus demandé.")
        return redirect(PAGE, pk)
    if request.method == "POST":
        try:
            with transaction.atomic():
                found.cancel(request.user)
                emails.queue_cancelled_item(found)
            messages.success(request, f"« {found} » n’est plus demandé.")
        except ForbiddenTransition as refusal:
            messages.error(request, str(refusal))
        return redirect(PAGE, pk)
    about = f"« {found} » ne sera plus demandé. Les porteurs recevront un courriel ; votre message restera lisible."
    return page(request, candidature, "Annuler ce point", about, None)


@staff_only
def invite_lead(request, pk):
    """A new lead for a file whose own left: whoever owns the address takes it by accepting."""
    candidature = candidature_or_404(pk)
    form = LeadForm(request.POST or None)
    if form.is_valid():
        email = form.cleaned_data["email"]

        def do():
            emails.queue_invitation(Invitation.send(candidature, email, Membership.Role.LEAD, request.user))

        if act(request, form, do, f"Invitation envoyée à {email}."):
            return redirect(PAGE, pk)
    about = "Pour une candidature dont le responsable a quitté son poste, ou ne répond plus."
    return page(request, candidature, "Inviter un responsable", about, form)


@staff_only
def conversation(request, pk):
    """The messages of a file, and the team's answer below them."""
    candidature = candidature_or_404(pk)
    is_posted = request.method == "POST"
    form = MessageForm(request.POST, request.FILES) if is_posted else MessageForm()
    if is_posted and (message := sent(request, candidature, form)):
        return redirect(f"{request.path}#{message.anchor}")
    return show(
        request,
        "admin/applications/messages.html",
        title=f"Messages : {candidature.reference}",
        candidature=candidature,
        thread=candidature.messages.for_reading(),
        form=form,
    )
