"""Who must stay away from which file: declared, raised, or proposed by the portal and confirmed."""

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from .committee import Member, Seat
from .journal import Event
from .workflow import ForbiddenTransition

NO_REASON = "Écrivez le motif du déport."


class RecusalQuerySet(models.QuerySet):
    def concerning(self, user):
        """Those that keep `user` away: in person, or with the whole seat."""
        seats = Member.objects.filter(user=user).values("seat")
        return self.filter(Q(member__user=user) | Q(member=None, seat__in=seats))


class Recusal(models.Model):
    """A conflict of interest: from then on the file is closed to that person, or to the whole seat."""

    class Origin(models.TextChoices):
        DECLARED = "declared", "déclaré par le membre"
        RAISED = "raised", "relevé par l’équipe ou la présidence"
        PROPOSED = "proposed", "relevé par le portail, confirmé par l’équipe ou la présidence"

    candidature = models.ForeignKey("Candidature", models.PROTECT, "recusals", verbose_name="candidature")
    seat = models.ForeignKey(Seat, models.PROTECT, "recusals", verbose_name="siège")
    member = models.ForeignKey(
        Member,
        models.PROTECT,
        "recusals",
        null=True,
        blank=True,
        verbose_name="membre",
        help_text="Vide : tout le siège.",
    )
    origin = models.CharField("origine", max_length=20, choices=Origin)
    reason = models.TextField("motif")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, "+", verbose_name="enregistré par")
    at = models.DateTimeField("enregistré le")

    objects = RecusalQuerySet.as_manager()

    class Meta:
        verbose_name = "déport"
        ordering = ["candidature", "seat", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["candidature", "seat", "member"], name="recusal_once"),
            models.UniqueConstraint(
                fields=["candidature", "seat"], condition=Q(member=None), name="recusal_of_seat_once"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="recusal_has_a_reason"),
        ]

    def __str__(self):
        return f"{self.member or self.seat} : {self.candidature.reference}"

    @classmethod
    @transaction.atomic
    def declare(cls, candidature, user, reason, whole_seat=False):
        """Record that `user`, member of the committee of this call, steps back from this file.

        Raises:
            ForbiddenTransition: no reason, or no right to judge this file.
        """
        if not reason.strip():
            raise ForbiddenTransition(NO_REASON)
        candidature.lock()
        if not type(candidature).objects.judged_by(user).filter(pk=candidature.pk).exists():
            raise ForbiddenTransition("Vous n’avez pas accès à cette candidature.")
        member = Member.objects.sitting(user, candidature.call)
        return cls._write(candidature, member.seat, None if whole_seat else member, cls.Origin.DECLARED, reason, user)

    @classmethod
    def why_not_raise(cls, candidature, seat, by, member=None) -> str:
        """Why `by` cannot record that `seat`, or its `member` alone, stays away from this file, or ""."""
        if reason := why_not_settle(candidature, by):
            return reason
        if seat.call_id != candidature.call_id or (member and member.seat_id != seat.pk):
            return "Ce siège n’est pas du comité de cet appel."
        away = cls.objects.filter(candidature=candidature, seat=seat)
        if away.filter(member=None).exists():
            return "Ce siège est déjà déporté de cette candidature."
        if member and away.filter(member=member).exists():
            return "Cette personne est déjà déportée de cette candidature."
        return ""

    @classmethod
    @transaction.atomic
    def raise_for(cls, candidature, seat, reason, by, member=None, origin=Origin.RAISED):
        """Record that a whole seat, or one of its members, stays away: raised by staff or by the chair.

        Raises:
            ForbiddenTransition: no reason, no right, a seat of another call, or away already.
        """
        if not reason.strip():
            raise ForbiddenTransition(NO_REASON)
        candidature.lock()
        if refusal := cls.why_not_raise(candidature, seat, by, member):
            raise ForbiddenTransition(refusal)
        return cls._write(candidature, seat, member, origin, reason, by)

    @classmethod
    def _write(cls, candidature, seat, member, origin, reason, by):
        recusal = cls.objects.create(
            candidature=candidature, seat=seat, member=member, origin=origin, reason=reason, by=by, at=timezone.now()
        )
        candidature.reviews.set_aside(recusal)
        audience = Event.Audience.TEAM
        Event.objects.record(candidature, "recuse", by, note=reason, audience=audience, seat=str(seat.organisation))
        return recusal


def why_not_settle(candidature, by) -> str:
    """Why it is not for `by` to say who stays away from this file, or ""."""
    if by.is_staff:
        return ""
    if not candidature.call.is_chair(by):
        return "Un déport est relevé par l’équipe du programme ou par la présidence."
    if not type(candidature).objects.judged_by(by).filter(pk=candidature.pk).exists():
        return "Vous n’avez pas accès à cette candidature."
    return ""
