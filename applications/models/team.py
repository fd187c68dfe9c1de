"""How people come to work on a candidature and leave it.

The journal names nobody but who acted: addresses and other people's names stay in rows that can be anonymised.
"""

from datetime import timedelta

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from .carriers import Membership
from .invitations import AbstractInvitation, new_token  # noqa: F401 -- a migration names it here
from .journal import Event
from .rights import demand, rights_of
from .workflow import ForbiddenTransition

Role = Membership.Role
VALIDITY = timedelta(days=14)
MAX_PENDING = 20  # invitations of one candidature that wait for an answer
MAX_A_DAY = 40  # invitations sent for one candidature in 24 hours: nobody writes to the world in the portal's name
STRENGTH = [Role.READER, Role.EDITOR, Role.LEAD]

ANSWERED = "Cette invitation n’attend plus de réponse."
GONE = "Cette personne ne travaille plus sur cette candidature."
LEAD_STAYS = "Confiez d’abord la responsabilité de la candidature à quelqu’un d’autre."


class Invitation(AbstractInvitation):
    """A seat kept for an e-mail address. Only whoever owns that address takes it, once, before it expires."""

    candidature = models.ForeignKey("Candidature", models.CASCADE, "invitations", verbose_name="candidature")
    role = models.CharField("rôle", max_length=20, choices=Membership.Role)

    class Meta:
        verbose_name = "invitation"
        ordering = ["-invited_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(accepted_at=None, accepted_by=None)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
                name="invitation_accepted_by_someone",
            ),
            models.UniqueConstraint(
                fields=["candidature", "email"],
                condition=Q(accepted_at=None, cancelled_at=None),
                name="invitation_one_waiting_for_an_address",
            ),
        ]

    def __str__(self):
        return f"{self.email} : {self.candidature.reference}"

    def get_absolute_url(self):
        return reverse("applications:invitation", args=[self.token])

    @property
    def inviter(self) -> str:
        """Who invites, in words: of the programme's team, nobody is named."""
        return "l’équipe du programme" if self.invited_by.is_staff else str(self.invited_by)

    @classmethod
    @transaction.atomic
    def send(cls, candidature, email, role, by):
        """Invite an address; an invitation that waited for the same address is cancelled. The mail is the caller's.

        Raises:
            ForbiddenTransition: `by` may not offer this role, this person is a member already, or too many were sent.
        """
        candidature.lock()
        demand(rights_of(candidature, by).may_invite(role))
        email, now = email.lower(), timezone.now()
        if email == by.email.lower():
            raise ForbiddenTransition("C’est votre propre adresse : invitez quelqu’un d’autre.")
        if candidature.memberships.filter(user__email__iexact=email).exists():
            raise ForbiddenTransition(f"{email} travaille déjà sur cette candidature.")
        candidature.invitations.waiting().filter(email=email).update(cancelled_at=now)
        cls.check_number(candidature, now)
        invitation = candidature.invitations.create(
            email=email, role=role, invited_by=by, invited_at=now, expires_at=now + VALIDITY
        )
        Event.objects.record(candidature, "invite", by, note=f"Rôle proposé : {invitation.get_role_display()}")
        return invitation

    @classmethod
    def check_number(cls, candidature, now):
        """Refuse one more invitation when many wait, or when many were sent since yesterday."""
        if candidature.invitations.pending().count() >= MAX_PENDING:
            raise ForbiddenTransition(
                f"{MAX_PENDING} invitations attendent déjà une réponse. Annulez-en une, ou attendez une réponse."
            )
        if candidature.invitations.filter(invited_at__gt=now - timedelta(days=1)).count() >= MAX_A_DAY:
            raise ForbiddenTransition(f"{MAX_A_DAY} invitations sont parties depuis hier : attendez demain.")

    def renew(self, by):
        """Invite the same address again, for as long as the first time; the former link no longer works.

        Raises:
            ForbiddenTransition: answered or cancelled already, or refused as in `send`.
        """
        with transaction.atomic():
            self.candidature.lock()
            self.demand_waiting()
            return Invitation.send(self.candidature, self.email, self.role, by)

    @transaction.atomic
    def cancel(self, by):
        """Take back an invitation that nobody has accepted yet.

        Raises:
            ForbiddenTransition: answered or cancelled already, or `by` may not offer this role.
        """
        candidature = self.candidature
        candidature.lock()
        demand(rights_of(candidature, by).may_invite(self.role))
        self.demand_waiting()
        Invitation.objects.filter(pk=self.pk).update(cancelled_at=timezone.now())
        Event.objects.record(candidature, "cancel_invitation", by)

    def demand_waiting(self):
        """Read again, under the lock of the candidature, that nobody answered or cancelled."""
        demand(Invitation.objects.waiting().filter(pk=self.pk).exists(), ANSWERED)

    def why_closed(self) -> str:
        """Why nobody can take this seat any more, in words for whom it was kept, or ""."""
        ask_again = "Demandez-en une nouvelle à la personne qui vous a invité."
        if self.accepted_at:
            return f"Cette invitation a déjà été acceptée. Si vous n’avez plus accès à la candidature : {ask_again}"
        if self.cancelled_at:
            return f"Cette invitation a été annulée, ou remplacée par une plus récente. {ask_again}"
        return f"Cette invitation a expiré. {ask_again}" if self.is_expired else ""

    @transaction.atomic
    def accept(self, by) -> Membership:
        """Make `by` a member, once.

        Raises:
            ForbiddenTransition: used, cancelled, expired, or sent to another address.
        """
        candidature = self.candidature
        candidature.lock()
        self.refresh_from_db()
        demand(self.is_for(by), "Cette invitation est adressée à quelqu’un d’autre.")
        if reason := self.why_closed():
            raise ForbiddenTransition(reason)
        self.accepted_at, self.accepted_by = timezone.now(), by
        self.save(update_fields=["accepted_at", "accepted_by"])
        candidature.join_requests.waiting().filter(user=by).update(
            decided_at=self.accepted_at, decided_by=self.invited_by, is_accepted=True
        )
        return join(candidature, by, self.role, by)


class JoinRequestQuerySet(models.QuerySet):
    def waiting(self):
        return self.filter(decided_at=None)


class JoinRequest(models.Model):
    """Somebody asks to work on a candidature that already exists for their collectivité."""

    candidature = models.ForeignKey("Candidature", models.CASCADE, "join_requests", verbose_name="candidature")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, "join_requests", verbose_name="personne")
    message = models.TextField("message", max_length=1000, blank=True)
    at = models.DateTimeField("demandé le")
    decided_at = models.DateTimeField("répondu le", null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, "+", null=True, verbose_name="répondu par")
    is_accepted = models.BooleanField("acceptée", default=False)

    objects = JoinRequestQuerySet.as_manager()

    class Meta:
        verbose_name = "demande d’accès"
        verbose_name_plural = "demandes d’accès"
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["candidature", "user"], condition=Q(decided_at=None), name="join_request_one_waiting"
            ),
            models.CheckConstraint(
                condition=Q(is_accepted=False) | Q(decided_at__isnull=False), name="join_request_accepted_once_decided"
            ),
        ]

    def __str__(self):
        return f"{self.user} : {self.candidature.reference}"

    @classmethod
    @transaction.atomic
    def make(cls, candidature, user, message):
        """Ask to join. Asking again while a request waits changes nothing.

        Returns:
            The request that waits, and whether it is new.

        Raises:
            ForbiddenTransition: a member already.
        """
        candidature.lock()
        if candidature.memberships.filter(user=user).exists():
            raise ForbiddenTransition("Vous travaillez déjà sur cette candidature.")
        request, is_new = cls.objects.get_or_create(
            candidature=candidature, user=user, decided_at=None, defaults={"message": message, "at": timezone.now()}
        )
        if is_new:
            Event.objects.record(candidature, "ask_to_join", user)
        return request, is_new

    @transaction.atomic
    def decide(self, by, *, accept: bool, role=Role.EDITOR):
        """Answer once: the person becomes a member with `role`, or does not.

        Raises:
            ForbiddenTransition: answered already, or `by` may not answer.
        """
        candidature = self.candidature
        candidature.lock()
        rights = rights_of(candidature, by)
        demand(rights.may_answer and (not accept or rights.may_invite(role)))
        now = timezone.now()
        waiting = candidature.join_requests.waiting().filter(pk=self.pk)
        answered = waiting.update(decided_at=now, decided_by=by, is_accepted=accept)
        demand(answered, "Cette demande a déjà reçu une réponse.")
        if not accept:
            Event.objects.record(candidature, "refuse_to_join", by, person=self.user_id)
            return
        invited = candidature.invitations.waiting().filter(email__iexact=self.user.email)
        invited.exclude(role=Role.LEAD).update(cancelled_at=now)  # no longer needed; to lead is still something else
        join(candidature, self.user, role, by)


def join(candidature, user, role, by) -> Membership:
    """Make `user` a member with `role`; a member keeps the stronger of two roles. Called under the lock.

    Taking the lead makes the former one an editor.
    """
    membership = candidature.memberships.filter(user=user).first()
    if membership and STRENGTH.index(membership.role) >= STRENGTH.index(role):
        return membership
    note = f"Rôle : {Role(role).label}"
    if role == Role.LEAD and candidature.memberships.filter(role=Role.LEAD).update(role=Role.EDITOR):
        note += ". La personne qui l’était devient contributrice."
    membership, _ = candidature.memberships.update_or_create(user=user, defaults={"role": role})
    Event.objects.record(candidature, "join", by, note=note, person=user.pk)
    return membership


def locked(membership) -> Membership:
    """The same membership, read again under the lock of its candidature.

    Raises:
        ForbiddenTransition: the person left meanwhile.
    """
    candidature = membership.candidature
    candidature.lock()
    fresh = candidature.memberships.select_related("user").filter(pk=membership.pk).first()
    demand(fresh, GONE)
    return fresh


@transaction.atomic
def change_role(membership, role, by) -> Membership:
    """Make a member an editor or a reader.

    Raises:
        ForbiddenTransition: the person leads or has left, or `by` may not do it.
    """
    membership = locked(membership)
    candidature = membership.candidature
    demand(membership.role != Role.LEAD, LEAD_STAYS)
    demand(rights_of(candidature, by).may_change(membership) and role != Role.LEAD)
    membership.role = role
    membership.save(update_fields=["role"])
    note = f"Nouveau rôle : {Role(role).label}"
    Event.objects.record(candidature, "change_role", by, note=note, person=membership.user_id)
    return membership


@transaction.atomic
def hand_over(membership, by):
    """Make a member the lead; the former one becomes an editor.

    Raises:
        ForbiddenTransition: the person leads already, has left or cannot sign in, or `by` may not do it.
    """
    membership = locked(membership)
    candidature = membership.candidature
    demand(membership.role != Role.LEAD, "Cette personne est déjà responsable de la candidature.")
    demand(membership.user.is_active, "Le compte de cette personne est désactivé.")
    demand(rights_of(candidature, by).may_hand_over_to(membership))
    candidature.memberships.filter(role=Role.LEAD).update(role=Role.EDITOR)
    candidature.memberships.filter(pk=membership.pk).update(role=Role.LEAD)
    Event.objects.record(candidature, "hand_over", by, person=membership.user_id)


@transaction.atomic
def remove_member(membership, by):
    """End a membership, and take back the invitations that the person sent. What they wrote stays.

    Raises:
        ForbiddenTransition: the person leads or has left, or `by` may not do it.
    """
    membership = locked(membership)
    candidature = membership.candidature
    demand(membership.role != Role.LEAD, LEAD_STAYS)
    demand(rights_of(candidature, by).may_change(membership))
    sent = candidature.invitations.waiting().filter(invited_by=membership.user)
    sent.update(cancelled_at=timezone.now())  # else one of them could lead back in
    candidature.memberships.filter(pk=membership.pk).delete()
    Event.objects.record(candidature, "remove_member", by, person=membership.user_id)


@transaction.atomic
def leave(candidature, by):
    """End one's own membership. What one wrote stays, and so do the invitations that one sent.

    Raises:
        ForbiddenTransition: the lead never leaves a candidature without anybody to lead it.
    """
    candidature.lock()
    rights = rights_of(candidature, by)
    demand(rights.role != Role.LEAD, LEAD_STAYS)
    demand(rights.may_leave)
    candidature.memberships.filter(user=by).delete()
    Event.objects.record(candidature, "leave", by)
