"""How a person comes to sit in a committee: a place in a seat, kept for an address, taken once."""

from datetime import timedelta

from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role, User

from .committee import Member, Seat
from .invitations import AbstractInvitation
from .journal import Event
from .workflow import ForbiddenTransition

VALIDITY = timedelta(days=30)
ANSWERED = "Cette invitation n’attend plus de réponse."
TEAM_NEVER_SITS = "L’équipe du programme ne siège pas au comité : elle prépare les dossiers, et ne les note jamais."
PLACE = ("is_titular", "may_sign", "is_chair", "starts_on", "ends_on")


class SeatInvitation(AbstractInvitation):
    """A place in a seat, kept for an e-mail address. Only whoever owns that address takes it, once."""

    seat = models.ForeignKey(Seat, models.PROTECT, "invitations", verbose_name="siège")
    is_titular = models.BooleanField("titulaire", default=True, help_text="Sinon, suppléant.")
    may_sign = models.BooleanField("délégation de signature", default=False, help_text="Pour un suppléant.")
    is_chair = models.BooleanField("préside le comité", default=False)
    starts_on = models.DateField("début du mandat", null=True, blank=True)
    ends_on = models.DateField("fin du mandat", null=True, blank=True)

    class Meta:
        verbose_name = "invitation au comité"
        verbose_name_plural = "invitations au comité"
        ordering = ["-invited_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(accepted_at=None, accepted_by=None)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
                name="seat_invitation_accepted_by_someone",
            ),
            models.UniqueConstraint(
                fields=["seat", "email"],
                condition=Q(accepted_at=None, cancelled_at=None),
                name="seat_invitation_one_waiting_for_an_address",
            ),
        ]

    def __str__(self):
        return f"{self.email} : {self.seat}"

    def get_absolute_url(self):
        return reverse("applications:seat_invitation", args=[self.token])

    @classmethod
    @transaction.atomic
    def send(cls, seat, email, by, **fields):
        """Invite an address; an invitation that waited for the same address is cancelled. The mail is the caller's.

        Args:
            fields: those of the term that is offered (`PLACE`).

        Raises:
            ForbiddenTransition: `by` is not of the team, the address is, this person sits already or can no longer
                sign in, or the term ends before it starts.
        """
        demand_staff(by)
        Seat.objects.select_for_update(no_key=True).get(pk=seat.pk)
        email, now = email.lower(), timezone.now()
        account = User.objects.filter(email__iexact=email).first()
        if reason := account and why_not_sit(seat, account):
            raise ForbiddenTransition(reason)
        if fields.get("starts_on") and fields.get("ends_on") and fields["ends_on"] < fields["starts_on"]:
            raise ForbiddenTransition("La fin du mandat doit suivre son début.")
        cls.objects.waiting().filter(seat=seat, email=email).update(cancelled_at=now)
        invitation = cls.objects.create(
            seat=seat, email=email, invited_by=by, invited_at=now, expires_at=now + VALIDITY, **fields
        )
        Event.objects.record(seat.call, "invite_member", by, audience=Event.Audience.TEAM, seat=str(seat.organisation))
        return invitation

    @transaction.atomic
    def renew(self, by):
        """Invite the same address to the same place again, with a new link; the former one no longer works.

        Raises:
            ForbiddenTransition: answered or cancelled already, or refused as in `send`.
        """
        self._demand_waiting()
        return SeatInvitation.send(self.seat, self.email, by, **{name: getattr(self, name) for name in PLACE})

    @transaction.atomic
    def cancel(self, by):
        """Take back an invitation that nobody has accepted yet.

        Raises:
            ForbiddenTransition: `by` is not of the team, or it was answered or cancelled already.
        """
        demand_staff(by)
        self._demand_waiting()
        self.cancelled_at = timezone.now()
        self.save(update_fields=["cancelled_at"])
        audience, seat = Event.Audience.TEAM, str(self.seat.organisation)
        Event.objects.record(self.seat.call, "cancel_member_invitation", by, audience=audience, seat=seat)

    def _demand_waiting(self):
        """Read again, under the lock of the seat, that nobody answered or cancelled."""
        Seat.objects.select_for_update(no_key=True).get(pk=self.seat_id)
        if not SeatInvitation.objects.waiting().filter(pk=self.pk).exists():
            raise ForbiddenTransition(ANSWERED)

    def why_closed(self) -> str:
        """Why nobody can take this place any more, in words for whom it was kept, or ""."""
        ask_again = "Écrivez à l’équipe du programme pour en recevoir une nouvelle."
        if self.accepted_at:
            return f"Cette invitation a déjà été acceptée. Si vous ne siégez pas : {ask_again}"
        if self.cancelled_at:
            return f"Cette invitation a été annulée, ou remplacée par une plus récente. {ask_again}"
        return f"Cette invitation a expiré. {ask_again}" if self.is_expired else ""

    def why_not(self, user) -> str:
        """Why `user` cannot take this place, in words for them, or ""."""
        if not self.is_for(user):
            return "Cette invitation est adressée à quelqu’un d’autre."
        return self.why_closed() or why_not_sit(self.seat, user)

    @transaction.atomic
    def accept(self, by) -> Member:
        """Make `by` a committee account and a member of the seat, once.

        Raises:
            ForbiddenTransition: used, cancelled, expired, for another address, of the team, or sitting elsewhere.
        """
        Seat.objects.select_for_update(no_key=True).get(pk=self.seat_id)
        self.refresh_from_db()
        if reason := self.why_not(by):
            raise ForbiddenTransition(reason)
        self.accepted_at, self.accepted_by = timezone.now(), by
        self.save(update_fields=["accepted_at", "accepted_by"])
        User.objects.filter(pk=by.pk).update(role=Role.COMMITTEE)
        by.role = Role.COMMITTEE
        member = self.seat.members.create(user=by, **{name: getattr(self, name) for name in PLACE})
        audience, seat = Event.Audience.TEAM, str(self.seat.organisation)
        Event.objects.record(self.seat.call, "join_committee", by, audience=audience, seat=seat)
        return member


def demand_staff(by):
    if not by.is_staff:
        raise ForbiddenTransition("L’équipe du programme invite les membres du comité.")


def why_not_sit(seat, user) -> str:
    """Why `user` cannot take a new place in `seat`, or "". Who left another seat of the call may come back here."""
    if user.is_staff:
        return TEAM_NEVER_SITS
    if not user.is_active:
        return f"Le compte de {user.email} est désactivé."
    terms = Member.objects.filter(user=user, seat__call=seat.call_id)
    if terms.filter(seat=seat).exists():
        return f"{user.email} figure déjà parmi les membres de ce siège : ses dates se changent sur la page du siège."
    if terms.exclude(ends_on__lt=timezone.localdate()).exists():
        return f"{user.email} siège déjà dans ce comité."
    return ""
