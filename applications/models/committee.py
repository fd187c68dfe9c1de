"""The committee of a call: one seat per organisation, and its members."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Role

from .call import Call
from .carriers import validate_siren


class Organisation(models.Model):
    name = models.CharField("nom", max_length=150, unique=True)
    short_name = models.CharField("nom court", max_length=40)
    siren = models.CharField(
        "SIREN",
        max_length=9,
        blank=True,
        validators=[validate_siren],
        help_text="Pour relever les dossiers que l’organisation porte, ou dont elle est partenaire.",
    )

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
    counts_in_quorum = models.BooleanField("compte dans le quorum", default=True)

    class Meta:
        verbose_name = "siège"
        ordering = ["call", "position", "pk"]
        constraints = [models.UniqueConstraint(fields=["call", "organisation"], name="seat_unique_in_call")]

    def __str__(self):
        return f"{self.organisation.short_name} ({self.call})"

    def why_not_delete(self) -> str:
        """Why this seat stays, in words for the team, or "". What it has judged must always be readable."""
        used = (self.members, self.invitations, self.reviews, self.recusals)
        if not any(rows.exists() for rows in used):
            return ""
        return (
            "Ce siège a déjà servi : il a des membres, des invitations, des évaluations ou des déports. Il ne se "
            "supprime plus. S’il ne doit plus siéger, terminez les mandats de ses membres par une date."
        )


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
    may_sign = models.BooleanField(
        "délégation de signature", default=False, help_text="Pour un suppléant : il signe comme le titulaire."
    )
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

    @property
    def signs(self) -> bool:
        """Whether this person signs the reviews of the seat, and does not only draft them."""
        return self.is_titular or self.may_sign

    def why_not_delete(self) -> str:
        """Why this member stays named, in words for the team, or "". A term that was used ends by a date.

        Recusals protect their member by themselves; a review names its author by the account, and does not.
        """
        written = self.seat.reviews.filter(
            Q(drafted_by=self.user) | Q(signed_by=self.user) | Q(signatures__signed_by=self.user)
        )
        if written.exists():
            return f"{self.user} a déjà évalué : terminez son mandat par une date, sans le supprimer."
        return ""

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
