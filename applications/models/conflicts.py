"""Links that the portal sees by itself between a seat and a file, for somebody to confirm or to dismiss."""

from collections import defaultdict
from typing import NamedTuple

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from territories.names import normalise

from .committee import Member, Seat
from .journal import Event
from .recusals import Recusal, why_not_settle
from .workflow import ForbiddenTransition

MAX_GROUND = 400  # characters


class MandateQuerySet(models.QuerySet):
    def current(self):
        today = timezone.localdate()
        return self.filter(Q(starts_on=None) | Q(starts_on__lte=today), Q(ends_on=None) | Q(ends_on__gte=today))


class Mandate(models.Model):
    """What ties a member to a territory: an elected office there, or an employer."""

    class Kind(models.TextChoices):
        ELECTED = "elected", "mandat électif"
        EMPLOYER = "employer", "employeur"
        OTHER = "other", "autre fonction"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, "mandates", verbose_name="personne")
    kind = models.CharField("nature", max_length=20, choices=Kind)
    title = models.CharField("fonction", max_length=150)
    commune = models.ForeignKey("territories.Commune", models.PROTECT, null=True, blank=True, verbose_name="commune")
    epci = models.ForeignKey("territories.Epci", models.PROTECT, null=True, blank=True, verbose_name="EPCI")
    starts_on = models.DateField("depuis le", null=True, blank=True)
    ends_on = models.DateField("jusqu’au", null=True, blank=True)

    objects = MandateQuerySet.as_manager()

    class Meta:
        verbose_name = "mandat ou fonction"
        verbose_name_plural = "mandats et fonctions"
        ordering = ["user", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(commune=None, epci__isnull=False) | Q(commune__isnull=False, epci=None),
                name="mandate_in_one_territory",
                violation_error_message="Choisissez une commune ou un EPCI.",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=models.F("starts_on")),
                name="mandate_ends_after_it_starts",
                violation_error_message="La fin doit suivre le début.",
            ),
        ]

    def __str__(self):
        return f"{self.title}, {self.territory}"

    @property
    def territory(self):
        return self.commune or self.epci


class Conflict(NamedTuple):
    """A possible link: of the organisation, or of one member of its seat."""

    seat: Seat
    member: Member | None  # None: the organisation itself
    ground: str

    @property
    def key(self) -> tuple[int, int | None]:
        return self.seat.pk, self.member and self.member.pk

    @property
    def who(self) -> str:
        return str(self.member.user if self.member else self.seat.organisation)

    def concerns(self, term) -> bool:
        """Whether it may keep away the person who sits by `term`."""
        return self.seat == term.seat and self.member in (None, term)


class DismissedConflict(models.Model):
    """A proposed recusal that the team or the chair set aside, with the reason."""

    candidature = models.ForeignKey("Candidature", models.PROTECT, "dismissed_conflicts", verbose_name="candidature")
    seat = models.ForeignKey(Seat, models.PROTECT, "+", verbose_name="siège")
    member = models.ForeignKey(Member, models.PROTECT, "+", null=True, verbose_name="membre")
    ground = models.CharField("lien relevé", max_length=MAX_GROUND)
    reason = models.TextField("motif")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, "+", verbose_name="écarté par")
    at = models.DateTimeField("écarté le")

    class Meta:
        verbose_name = "lien écarté"
        verbose_name_plural = "liens écartés"
        ordering = ["candidature", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["candidature", "seat", "member"], name="conflict_dismissed_once"),
            models.UniqueConstraint(
                fields=["candidature", "seat"], condition=Q(member=None), name="conflict_of_seat_dismissed_once"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="conflict_dismissed_with_a_reason"),
        ]

    def __str__(self):
        return f"{self.member or self.seat} : {self.candidature.reference}"


class Ties:
    """Where a file is: SIREN and names of who carries or supports it, communes and EPCI that it concerns.

    Give a candidature with `carriers__commune`, `carriers__epci`, `sites__commune` and `partners` prefetched.
    """

    def __init__(self, candidature):
        carriers, partners = candidature.carriers.all(), candidature.partners.all()
        places = [carrier.commune for carrier in carriers if carrier.commune]
        places += [site.commune for site in candidature.sites.all()]
        self.carriers = {carrier.siren for carrier in carriers} - {""}
        self.carrier_names = {normalise(carrier.name) for carrier in carriers}
        self.partners = {partner.siren for partner in partners} - {""}
        self.partner_names = {normalise(partner.name) for partner in partners}
        self.communes = {commune.pk for commune in places}
        self.carrying_epcis = {carrier.epci_id for carrier in carriers} - {None}
        self.epcis = self.carrying_epcis | {commune.epci_id for commune in places} - {None}
        self.sirens = (
            self.carriers | self.partners | self.epcis | {commune.siren for commune in places if commune.siren}
        )

    def of_organisation(self, organisation) -> str:
        """How the organisation is tied to the file, or ""."""
        names = {normalise(organisation.name), normalise(organisation.short_name)}
        if organisation.siren in self.carriers or names & self.carrier_names:
            return "L’organisation porte cette candidature."
        if organisation.siren in self.partners or names & self.partner_names:
            return "L’organisation est partenaire de cette candidature."
        return ""

    def of_person(self, user, mandates) -> str:
        """Every way in which the person is tied to the territories of the file, or ""."""
        grounds = [f"Mandat ou fonction sur ce territoire : {mandate}." for mandate in mandates if self.has(mandate)]
        if user.siren in self.carriers:
            grounds.append("L’employeur de cette personne porte cette candidature.")
        elif user.siren in self.partners:
            grounds.append("L’employeur de cette personne est partenaire de cette candidature.")
        elif user.siren in self.sirens:
            grounds.append("L’employeur de cette personne est une collectivité de ce territoire.")
        return " ".join(grounds)

    def has(self, mandate) -> bool:
        """Whether the mandate is held in a territory of the file."""
        commune = mandate.commune
        is_here = commune and (commune.pk in self.communes or commune.epci_id in self.carrying_epcis)
        return bool(is_here) or mandate.epci_id in self.epcis


class Watch:
    """The committee of one call, read once, and the links of its seats with any of its files."""

    def __init__(self, call):
        self.seats = list(call.seats.select_related("organisation", "call"))
        self.members = list(
            Member.objects.current().filter(seat__call=call).select_related("user", "seat__organisation")
        )
        self.mandates = defaultdict(list)
        held = Mandate.objects.current().filter(user__in=[member.user_id for member in self.members])
        for mandate in held.select_related("commune", "epci"):
            self.mandates[mandate.user_id].append(mandate)

    def conflicts(self, candidature) -> list[Conflict]:
        """Those that nobody has settled yet. Reads `recusals` and `dismissed_conflicts` too.

        A link that was dismissed comes back when its ground changes: a new mandate was never looked at.
        """
        ties = Ties(candidature)
        recused = {(each.seat_id, each.member_id) for each in candidature.recusals.all()}
        dismissed = {(each.seat_id, each.member_id, each.ground) for each in candidature.dismissed_conflicts.all()}
        found = [Conflict(seat, None, ties.of_organisation(seat.organisation)) for seat in self.seats]
        found += [
            Conflict(member.seat, member, ties.of_person(member.user, self.mandates[member.user_id])[:MAX_GROUND])
            for member in self.members
        ]
        return [
            each
            for each in found
            if each.ground and not recused & {(each.seat.pk, None), each.key}
            if (*each.key, each.ground) not in dismissed
        ]


TIED = (
    "carriers__commune",
    "carriers__epci",
    "sites__commune",
    "partners",
    "recusals",
    "dismissed_conflicts",
)


def conflicts_of(candidature) -> list[Conflict]:
    """The links seen in one file that nobody has settled yet."""
    return Watch(candidature.call).conflicts(candidature)


def conflicts_in(call, candidatures) -> list[tuple]:
    """(candidature, conflict) for each link not settled yet, in a constant number of queries."""
    watch = Watch(call)
    files = candidatures.select_related("call").prefetch_related(*TIED)
    return [(file, conflict) for file in files for conflict in watch.conflicts(file)]


@transaction.atomic
def settle(candidature, seat, member, by, reason, *, confirm: bool):
    """Confirm a proposed recusal, or dismiss it.

    Raises:
        ForbiddenTransition: no reason, not staff nor the chair, the person concerned, or settled already.
    """
    candidature.lock()
    if refusal := why_not_settle(candidature, by):
        raise ForbiddenTransition(refusal)
    found = [each for each in conflicts_of(candidature) if (each.seat, each.member) == (seat, member)]
    if not found:
        raise ForbiddenTransition("Ce lien vient d’être tranché par quelqu’un d’autre.")
    if not by.is_staff and found[0].concerns(Member.objects.sitting(by, candidature.call)):
        raise ForbiddenTransition("Ce lien vous concerne : l’équipe du programme le tranche.")
    if confirm:
        origin = Recusal.Origin.PROPOSED
        return Recusal.raise_for(candidature, seat, reason, by, member=member, origin=origin)
    if not reason.strip():
        raise ForbiddenTransition("Écrivez pourquoi ce lien n’empêche pas d’évaluer.")
    dismissed, _ = DismissedConflict.objects.update_or_create(
        candidature=candidature,
        seat=seat,
        member=member,
        defaults={"ground": found[0].ground, "reason": reason, "by": by, "at": timezone.now()},
    )
    audience = Event.Audience.TEAM
    Event.objects.record(
        candidature, "dismiss_conflict", by, note=reason, audience=audience, seat=str(seat.organisation)
    )
    return dismissed
