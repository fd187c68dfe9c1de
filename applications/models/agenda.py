"""What a session deliberates on: the files in their order, each with what is being typed of its decision."""

from django.db import models, transaction
from django.db.models import F

from .candidature import Candidature
from .carriers import Membership
from .committee import Member
from .ranking import ranking, seat_totals
from .recusals import Recusal
from .workflow import ChangedMeanwhile, ForbiddenTransition, Status

RECUSED = "Vous êtes déporté de cette candidature : l’équipe conduit la délibération et consigne la décision."


class Order(models.TextChoices):
    RANK = "rank", "Du premier au dernier rang"
    REFERENCE = "reference", "Par référence"
    DISPUTED = "disputed", "Les plus discutés d’abord"


class AgendaItemQuerySet(models.QuerySet):
    def waiting(self, session):
        """Those that `session` has still to decide: a decision of an earlier session is taken again."""
        return self.filter(session=session, candidature__status=Status.ADMISSIBLE).exclude(
            candidature__decision__session=session
        )

    def deliberated_by(self, user):
        """Those that `user` may call, write about and decide."""
        return self.filter(candidature__in=Candidature.objects.deliberated_by(user))


class AgendaItem(models.Model):
    """A file on the agenda of a session. `draft` is what is being typed of its decision, saved as it comes."""

    session = models.ForeignKey("CommitteeSession", models.PROTECT, "items", verbose_name="séance")
    candidature = models.ForeignKey(Candidature, models.PROTECT, "agenda_items", verbose_name="candidature")
    position = models.PositiveSmallIntegerField("ordre")
    called_at = models.DateTimeField("appelé le", null=True, editable=False)
    draft = models.JSONField("décision en cours d’écriture", default=dict, blank=True)
    draft_revision = models.PositiveIntegerField("enregistrements", default=0, editable=False)

    objects = AgendaItemQuerySet.as_manager()

    class Meta:
        verbose_name = "dossier à l’ordre du jour"
        verbose_name_plural = "ordre du jour"
        ordering = ["session", "position"]
        constraints = [
            models.UniqueConstraint(fields=["session", "candidature"], name="agenda_item_once"),
            models.UniqueConstraint(fields=["session", "position"], name="agenda_position_unique"),
        ]

    def __str__(self):
        return f"{self.position}. {self.candidature.reference}"

    @transaction.atomic
    def write(self, by, seen, draft: dict):
        """Save what is being typed of the decision, whole.

        Args:
            seen: the `draft_revision` that `by` had before them.

        Raises:
            ChangedMeanwhile: somebody else wrote since; theirs stands.
            ForbiddenTransition: not the person, or the session is closed.
        """
        if refusal := self.session.why_not_run(by):
            raise ForbiddenTransition(refusal)
        if not AgendaItem.objects.filter(pk=self.pk).deliberated_by(by).exists():
            raise ForbiddenTransition(RECUSED)
        mine = AgendaItem.objects.filter(pk=self.pk, draft_revision=seen)
        if not mine.update(draft=draft, draft_revision=F("draft_revision") + 1):
            raise ChangedMeanwhile("Quelqu’un d’autre écrit la décision de ce dossier : comparez les deux textes.")
        self.refresh_from_db()


def in_order(phase, order, user) -> list[Candidature]:
    """The admissible files of the phase in the order of the agenda.

    The whole room hears the order. A file from which somebody of the committee is kept away comes last, by reference,
    whoever asks: its place would else tell them its rank. So do those that `user` may not know.
    """
    files = {file.pk: file for file in phase.candidatures.filter(status=Status.ADMISSIBLE).order_by("number")}
    if order == Order.REFERENCE:
        return list(files.values())
    hidden = kept_from_somebody(phase)
    ranked = [file.pk for file in ranking(phase, user) if file.pk not in hidden]
    if order == Order.DISPUTED:
        totals = seat_totals(phase, user)
        spans = {pk: max(given.values()) - min(given.values()) for pk, given in totals.items() if given}
        ranked.sort(key=lambda pk: -spans.get(pk, 0))
    places = {pk: place for place, pk in enumerate(ranked)}
    return sorted(files.values(), key=lambda file: (places.get(file.pk, len(places)), file.number))


def kept_from_somebody(phase) -> set[int]:
    """The files (their keys) from which a seat or a member of the committee is recused, or on which a member works."""
    recused = Recusal.objects.filter(candidature__phase=phase).order_by().values_list("candidature", flat=True)
    people = Member.objects.current().filter(seat__call=phase.call).values("user")
    held = Membership.objects.filter(user__in=people, candidature__phase=phase).order_by()
    return {*recused, *held.values_list("candidature", flat=True)}
