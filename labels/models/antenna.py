"""The labelled territories: their antennas, read with their places, their calendar, their state and their people."""

from allauth.account.models import EmailAddress
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Prefetch, Q, Subquery
from django.db.models.functions import Lower
from django.urls import reverse

from applications.models import Candidature, Concept, Event, ForbiddenTransition, Membership, SelectionPhase, Source
from applications.years import school_year

from .life import OPENED, Fact, State, Step, check_staff, out_of_order, state_in_sql, state_of
from .milestones import Milestone, standing_of
from .openings import OpeningChange, Plan, opened_day, plans_of
from .places import AntennaCarrier, AntennaSite


class AntennaQuerySet(models.QuerySet):
    def real(self):
        """Without those of a demonstration call: what figures count."""
        return self.filter(phase__call__is_demo=False)

    def with_opening(self):
        """Annotate `planned_year` (start of the school year last announced), `opened_on`, and whether the call
        selected in several phases (`is_phased`)."""
        changes = OpeningChange.objects.filter(antenna=OuterRef("pk")).order_by("-recorded_at", "-pk")
        return self.annotate(
            planned_year=Subquery(changes.filter(year__isnull=False).values("year")[:1]),
            opened_on=Subquery(changes.filter(year=None).values("opened_on")[:1]),
            is_phased=Exists(SelectionPhase.objects.filter(call=OuterRef("phase__call"), number__gt=1)),
        )

    def with_state(self):
        """Annotate `state` (a State). Needs `with_opening()` before it."""
        steps = Milestone.objects.standing().filter(antenna=OuterRef("pk"))
        stops = steps.filter(kind__in=[Step.SUSPENDED, Step.RESUMED]).order_by("-happened_on", "-kind")
        has = {step: Exists(steps.filter(kind=step)) for step in Step}
        return self.alias(last_stop=Subquery(stops.values("kind")[:1])).annotate(
            state=state_in_sql(has, "last_stop", "opened_on")
        )

    def with_places(self):
        """With call, concepts and the sites of today, in three queries."""
        sites = AntennaSite.objects.current().select_related("commune__department__region")
        return self.select_related("phase__call").prefetch_related("concepts", Prefetch("sites", sites))

    def with_carriers(self):
        """With the carriers of today, in one more query."""
        carriers = AntennaCarrier.objects.current().select_related("commune", "epci")
        return self.prefetch_related(Prefetch("carriers", carriers))

    def held_by(self, user, roles=Membership.Role.values):
        """Those of which `user` is one of the people: a member of the candidature in one of these roles, or
        the person in charge, known by an address that they proved to be theirs.
        """
        mine = EmailAddress.objects.filter(user=user, verified=True).values_list(Lower("email"))
        works = Membership.objects.filter(user=user, role__in=roles).values("candidature")
        in_charge = self.model.objects.exclude(contact_email="").filter(contact_email__in=mine)
        return self.filter(Q(candidature__in=works) | Q(pk__in=in_charge.values("pk")))

    def reported_by(self, user):
        """Those whose yearly report `user` writes: never the team, nor who only reads the candidature."""
        return self.none() if user.is_staff else self.held_by(user, Membership.MAY_ACT)

    def visible_in_full_to(self, user):
        """Those whose documents and reports `user` reads: all for the team, theirs for the others."""
        return self if user.is_staff else self.held_by(user)


class Antenna(models.Model):
    """A labelled territory. The name as published, its carriers and its sites are three things."""

    CONTACT = ("contact_name", "contact_role", "contact_email", "contact_phone", "is_contact_public")

    name = models.CharField("nom publié", max_length=250)
    slug = models.SlugField("adresse", max_length=120, unique=True)
    phase = models.ForeignKey(SelectionPhase, models.PROTECT, "antennas", verbose_name="phase de sélection")
    candidature = models.OneToOneField(
        Candidature, models.PROTECT, related_name="antenna", null=True, blank=True, verbose_name="candidature"
    )
    concepts = models.ManyToManyField(Concept, related_name="antennas", blank=True, verbose_name="concepts")
    project = models.TextField("projet", blank=True)
    partners = models.CharField("partenaires", max_length=250, blank=True)
    labelled_on = models.DateField("labellisée le", null=True, blank=True)
    source = models.ForeignKey(Source, models.PROTECT, "antennas", null=True, blank=True, verbose_name="source")
    contact_name = models.CharField("prénom et nom", max_length=150, blank=True)
    contact_role = models.CharField("fonction", max_length=150, blank=True)
    contact_email = models.EmailField("adresse électronique", blank=True)
    contact_phone = models.CharField("téléphone", max_length=30, blank=True)
    is_contact_public = models.BooleanField(
        "publier ces coordonnées", default=False, help_text="Sur la page publique de l’antenne, avec son accord."
    )

    objects = AntennaQuerySet.as_manager()

    class Meta:
        verbose_name = "antenne"
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(source__isnull=False) | Q(candidature__isnull=False),
                name="antenna_comes_from_a_source_or_a_candidature",
                violation_error_message="Une antenne vient d’une candidature ou d’une source publiée.",
            )
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("labels:detail", args=[self.slug])

    @property
    def opening_year(self) -> str:
        """« 2020-2021 » or « calendrier à préciser »; needs `with_opening()`."""
        return school_year(self.planned_year)

    @property
    def state_label(self) -> str:
        """« convention signée »; needs `with_state()`."""
        return State(self.state).label

    @property
    def where(self) -> str:
        """Towns (unless the name says them), départements and régions: « Cher, Centre-Val de Loire ».

        Needs `with_places()`.
        """
        communes = [site.commune for site in self.sites.all()]
        towns = [commune.name for commune in communes if commune.name.casefold() not in self.name.casefold()]
        departments = [commune.department.name for commune in communes]
        regions = [commune.department.region.name for commune in communes]
        return ", ".join(dict.fromkeys([*towns, *departments, *regions])).replace("'", "’")

    # Its life

    @property
    def label_day(self):
        """The day of its label; that of the announcement when the label has none; None when nobody published it."""
        return self.labelled_on or self.phase.announced_on

    @property
    def floor(self):
        """The day before which nothing that needs the label can have happened, or None."""
        return self.label_day or self.phase.call.launched_on

    def facts(self, but: Milestone | None = None) -> list[Fact]:
        """Its steps that stand, its opening included; `but` leaves one out."""
        standing = [line.fact for line in standing_of(self.milestones.all()) if line != but]
        opened_on = opened_day(self.openings.all())
        return standing + ([Fact(opened_on, OPENED)] if opened_on else [])

    def plans(self) -> list[Plan]:
        return plans_of(self.openings.all())

    def compute_state(self) -> State:
        """Its state, from its facts: what `with_state()` says, for one antenna."""
        return state_of(self.facts())

    def check_order(self, facts: list[Fact]) -> None:
        """Raises ForbiddenTransition when these facts cannot be true together."""
        if problems := out_of_order(facts, self.floor):
            raise ForbiddenTransition(f"Ces étapes ne peuvent pas se suivre ainsi. {capitalised(problems[0])}.")

    def lock(self) -> "Antenna":
        """The same antenna, its row held until the end of the transaction: of two people, the second waits."""
        held = Antenna.objects.select_for_update(no_key=True, of=("self",)).select_related("phase__call")
        return held.get(pk=self.pk)

    def tell(self, verb: str, by, note: str = "", **payload) -> None:
        """Write a line of the journal about it."""
        Event.objects.record(self, verb, by, note=note, audience=Event.Audience.TEAM, **payload)

    # Its people

    def may_report(self, user) -> bool:
        return Antenna.objects.reported_by(user).filter(pk=self.pk).exists()

    @transaction.atomic
    def change_contact(self, values: dict, by) -> None:
        """Name another person in charge.

        Args:
            values: by the names of CONTACT.

        Raises:
            ForbiddenTransition: not staff.
        """
        check_staff(by)
        for name in self.CONTACT:
            setattr(self, name, values[name])
        self.contact_email = self.contact_email.lower()
        self.save(update_fields=self.CONTACT)
        self.tell("change_contact", by, is_public=self.is_contact_public)  # who it is stays out of the journal


def capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]
