"""A session of the committee on a phase: convened, opened with its quorum, one file after the other, closed.

Every step is one compare-and-set on `revision`: of two people acting at once, the second is told and changes nothing.
"""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import Case, F, Max, Q, When
from django.utils import timezone

from .agenda import RECUSED, AgendaItem, Order, in_order
from .attendance import Attendance, room_of
from .call import SelectionPhase
from .committee import Member
from .journal import Event
from .workflow import ChangedMeanwhile, ForbiddenTransition, Status

MOVED_ON = (
    "La séance a avancé sur un autre écran : relisez ce qui est affiché. Ce que vous faisiez n’est pas enregistré."
)
State = Attendance.State


class CommitteeSessionQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Staff, and whoever presides over the committee of the call."""
        if user.is_staff:
            return self
        return self.filter(phase__call__in=user.committee_terms.current().filter(is_chair=True).values("seat__call"))


class CommitteeSession(models.Model):
    Order = Order

    phase = models.ForeignKey(SelectionPhase, models.PROTECT, "sessions", verbose_name="phase")
    number = models.PositiveSmallIntegerField("numéro", editable=False)
    meets_at = models.DateTimeField("date et heure")
    place = models.CharField("lieu", max_length=200, help_text="Une salle, ou « en visioconférence ».")
    secretary = models.CharField("secrétaire de séance", max_length=150)
    order = models.CharField("ordre du jour", max_length=20, choices=Order, default=Order.RANK)
    minutes_per_file = models.PositiveSmallIntegerField(
        "minutes par dossier", default=10, validators=[MinValueValidator(1), MaxValueValidator(240)]
    )
    convened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, "+", verbose_name="convoquée par")
    convened_at = models.DateTimeField("convoquée le")
    opened_at = models.DateTimeField("ouverte le", null=True, editable=False)
    closed_at = models.DateTimeField("levée le", null=True, editable=False)
    revision = models.PositiveIntegerField("étapes", default=0, editable=False)
    current = models.ForeignKey(
        "AgendaItem", models.PROTECT, "+", null=True, editable=False, verbose_name="dossier appelé"
    )

    objects = CommitteeSessionQuerySet.as_manager()

    class Meta:
        verbose_name = "séance du comité"
        verbose_name_plural = "séances du comité"
        ordering = ["phase", "number"]
        constraints = [
            models.UniqueConstraint(fields=["phase", "number"], name="session_number_unique_in_phase"),
            models.UniqueConstraint(
                fields=["phase"], condition=Q(closed_at=None), name="session_one_at_a_time_in_phase"
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(opened_at__isnull=False, closed_at__gte=F("opened_at")),
                name="session_opened_before_it_closes",
            ),
        ]

    def __str__(self):
        return f"{self.phase}, séance {self.number}"

    @property
    def state(self) -> str:
        if self.closed_at:
            return "Levée"
        return "En séance" if self.opened_at else "Convoquée"

    @property
    def is_running(self) -> bool:
        return self.opened_at is not None and self.closed_at is None

    # Convening

    @classmethod
    def why_not_convene(cls, phase, user) -> str:
        """Why `user` cannot convene a session on this phase now, or ""."""
        if not (user.is_staff or phase.call.is_chair(user)):
            return "La présidence convoque la séance, ou l’équipe pour elle."
        if reason := why_not_decide_in(phase):
            return reason
        if phase.sessions.filter(closed_at=None).exists():
            return "Une séance de cette phase est déjà convoquée ou en cours."
        if not phase.candidatures.filter(status=Status.ADMISSIBLE).exists():
            return "Aucune candidature recevable de cette phase n’attend de décision."
        return ""

    @classmethod
    @transaction.atomic
    def convene(cls, phase, by, **fields):
        """Call the committee together: every seat expected, every admissible file of the phase on the agenda.

        A file already decided in an earlier session comes again: what the new session decides replaces it.

        Raises:
            ForbiddenTransition: not the person, under seal, proclaimed, or a session is convened already.
        """
        SelectionPhase.objects.select_for_update(no_key=True).get(pk=phase.pk)
        if refusal := cls.why_not_convene(phase, by):
            raise ForbiddenTransition(refusal)
        number = (phase.sessions.aggregate(last=Max("number"))["last"] or 0) + 1
        session = cls.objects.create(phase=phase, number=number, convened_by=by, convened_at=timezone.now(), **fields)
        titulars = {}
        for member in Member.objects.current().filter(seat__call=phase.call).order_by("-is_titular", "pk"):
            titulars.setdefault(member.seat_id, member)
        Attendance.objects.bulk_create(
            Attendance(session=session, seat=seat, member=titulars.get(seat.pk)) for seat in phase.call.seats.all()
        )
        AgendaItem.objects.bulk_create(
            AgendaItem(session=session, candidature=file, position=place)
            for place, file in enumerate(in_order(phase, session.order, by), start=1)
        )
        Event.objects.record(session, "convene", by, audience=Event.Audience.TEAM, at=session.meets_at.isoformat())
        return session

    # Running it

    def why_not_run(self, user) -> str:
        """Why `user` cannot act in this session now, or ""."""
        if not (user.is_staff or self.phase.call.is_chair(user)):
            return "La présidence conduit la séance, ou l’équipe pour elle."
        if self.closed_at:
            return "La séance est levée."
        return why_not_decide_in(self.phase)

    def room(self, candidature=None):
        return room_of(self, candidature)

    @transaction.atomic
    def reorder(self, by, seen, order):
        """Change the order of the agenda: what was called already keeps its place at the head.

        A file that has become admissible since joins it.
        """
        self.step(by, seen)
        files = in_order(self.phase, order, by)
        known = {item.candidature_id for item in self.items.all()}
        last = self.items.aggregate(last=Max("position"))["last"] or 0
        for place, file in enumerate((each for each in files if each.pk not in known), start=last + 1):
            self.items.create(candidature=file, position=place)
        called = list(self.items.filter(called_at__isnull=False))
        rest = {item.candidature_id: item for item in self.items.filter(called_at=None)}
        ordered = called + [rest[file.pk] for file in files if file.pk in rest]
        ordered += [item for item in rest.values() if item not in ordered]
        last = self.items.aggregate(last=Max("position"))["last"] or 0
        for shift in (last, 0):  # twice, so that no two items ever claim one place
            for place, item in enumerate(ordered, start=1):
                AgendaItem.objects.filter(pk=item.pk).update(position=shift + place)
        self.order = order
        self.save(update_fields=["order"])

    @transaction.atomic
    def seat(self, by, seen, attendance, state, member=None, holder=None):
        """Note who sits, who is absent and who gave power to whom.

        Raises:
            ChangedMeanwhile: the session moved on since `seen`.
            ForbiddenTransition: a power to an absent seat, to itself, or one too many.
        """
        self.seat_all(by, seen, [(attendance, state, member, holder)])

    @transaction.atomic
    def seat_all(self, by, seen, places):
        """Note several seats in one step, all or none: those who arrive before those who give them power.

        Args:
            places: for each seat that changes, its attendance and the other arguments of `seat`.

        Raises:
            ChangedMeanwhile, ForbiddenTransition: as `seat`.
        """
        self.step(by, seen)
        for place in sorted(places, key=lambda place: place[1] == State.REPRESENTED):
            self._seat(by, *place)

    def _seat(self, by, attendance, state, member, holder):
        organisation = attendance.seat.organisation
        if member and not Member.objects.current().filter(pk=member.pk, seat=attendance.seat_id).exists():
            raise ForbiddenTransition(f"{organisation} : cette personne n’est pas membre de ce siège.")
        holder = holder if state == State.REPRESENTED else None
        if state == State.REPRESENTED and (refusal := self._why_not_hold(attendance, holder)):
            raise ForbiddenTransition(f"{organisation} : {refusal}")
        attendance.state, attendance.member, attendance.holder = state, member or attendance.member, holder
        attendance.save(update_fields=["state", "member", "holder"])
        Event.objects.record(
            self,
            "seat",
            by,
            audience=Event.Audience.TEAM,
            seat=str(organisation),
            seat_key=attendance.seat_id,
            state=str(state),
            member=str(attendance.member.user) if attendance.member else "",
            holder=str(holder.organisation) if holder else "",
            holder_key=holder.pk if holder else None,
        )

    def _why_not_hold(self, attendance, holder) -> str:
        if holder is None or holder.pk == attendance.seat_id:
            return "choisissez le siège qui reçoit le pouvoir."
        if not self.attendances.filter(seat=holder, state=State.PRESENT).exists():
            return "le siège qui reçoit le pouvoir doit être présent."
        held = self.attendances.filter(holder=holder, state=State.REPRESENTED).exclude(pk=attendance.pk).count()
        limit = self.phase.call.max_powers
        if held >= limit:
            return f"le siège choisi détient déjà {held} pouvoir{'s' if held > 1 else ''}, {limit} au plus."
        return ""

    @transaction.atomic
    def open(self, by, seen):
        """Open the session: refused without the quorum of the call."""
        self.step(by, seen)
        if self.opened_at:
            raise ForbiddenTransition("La séance est déjà ouverte.")
        room = self.room()
        if room.why_not_valid:
            raise ForbiddenTransition(room.why_not_valid)
        self.opened_at = timezone.now()
        self.save(update_fields=["opened_at"])
        present = [str(each.seat.organisation) for each in room.present]
        Event.objects.record(self, "open_session", by, audience=Event.Audience.TEAM, present=present)

    @transaction.atomic
    def call_file(self, by, seen, item):
        """Put one file before the committee. The clock of the file starts when it is first called."""
        self.step(by, seen)
        self.demand_running()
        if item.session_id != self.pk:
            raise ForbiddenTransition("Ce dossier n’est pas à l’ordre du jour.")
        if refusal := why_not_call(item, by):
            raise ForbiddenTransition(refusal)
        if item.called_at is None:
            item.called_at = timezone.now()
            item.save(update_fields=["called_at"])
        self.current = item
        self.save(update_fields=["current"])
        away = self.room(item.candidature).leaving
        audience = Event.Audience.TEAM
        Event.objects.record(self, "call_file", by, audience=audience, file=item.candidature.reference, away=away)

    def next_item(self, user):
        """The file to call after the one that is before the committee, among those that `user` may call, or None."""
        waiting = AgendaItem.objects.waiting(self).deliberated_by(user).exclude(pk=self.current_id or 0)
        here = self.current.position if self.current else 0
        in_turn = Case(When(position__gt=here, then=0), default=1)  # those passed over come last
        return waiting.select_related("candidature__call").order_by(in_turn, "position").first()

    @transaction.atomic
    def close(self, by, seen):
        """End the session. Files without a decision wait for another one."""
        self.step(by, seen)
        self.demand_running()
        self.closed_at, self.current = timezone.now(), None
        self.save(update_fields=["closed_at", "current"])
        Event.objects.record(self, "close_session", by, audience=Event.Audience.TEAM)

    def demand_running(self):
        if not self.is_running:
            raise ForbiddenTransition("La séance n’est pas ouverte.")

    def step(self, by, seen):
        """Take the session forward by one step, from the one that `by` had before them. Call it in a transaction.

        Raises:
            ChangedMeanwhile: somebody else took a step since.
            ForbiddenTransition: not the person, or the session is closed.
        """
        if not CommitteeSession.objects.filter(pk=self.pk, revision=seen).update(revision=F("revision") + 1):
            raise ChangedMeanwhile(MOVED_ON)
        self.refresh_from_db()
        if refusal := self.why_not_run(by):
            raise ForbiddenTransition(refusal)


def why_not_decide_in(phase) -> str:
    """Why nothing can be decided in this phase now, whoever asks, or ""."""
    if phase.proclaimed_at:
        return "Les résultats de la phase sont proclamés."
    if phase.proclamation_at:
        return "La proclamation est programmée : annulez-la avant de modifier une décision."
    if phase.is_sealed():
        return "Le scellé de la phase n’est pas levé : les évaluations sont encore secrètes."
    return ""


def why_not_call(item, user) -> str:
    """Why `user` cannot put this file before the committee, or ""."""
    if item.candidature.status != Status.ADMISSIBLE:
        return "Cette candidature n’attend plus de décision."
    return "" if AgendaItem.objects.filter(pk=item.pk).deliberated_by(user).exists() else RECUSED
