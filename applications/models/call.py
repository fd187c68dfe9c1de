"""A call for interest, its successive phases, its concepts and what was published about it."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from ..years import LAST
from .journal import Event
from .workflow import ForbiddenTransition, Status


class Source(models.Model):
    """Where a published fact comes from."""

    title = models.CharField("titre", max_length=250, unique=True)
    publisher = models.CharField("éditeur", max_length=150)
    published_on = models.DateField("date de publication", null=True, blank=True)
    url = models.URLField("adresse", blank=True)

    class Meta:
        verbose_name = "source"
        ordering = ["title"]

    def __str__(self):
        return self.title


class Concept(models.Model):
    """A shape that an antenna of the Cnam can take."""

    code = models.SlugField("code", primary_key=True)
    name = models.CharField("nom", max_length=100)
    description = models.TextField("description")
    position = models.PositiveSmallIntegerField("ordre", default=0)

    class Meta:
        verbose_name = "concept d’antenne"
        verbose_name_plural = "concepts d’antenne"
        ordering = ["position", "code"]

    def __str__(self):
        return self.name


class CallQuerySet(models.QuerySet):
    def published(self):
        return self.filter(is_published=True)

    def visible_to(self, user):
        """Staff also read the calls that they are still preparing."""
        return self if user.is_staff else self.published()

    def open(self):
        """Calls one of whose phases takes deposits now."""
        now = timezone.now()
        return self.published().filter(
            pk__in=SelectionPhase.objects.filter(opens_at__lte=now, closes_at__gt=now).values("call")
        )


class Call(models.Model):
    slug = models.SlugField("adresse", unique=True)
    name = models.CharField("nom", max_length=60, unique=True)
    prefix = models.CharField(
        "préfixe des références",
        max_length=10,
        unique=True,
        validators=[RegexValidator(r"\A[0-9A-Z]+\Z", "Des capitales sans accent et des chiffres seulement.")],
    )
    title = models.CharField("intitulé", max_length=200)
    lede = models.TextField("en bref")
    presentation = models.TextField("présentation")
    launched_on = models.DateField("lancement", null=True, blank=True)
    ended_on = models.DateField("fin de l’appel", null=True, blank=True)
    tolerance_minutes = models.PositiveSmallIntegerField(
        "tolérance technique",
        default=0,
        help_text="Minutes ajoutées à l’heure de clôture, écrites sur la page de l’appel.",
    )
    half_points = models.BooleanField(
        "demi-points", default=False, help_text="Les critères se notent aussi à 0,5 près."
    )
    comment_up_to = models.PositiveSmallIntegerField(
        "commentaire obligatoire jusqu’à la note",
        null=True,
        blank=True,
        validators=[MaxValueValidator(5)],
        help_text="1 : une note de 0 à 1 doit être expliquée. Vide : aucune note basse ne l’exige.",
    )
    comment_from = models.PositiveSmallIntegerField(
        "commentaire obligatoire à partir de la note",
        null=True,
        blank=True,
        validators=[MaxValueValidator(5)],
        help_text="5 : la note de 5 doit être expliquée. Vide : aucune note haute ne l’exige.",
    )
    quorum_percent = models.PositiveSmallIntegerField(
        "quorum",
        default=50,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text="Part des sièges qui doivent être présents ou représentés pour décider, en pour cent.",
    )
    max_powers = models.PositiveSmallIntegerField(
        "pouvoirs par siège",
        default=1,
        validators=[MaxValueValidator(20)],
        help_text="Combien de sièges absents un siège présent peut représenter.",
    )
    contact_email = models.EmailField("adresse de contact", blank=True)
    programmes = models.ManyToManyField(
        "territories.NationalProgramme", related_name="calls", blank=True, verbose_name="programmes nationaux"
    )
    concepts = models.ManyToManyField(Concept, related_name="calls", blank=True, verbose_name="concepts proposés")
    is_published = models.BooleanField("visible du public", default=False)
    is_demo = models.BooleanField("démonstration", default=False)

    objects = CallQuerySet.as_manager()

    class Meta:
        verbose_name = "appel à manifestation d’intérêt"
        verbose_name_plural = "appels à manifestation d’intérêt"
        ordering = ["-launched_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_on__gte=F("launched_on")),
                name="call_ends_after_its_launch",
                violation_error_message="La fin de l’appel doit suivre son lancement.",
            )
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("applications:call_detail", args=[self.slug])

    @property
    def is_over(self) -> bool:
        return self.ended_on is not None and self.ended_on < timezone.localdate()

    @property
    def tolerance(self) -> timedelta:
        return timedelta(minutes=self.tolerance_minutes)

    def open_phase(self):
        """The phase that takes deposits now, the technical tolerance included, or None."""
        phases = [phase for phase in self.phases.all() if phase.is_open]
        return min(phases, key=lambda phase: phase.closes_at, default=None)

    @property
    def is_grid_frozen(self) -> bool:
        """Whether a review was signed: from then on, criteria, weights and levels no longer move."""
        return self.grid_versions.exists()

    def is_chair(self, user) -> bool:
        """Whether `user` presides over the committee of this call today."""
        return user.is_authenticated and user.committee_terms.current().filter(seat__call=self, is_chair=True).exists()


class SelectionPhase(models.Model):
    """One of the successive closings of a call. A date that nobody published stays empty."""

    call = models.ForeignKey(Call, models.PROTECT, "phases", verbose_name="appel")
    number = models.PositiveSmallIntegerField("numéro")
    opens_at = models.DateTimeField("ouverture des dépôts", null=True, blank=True)
    closes_at = models.DateTimeField("clôture des dépôts", null=True, blank=True)
    reviews_due_at = models.DateTimeField("fin des évaluations", null=True, blank=True)
    announced_on = models.DateField("annonce des résultats", null=True, blank=True)
    seal_opened_at = models.DateTimeField("scellé levé le", null=True, editable=False)
    proclamation_at = models.DateTimeField("proclamation programmée pour le", null=True, editable=False)
    proclamation_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, "+", null=True, editable=False, verbose_name="programmée par"
    )
    proclaimed_at = models.DateTimeField("proclamée le", null=True, editable=False)

    class Meta:
        verbose_name = "phase de sélection"
        verbose_name_plural = "phases de sélection"
        ordering = ["call", "number"]
        constraints = [
            models.UniqueConstraint(fields=["call", "number"], name="phase_number_unique_in_call"),
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")),
                name="phase_closes_after_it_opens",
                violation_error_message="La clôture doit suivre l’ouverture.",
            ),
            models.CheckConstraint(
                condition=Q(reviews_due_at__gte=F("closes_at")),
                name="phase_reviewed_after_it_closes",
                violation_error_message="La fin des évaluations doit suivre la clôture.",
            ),
            models.CheckConstraint(
                condition=Q(closes_at__lt=datetime(LAST + 1, 1, 1, tzinfo=UTC)),
                name="phase_closes_within_the_century",
                violation_error_message="Cette date de clôture n’est pas possible.",
            ),
            models.CheckConstraint(
                condition=Q(seal_opened_at=None) | Q(seal_opened_at__gte=F("closes_at")),
                name="phase_unsealed_after_it_closes",
                violation_error_message="Le scellé de cette phase est levé : elle ne peut plus être rouverte.",
            ),
            models.CheckConstraint(
                condition=Q(proclaimed_at=None)
                | Q(seal_opened_at__isnull=False, proclaimed_at__gte=F("seal_opened_at")),
                name="phase_proclaimed_after_its_seal",
            ),
            models.CheckConstraint(
                condition=Q(proclamation_at=None, proclamation_by=None)
                | Q(proclamation_at__isnull=False, proclamation_by__isnull=False, seal_opened_at__isnull=False),
                name="phase_proclamation_planned_by_somebody",
            ),
        ]

    def __str__(self):
        return f"{self.call}, phase {self.number}"

    @property
    def last_moment(self):
        """The moment from which a deposit is refused: the closing and the tolerance of the call."""
        return self.closes_at + self.call.tolerance

    @property
    def is_open(self) -> bool:
        return bool(self.opens_at and self.closes_at and self.opens_at <= timezone.now() < self.last_moment)

    @property
    def state(self) -> str:
        """In words, from the dates alone."""
        now = timezone.now()
        if self.proclaimed_at or (self.announced_on and self.announced_on <= timezone.localdate()):
            return "Résultats annoncés"
        if self.opens_at and now < self.opens_at:
            return "À venir"
        if self.closes_at is None:
            return "Close" if self.call.is_over else "Calendrier à préciser"
        return "Ouverte" if now < self.last_moment else "Examen en cours"

    def is_sealed(self) -> bool:
        return self.seal_opened_at is None

    @property
    def is_review_over(self) -> bool:
        """Whether the time given to the seats has passed."""
        return self.reviews_due_at is not None and timezone.now() > self.reviews_due_at

    @property
    def takes_reviews(self) -> bool:
        return self.is_sealed() and not self.is_review_over

    def why_seal_stays(self, user) -> str:
        """Why `user` cannot open the seal now, or ""."""
        if not self.is_sealed():
            return "Le scellé de cette phase est déjà levé."
        if not self.call.is_chair(user):
            return "Seule la présidence du comité lève le scellé."
        if self.closes_at is None or timezone.now() < self.last_moment:
            return "Les dépôts de cette phase ne sont pas clos."
        if self.candidatures.filter(status__in=[Status.SUBMITTED, Status.SUPPLEMENTS_REQUESTED]).exists():
            return "Des candidatures de cette phase attendent encore l’examen de leur recevabilité."
        if self.is_awaited():
            return "Un délai accordé à une candidature court encore : elle peut être déposée dans cette phase."
        return ""

    def is_awaited(self) -> bool:
        """Whether the time given to a candidature that may still be deposited runs on. The last one given counts."""
        given = self.extensions.filter(candidature__status__in=[Status.DRAFT, Status.WITHDRAWN])
        last = dict(given.order_by("at", "pk").values_list("candidature", "until"))
        return any(until > timezone.now() for until in last.values())

    @transaction.atomic
    def open_seal(self, by):
        """Let seats see the marks of files from which they are not recused. No review can be signed after.

        Raises:
            ForbiddenTransition: not the chair, already open, or the phase is not ready.
        """
        if reason := self.why_seal_stays(by):
            raise ForbiddenTransition(reason)
        now = timezone.now()
        if not SelectionPhase.objects.filter(pk=self.pk, seal_opened_at=None).update(seal_opened_at=now):
            raise ForbiddenTransition("Le scellé vient d’être levé par quelqu’un d’autre.")
        self.seal_opened_at = now
        Event.objects.record(self, "open_seal", by, audience=Event.Audience.TEAM)

    def undecided(self):
        """Candidatures of the phase that a proclamation still waits for: not examined, or without a decision."""
        return self.candidatures.filter(
            Q(status__in=[Status.SUBMITTED, Status.SUPPLEMENTS_REQUESTED]) | Q(status=Status.ADMISSIBLE, decision=None)
        )

    def mark_proclaimed(self, by):
        """Date the proclamation, once. The rest of it is `labels.proclamation.proclaim`, in one transaction.

        Raises:
            ForbiddenTransition: not staff, proclaimed already, or a candidature waits for a decision.
        """
        if reason := self.why_not_proclaimable(by):
            raise ForbiddenTransition(reason)
        now = timezone.now()
        if not SelectionPhase.objects.filter(pk=self.pk, proclaimed_at=None).update(proclaimed_at=now):
            raise ForbiddenTransition("Cette phase vient d’être proclamée par quelqu’un d’autre.")
        self.proclaimed_at = now
        Event.objects.record(self, "proclaim", by)

    def why_not_proclaimable(self, user) -> str:
        """Why `user` cannot proclaim the results of the phase now, or "". The first of `proclamation_obstacles`."""
        return next(iter(self.proclamation_obstacles(user)), "")

    def proclamation_obstacles(self, user) -> list[str]:
        """All that forbids `user` to proclaim the results of the phase now, in words."""
        if not user.is_staff:
            return ["L’équipe du programme proclame les résultats."]
        if self.proclaimed_at:
            return ["Les résultats de cette phase sont déjà proclamés."]
        waiting = self.undecided().count()
        undecided = f"Sans décision à ce jour : {waiting} candidature{'s' if waiting > 1 else ''} de la phase."
        found = [
            "Le scellé de la phase n’est pas levé." if self.is_sealed() else "",
            undecided if waiting else "",
            self.why_minutes_wait(),
        ]
        return [words for words in found if words]

    def why_minutes_wait(self) -> str:
        """Which sessions held on the phase go on, or have no approved minutes, in words, or ""."""
        held = self.sessions.filter(opened_at__isnull=False)
        if held.filter(closed_at=None).exists():
            return "Une séance de cette phase n’est pas levée."
        waiting = [str(number) for number in held.exclude(minutes__state="approved").values_list("number", flat=True)]
        return f"Procès-verbal à approuver : séance {', '.join(waiting)}." if waiting else ""


class PublishedFigure(models.Model):
    """A figure as it was published, never counted by the portal: « 85 candidatures »."""

    call = models.ForeignKey(Call, models.PROTECT, "figures", verbose_name="appel")
    code = models.SlugField("code", help_text="Ce que le chiffre compte : candidatures, laureates…")
    value = models.PositiveIntegerField("valeur")
    label = models.CharField("libellé", max_length=100)
    source = models.ForeignKey(Source, models.PROTECT, "figures", verbose_name="source")
    as_of = models.DateField("arrêté au", null=True, blank=True)

    class Meta:
        verbose_name = "chiffre publié"
        verbose_name_plural = "chiffres publiés"
        ordering = ["call", "pk"]
        constraints = [models.UniqueConstraint(fields=["call", "code"], name="figure_unique_in_call")]

    def __str__(self):
        return f"{self.value} {self.label}"
