"""The review that one seat makes of one candidature: drafted by its members, signed by one, sealed until the chair
opens the seal of the phase.
"""

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, FloatField, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Cast
from django.utils import timezone

from .call import SelectionPhase
from .candidature import Candidature
from .committee import Member, Seat
from .conflicts import conflicts_of
from .deposit import Submission
from .grid import HALF, MAX_MARK, Criterion, GridVersion, mark_in_words
from .journal import Event
from .recusals import Recusal
from .workflow import ChangedMeanwhile, ForbiddenTransition, Status

EVERY_MARK = [HALF * number for number in range(2 * MAX_MARK + 1)]
WRITTEN_MEANWHILE = "Un membre de votre siège a enregistré cette évaluation entre-temps."
NEW_VERSION = "Le dossier a une nouvelle version : relisez ce qui a changé, puis enregistrez."


class ReviewQuerySet(models.QuerySet):
    def standing(self):
        """Those that no recusal set aside: at most one for a seat and a candidature."""
        return self.filter(recusal=None)

    def signed(self):
        return self.filter(signed_at__isnull=False)

    def counted(self):
        """Signed reviews of voting seats, those set aside by a recusal left out."""
        return self.standing().signed().filter(seat__is_voting=True)

    def visible_to(self, user):
        """Until the chair opens the seal, only those of one's own seat; then the signed ones of files one may read."""
        readable = Candidature.objects.judged_by(user)
        own = Q(
            seat__in=Member.objects.current().filter(user=user).values("seat"),
            candidature__in=readable,
            recusal=None,
        )
        opened = Q(signed_at__isnull=False, candidature__phase__seal_opened_at__isnull=False)
        return self.filter(own | opened if user.is_staff else own | opened & Q(candidature__in=readable))

    def with_total(self):
        """Annotate `total`: the weighted mean of the marks on 100, criteria without an opinion left out."""
        weighted = Sum(Cast("mark", FloatField()) * F("criterion__weight"), output_field=FloatField())
        marks = Score.objects.filter(review=OuterRef("pk"), mark__isnull=False).values("review")
        total = marks.annotate(total=weighted * (100.0 / MAX_MARK) / Sum("criterion__weight")).values("total")
        return self.annotate(total=Subquery(total, output_field=FloatField()))

    def set_aside(self, recusal):
        """Keep, and count no more, what was written by whom `recusal` keeps away."""
        written = self.standing().filter(seat=recusal.seat)
        if recusal.member:
            person = recusal.member.user
            written = written.filter(Q(signed_by=person) | Q(signed_by=None, drafted_by=person))
        written.update(recusal=recusal)

    def reopen_for_new_version(self):
        """Ask every seat that has signed to read again what was deposited since; what it signed stays kept."""
        self.standing().signed().update(signed_at=None, signed_by=None, revision=F("revision") + 1)


class Review(models.Model):
    """What one seat thinks of one candidature: drafted by any of its members, signed by one."""

    class Advice(models.TextChoices):
        FAVOURABLE = "favourable", "favorable"
        RESERVED = "reserved", "réservé"
        UNFAVOURABLE = "unfavourable", "défavorable"

    candidature = models.ForeignKey(Candidature, models.PROTECT, "reviews", verbose_name="candidature")
    seat = models.ForeignKey(Seat, models.PROTECT, "reviews", verbose_name="siège")
    submission = models.ForeignKey(Submission, models.PROTECT, "reviews", verbose_name="version lue")
    advice = models.CharField("avis", max_length=20, choices=Advice, blank=True)
    comment = models.TextField("appréciation d’ensemble", max_length=8000, blank=True)
    question = models.TextField("question à poser en séance", max_length=2000, blank=True)
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, "+", verbose_name="rédigée par")
    revision = models.PositiveIntegerField("enregistrements", default=0, editable=False)
    signed_at = models.DateTimeField("signée le", null=True, editable=False)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, "+", null=True, editable=False, verbose_name="signée par"
    )
    recusal = models.ForeignKey(
        Recusal, models.PROTECT, "reviews", null=True, editable=False, verbose_name="écartée par le déport"
    )

    objects = ReviewQuerySet.as_manager()

    class Meta:
        verbose_name = "évaluation"
        ordering = ["candidature", "seat"]
        constraints = [
            models.UniqueConstraint(
                fields=["candidature", "seat"],
                condition=Q(recusal=None),
                name="review_one_standing_per_seat_and_candidature",
            ),
            models.CheckConstraint(
                condition=Q(signed_at=None, signed_by=None)
                | Q(signed_at__isnull=False, signed_by__isnull=False) & ~Q(advice="") & ~Q(comment=""),
                name="review_signed_with_advice_and_comment",
            ),
        ]

    def __str__(self):
        return f"{self.seat.organisation.short_name} : {self.candidature.reference}"

    @classmethod
    def why_not(cls, candidature, user) -> str:
        """Why `user` cannot score `candidature` now, or ""."""
        if not Candidature.objects.judged_by(user).filter(pk=candidature.pk).exists():
            return "Vous n’avez pas accès à cette candidature."
        if candidature.status != Status.ADMISSIBLE:
            return "Cette candidature n’est plus à évaluer."
        if not candidature.phase.is_sealed():
            return "Le scellé de la phase est levé : les évaluations sont closes."
        if candidature.phase.is_review_over:
            return "Le délai d’évaluation de cette phase est passé."
        seat = Member.objects.sitting(user, candidature.call).seat
        if not seat.is_voting:
            return "Votre siège assiste au comité sans voix délibérative."
        if cls.objects.counted().filter(candidature=candidature, seat=seat).exists():
            return "L’évaluation de votre siège est déjà signée."
        return ""

    @classmethod
    @transaction.atomic
    def draft(cls, candidature, by):
        """The unsigned review of `by`'s seat, begun now if need be, one score per criterion.

        Raises:
            ForbiddenTransition: recused, signed already, seal open, or no seat.
        """
        if reason := cls.why_not(candidature, by):
            raise ForbiddenTransition(reason)
        review, _ = cls.objects.standing().get_or_create(
            candidature=candidature,
            seat=Member.objects.sitting(by, candidature.call).seat,
            recusal=None,
            defaults={"submission": candidature.last_submission, "drafted_by": by},
        )
        scored = set(review.scores.values_list("criterion", flat=True))
        wanted = [criterion for criterion in candidature.call.criteria.all() if criterion.pk not in scored]
        Score.objects.bulk_create(Score(review=review, criterion=criterion) for criterion in wanted)
        return review

    @classmethod
    @transaction.atomic
    def write(cls, candidature, by, revision, marks, advice, comment, read=None, question=""):
        """Save the draft of `by`'s seat, whole.

        Args:
            revision: the one that `by` had before them; 0 when nothing was saved yet.
            marks: for each criterion pk, `{"mark": 0–5 or None, "abstains": bool, "comment": str}`.
            read: the key of the Submission that `by` had before them; None for the last one.
            question: what the seat wants to ask in session, or "".

        Raises:
            ChangedMeanwhile: a colleague of the seat saved, or a new version was deposited, since `by` opened the
                page; nothing is written.
            ForbiddenTransition: as `draft`.
        """
        # The phase is locked as in `open_seal` and `sign`: nothing is written once the seal is open. The file is locked
        # as in `Recusal`: nobody writes once they are kept away.
        SelectionPhase.objects.select_for_update(no_key=True).get(pk=candidature.phase_id)
        candidature.lock()
        review = cls.draft(candidature, by)
        deposit = candidature.last_submission
        if read not in (None, deposit.pk):
            raise ChangedMeanwhile(NEW_VERSION)
        if review.revision != revision:
            raise ChangedMeanwhile(WRITTEN_MEANWHILE)
        scores = list(review.scores.filter(criterion__in=marks))
        for score in scores:
            for name, value in marks[score.criterion_id].items():
                setattr(score, name, value)
        Score.objects.bulk_update(scores, ["mark", "abstains", "comment"])
        written = {"advice": advice, "comment": comment, "question": question, "drafted_by": by, "submission": deposit}
        for name, value in (written | {"revision": revision + 1}).items():
            setattr(review, name, value)
        review.save(update_fields=[*written, "revision"])
        return review

    def missing(self) -> list[str]:
        """What is still to fill in before signing, in words."""
        scores = list(self.scores.select_related("criterion"))
        wanted = [str(score.criterion) for score in scores if score.mark is None and not score.abstains]
        call = self.candidature.call
        wanted += [f"commentaire sur « {score.criterion} »" for score in scores if score.lacks_comment(call)]
        if all(score.abstains for score in scores):  # of a grid without criteria too
            wanted.append("au moins une note")
        wanted += ["avis"] if not self.advice else []
        wanted += ["appréciation d’ensemble"] if not self.comment.strip() else []
        return wanted

    def why_not_sign(self, user) -> str:
        """Why `user` cannot sign this review now, whatever it still lacks, or ""."""
        if reason := self.why_not(self.candidature, user):
            return reason
        term = Member.objects.sitting(user, self.candidature.call)
        if term.seat != self.seat or self.recusal_id:
            return "Cette évaluation est celle d’un autre siège."
        if not term.signs:
            return "Votre brouillon est enregistré. La personne titulaire de votre siège le signera."
        if any(each.concerns(term) for each in conflicts_of(self.candidature)):
            return "Un lien possible avec ce dossier est relevé : la présidence ou l’équipe doit d’abord le trancher."
        if self.submission_id != self.candidature.last_submission.pk:
            return NEW_VERSION
        return ""

    @transaction.atomic
    def sign(self, by):
        """Make the review count, as this instance was read. The chair alone can reopen it.

        Raises:
            ChangedMeanwhile: a colleague of the seat saved since it was read.
            ForbiddenTransition: incomplete, signed already, recused, of another seat, or the seal is open.
        """
        # The phase is locked as in `open_seal`: a review is signed before the seal opens, or not at all. The file is
        # locked as in `Recusal`: whoever is kept away has not signed, or what they signed is set aside.
        SelectionPhase.objects.select_for_update(no_key=True).get(pk=self.candidature.phase_id)
        self.candidature.lock()
        if reason := self.why_not_sign(by):
            raise ForbiddenTransition(reason)
        if not Review.objects.filter(pk=self.pk, revision=self.revision).exists():
            raise ChangedMeanwhile(WRITTEN_MEANWHILE)
        self.refresh_from_db()
        if missing := self.missing():
            raise ForbiddenTransition(f"Il reste à compléter : {', '.join(missing)}.")
        now = timezone.now()
        if not Review.objects.filter(pk=self.pk, signed_at=None).update(signed_at=now, signed_by=by):
            raise ForbiddenTransition("L’évaluation de votre siège vient d’être signée par quelqu’un d’autre.")
        self.signed_at, self.signed_by = now, by
        type(self.candidature.call).objects.select_for_update(no_key=True).get(pk=self.candidature.call_id)
        Signature.keep(self, GridVersion.freeze(self.candidature.call))
        audience = Event.Audience.TEAM
        Event.objects.record(self.candidature, "sign_review", by, audience=audience, seat=str(self.seat.organisation))

    def why_not_reopen(self, user) -> str:
        """Why `user` cannot give this signed review back to its seat, or ""."""
        if not self.candidature.call.is_chair(user):
            return "La présidence du comité rouvre une évaluation signée."
        if not Candidature.objects.judged_by(user).filter(pk=self.candidature_id).exists():
            return "Vous n’avez pas accès à cette candidature."
        if self.signed_at is None or self.recusal_id:
            return "Cette évaluation n’est pas signée."
        if self.candidature.status != Status.ADMISSIBLE or not self.candidature.phase.takes_reviews:
            return "Les évaluations de cette phase sont closes."
        return ""

    @transaction.atomic
    def reopen(self, by, reason):
        """Give a signed review back to its seat, with a reason. What was signed stays kept.

        Raises:
            ForbiddenTransition: no reason, not the chair, not signed, or reviews are closed.
        """
        SelectionPhase.objects.select_for_update(no_key=True).get(pk=self.candidature.phase_id)
        self.candidature.lock()
        self.refresh_from_db()
        if refusal := self.why_not_reopen(by):
            raise ForbiddenTransition(refusal)
        if not reason.strip():
            raise ForbiddenTransition("Écrivez le motif de la réouverture.")
        self.signed_at = self.signed_by = None
        self.revision += 1
        self.save(update_fields=["signed_at", "signed_by", "revision"])
        audience, seat = Event.Audience.TEAM, str(self.seat.organisation)
        Event.objects.record(self.candidature, "reopen_review", by, note=reason, audience=audience, seat=seat)


class Score(models.Model):
    review = models.ForeignKey(Review, models.CASCADE, "scores", verbose_name="évaluation")
    criterion = models.ForeignKey(Criterion, models.PROTECT, "scores", verbose_name="critère")
    mark = models.DecimalField("note", max_digits=2, decimal_places=1, null=True, blank=True)
    abstains = models.BooleanField("ne se prononce pas", default=False)
    comment = models.TextField("commentaire", max_length=4000, blank=True)

    class Meta:
        verbose_name = "note"
        ordering = ["review", "criterion__position"]
        constraints = [
            models.UniqueConstraint(fields=["review", "criterion"], name="score_one_per_criterion"),
            models.CheckConstraint(condition=Q(mark__in=EVERY_MARK), name="score_mark_by_halves_in_range"),
            models.CheckConstraint(condition=Q(mark=None) | Q(abstains=False), name="score_mark_or_no_opinion"),
        ]

    def __str__(self):
        """Without the mark: lists of the admin write objects by this name, and marks are sealed."""
        return f"note de {self.review} sur {self.criterion}"

    @property
    def display(self) -> str:
        if self.abstains:
            return "ne se prononce pas"
        return "–" if self.mark is None else f"{mark_in_words(self.mark)} sur {MAX_MARK}"

    def lacks_comment(self, call) -> bool:
        """Whether the call asks to explain such a mark, and nothing explains it."""
        if self.mark is None or self.comment.strip():
            return False
        is_low = call.comment_up_to is not None and self.mark <= call.comment_up_to
        return is_low or (call.comment_from is not None and self.mark >= call.comment_from)


class Signature(models.Model):
    """What a seat signed, word for word, whatever becomes of the review: reopened, or set aside. Never changed."""

    review = models.ForeignKey(Review, models.PROTECT, "signatures", verbose_name="évaluation")
    submission = models.ForeignKey(Submission, models.PROTECT, "+", verbose_name="version lue")
    grid = models.ForeignKey(GridVersion, models.PROTECT, "+", verbose_name="grille")
    content = models.JSONField("contenu")
    signed_at = models.DateTimeField("signée le")
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, "+", verbose_name="signée par")

    class Meta:
        verbose_name = "signature"
        ordering = ["review", "signed_at", "pk"]

    def __str__(self):
        return f"signature de {self.review}"

    @classmethod
    def keep(cls, review, grid):
        """Copy a review that was just signed: marks as text (« 3.5 »), comments, advice, question for the session."""
        scores = [
            {
                "criterion": score.criterion_id,
                "name": score.criterion.name,
                "mark": None if score.mark is None else str(score.mark),
                "abstains": score.abstains,
                "comment": score.comment,
            }
            for score in review.scores.select_related("criterion")
        ]
        return cls.objects.create(
            review=review,
            submission_id=review.submission_id,
            grid=grid,
            content={
                "scores": scores,
                "advice": review.advice,
                "comment": review.comment,
                "question": review.question,
            },
            signed_at=review.signed_at,
            signed_by=review.signed_by,
        )


class PrivateNote(models.Model):
    """What one person keeps for themselves about a file: nobody else reads it, the team neither."""

    candidature = models.ForeignKey(Candidature, models.CASCADE, "private_notes", verbose_name="candidature")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, "+", verbose_name="personne")
    text = models.TextField("note", max_length=8000, blank=True)
    updated_at = models.DateTimeField("enregistrée le")

    class Meta:
        verbose_name = "note personnelle"
        verbose_name_plural = "notes personnelles"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["candidature", "user"], name="private_note_once")]

    def __str__(self):
        return f"note personnelle sur {self.candidature.reference}"

    @staticmethod
    def version_of(note) -> str:
        """Changes with each writing of the note; "" without one."""
        return note.updated_at.isoformat() if note else ""

    @classmethod
    @transaction.atomic
    def write(cls, candidature, user, text, seen=None):
        """Keep `text` in place of the note before it.

        Args:
            seen: the version (`version_of`) that `user` had before them; None to replace whatever stands.

        Raises:
            ChangedMeanwhile: `user` wrote something else meanwhile, from another page or device.
        """
        saved = cls.objects.select_for_update().filter(candidature=candidature, user=user).first()
        if saved and saved.text == text:
            return saved
        if seen not in (None, cls.version_of(saved)):
            raise ChangedMeanwhile("Vous avez enregistré une autre note depuis une autre page ou un autre appareil.")
        now = timezone.now()
        return cls.objects.update_or_create(
            candidature=candidature, user=user, defaults={"text": text, "updated_at": now}
        )[0]
