"""The committee as the team sets it: organisations, seats, their members, and the invitations to sit."""

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.html import format_html_join

from accounts.models import Role, User

from .. import emails
from ..models import ForbiddenTransition, Member, Organisation, Seat, SeatInvitation
from ..templatetags.french import long_day
from .base import StaffModelAdmin, show, staff_only
from .people_forms import InviteForm, MemberForm, MemberFormSet

PAGE = "admin:applications_seat_change"


@admin.register(Organisation)
class OrganisationAdmin(StaffModelAdmin):
    list_display = ["name", "short_name", "siren"]
    search_fields = ["name", "short_name", "=siren"]


class MemberInline(admin.StackedInline):
    model = Member
    form = MemberForm
    formset = MemberFormSet
    extra = 0
    fields = ["user", ("is_titular", "may_sign", "is_chair"), ("starts_on", "ends_on")]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("user", "seat__organisation", "seat__call")

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "user":
            kwargs["queryset"] = User.objects.filter(role=Role.COMMITTEE)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(Seat)
class SeatAdmin(StaffModelAdmin):
    """A seat, its people, and who was invited. Who judged stays named: a term that was used ends by its date."""

    list_display = ["organisation", "call", "people", "waiting", "voice"]
    list_filter = ["call", "is_voting", "counts_in_quorum"]
    list_select_related = ["organisation", "call"]
    search_fields = [
        "organisation__name",
        "organisation__short_name",
        "members__user__full_name",
        "members__user__email",
        "invitations__email",
    ]
    autocomplete_fields = ["organisation", "call"]
    inlines = [MemberInline]
    actions = None  # each deletion is refused or done with its own words
    change_form_template = "admin/committee_people/seat.html"

    def get_queryset(self, request):
        waiting = SeatInvitation.objects.waiting()
        return (
            super()
            .get_queryset(request)
            .prefetch_related(
                Prefetch("members", Member.objects.current().select_related("user"), to_attr="sitting"),
                Prefetch("invitations", waiting, to_attr="awaited"),
            )
        )

    @admin.display(description="qui siège")
    def people(self, seat):
        return one_a_line(in_words(member) for member in seat.sitting) or "personne"

    @admin.display(description="invitations en attente")
    def waiting(self, seat):
        return one_a_line(f"{each.email}{' (expirée)' if each.is_expired else ''}" for each in seat.awaited)

    @admin.display(description="voix")
    def voice(self, seat):
        words = ["délibérative" if seat.is_voting else "consultative"]
        return ", ".join(words if seat.counts_in_quorum else [*words, "hors quorum"])

    def get_urls(self):
        wrap, name = self.admin_site.admin_view, "applications_seat"
        pages = [
            ("<int:pk>/inviter/", invite, "invite"),
            ("<int:pk>/invitations/<int:item>/renvoyer/", renew_invitation, "renew_invitation"),
            ("<int:pk>/invitations/<int:item>/annuler/", cancel_invitation, "cancel_invitation"),
        ]
        return [
            *(path(route, wrap(view), name=f"{name}_{page}") for route, view, page in pages),
            *super().get_urls(),
        ]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        seat = self.get_object(request, object_id)
        invitations = seat.invitations.select_related("accepted_by") if seat else []
        waiting_first = sorted(invitations, key=lambda each: bool(each.accepted_at or each.cancelled_at))
        context = {"invitations": waiting_first, **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)

    def delete_view(self, request, object_id, extra_context=None):
        seat = self.get_object(request, object_id)
        if self.has_delete_permission(request, seat) and seat and (refusal := seat.why_not_delete()):
            messages.error(request, refusal)
            return redirect(PAGE, seat.pk)
        return super().delete_view(request, object_id, extra_context)


def in_words(member) -> str:
    """A member as the list of seats names them."""
    deputy = ", suppléant qui signe" if member.may_sign else ", suppléant"
    return f"{member.user}{' (présidence)' if member.is_chair else ''}{'' if member.is_titular else deputy}"


def one_a_line(names):
    return format_html_join("", "<div>{}</div>", ((name,) for name in names))


# Invitations


def confirm(request, seat, title, button, **context):
    """One page for these acts: what will happen, a short form, a button."""
    trail = [(reverse("admin:applications_seat_changelist"), "Sièges"), (reverse(PAGE, args=[seat.pk]), str(seat))]
    back = reverse(PAGE, args=[seat.pk]), "Revenir au siège"
    context = {"button": button, "trail": trail, "back": back, **context}
    return show(request, "admin/committee_people/act.html", title=title, **context)


def send(request, act) -> str:
    """Run `act`, which makes an invitation, with its mail, in one transaction. Why it was refused, or ""."""
    try:
        with transaction.atomic():
            invitation = act()
            emails.queue_seat_invitation(invitation)
    except ForbiddenTransition as refusal:
        return str(refusal)
    expiry = long_day(invitation.expires_at)
    messages.success(request, f"Invitation envoyée à {invitation.email}. Elle expire {expiry}.")
    return ""


@staff_only
def invite(request, pk):
    """Keep a place in a seat for an address, and write to it."""
    seat = get_object_or_404(Seat.objects.select_related("organisation", "call"), pk=pk)
    form = InviteForm(request.POST or None)
    if form.is_valid():
        refusal = send(request, lambda: SeatInvitation.send(seat, by=request.user, **form.arguments()))
        if not refusal:
            return redirect(PAGE, pk)
        form.add_error("email", refusal)
    about = [
        f"La personne siégera au comité de l’appel « {seat.call} », pour {seat.organisation}. "
        "Elle reçoit un courriel, se connecte ou crée son compte, accepte, puis protège son compte par un second "
        "facteur : ses dossiers l’attendent alors."
    ]
    return confirm(request, seat, "Inviter une personne", "Envoyer l’invitation", form=form, about=about)


def waiting_or_404(pk, item) -> SeatInvitation:
    invitations = SeatInvitation.objects.select_related("seat__call", "seat__organisation")
    return get_object_or_404(invitations, seat=pk, pk=item)


@staff_only
def renew_invitation(request, pk, item):
    """Ask, then invite the same address again, with a new link and a new date."""
    invitation = waiting_or_404(pk, item)
    if request.method == "POST":
        if refusal := send(request, lambda: invitation.renew(request.user)):
            messages.error(request, refusal)
        return redirect(PAGE, pk)
    about = [f"{invitation.email} recevra un nouveau lien. Le précédent ne servira plus."]
    return confirm(request, invitation.seat, "Renvoyer l’invitation", "Renvoyer l’invitation", about=about)


@staff_only
def cancel_invitation(request, pk, item):
    """Ask, then take back an invitation that waits."""
    invitation = waiting_or_404(pk, item)
    if request.method == "POST":
        try:
            invitation.cancel(request.user)
        except ForbiddenTransition as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, f"L’invitation de {invitation.email} est annulée : son lien ne mène plus à rien.")
        return redirect(PAGE, pk)
    about = [f"Le lien envoyé à {invitation.email} ne mènera plus à rien. Cette personne n’en est pas prévenue."]
    return confirm(request, invitation.seat, "Annuler l’invitation", "Annuler l’invitation", about=about)
