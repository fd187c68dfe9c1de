"""The links that the portal sees between seats and files: confirmed or dismissed, by the team or by the chair."""

from functools import wraps

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from ..models import (
    Call,
    Candidature,
    DismissedConflict,
    ForbiddenTransition,
    Member,
    Recusal,
    Status,
    conflicts_in,
    settle,
)
from .base import show
from .people_forms import ReasonForm

CONFIRM = "Confirmer le déport"
DISMISS = "Écarter le lien"
FOLLOWS = {
    CONFIRM: "Dès maintenant, le dossier est fermé à {who} : ni pièces, ni notes, ni rang. Ce qui a été écrit est mis "
    "de côté, gardé, et ne compte plus. Un déport enregistré ne se retire pas.",
    DISMISS: "{who} pourra évaluer ce dossier et signer. Le lien et votre motif restent écrits.",
}
DONE = {
    CONFIRM: "Déport enregistré : {who}, pour le dossier {reference}.",
    DISMISS: "Lien écarté : {who} peut évaluer le dossier {reference}.",
}


def chaired_calls(user):
    """The calls over whose committee `user` presides today."""
    return Call.objects.filter(pk__in=user.committee_terms.current().filter(is_chair=True).values("seat__call"))


def for_staff_and_chairs(view):
    """Refuse (403) whoever is neither of the team nor presides over a committee."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not (request.user.is_staff or chaired_calls(request.user).exists()):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


def files_to_settle(user):
    """The files before a committee whose links `user` may settle."""
    files = Candidature.objects.deliberated_by(user).filter(status=Status.ADMISSIBLE)
    return files if user.is_staff else files.filter(call__in=chaired_calls(user))


def unsettled(user, files=None) -> list[tuple]:
    """(candidature, conflict) for each link that `user` may settle; a chair never settles what concerns them.

    The number of queries grows with the calls under review, not with the files.
    """
    files = files_to_settle(user) if files is None else files
    found = []
    for call in Call.objects.filter(pk__in=files.order_by().values("call")):
        term = None if user.is_staff else Member.objects.sitting(user, call)
        links = conflicts_in(call, files.filter(call=call).order_by("number"))
        found += [(file, link) for file, link in links if term is None or not link.concerns(term)]
    return found


def settled(user) -> list:
    """The links already settled in the same files, the last one first."""
    about = {"candidature__in": files_to_settle(user)}
    joined = ("candidature__call", "seat__organisation", "member__user", "by")
    confirmed = Recusal.objects.filter(origin=Recusal.Origin.PROPOSED, **about).select_related(*joined)
    dismissed = DismissedConflict.objects.filter(**about).select_related(*joined)
    return sorted([*confirmed, *dismissed], key=lambda each: each.at, reverse=True)


def address_of(candidature, user) -> str:
    """Where `user` reads the file."""
    if user.is_staff:
        return reverse("admin:applications_candidature_change", args=[candidature.pk])
    return reverse("admin:committee_file", args=[candidature.reference])


@for_staff_and_chairs
def conflicts(request):
    """Every link that waits, then those that were settled, with who, when and why."""
    user = request.user
    return show(
        request,
        "admin/committee_people/conflicts.html",
        title="Liens relevés",
        waiting=[(file, link, address_of(file, user)) for file, link in unsettled(user)],
        settled=[(each, isinstance(each, Recusal)) for each in settled(user)],
    )


@for_staff_and_chairs
def confirm_conflict(request, reference, seat, member):
    """Make a link a recusal. `member` is 0 for the organisation itself."""
    return settle_conflict(request, reference, (seat, member), CONFIRM)


@for_staff_and_chairs
def dismiss_conflict(request, reference, seat, member):
    """Let the person or the seat judge all the same. `member` is 0 for the organisation itself."""
    return settle_conflict(request, reference, (seat, member), DISMISS)


def settle_conflict(request, reference, key, label):
    """Ask for the motive, then settle one link."""
    files = files_to_settle(request.user)
    candidature = get_object_or_404(files.select_related("call").by_reference(reference))
    seat, member = (int(each) for each in key)
    found = [link for _, link in unsettled(request.user, files.filter(pk=candidature.pk))]
    link = next((each for each in found if each.key == (seat, member or None)), None)
    if link is None:
        messages.error(request, "Ce lien n’attend plus de décision, ou ce n’est pas à vous de le trancher.")
        return redirect("admin:conflicts")
    form = ReasonForm(request.POST or None, hint="L’équipe du programme et la présidence le liront.")
    if form.is_valid() and is_settled(request, candidature, link, form, label):
        messages.success(request, DONE[label].format(who=link.who, reference=reference))
        return redirect("admin:conflicts")
    return show(
        request,
        "admin/committee_people/act.html",
        title=f"{label}\u00a0: {reference}",
        form=form,
        button=label,
        about=[f"{link.who}. {link.ground}", FOLLOWS[label].format(who=link.who)],
        trail=[(reverse("admin:conflicts"), "Liens relevés")],
        back=(reverse("admin:conflicts"), "Ne rien décider"),
    )


def is_settled(request, candidature, link, form, label) -> bool:
    reason = form.cleaned_data["reason"]
    try:
        settle(candidature, link.seat, link.member, request.user, reason, confirm=label == CONFIRM)
    except ForbiddenTransition as refusal:
        form.add_error(None, str(refusal))
        return False
    return True
