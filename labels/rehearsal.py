"""All that the proclamation of a phase would do now, told before anything is written."""

from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Prefetch
from post_office.models import STATUS, Email

from applications.letters import addresses_of
from applications.models import TRANSITIONS, Candidature, Decision, SelectionPhase, Site, Status
from applications.wording import OUTCOMES
from applications.years import school_year

from .naming import free_slug, published_name


@dataclass(frozen=True)
class Outcome:
    """What the proclamation would make of one candidature."""

    candidature: Candidature
    slug: str = ""  # of the page of its antenna, if it has one

    @property
    def decision(self) -> Decision:
        return self.candidature.decision

    @property
    def label(self) -> str:
        """« Labellisée sous conditions »."""
        return OUTCOMES[self.decision.outcome]

    @property
    def status(self) -> Status:
        """The status that it would take."""
        return TRANSITIONS[self.decision.verb].target

    @property
    def is_labelled(self) -> bool:
        return self.status == Status.LABELLED

    @cached_property
    def antenna_name(self) -> str:
        """The name of the antenna that would appear on the public pages: the team's own, else its carriers; or ""."""
        if not self.is_labelled:
            return ""
        chosen = getattr(self.candidature, "published_name", None)
        return chosen.name if chosen else published_name(self.candidature.carriers.all())

    @property
    def opening_year(self) -> str:
        return school_year(self.candidature.target_year)

    @cached_property
    def sites(self) -> list[str]:
        return [site.commune.name for site in self.candidature.sites.all()]

    @cached_property
    def departments(self) -> list[str]:
        return list(dict.fromkeys(site.commune.department.name for site in self.candidature.sites.all()))

    @cached_property
    def regions(self) -> list[str]:
        return list(dict.fromkeys(site.commune.department.region.name for site in self.candidature.sites.all()))

    @cached_property
    def recipients(self) -> list[str]:
        """The addresses to which the letter would go."""
        return addresses_of(self.candidature)


@dataclass(frozen=True)
class Rehearsal:
    """All that a proclamation of `phase` would do now. Nothing is written."""

    phase: SelectionPhase
    outcomes: list[Outcome]
    obstacles: list[str]  # all that forbids it now
    unreached: list[str] = field(default_factory=list)  # addresses to which the last mail did not leave

    @property
    def reason(self) -> str:
        """Why it cannot take place now, or ""."""
        return next(iter(self.obstacles), "")

    @property
    def labelled(self) -> list[Outcome]:
        return [outcome for outcome in self.outcomes if outcome.is_labelled]

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
        """Changes with any decision, name or recipient, so that nobody proclaims something else than what they read."""
        lines = [
            f"{row.decision.pk} {row.decision.outcome} {row.decision.decided_at} {row.antenna_name} {row.recipients}"
            for row in self.outcomes
        ]
        return sha256("\n".join(lines).encode()).hexdigest()


def rehearse(phase: SelectionPhase, by) -> Rehearsal:
    """Tell what `proclaim` would do if `by` called it now. A constant number of queries, and one for each antenna."""
    outcomes, promised = [], set()
    for candidature in decided(phase):
        outcome = Outcome(candidature)
        if outcome.is_labelled:
            outcome = Outcome(candidature, free_slug(outcome.sites, promised))
            promised.add(outcome.slug)
        outcomes.append(outcome)
    obstacles = phase.proclamation_obstacles(by)
    if by.is_staff and not phase.proclaimed_at:
        obstacles += obstacles_of(outcomes)
    return Rehearsal(phase, outcomes, obstacles, unreached([a for row in outcomes for a in row.recipients]))


def decided(phase: SelectionPhase):
    """The candidatures of the phase that wait only for the proclamation, in the order of their references."""
    sites = Site.objects.select_related("commune__department__region")
    waiting = phase.candidatures.filter(status=Status.ADMISSIBLE, decision__isnull=False)
    return (
        waiting.select_related("call", "concept", "decision", "published_name")
        .prefetch_related("carriers__commune", "carriers__epci", Prefetch("sites", sites), "memberships__user")
        .order_by("number")
    )


def obstacles_of(outcomes: list[Outcome]) -> list[str]:
    """What is missing in the candidatures themselves: somebody to write to, a name to publish."""
    if not outcomes:
        return ["Aucune candidature de cette phase n’a de décision à proclamer."]
    found = []
    for outcome in outcomes:
        reference = outcome.candidature.reference
        if not any(is_address(address) for address in outcome.recipients):
            found.append(f"{reference} : personne à qui écrire, aucun membre n’a de compte actif et d’adresse valide.")
        if outcome.is_labelled and not (outcome.antenna_name and outcome.slug):
            found.append(f"{reference} : il manque un porteur ou un site pour nommer l’antenne.")
    return found


def is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


def unreached(addresses: list[str]) -> list[str]:
    """The addresses to which the last mail tried did not leave. Told only: letters are on the portal too."""
    tried = Email.objects.filter(to__in=addresses, status__in=[STATUS.sent, STATUS.failed]).order_by("created", "pk")
    last = {", ".join(to): status for to, status in tried.values_list("to", "status")}
    return [to for to, status in last.items() if status == STATUS.failed]
