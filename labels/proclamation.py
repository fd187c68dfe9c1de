"""The results of a phase, made public in one act: all of them, or none."""

from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from django.db import transaction
from django.utils import timezone

from applications.emails import queue_letter
from applications.models import TRANSITIONS, Candidature, Decision, ForbiddenTransition, SelectionPhase, Status
from applications.years import school_year

from .models import Antenna, OpeningChange
from .naming import free_slug, published_name


@dataclass(frozen=True)
class Outcome:
    """What the proclamation would make of one candidature."""

    candidature: Candidature

    @property
    def decision(self) -> Decision:
        return self.candidature.decision

    @property
    def status(self) -> Status:
        """The status that it would take."""
        return TRANSITIONS[self.decision.verb].target

    @property
    def antenna_name(self) -> str:
        """The name of the antenna that would appear on the public pages, or ""."""
        return published_name(self.candidature.carriers.all()) if self.status == Status.LABELLED else ""

    @property
    def opening_year(self) -> str:
        return school_year(self.candidature.target_year)

    @cached_property
    def recipients(self) -> list[str]:
        """The addresses to which the letter would go: those of `applications.emails.queue`."""
        members = [membership.user for membership in self.candidature.memberships.all()]
        return [user.email for user in members if user.is_active]


@dataclass(frozen=True)
class Rehearsal:
    """All that a proclamation of `phase` would do now. Nothing is written."""

    phase: SelectionPhase
    outcomes: list[Outcome]
    reason: str  # why it cannot take place now, or ""

    @property
    def labelled(self) -> list[Outcome]:
        return [outcome for outcome in self.outcomes if outcome.antenna_name]

    @property
    def letters(self) -> int:
        return sum(len(outcome.recipients) for outcome in self.outcomes)

    @property
    def summary(self) -> str:
        """« 3 candidatures, 2 antennes, 4 lettres »."""
        counts = {"candidature": len(self.outcomes), "antenne": len(self.labelled), "lettre": self.letters}
        return ", ".join(f"{number} {name}{'s' if number > 1 else ''}" for name, number in counts.items())

    @property
    def fingerprint(self) -> str:
        """Changes with any decision, so that nobody proclaims something else than what they read."""
        lines = [f"{row.decision.pk} {row.decision.outcome} {row.decision.decided_at}" for row in self.outcomes]
        return sha256("\n".join(lines).encode()).hexdigest()


def rehearse(phase: SelectionPhase, by) -> Rehearsal:
    """Tell what `proclaim` would do if `by` called it now."""
    return Rehearsal(phase, [Outcome(candidature) for candidature in decided(phase)], why_not(phase, by))


def why_not(phase: SelectionPhase, by) -> str:
    """Why `by` cannot proclaim the results of the phase now, or ""."""
    if reason := phase.why_not_proclaimable(by):
        return reason
    return "" if decided(phase).exists() else "Aucune candidature de cette phase n’a de décision à proclamer."


def decided(phase: SelectionPhase):
    """The candidatures of the phase that wait only for the proclamation, in the order of their references."""
    waiting = phase.candidatures.filter(status=Status.ADMISSIBLE, decision__isnull=False)
    return waiting.with_people().select_related("decision").prefetch_related("memberships__user").order_by("number")


@transaction.atomic
def proclaim(phase: SelectionPhase, by, expected: str = "") -> list[Antenna]:
    """Move every decided candidature to its result, create the antennas, queue the letters. All or nothing.

    `expected` is the fingerprint of the rehearsal that `by` has read, when there was one.

    Returns:
        The antennas of the labelled candidatures.

    Raises:
        ForbiddenTransition: not staff, sealed, proclaimed already, a decision is missing or has changed, or none is
            there.
    """
    # Read again under a lock: of two people at once the second waits, then is told; and after a failure the
    # caller's own object does not claim a proclamation that was undone.
    phase = SelectionPhase.objects.select_for_update(no_key=True).get(pk=phase.pk)
    if reason := why_not(phase, by):
        raise ForbiddenTransition(reason)
    if expected and rehearse(phase, by).fingerprint != expected:
        raise ForbiddenTransition("Des décisions ont changé depuis votre lecture : relisez avant de proclamer.")
    phase.mark_proclaimed(by)
    antennas = []
    for candidature in decided(phase):
        getattr(candidature, candidature.decision.verb)(by)
        if candidature.status == Status.LABELLED:
            antennas.append(found_antenna(candidature, by))
        queue_letter(candidature)
    return antennas


def found_antenna(candidature: Candidature, by) -> Antenna:
    """Create the antenna of a labelled candidature: its carriers, sites, concept, project and announced year."""
    carriers, sites = candidature.carriers.all(), candidature.sites.all()
    antenna = Antenna.objects.create(
        name=published_name(carriers),
        slug=free_slug(site.commune.name for site in sites),
        phase=candidature.phase,
        candidature=candidature,
        project=candidature.summary,
        labelled_on=timezone.localdate(),
    )
    antenna.concepts.add(candidature.concept_id)
    for carrier in carriers:
        copied = ("commune_id", "epci_id", "body_name", "body_siren", "is_lead", "position")
        antenna.carriers.create(**{name: getattr(carrier, name) for name in copied})
    for site in sites:
        antenna.sites.create(commune=site.commune)
    antenna.openings.create(kind=OpeningChange.Kind.ANNOUNCED, year=candidature.target_year, recorded_by=by)
    return antenna
