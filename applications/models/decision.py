"""What the committee decides of a candidature in session: recorded first, private until the proclamation."""

from dataclasses import dataclass, field

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Max, Q
from django.utils import timezone

from .candidature import Candidature
from .journal import Event
from .session import CommitteeSession, why_not_decide_in
from .workflow import ChangedMeanwhile, ForbiddenTransition, Status


class DecisionQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Staff, and the chair for the files from which they are not recused."""
        if user.is_staff:
            return self
        chaired = Q(candidature__call__seats__members__in=user.committee_terms.current().filter(is_chair=True))
        return self.filter(chaired, candidature__in=Candidature.objects.judged_by(user)).distinct()


class Decision(models.Model):
    class Outcome(models.TextChoices):
        LABEL = "label", "Labelliser"
        CONDITIONS = "conditions", "Labelliser sous conditions"
        RESERVE = "reserve", "Inscrire en réserve"
        DEFER = "defer", "À consolider"
        REJECT = "reject", "Ne pas retenir"

    VERBS = {  # the transition that the proclamation makes of each outcome
        Outcome.LABEL: "label",
        Outcome.CONDITIONS: "label",
        Outcome.RESERVE: "defer",
        Outcome.DEFER: "defer",
        Outcome.REJECT: "reject",
    }

    candidature = models.OneToOneField(Candidature, models.PROTECT, related_name="decision", verbose_name="candidature")
    session = models.ForeignKey(CommitteeSession, models.PROTECT, "decisions", null=True, verbose_name="séance")
    outcome = models.CharField("décision", max_length=20, choices=Outcome)
    reason = models.TextField("motif", max_length=8000, help_text="Il figurera dans la lettre au porteur.")
    conditions = models.TextField("conditions", max_length=4000, blank=True)
    reserve_rank = models.PositiveSmallIntegerField("rang dans la réserve", null=True, blank=True)
    points = models.JSONField("points à améliorer", default=list, blank=True)
    votes_for = models.PositiveSmallIntegerField("pour", null=True)
    votes_against = models.PositiveSmallIntegerField("contre", null=True)
    abstentions = models.PositiveSmallIntegerField("abstentions", null=True)
    has_casting_vote = models.BooleanField("voix prépondérante de la présidence", default=False)
    room = models.JSONField("sièges présents, représentés et sortis", default=dict, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, "+", verbose_name="consignée par")
    decided_at = models.DateTimeField("consignée le")

    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = "décision"
        ordering = ["candidature"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=["label", "conditions", "reserve", "defer", "reject"]),
                name="decision_outcome_known",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="decision_has_a_reason"),
            models.CheckConstraint(
                condition=Q(session=None)
                | Q(outcome="conditions") & ~Q(conditions="")
                | ~Q(outcome="conditions") & Q(conditions=""),
                name="decision_says_its_conditions",
            ),
            models.CheckConstraint(
                condition=Q(session=None)
                | Q(outcome="reserve", reserve_rank__gte=1)
                | ~Q(outcome="reserve") & Q(reserve_rank=None),
                name="decision_says_its_rank_in_reserve",
            ),
            models.CheckConstraint(
                condition=Q(session=None)
                | Q(votes_for__isnull=False, votes_against__isnull=False, abstentions__isnull=False),
                name="decision_in_session_has_a_vote",
            ),
        ]

    def __str__(self):
        return f"{self.candidature.reference} : {self.get_outcome_display()}"

    @property
    def verb(self) -> str:
        return self.VERBS[self.outcome]

    @staticmethod
    def version_of(decision) -> str:
        """Changes with each writing of the decision; "" without one."""
        return decision.decided_at.isoformat() if decision else ""

    @classmethod
    def next_reserve_rank(cls, phase) -> int:
        """The rank after the last one given in the reserve of the phase."""
        given = cls.objects.filter(candidature__phase=phase).aggregate(last=Max("reserve_rank"))
        return (given["last"] or 0) + 1

    @classmethod
    def why_not(cls, candidature, user) -> str:
        """Why `user` cannot record a decision on `candidature` now, or ""."""
        if not (user.is_staff or candidature.call.is_chair(user)):
            return "La présidence consigne les décisions, ou l’équipe pour elle."
        if not Candidature.objects.deliberated_by(user).filter(pk=candidature.pk).exists():
            return "Vous êtes déporté de cette candidature : l’équipe consigne la décision."
        if candidature.status != Status.ADMISSIBLE:
            return "Cette candidature n’attend pas de décision."
        return why_not_decide_in(candidature.phase)

    @classmethod
    @transaction.atomic
    def record(cls, session, candidature, by, seen, proposal, vote, read=None):
        """Record what the session decides of one file, or decides again. Each writing leaves a line in the journal.

        Args:
            seen: the `revision` of the session that `by` had before them.
            proposal: a `Proposal`.
            vote: a `Vote`, adding up to the seats that have a voice for this file.
            read: the `draft_revision` of the text that was read back; None when it was not typed in the room.

        Raises:
            ChangedMeanwhile: the session moved on since, or the text did; nothing is written.
            ForbiddenTransition: not the moment, not the person, no quorum, a vote that does not add up.
        """
        session.step(by, seen)
        session.demand_running()
        candidature.lock()
        if refusal := cls.why_not(candidature, by):
            raise ForbiddenTransition(refusal)
        if session.current is None or session.current.candidature_id != candidature.pk:
            raise ForbiddenTransition("Ce dossier n’est pas celui qui est devant le comité : appelez-le d’abord.")
        room = session.room(candidature)
        if problem := room.why_not_valid or proposal.problem(session, candidature) or vote.problem(room):
            raise ForbiddenTransition(problem)
        told = proposal.columns() | vote.columns() | {"room": room_in_words(room)}
        cls._close_draft(session, candidature, read)
        decision, _ = cls.objects.update_or_create(
            candidature=candidature,
            defaults={"session": session, "decided_by": by, "decided_at": timezone.now(), **told},
        )
        # The whole of it: a later session may decide again, and the minutes of this one still tell what it decided.
        told |= {"outcome": str(proposal.outcome), "session": session.number}
        reason, audience = told.pop("reason"), Event.Audience.TEAM
        Event.objects.record(candidature, "decide", by, note=reason, audience=audience, **told)
        return decision

    @staticmethod
    def _close_draft(session, candidature, read):
        """From now on the decision itself is what is read, no longer what was being typed of it."""
        items = session.items.filter(candidature=candidature)
        items = items if read is None else items.filter(draft_revision=read)
        if not items.update(draft={}, draft_revision=F("draft_revision") + 1):
            raise ChangedMeanwhile("Le texte de la décision a changé depuis sa lecture : relisez-le.")


@dataclass(frozen=True)
class Proposal:
    """What is put to the vote. `points` are `{"section": title or "", "text": …}`, what a later file should improve."""

    outcome: str
    reason: str
    conditions: str = ""
    reserve_rank: int | None = None
    points: list[dict] = field(default_factory=list)

    def problem(self, session, candidature) -> str:
        """What it lacks, in words, or ""."""
        Outcome = Decision.Outcome
        if self.outcome not in Outcome.values:
            return "Choisissez la décision."
        if not self.reason.strip():
            return "Écrivez le motif de la décision."
        if self.outcome == Outcome.CONDITIONS and not self.conditions.strip():
            return "Écrivez les conditions du label."
        if self.outcome != Outcome.RESERVE:
            return ""
        if not self.reserve_rank:
            return "Donnez le rang dans la réserve."
        reserved = Decision.objects.filter(candidature__phase=session.phase_id, reserve_rank=self.reserve_rank)
        if taken := reserved.exclude(candidature=candidature).select_related("candidature__call").first():
            return f"Le rang {self.reserve_rank} de la réserve est déjà celui de {taken.candidature.reference}."
        return ""

    def columns(self) -> dict:
        Outcome = Decision.Outcome
        return {
            "outcome": self.outcome,
            "reason": self.reason,
            "conditions": self.conditions if self.outcome == Outcome.CONDITIONS else "",
            "reserve_rank": self.reserve_rank if self.outcome == Outcome.RESERVE else None,
            "points": self.points if Decision.VERBS[self.outcome] != "label" else [],
        }


@dataclass(frozen=True)
class Vote:
    votes_for: int
    votes_against: int = 0
    abstentions: int = 0
    has_casting_vote: bool = False  # at equal votes, the chair's decides

    def problem(self, room) -> str:
        """Why this vote of the seats in `room` does not adopt the proposal, in words, or ""."""
        voices = len(room.voices)
        given = self.votes_for + self.votes_against + self.abstentions
        if min(self.votes_for, self.votes_against, self.abstentions) < 0 or given != voices:
            return f"Le vote compte {given} voix : il en faut {voices}, celles des sièges présents ou représentés."
        if self.votes_for == 0:
            return "Aucune voix pour : la proposition n’est pas adoptée."
        if self.votes_for < self.votes_against:
            return "La proposition n’est pas adoptée : mettez aux voix une autre décision."
        if self.votes_for == self.votes_against and not self.has_casting_vote:
            return "Les voix sont partagées : seule la voix prépondérante de la présidence adopte la proposition."
        if self.votes_for == self.votes_against and not room.has_chair:
            return "La présidence n’est pas là pour ce dossier : personne n’a de voix prépondérante."
        return ""

    def columns(self) -> dict:
        return {
            "votes_for": self.votes_for,
            "votes_against": self.votes_against,
            "abstentions": self.abstentions,
            "has_casting_vote": self.has_casting_vote and self.votes_for == self.votes_against,
        }


def room_in_words(room) -> dict:
    """The room as the minutes will tell it: who was there, by whom the others were represented, who had left."""
    present = [each for each in room.present if each.holder is None]
    return {
        "present": [str(each.seat.organisation) for each in present],
        "represented": {
            str(each.seat.organisation): str(each.holder.organisation) for each in room.present if each.holder
        },
        "away": room.leaving,
        "voices": len(room.voices),
        "quorum": [room.quorate, room.needed],
    }
