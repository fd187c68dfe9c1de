"""The grid of a call, the review that one seat makes of one candidature, and what is computed from them."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import Avg, Count, Exists, F, FloatField, OuterRef, Q, Subquery, Sum, Window
from django.db.models.functions import Coalesce, Rank, Round
from django.utils import timezone

from .call import Call, SelectionPhase
from .candidature import Candidature
from .committee import Member, Recusal, Seat
from .deposit import Submission
from .journal import Event
from .workflow import ChangedMeanwhile, ForbiddenTransition, Status

MAX_MARK = 5  # every criterion is marked from 0 to 5; weights say what it counts
HAIR = 1e-9  # far below what separates two averages, far above the error of a float


class Criterion(models.Model):
    call = models.ForeignKey(Call, models.PROTECT, "criteria", verbose_name="appel")
    position = models.PositiveSmallIntegerField("ordre")
    name = models.CharField("critère", max_length=150)
    help = models.TextField("ce qui est apprécié", blank=True)
    weight = models.PositiveSmallIntegerField("poids", validators=[MinValueValidator(1), MaxValueValidator(100)])

    class Meta:
        verbose_name = "critère"
        ordering = ["call", "position"]
        constraints = [
            models.UniqueConstraint(fields=["call", "position"], name="criterion_position_unique_in_call"),
            models.CheckConstraint(condition=Q(weight__gte=1), name="criterion_weight_positive"),
        ]

    def __str__(self):
        return self.name


class Level(models.Model):
    """What a mark means, in words."""

    criterion = models.ForeignKey(Criterion, models.CASCADE, "levels", verbose_name="critère")
    mark = models.PositiveSmallIntegerField("note", validators=[MaxValueValidator(MAX_MARK)])
    label = models.CharField("signification", max_length=200)

    class Meta:
        verbose_name = "niveau"
        verbose_name_plural = "niveaux"
        ordering = ["criterion", "mark"]
        constraints = [
            models.UniqueConstraint(fields=["criterion", "mark"], name="level_unique_in_criterion"),
            models.CheckConstraint(condition=Q(mark__range=(0, MAX_MARK)), name="level_mark_in_range"),
        ]

    def __str__(self):
        return f"{self.mark} – {self.label}"


class ReviewQuerySet(models.QuerySet):
    def signed(self):
        return self.filter(signed_at__isnull=False)

    def counted(self):
        """Signed reviews of voting seats, those set aside by a recusal left out."""
        away = Recusal.objects.filter(
            Q(member=None) | Q(member__user=OuterRef("signed_by")),
            candidature=OuterRef("candidature"),
            seat=OuterRef("seat"),
        )
        return self.signed().filter(seat__is_voting=True).exclude(Exists(away))

    def visible_to(self, user):
        """Until the chair opens the seal, only those of one's own seat; then the signed ones of files one may read."""
        readable = Candidature.objects.judged_by(user)
        own = Q(seat__in=Member.objects.current().filter(user=user).values("seat"), candidature__in=readable)
        opened = Q(signed_at__isnull=False, candidature__phase__seal_opened_at__isnull=False)
        return self.filter(own | opened if user.is_staff else own | opened & Q(candidature__in=readable))

    def with_total(self):
        """Annotate `total`: the weighted mean of the marks on 100, criteria without an opinion left out."""
        weighted = Sum(F("mark") * F("criterion__weight"), output_field=FloatField())
        marks = Score.objects.filter(review=OuterRef("pk"), mark__isnull=False).values("review")
        total = marks.annotate(total=weighted * (100.0 / MAX_MARK) / Sum("criterion__weight")).values("total")
        return self.annotate(total=Subquery(total, output_field=FloatField()))


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
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, "+", verbose_name="rédigée par")
    revision = models.PositiveIntegerField("enregistrements", default=0, editable=False)
    signed_at = models.DateTimeField("signée le", null=True, editable=False)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, "+", null=True, editable=False, verbose_name="signée par"
    )

    objects = ReviewQuerySet.as_manager()

    class Meta:
        verbose_name = "évaluation"
        ordering = ["candidature", "seat"]
        constraints = [
            models.UniqueConstraint(fields=["candidature", "seat"], name="review_one_per_seat_and_candidature"),
            models.CheckConstraint(
                condition=Q(signed_at=None, signed_by=None)
                | Q(signed_at__isnull=False, signed_by__isnull=False) & ~Q(advice="") & ~Q(comment=""),
                name="review_signed_with_advice_and_comment",
            ),
        ]

    def __str__(self):
        return f"{self.seat.organisation.short_name} : {self.candidature.reference}"

    @classmethod
    def why_not(cls, candidature, user) -> str:
        """Why `user` cannot score `candidature` now, or ""."""
        if not Candidature.objects.judged_by(user).filter(pk=candidature.pk).exists():
            return "Vous n’avez pas accès à cette candidature."
        if candidature.status != Status.ADMISSIBLE:
            return "Cette candidature n’est plus à évaluer."
        if not candidature.phase.is_sealed():
            return "Le scellé de la phase est levé : les évaluations sont closes."
        if candidature.phase.is_review_over:
            return "Le délai d’évaluation de cette phase est passé."
        seat = Member.objects.sitting(user, candidature.call).seat
        if not seat.is_voting:
            return "Votre siège assiste au comité sans voix délibérative."
        if cls.objects.signed().filter(candidature=candidature, seat=seat).exists():
            return "L’évaluation de votre siège est déjà signée."
        return ""

    @classmethod
    @transaction.atomic
    def draft(cls, candidature, by):
        """The unsigned review of `by`'s seat, begun now if need be, one empty score per criterion.

        Raises:
            ForbiddenTransition: recused, signed already, seal open, or no seat.
        """
        if reason := cls.why_not(candidature, by):
            raise ForbiddenTransition(reason)
        review, _ = cls.objects.get_or_create(
            candidature=candidature,
            seat=Member.objects.sitting(by, candidature.call).seat,
            defaults={"submission": candidature.last_submission, "drafted_by": by},
        )
        for criterion in candidature.call.criteria.all():
            review.scores.get_or_create(criterion=criterion)
        return review

    @classmethod
    @transaction.atomic
    def write(cls, candidature, by, revision, marks, advice, comment):
        """Save the draft of `by`'s seat, whole.

        Args:
            revision: the one that `by` had before them; 0 when nothing was saved yet.
            marks: for each criterion pk, `{"mark": 0–5 or None, "abstains": bool, "comment": str}`.

        Raises:
            ChangedMeanwhile: a colleague of the seat saved since `by` opened the page; nothing is written.
            ForbiddenTransition: as `draft`.
        """
        # The phase is locked as in `open_seal` and `sign`: nothing is written once the seal is open.
        SelectionPhase.objects.select_for_update(no_key=True).get(pk=candidature.phase_id)
        candidature.refresh_from_db()
        review = cls.draft(candidature, by)
        if review.revision != revision:
            raise ChangedMeanwhile("Un membre de votre siège a enregistré cette évaluation entre-temps.")
        for score in review.scores.filter(criterion__in=marks):
            for name, value in marks[score.criterion_id].items():
                setattr(score, name, value)
            score.save(update_fields=["mark", "abstains", "comment"])
        review.advice, review.comment, review.drafted_by = advice, comment, by
        review.revision = revision + 1
        review.save(update_fields=["advice", "comment", "drafted_by", "revision"])
        return review

    def missing(self) -> list[str]:
        """What is still to fill in before signing, in words."""
        scores = list(self.scores.select_related("criterion"))
        wanted = [str(score.criterion) for score in scores if score.mark is None and not score.abstains]
        if scores and all(score.abstains for score in scores):
            wanted.append("au moins une note")
        wanted += ["avis"] if not self.advice else []
        wanted += ["appréciation d’ensemble"] if not self.comment.strip() else []
        return wanted

    @transaction.atomic
    def sign(self, by):
        """Make the review count, as this instance was read. It can no longer be changed.

        Raises:
            ChangedMeanwhile: a colleague of the seat saved since it was read.
            ForbiddenTransition: incomplete, signed already, recused, of another seat, or the seal is open.
        """
        # The phase is locked as in `open_seal`: a review is signed before the seal opens, or not at all.
        SelectionPhase.objects.select_for_update(no_key=True).get(pk=self.candidature.phase_id)
        self.candidature.refresh_from_db()
        if reason := self.why_not(self.candidature, by):
            raise ForbiddenTransition(reason)
        if Member.objects.sitting(by, self.candidature.call).seat != self.seat:
            raise ForbiddenTransition("Cette évaluation est celle d’un autre siège.")
        if not Review.objects.filter(pk=self.pk, revision=self.revision).exists():
            raise ChangedMeanwhile("Un membre de votre siège a enregistré cette évaluation entre-temps.")
        self.refresh_from_db()
        if missing := self.missing():
            raise ForbiddenTransition(f"Il reste à compléter : {', '.join(missing)}.")
        now = timezone.now()
        if not Review.objects.filter(pk=self.pk, signed_at=None).update(signed_at=now, signed_by=by):
            raise ForbiddenTransition("L’évaluation de votre siège vient d’être signée par quelqu’un d’autre.")
        self.signed_at, self.signed_by = now, by
        audience = Event.Audience.TEAM
        Event.objects.record(self.candidature, "sign_review", by, audience=audience, seat=str(self.seat.organisation))


class Score(models.Model):
    review = models.ForeignKey(Review, models.CASCADE, "scores", verbose_name="évaluation")
    criterion = models.ForeignKey(Criterion, models.PROTECT, "scores", verbose_name="critère")
    mark = models.PositiveSmallIntegerField("note", null=True, blank=True)
    abstains = models.BooleanField("ne se prononce pas", default=False)
    comment = models.TextField("commentaire", max_length=4000, blank=True)

    class Meta:
        verbose_name = "note"
        ordering = ["review", "criterion__position"]
        constraints = [
            models.UniqueConstraint(fields=["review", "criterion"], name="score_one_per_criterion"),
            models.CheckConstraint(condition=Q(mark__range=(0, MAX_MARK)), name="score_mark_in_range"),
            models.CheckConstraint(condition=Q(mark=None) | Q(abstains=False), name="score_mark_or_no_opinion"),
        ]

    def __str__(self):
        """Without the mark: lists of the admin write objects by this name, and marks are sealed."""
        return f"note de {self.review} sur {self.criterion}"

    @property
    def display(self) -> str:
        return "ne se prononce pas" if self.abstains else "–" if self.mark is None else f"{self.mark} sur {MAX_MARK}"


def ranking(phase, user):
    """The candidatures of a phase by weighted mean, best first, computed in SQL.

    Each carries `average` (on 100, two decimals, None without a counted review), `reviews_counted` and `rank`.
    At the same average the earlier deposit goes first (the written rule of the calls), then the lower number.
    Limited to what `user` may deliberate on, ranks counted among these; empty while the phase is sealed.
    """
    candidatures = Candidature.objects.deliberated_by(user).filter(phase=phase)
    if phase.is_sealed():
        return candidatures.none()
    counted = Review.objects.counted().filter(candidature=OuterRef("pk")).order_by()
    average = counted.with_total().values("candidature").annotate(average=Avg("total")).values("average")
    count = counted.values("candidature").annotate(count=Count("pk")).values("count")
    # 79.975 is no float: a hair is added so that halves go up, whatever the database, its version and its order.
    mean = Round(Subquery(average, output_field=FloatField()) + HAIR, 2)
    best_first = [F("average").desc(nulls_last=True), F("submitted_at").asc(), F("number").asc()]
    return (
        candidatures.with_people()
        .annotate(average=mean, reviews_counted=Coalesce(Subquery(count), 0))
        .annotate(rank=Window(Rank(), order_by=best_first))
        .order_by("rank")
    )
