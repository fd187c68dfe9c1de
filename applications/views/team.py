"""Who works on a candidature: the page of its team, each act on it, and how one comes to it."""

from datetime import timedelta
from functools import wraps
from urllib.parse import urlencode

from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from .. import emails
from ..forms.team import AnswerForm, InvitationForm, JoinForm, RoleForm
from ..models import (
    Candidature,
    ForbiddenTransition,
    Invitation,
    JoinRequest,
    Membership,
    rights_of,
    works_for_a_carrier,
)
from ..models import team as verbs
from ..wording import ROLES
from .access import find

Role = Membership.Role
PROOF_SALT = "applications.join"
PROOF_VALIDITY = timedelta(days=7)


def team(request, reference):
    """The members, those who are invited, those who ask to join, and what the reader may do about them."""
    return team_page(request, find(request.user, reference))


def team_page(request, candidature, form=None):
    rights = rights_of(candidature, request.user)
    invitations = candidature.invitations.waiting().select_related("invited_by")
    join_requests = candidature.join_requests.waiting().select_related("user")
    context = {
        "candidature": candidature,
        "rights": rights,
        "members": member_rows(candidature, request.user, rights),
        "invitations": [(each, rights.may_invite(each.role)) for each in invitations],
        "join_requests": [(each, works_for_a_carrier(candidature, each.user)) for each in join_requests],
        "form": form or (invitation_form(candidature, rights) if rights.offers else None),
    }
    return render(request, "applications/team.html", context)


def invitation_form(candidature, rights, data=None) -> InvitationForm:
    action = reverse("applications:invite", args=[candidature.reference])
    return InvitationForm(data, offers=rights.offers, action=action)


def member_rows(candidature, reader, rights) -> list[dict]:
    """Each member, the lead first, with what `reader` may do about them."""
    memberships = candidature.memberships.select_related("user")
    return [
        {
            "membership": membership,
            "allows": ROLES[membership.role],
            "is_reader": membership.user == reader,
            "other_role": Role.EDITOR if membership.role == Role.READER else Role.READER,
            "may_change": rights.may_change(membership),
            "may_lead": rights.may_hand_over_to(membership),
        }
        for membership in sorted(memberships, key=lambda membership: Role.values.index(membership.role))
    ]


def act_on_team(view):
    """Give the candidature and the reader's rights to `view`, then show the team again, or what the view answers.

    A refusal is told on the page of the team, which says how things stand now.
    """

    @wraps(view)
    def told(request, reference, **arguments):
        candidature = find(request.user, reference)
        try:
            answer = view(request, candidature, rights_of(candidature, request.user), **arguments)
        except ForbiddenTransition as refusal:
            messages.error(request, str(refusal))
            answer = None
        return answer or redirect("applications:team", reference)

    return told


def allow(is_allowed):
    if not is_allowed:
        raise PermissionDenied


def member(candidature, pk) -> Membership:
    """The member whom a button names. Somebody else may have removed them since the page was read."""
    membership = candidature.memberships.select_related("user").filter(pk=pk).first()
    verbs.demand(membership, verbs.GONE)
    return membership


@act_on_team
def invite(request, candidature, rights):
    """Send an invitation; the form is shown again, as it was filled in, when it cannot be."""
    allow(rights.offers)
    if request.method != "POST":
        return None
    form = invitation_form(candidature, rights, request.POST)
    if form.is_valid():
        try:
            with transaction.atomic():
                invitation = Invitation.send(candidature, by=request.user, **form.cleaned_data)
                emails.queue_invitation(invitation)
        except ForbiddenTransition as refusal:
            form.add_error("email", str(refusal))
        else:
            messages.success(request, f"Invitation envoyée à {invitation.email}.")
            return None
    return team_page(request, candidature, form)


@act_on_team
def cancel_invitation(request, candidature, rights, pk):
    invitation = get_object_or_404(candidature.invitations, pk=pk)
    allow(rights.may_invite(invitation.role))
    if request.method == "POST":
        invitation.cancel(request.user)
        messages.success(request, f"L’invitation de {invitation.email} est annulée : son lien ne mène plus à rien.")


@act_on_team
def renew_invitation(request, candidature, rights, pk):
    """Invite the same address again, with a new link and a new date."""
    invitation = get_object_or_404(candidature.invitations, pk=pk)
    allow(rights.may_invite(invitation.role))
    if request.method == "POST":
        with transaction.atomic():
            emails.queue_invitation(invitation.renew(request.user))
        messages.success(request, f"Nouvelle invitation envoyée à {invitation.email} ; la précédente ne sert plus.")


@act_on_team
def change_role(request, candidature, rights, pk):
    allow(rights.may_manage)
    form = RoleForm(request.POST)
    if request.method != "POST":
        return
    if not form.is_valid():
        raise ForbiddenTransition("Choisissez un rôle : contributeur ou lecteur.")
    with transaction.atomic():
        membership = verbs.change_role(member(candidature, pk), form.cleaned_data["role"], request.user)
        emails.queue_role_changed(membership)
    messages.success(request, f"{membership.user} a maintenant le rôle de {membership.get_role_display()}.")


@act_on_team
def remove_member(request, candidature, rights, pk):
    """Ask, then end a membership."""
    allow(rights.may_manage)
    membership = member(candidature, pk)
    verbs.demand(membership.role != Role.LEAD, verbs.LEAD_STAYS)
    if request.method != "POST":
        return confirm(
            request,
            candidature,
            f"Retirer {membership.user}",
            f"{membership.user} ne pourra plus ouvrir la candidature. Ce que cette personne a écrit y reste. "
            "Les invitations qu’elle a envoyées et qui attendent une réponse seront annulées.",
        )
    with transaction.atomic():
        verbs.remove_member(membership, request.user)
        emails.queue_removed(candidature, membership.user)
    messages.success(request, f"{membership.user} ne travaille plus sur la candidature.")
    return None


@act_on_team
def hand_over(request, candidature, rights, pk):
    """Ask, then make a member the lead."""
    membership = member(candidature, pk)
    if membership.role == Role.LEAD:
        return None  # a second click: it is done
    allow(rights.may_hand_over)
    if request.method != "POST":
        return confirm(
            request,
            candidature,
            f"Confier la responsabilité à {membership.user}",
            f"{membership.user} décidera qui travaille sur la candidature. "
            "La personne responsable aujourd’hui deviendra contributrice : elle pourra remplir et déposer le dossier, "
            "mais plus changer les rôles.",
        )
    with transaction.atomic():
        verbs.hand_over(membership, request.user)
        emails.queue_handed_over(candidature, membership.user)
    messages.success(request, f"{membership.user} est maintenant responsable de la candidature.")
    return None


@act_on_team
def leave(request, candidature, rights):
    """Ask, then end one's own membership."""
    verbs.demand(rights.role != Role.LEAD, verbs.LEAD_STAYS)
    allow(rights.may_leave)
    if request.method != "POST":
        return confirm(
            request,
            candidature,
            "Quitter la candidature",
            "Vous ne pourrez plus l’ouvrir. Ce que vous avez écrit y reste. "
            "Pour y revenir, il vous faudra une nouvelle invitation.",
        )
    with transaction.atomic():
        verbs.leave(candidature, request.user)
        emails.queue_left(candidature, request.user)
    messages.success(request, f"Vous ne travaillez plus sur la candidature {candidature.reference}.")
    return redirect("applications:list")


def confirm(request, candidature, title, words):
    """The page where an act on the team is confirmed; its button carries the title."""
    context = {"candidature": candidature, "title": title, "words": words}
    return render(request, "applications/team_confirm.html", context)


@act_on_team
def answer_join_request(request, candidature, rights, pk):
    """Give the person the role of the button that was chosen, or refuse."""
    allow(rights.may_answer)
    join_request = get_object_or_404(candidature.join_requests.select_related("user"), pk=pk)
    if request.method != "POST":
        return
    form = AnswerForm(request.POST)
    if not form.is_valid():
        raise ForbiddenTransition("Choisissez une réponse : contributeur, lecteur ou refus.")
    with transaction.atomic():
        join_request.decide(request.user, **form.decision)
        emails.queue_join_answer(join_request, form.decision)
    answer = "travaille maintenant sur la candidature" if form.decision["accept"] else "est prévenu de votre refus"
    messages.success(request, f"{join_request.user} {answer}.")


def invitation(request, token):
    """What one is invited to, to accept. Whoever is signed in with another address learns nothing of the file."""
    found = get_object_or_404(
        Invitation.objects.select_related("candidature__call", "invited_by").prefetch_related(
            "candidature__carriers__commune", "candidature__carriers__epci"
        ),
        token=token,
    )
    if not found.is_for(request.user):
        context = {"hint": masked(found.email), "inviter": "la personne qui vous a invité"}
        return render(request, "applications/invitation_for_another.html", context, status=403)
    candidature, why_closed = found.candidature, found.why_closed()
    if request.method == "POST" and not why_closed:
        try:
            membership = accept(found, request.user)
        except ForbiddenTransition as refusal:
            why_closed = str(refusal)
        else:
            role = membership.get_role_display()
            messages.success(request, f"Vous travaillez maintenant sur cette candidature, comme {role}.")
            return redirect(candidature)
    if why_closed and candidature.memberships.filter(user=request.user).exists():
        return redirect(candidature)  # accepted by a first click, or come in otherwise
    if why_closed:
        return render(request, "applications/invitation_closed.html", {"why_closed": why_closed}, status=410)
    context = {"invitation": found, "candidature": candidature, "allows": ROLES[found.role]}
    return render(request, "applications/invitation.html", context)


@transaction.atomic
def accept(found, user) -> Membership:
    membership = found.accept(user)
    if found.role == Role.LEAD:
        emails.queue_handed_over(found.candidature, user)
    else:
        emails.queue_joined(found, user)
    return membership


def masked(email: str) -> str:
    """An address that its owner recognises, and that tells nobody else who it is: `m…@ville.fr`."""
    local, _, domain = email.rpartition("@")
    return f"{local[:1]}…@{domain}"


def join_url(candidature, user) -> str:
    """The address where `user`, who has just named a carrier of `candidature`, may ask to join it.

    It opens to this person alone, for PROOF_VALIDITY.
    """
    proof = signing.dumps([candidature.pk, user.pk], salt=PROOF_SALT)
    return f"{reverse('applications:join', args=[candidature.reference])}?{urlencode({'preuve': proof})}"


def join(request, reference):
    """Ask to work on a candidature: what it is called, who carries it, and nothing more of it."""
    user = request.user
    candidature = get_object_or_404(Candidature.objects.by_reference(reference).with_people())
    if candidature.memberships.filter(user=user).exists():
        return redirect(candidature)
    if not (works_for_a_carrier(candidature, user) or is_proved(request.GET.get("preuve", ""), candidature, user)):
        raise Http404
    form = JoinForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            ask(candidature, user, form.cleaned_data["message"])
        except ForbiddenTransition:
            return redirect(candidature)  # accepted meanwhile
        messages.success(request, f"Demande envoyée. Vous recevrez la réponse par courriel, à {user.email}.")
        return redirect("applications:list")
    waiting = candidature.join_requests.waiting().filter(user=user).first()
    return render(request, "applications/join.html", {"candidature": candidature, "form": form, "waiting": waiting})


@transaction.atomic
def ask(candidature, user, message):
    """Make the request and tell those who answer it; a second click tells them nothing more."""
    request, is_new = JoinRequest.make(candidature, user, message)
    if is_new:
        emails.queue_join_request(request, works_for_a_carrier(candidature, user))


def is_proved(proof: str, candidature, user) -> bool:
    """Whether `join_url` gave this proof to this person for this candidature, not too long ago."""
    try:
        proved = signing.loads(proof, salt=PROOF_SALT, max_age=PROOF_VALIDITY)
    except signing.BadSignature:
        return False
    return proved == [candidature.pk, user.pk]
