"""A candidature: what a territory deposits, and the verbs that change it."""

from django.db import models, transaction
from django.db.models import Exists, Max, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone

from ..years import FIRST, LAST, school_year
from .answers import SetAside
from .call import Call, Concept, SelectionPhase
from .carriers import Carrier, Membership
from .committee import Member
from .deposit import Submission
from .examination import examinations_of
from .journal import Event
from .recusals import Recusal
from .restoring import restore_last_deposit
from .rules import Rules
from .supplements import Extension
from .workflow import JUDGED, TRANSITIONS, ForbiddenTransition, Status
from .working_copy import PREFETCH, WorkingCopy, differs

MAX_DIGITS = 8  # of the number in a reference


def called(reference: str, path="") -> dict:
    """The lookups of the candidature called `reference`, from a model that reaches it by `path`."""
    prefix, _, number = reference.rpartition("-")
    is_number = number.isdecimal() and len(number) <= MAX_DIGITS
    return {f"{path}call__prefix": prefix, f"{path}number": int(number) if is_number else None}


class CandidatureQuerySet(models.QuerySet):
    def held_by(self, user):
        """Those on which `user` works as a member."""
        return self.filter(pk__in=Membership.objects.filter(user=user).values("candidature"))

    def carried_by_siren(self, siren):
        """Those one of whose carriers has this SIREN."""
        of_body = Q(body_siren=siren) | Q(epci=siren) | Q(commune__siren=siren)
        return self.filter(pk__in=Carrier.objects.filter(of_body).values("candidature"))

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

    def with_working_copy(self):
        """With all that a `WorkingCopy` reads, in a constant number of queries."""
        return self.select_related("call", "phase__call", "concept", "previous__decision").prefetch_related(*PREFETCH)

    def by_reference(self, reference):
        """The one called `reference`, e.g. `AMI2-0007`; none when the text is no reference."""
        return self.filter(**called(reference))

    def awaiting_admissibility(self):
        """Those that the team can examine now: as `why_not_examined` says, no new deposit may replace theirs."""
        now = timezone.now()
        phases = SelectionPhase.objects.filter(proclaimed_at=None).select_related("call")
        closed = [phase.pk for phase in phases if not phase.is_open]
        granted = Extension.objects.filter(candidature=OuterRef("pk"), phase=OuterRef("phase")).order_by("-at", "-pk")
        return (
            self.filter(status=Status.SUBMITTED, phase__in=closed)
            .alias(granted_until=Subquery(granted.values("until")[:1]))
            .filter(Q(granted_until=None) | Q(granted_until__lte=now))
        )


class Candidature(Rules, models.Model):
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
    def last_submission(self):
        return self.submissions.order_by("number").last()

    @property
    def supplement_request(self):
        """The request for supplements that waits for an answer, or None."""
        return self.supplement_requests.open().first()

    def territories(self) -> list:
        """Every commune and EPCI that carries the candidature or would host a site, each once."""
        found = [carrier.territory for carrier in self.carriers.all() if carrier.territory]
        return list(dict.fromkeys([*found, *(site.commune for site in self.sites.all())]))

    @property
    def has_undeposited_changes(self) -> bool:
        """Whether the working copy says anything else than the last deposit."""
        deposit = self.last_submission
        return deposit is None or differs(WorkingCopy(self).content(), deposit.content)

    # Verbs

    def submit(self, by, note=""):
        """Deposit: a numbered version, dated to the second by the server's clock.

        Raises:
            ForbiddenTransition: incomplete, closed, or no longer a draft.
        """
        self._deposit("submit", by, note)

    def resubmit(self, by, note=""):
        """Deposit again before the closing; until then the former version stands.

        Raises:
            ForbiddenTransition: incomplete, closed, or nothing is new.
        """
        self._deposit("resubmit", by, note)

    def answer_supplements(self, by, note=""):
        """Deposit a new version that answers the request of the team, in the same phase."""
        self._deposit("answer_supplements", by, note)

    @transaction.atomic
    def withdraw(self, by, note):
        """Leave, with a motive; supplements are no longer waited for."""
        self._move("withdraw", by, note)
        self._close_request()

    def restore(self, by, note=""):
        self._move("restore", by, note)

    @transaction.atomic
    def request_supplements(self, by, note, wanted=(), due_at=None):
        """Ask to complete the file. What was never deposited is set aside first: the deposit alone is completed.

        Args:
            wanted: the items to complete (`Wanted`); without any, the whole file opens.
            due_at: the moment from which the answer is refused; None for no limit.

        Raises:
            ForbiddenTransition: not possible now, no motive, or a due date in the past.
        """
        self.lock()
        if due_at and due_at <= timezone.now():
            raise ForbiddenTransition("L’échéance est déjà passée.")
        self._move("request_supplements", by, note)
        restore_last_deposit(self, by, SetAside.Reason.NOT_DEPOSITED)
        request = self.supplement_requests.create(note=note, due_at=due_at, by=by, at=timezone.now())
        for item in wanted:
            request.items.create(section=item.section, question=item.question, carrier=item.carrier, words=item.words)

    @transaction.atomic
    def close_supplements(self, by, note):
        """Wait no more for supplements: the last deposit is examined as it is."""
        self.lock()
        self._move("close_supplements", by, note)
        self._close_request()

    @transaction.atomic
    def admit(self, by, note=""):
        """Declare admissible. Eligibility and the check-list are advice: a motive answers what they hold against it.

        Raises:
            ForbiddenTransition: not possible now, or a motive is needed.
        """
        self.lock()
        is_possible = not self.why_not("admit", by)
        if is_possible and not note.strip() and (doubts := examinations_of([self])[self.pk].in_words):
            raise ForbiddenTransition(f"{doubts} : écrivez le motif.")
        self._examine("admit", by, note)

    def refuse(self, by, note):
        self._examine("refuse", by, note)

    def reconsider(self, by, note):
        self._move("reconsider", by, note)

    def label(self, by, note=""):
        self._move("label", by, note)

    def defer(self, by, note=""):
        self._move("defer", by, note)

    def reject(self, by, note=""):
        self._move("reject", by, note)

    def rectify_as_labelled(self, by, note):
        self._move("rectify_as_labelled", by, note)

    def rectify_as_deferred(self, by, note):
        self._move("rectify_as_deferred", by, note)

    def rectify_as_rejected(self, by, note):
        self._move("rectify_as_rejected", by, note)

    def lock(self):
        """Read the row again under a lock, in a transaction, so that what is checked is what is written."""
        type(self).objects.select_for_update(no_key=True).get(pk=self.pk)
        self.refresh_from_db()

    @transaction.atomic
    def _deposit(self, verb, by, note):
        """Take a version of the working copy and move, dated by one reading of the clock."""
        self.lock()
        if reason := self.why_not(verb, by):
            raise ForbiddenTransition(reason)
        copy = WorkingCopy(type(self).objects.with_working_copy().get(pk=self.pk))
        if problems := copy.problems():
            raise ForbiddenTransition(f"Il reste à compléter : {' ; '.join(each.words for each in problems)}.")
        now = timezone.now()
        phase = self.phase if verb == "answer_supplements" else self.open_phase(now)
        if phase is None:
            raise ForbiddenTransition("Les dépôts sont clos. Votre dossier est conservé tel qu’il est.")
        content = copy.content()
        self._move(verb, by, note, submitted_at=now, phase=phase, **copy.core_columns())
        Submission.take(self, content, by, now)
        self.reviews.reopen_for_new_version()
        self._close_request()

    def _close_request(self):
        self.supplement_requests.open().update(closed_at=timezone.now())

    @transaction.atomic
    def _examine(self, verb, by, note):
        """Admit or refuse what was deposited: what was not is set aside, and the working copy is the deposit again."""
        self.lock()
        self._move(verb, by, note)
        self._close_request()
        restore_last_deposit(self, by, SetAside.Reason.NOT_DEPOSITED)

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
