"""The minutes of a session: a draft, then the remarks of the committee, then approved, hashed, and never changed."""

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from .candidature import Candidature
from .committee import Member
from .deposit import canonical_hash
from .journal import Event
from .session import CommitteeSession
from .workflow import ChangedMeanwhile, ForbiddenTransition

WRITTEN_MEANWHILE = "Quelqu’un d’autre a changé ces autres points : comparez les deux textes."
CHANGED_SINCE = "Le procès-verbal a changé depuis que vous l’avez lu : relisez-le, puis approuvez."


class MinutesQuerySet(models.QuerySet):
    def read_in_committee(self, user):
        """Those that `user` reads as a member of the committee: open to remarks, or approved."""
        seated = Member.objects.current().filter(user=user).values("seat__call")
        return self.filter(session__phase__call__in=seated).exclude(state=Minutes.State.DRAFT)


class Minutes(models.Model):
    """What is written beside what the session itself tells; once approved, the whole as it was read."""

    class State(models.TextChoices):
        DRAFT = "draft", "brouillon"
        REMARKS = "remarks", "soumis aux remarques"
        APPROVED = "approved", "approuvé"

    session = models.OneToOneField(CommitteeSession, models.PROTECT, related_name="minutes", verbose_name="séance")
    state = models.CharField("état", max_length=20, choices=State, default=State.DRAFT, editable=False)
    observations = models.TextField("autres points", max_length=20000, blank=True)
    revision = models.PositiveIntegerField("enregistrements", default=0, editable=False)
    content = models.JSONField("contenu approuvé", default=dict, editable=False)
    sha256 = models.CharField("empreinte SHA-256", max_length=64, blank=True, editable=False)
    approved_at = models.DateTimeField("approuvé le", null=True, editable=False)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, "+", null=True, editable=False, verbose_name="approuvé par"
    )

    objects = MinutesQuerySet.as_manager()

    class Meta:
        verbose_name = "procès-verbal"
        verbose_name_plural = "procès-verbaux"
        ordering = ["session"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="approved", approved_at__isnull=False, approved_by__isnull=False) & ~Q(sha256="")
                | Q(state__in=["draft", "remarks"], approved_at=None, approved_by=None, sha256=""),
                name="minutes_approved_with_their_hash",
            )
        ]

    def __str__(self):
        return f"Procès-verbal : {self.session}"

    @classmethod
    def of(cls, session):
        """The minutes of `session`, those not written yet being an empty draft."""
        minutes = cls.objects.select_related("approved_by").filter(session=session).first() or cls()
        minutes.session = session
        return minutes

    @property
    def is_approved(self) -> bool:
        return self.state == self.State.APPROVED

    @property
    def is_open_to_remarks(self) -> bool:
        return self.state == self.State.REMARKS

    # Who reads and who acts

    def is_kept_by(self, user) -> bool:
        """Whether `user` keeps these minutes: the team, or whoever presides over the committee."""
        return user.is_staff or self.session.phase.call.is_chair(user)

    def is_read_by(self, user) -> bool:
        """Those who keep them always; the committee of the call once they are open to remarks."""
        if self.is_kept_by(user):
            return True
        return self.state != self.State.DRAFT and self.has_seated(user)

    def has_seated(self, user) -> bool:
        """Whether `user` sits today in the committee of the call."""
        return Member.objects.sitting(user, self.session.phase.call) is not None

    def why_not_write(self, user) -> str:
        """Why `user` cannot write the other points of these minutes now, or ""."""
        if not self.is_kept_by(user):
            return "La présidence ou l’équipe complète le procès-verbal."
        return "Ce procès-verbal est approuvé : il ne change plus." if self.is_approved else ""

    def why_not_open_remarks(self, user) -> str:
        """Why `user` cannot submit these minutes to the remarks of the committee now, or ""."""
        if not self.is_kept_by(user):
            return "La présidence ou l’équipe soumet le procès-verbal aux remarques."
        if self.session.closed_at is None:
            return "La séance n’est pas levée : le procès-verbal reste un brouillon."
        if self.is_approved:
            return "Ce procès-verbal est approuvé : il ne change plus."
        return "Ce procès-verbal est déjà soumis aux remarques." if self.is_open_to_remarks else ""

    def why_not_remark(self, user) -> str:
        """Why `user` cannot add a remark now, or ""."""
        if not (self.is_kept_by(user) or self.has_seated(user)):
            return "Les membres du comité et l’équipe font les remarques."
        if self.is_approved:
            return "Ce procès-verbal est approuvé : il ne reçoit plus de remarque."
        return "" if self.is_open_to_remarks else "Ce procès-verbal n’est pas encore soumis aux remarques."

    def why_not_approve(self, user) -> str:
        """Why `user` cannot approve these minutes now, or ""."""
        if not self.session.phase.call.is_chair(user):
            return "La présidence du comité approuve le procès-verbal."
        if self.session.closed_at is None:
            return "La séance n’est pas levée."
        return "Ce procès-verbal est déjà approuvé." if self.is_approved else ""

    # Verbs

    def take(self):
        """Lock the row, written now if need be, and read it again. Call it in a transaction."""
        row, _ = Minutes.objects.get_or_create(session=self.session)
        self.pk = Minutes.objects.select_for_update(no_key=True).get(pk=row.pk).pk
        self.refresh_from_db()

    @transaction.atomic
    def write(self, by, seen: int, text: str):
        """Keep `text` as the other points of the minutes.

        Args:
            seen: the `revision` that `by` had before them.

        Raises:
            ChangedMeanwhile: somebody else wrote since; theirs stands.
            ForbiddenTransition: neither the team nor the chair, or approved.
        """
        self.take()
        if refusal := self.why_not_write(by):
            raise ForbiddenTransition(refusal)
        if self.observations == text:
            return
        if not Minutes.objects.filter(pk=self.pk, revision=seen).update(observations=text, revision=F("revision") + 1):
            raise ChangedMeanwhile(WRITTEN_MEANWHILE)
        self.refresh_from_db()

    @transaction.atomic
    def open_remarks(self, by):
        """Let the committee of the call read the minutes and say what to correct.

        Raises:
            ForbiddenTransition: neither the team nor the chair, the session goes on, or open already.
        """
        self.take()
        if refusal := self.why_not_open_remarks(by):
            raise ForbiddenTransition(refusal)
        self.state = self.State.REMARKS
        self.save(update_fields=["state"])
        Event.objects.record(self.session, "open_remarks", by, audience=Event.Audience.TEAM)

    @transaction.atomic
    def remark(self, by, text: str, candidature=None):
        """Add what `by` asks to correct, of one file or of the whole.

        Raises:
            ForbiddenTransition: not of the committee, not the moment, empty, or a file closed to `by`.
        """
        self.take()
        if refusal := self.why_not_remark(by):
            raise ForbiddenTransition(refusal)
        if not text.strip():
            raise ForbiddenTransition("Écrivez la remarque.")
        if candidature and not Candidature.objects.deliberated_by(by).filter(pk=candidature.pk).exists():
            raise ForbiddenTransition("Vous êtes déporté de ce dossier.")
        remark = self.remarks.create(text=text, by=by, at=timezone.now(), candidature=candidature)
        Event.objects.record(self.session, "remark", by, audience=Event.Audience.TEAM, remark=remark.pk)
        return remark

    @transaction.atomic
    def approve(self, by, content: dict, seen: str | None = None):
        """Freeze `content`, with its hash. Nothing of it changes afterwards.

        Args:
            seen: the hash of what `by` has read; None to approve `content` as it is given.

        Raises:
            ChangedMeanwhile: `content` is not what `by` has read.
            ForbiddenTransition: not the chair, the session goes on, or approved already.
        """
        self.take()
        if refusal := self.why_not_approve(by):
            raise ForbiddenTransition(refusal)
        sha256 = canonical_hash(content)
        if seen not in (None, sha256):
            raise ChangedMeanwhile(CHANGED_SINCE)
        self.state, self.content, self.sha256 = self.State.APPROVED, content, sha256
        self.approved_at, self.approved_by = timezone.now(), by
        self.save(update_fields=["state", "content", "sha256", "approved_at", "approved_by"])
        audience = Event.Audience.TEAM
        Event.objects.record(self.session, "approve_minutes", by, audience=audience, sha256=sha256)


class MinutesRemark(models.Model):
    """What a member of the committee asks to correct, while the minutes are open to remarks. Never changed."""

    minutes = models.ForeignKey(Minutes, models.PROTECT, "remarks", verbose_name="procès-verbal")
    candidature = models.ForeignKey(
        Candidature,
        models.PROTECT,
        "+",
        null=True,
        blank=True,
        verbose_name="dossier concerné",
        help_text="Ceux qui en sont déportés ne liront pas la remarque.",
    )
    text = models.TextField("remarque", max_length=4000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, "+", verbose_name="auteur")
    at = models.DateTimeField("écrite le")

    class Meta:
        verbose_name = "remarque"
        ordering = ["minutes", "at", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="minutes_remark_says_something")]

    def __str__(self):
        return f"{self.by}, {self.minutes}"
