"""A candidature: what a territory deposits, and the verbs that change it."""

from django.db import models, transaction
from django.db.models import Exists, Max, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from territories.eligibility import programme_advice_for

from ..years import FIRST, LAST, school_year
from .call import Call, Concept, SelectionPhase
from .carriers import Membership
from .committee import Member, Recusal
from .deposit import Submission
from .journal import Event
from .workflow import EDITABLE, JUDGED, TRANSITIONS, Actor, ForbiddenTransition, Status, Transition

MAX_DIGITS = 8  # of the number in a reference


class CandidatureQuerySet(models.QuerySet):
    def held_by(self, user):
        """Those on which `user` works as a member."""
        return self.filter(pk__in=Membership.objects.filter(user=user).values("candidature"))

    def judged_by(self, user):
        """Those that `user` may read as a committee member: of their calls, once admissible, unless recused.

        Nobody judges a file on which they work.
        """
        seats = Member.objects.current().filter(user=user)
        return self.filter(status__in=JUDGED, call__in=seats.values("seat__call")).exclude(
            Exists(Recusal.objects.filter(candidature=OuterRef("pk")).concerning(user))
            | Exists(Membership.objects.filter(candidature=OuterRef("pk"), user=user))
        )

    def deliberated_by(self, user):
        """Those whose marks and rank `user` may see once the seal is open: to hold a file gives no right to them."""
        return self.filter(status__in=JUDGED) if user.is_staff else self.judged_by(user)

    def visible_to(self, user):
        """Every candidature that `user` may read, whatever the reason. Lists, searches and counts start here."""
        if user.is_staff:
            return self
        return self.filter(Q(pk__in=self.model.objects.held_by(user)) | Q(pk__in=self.model.objects.judged_by(user)))

    def with_people(self):
        """With call, phase, carriers and sites, in a constant number of queries."""
        return self.select_related("call", "phase__call", "concept").prefetch_related(
            "carriers__commune__department", "carriers__epci", "sites__commune__department"
        )

    def by_reference(self, reference):
        """The one called `reference`, e.g. `AMI2-0007`; none when the text is no reference."""
        prefix, _, number = reference.rpartition("-")
        is_number = number.isdecimal() and len(number) <= MAX_DIGITS
        return self.filter(call__prefix=prefix, number=int(number) if is_number else None)

    def awaiting_admissibility(self):
        return self.filter(status=Status.SUBMITTED)


class Candidature(models.Model):
    call = models.ForeignKey(Call, models.PROTECT, "candidatures", verbose_name="appel", editable=False)
    number = models.PositiveIntegerField("numéro", editable=False)
    phase = models.ForeignKey(
        SelectionPhase, models.PROTECT, "candidatures", null=True, verbose_name="phase", editable=False
    )
    title = models.CharField("intitulé", max_length=200, blank=True, help_text="En quelques mots, pour la reconnaître.")
    summary = models.TextField(
        "résumé du projet",
        max_length=4000,
        blank=True,
        help_text="Ce que vous voulez faire, pour qui et pourquoi : 4 000 caractères au plus. "
        "Ce résumé sera publié si la candidature est labellisée.",
    )
    concept = models.ForeignKey(
        Concept, models.PROTECT, "candidatures", null=True, blank=True, verbose_name="concept d’antenne"
    )
    target_year = models.PositiveSmallIntegerField("année d’ouverture visée", null=True, blank=True)
    status = models.CharField("statut", max_length=30, choices=Status, default=Status.DRAFT, editable=False)
    created_at = models.DateTimeField("commencée le", editable=False)
    submitted_at = models.DateTimeField("déposée le", null=True, editable=False)
    previous = models.ForeignKey(
        "self", models.PROTECT, "next", null=True, verbose_name="candidature précédente", editable=False
    )

    objects = CandidatureQuerySet.as_manager()

    class Meta:
        verbose_name = "candidature"
        ordering = ["call", "number"]
        constraints = [
            models.UniqueConstraint(fields=["call", "number"], name="candidature_number_unique_in_call"),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="candidature_status_known"),
            models.CheckConstraint(
                name="candidature_dated_and_complete_once_deposited",
                condition=Q(status=Status.DRAFT)
                | Q(
                    submitted_at__isnull=False,
                    phase__isnull=False,
                    concept__isnull=False,
                    target_year__isnull=False,
                )
                & ~Q(title="")
                & ~Q(summary=""),
            ),
            models.CheckConstraint(
                condition=Q(target_year__range=(FIRST, LAST)),
                name="candidature_target_year_in_range",
                violation_error_message="Cette année d’ouverture n’est pas possible.",
            ),
        ]

    def __str__(self):
        return f"{self.reference} – {self.title or 'sans intitulé'}"

    def get_absolute_url(self):
        return reverse("applications:detail", args=[self.reference])

    @classmethod
    @transaction.atomic
    def start(cls, call, by, **fields):
        """Begin a draft that `by` leads. The number is taken under a lock on the call.

        Raises:
            ForbiddenTransition: the call takes no deposit now.
        """
        if call.open_phase() is None:
            raise ForbiddenTransition("Cet appel n’est pas ouvert aux dépôts.")
        Call.objects.select_for_update(no_key=True).get(pk=call.pk)
        number = (call.candidatures.aggregate(last=Max("number"))["last"] or 0) + 1
        candidature = cls.objects.create(call=call, number=number, created_at=timezone.now(), **fields)
        candidature.memberships.create(user=by, role=Membership.Role.LEAD)
        Event.objects.record(candidature, "create", by)
        return candidature

    # What it says

    @property
    def reference(self) -> str:
        return f"{self.call.prefix}-{self.number:04d}"

    @property
    def events(self):
        return Event.objects.about(self)

    @property
    def target_school_year(self) -> str:
        return school_year(self.target_year)

    @property
    def is_editable(self) -> bool:
        return self.status in EDITABLE

    @property
    def last_submission(self):
        return self.submissions.order_by("number").last()

    def territories(self) -> list:
        """Every commune and EPCI that carries the candidature or would host a site, each once."""
        found = [carrier.territory for carrier in self.carriers.all() if carrier.territory]
        return list(dict.fromkeys([*found, *(site.commune for site in self.sites.all())]))

    def missing_by_section(self) -> dict[str, list[str]]:
        """What is still to fill in before a deposit, in words, for each section of the file, in order."""
        names = ("title", "summary", "concept", "target_year")
        has_lead = any(carrier.is_lead for carrier in self.carriers.all())
        return {
            "carriers": [] if has_lead else ["porteur chef de file"],
            "sites": [] if self.sites.all() else ["commune du site"],
            "project": [self._meta.get_field(name).verbose_name for name in names if not getattr(self, name)],
            "pieces": [] if self.attachments.all() else ["délibération ou lettre d’engagement"],
        }

    def missing(self) -> list[str]:
        """All that is still to fill in before a deposit; empty when the file is complete."""
        return [words for wanted in self.missing_by_section().values() for words in wanted]

    # What may be done

    def why_closed(self, verb) -> str:
        closed = "Les dépôts sont clos pour cet appel. Votre dossier est conservé tel qu’il est."
        return "" if self.call.open_phase() else closed

    def why_phase_closed(self, verb) -> str:
        """A withdrawal is undone until the closing of its own phase: nobody comes back once the others are judged."""
        return "" if self.phase.is_open else "Les dépôts de cette phase sont clos : le retrait ne s’annule plus."

    def why_proclaimed(self, verb) -> str:
        return "Les résultats de cette phase sont proclamés." if self.phase.proclaimed_at else ""

    def why_not_proclaimed(self, verb) -> str:
        """Results leave the committee only by the proclamation of their phase, as they were decided."""
        decision = getattr(self, "decision", None)
        if not (self.phase.proclaimed_at and decision and decision.verb == verb):
            return "Les résultats ne changent le statut qu’à la proclamation de la phase."
        return ""

    def is_actor(self, user, actor: Actor) -> bool:
        """Whether `user` plays this part on this candidature."""
        if actor == Actor.APPLICANT:
            return self.memberships.filter(user=user, role__in=Membership.MAY_ACT).exists()
        return user.is_staff

    def why_not(self, verb: str, user) -> str:
        """Why `user` cannot do `verb` now, in words for them, or "". All buttons and guards read this."""
        transition = TRANSITIONS[verb]
        if self.status not in transition.sources:
            return f"Cette action n’est pas possible : la candidature est « {self.get_status_display().lower()} »."
        if not self.is_actor(user, transition.actor):
            return f"Cette action revient à : {transition.actor.label}."
        return getattr(self, transition.guard)(verb) if transition.guard else ""

    def transitions_for(self, user) -> dict[str, Transition]:
        """The buttons of `user` now. A proclamation is an act on a whole phase: it has no button here."""
        return {
            verb: transition
            for verb, transition in TRANSITIONS.items()
            if transition.actor != Actor.PROCLAMATION and not self.why_not(verb, user)
        }

    # Verbs

    @transaction.atomic
    def submit(self, by, note=""):
        """Deposit: a numbered version, dated to the second by the server's clock.

        Raises:
            ForbiddenTransition: incomplete, closed, or no longer a draft.
        """
        self.lock()
        if reason := self.why_not("submit", by):
            raise ForbiddenTransition(reason)
        self._deposit("submit", by, note, phase=self.call.open_phase())

    @transaction.atomic
    def answer_supplements(self, by, note=""):
        """Deposit a new version that answers the request of the team, in the same phase."""
        self.lock()
        if reason := self.why_not("answer_supplements", by):
            raise ForbiddenTransition(reason)
        self._deposit("answer_supplements", by, note)

    def withdraw(self, by, note):
        self._move("withdraw", by, note)

    def restore(self, by, note=""):
        self._move("restore", by, note)

    def request_supplements(self, by, note):
        self._move("request_supplements", by, note)

    def admit(self, by, note=""):
        """Declare admissible. Eligibility is advice: outside the lists, the motive is written.

        Raises:
            ForbiddenTransition: not possible now, or a motive is needed.
        """
        if not note and not self.is_listed():
            raise ForbiddenTransition(
                "Aucun territoire de cette candidature ne figure dans les listes de l’appel : écrivez le motif."
            )
        self._move("admit", by, note)

    def refuse(self, by, note):
        self._move("refuse", by, note)

    def reconsider(self, by, note):
        self._move("reconsider", by, note)

    def label(self, by, note=""):
        self._move("label", by, note)

    def defer(self, by, note=""):
        self._move("defer", by, note)

    def reject(self, by, note=""):
        self._move("reject", by, note)

    def is_listed(self) -> bool:
        """Whether a carrier or site is in the list of one of the call's programmes, as far as the lists tell."""
        wanted = {programme.pk for programme in self.call.programmes.all()}
        advice = programme_advice_for(self.territories())
        return any(line.answer == "yes" and line.programme.pk in wanted for lines in advice.values() for line in lines)

    def lock(self):
        """Read the row again under a lock, in a transaction, so that what is checked is what is written."""
        type(self).objects.select_for_update(no_key=True).get(pk=self.pk)
        self.refresh_from_db()

    def _deposit(self, verb, by, note, **changes):
        if missing := self.missing():
            raise ForbiddenTransition(f"Il reste à compléter : {', '.join(missing)}.")
        now = timezone.now()
        submission = Submission.take(self, by, now)
        self._move(verb, by, note, submitted_at=now, **changes)
        return submission

    @transaction.atomic
    def _move(self, verb, by, note, **changes):
        """Change `status` along TRANSITIONS and write the journal line. Nothing else writes `status`."""
        transition = TRANSITIONS[verb]
        if reason := self.why_not(verb, by):
            raise ForbiddenTransition(reason)
        if transition.needs_note and not note.strip():
            raise ForbiddenTransition("Écrivez le motif.")
        source, changes["status"] = self.status, transition.target
        # Compare and set: of two people acting at once, the second updates no row.
        if not Candidature.objects.filter(pk=self.pk, status=source).update(**changes):
            raise ForbiddenTransition("Cette candidature vient d’être modifiée par quelqu’un d’autre.")
        for field, value in changes.items():
            setattr(self, field, value)
        Event.objects.record(self, verb, by, source=source, note=note)
