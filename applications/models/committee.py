"""The committee of a call: one seat per organisation, its members, and who must stay away from which file."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import Role

from .call import Call
from .journal import Event
from .workflow import ForbiddenTransition


class Organisation(models.Model):
    name = models.CharField("nom", max_length=150, unique=True)
    short_name = models.CharField("nom court", max_length=40)

    class Meta:
        verbose_name = "organisation"
        ordering = ["name"]

    def __str__(self):
        return self.name


class Seat(models.Model):
    """One organisation, one voice."""

    call = models.ForeignKey(Call, models.PROTECT, "seats", verbose_name="appel")
    organisation = models.ForeignKey(Organisation, models.PROTECT, "seats", verbose_name="organisation")
    position = models.PositiveSmallIntegerField("ordre", default=0)
    is_voting = models.BooleanField("voix délibérative", default=True)

    class Meta:
        verbose_name = "siège"
        ordering = ["call", "position", "pk"]
        constraints = [models.UniqueConstraint(fields=["call", "organisation"], name="seat_unique_in_call")]

    def __str__(self):
        return f"{self.organisation.short_name} ({self.call})"


class MemberQuerySet(models.QuerySet):
    def current(self):
        """Those whose term covers today. Staff and administrators never judge, whatever seat they once held."""
        today = timezone.localdate()
        return self.filter(
            Q(starts_on=None) | Q(starts_on__lte=today),
            Q(ends_on=None) | Q(ends_on__gte=today),
            user__is_active=True,
            user__role=Role.COMMITTEE,
        )

    def sitting(self, user, call):
        """The term by which `user` sits today in the committee of `call`, or None.

        `Member.clean` refuses two seats at once; should there be two, the voting one counts, then the first.
        """
        terms = self.current().filter(user=user, seat__call=call).select_related("seat__organisation")
        return terms.order_by("-seat__is_voting", "seat__position", "seat_id").first()


class Member(models.Model):
    seat = models.ForeignKey(Seat, models.PROTECT, "members", verbose_name="siège")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, "committee_terms", verbose_name="personne")
    is_titular = models.BooleanField("titulaire", default=True, help_text="Sinon, suppléant.")
    is_chair = models.BooleanField("préside le comité", default=False)
    starts_on = models.DateField("début du mandat", null=True, blank=True)
    ends_on = models.DateField("fin du mandat", null=True, blank=True)

    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = "membre du comité"
        verbose_name_plural = "membres du comité"
        ordering = ["seat", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["seat", "user"], name="member_once_in_seat"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=models.F("starts_on")),
                name="member_term_ends_after_it_starts",
                violation_error_message="La fin du mandat doit suivre son début.",
            ),
        ]

    def __str__(self):
        return f"{self.user} – {self.seat}"

    def clean(self):
        """One person, one seat, one voice; and only a committee account may hold it."""
        if self.user_id and self.user.role != Role.COMMITTEE:
            raise ValidationError({"user": "Ce compte n’a pas le rôle « membre du comité »."})
        if self.user_id and self.seat_id and self._overlapping().exists():
            raise ValidationError({"user": "Cette personne occupe déjà un autre siège du comité de cet appel."})

    def _overlapping(self):
        """The terms of the same person in other seats of the call, at least one day in common."""
        others = Member.objects.filter(user=self.user_id, seat__call=self.seat.call_id).exclude(seat=self.seat_id)
        if self.starts_on:
            others = others.filter(Q(ends_on=None) | Q(ends_on__gte=self.starts_on))
        if self.ends_on:
            others = others.filter(Q(starts_on=None) | Q(starts_on__lte=self.ends_on))
        return others


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
            raise ForbiddenTransition("Écrivez le motif du déport.")
        candidature.lock()
        if not type(candidature).objects.judged_by(user).filter(pk=candidature.pk).exists():
            raise ForbiddenTransition("Vous n’avez pas accès à cette candidature.")
        member = Member.objects.sitting(user, candidature.call)
        return cls._write(candidature, member.seat, None if whole_seat else member, cls.Origin.DECLARED, reason, user)

    @classmethod
    def why_not_raise(cls, candidature, seat, by) -> str:
        """Why `by` cannot record the recusal of `seat` from this file, or ""."""
        if not (by.is_staff or candidature.call.is_chair(by)):
            return "Un déport est relevé par l’équipe du programme ou par la présidence."
        if seat.call_id != candidature.call_id:
            return "Ce siège n’est pas du comité de cet appel."
        if cls.objects.filter(candidature=candidature, seat=seat, member=None).exists():
            return "Ce siège est déjà déporté de cette candidature."
        return ""

    @classmethod
    @transaction.atomic
    def raise_for_seat(cls, candidature, seat, reason, by):
        """Record the recusal of a whole seat, raised by staff or by the chair.

        Raises:
            ForbiddenTransition: no reason, no right, a seat of another call, or recused already.
        """
        if not reason.strip():
            raise ForbiddenTransition("Écrivez le motif du déport.")
        candidature.lock()
        if refusal := cls.why_not_raise(candidature, seat, by):
            raise ForbiddenTransition(refusal)
        return cls._write(candidature, seat, None, cls.Origin.RAISED, reason, by)

    @classmethod
    def _write(cls, candidature, seat, member, origin, reason, by):
        recusal = cls.objects.create(
            candidature=candidature, seat=seat, member=member, origin=origin, reason=reason, by=by, at=timezone.now()
        )
        audience = Event.Audience.TEAM
        Event.objects.record(candidature, "recuse", by, note=reason, audience=audience, seat=str(seat.organisation))
        return recusal
