"""What may be done with a candidature, by whom and until when: the one place that buttons, guards and pages read."""

from typing import NamedTuple

from django.utils import timezone

from ..templatetags.french import long_moment
from .carriers import Membership
from .supplements import SupplementItem
from .workflow import BUTTONS_OF, PRESENTABLE_AGAIN, TRANSITIONS, Actor, Status, Transition


class Openness(NamedTuple):
    """What of a file can be changed now: nothing, for a reason; else everything, or the items that the team asked."""

    reason: str = ""
    items: list[SupplementItem] = ()

    def why_not(self, section, question=None, carrier=None) -> str:
        """Why this section, or this question of it, cannot be changed, or ""."""
        if self.reason:
            return self.reason
        if not self.items or any(item.opens(section, question, carrier) for item in self.items):
            return ""
        return "Ce point n’est pas dans la demande de compléments : il ne peut plus être modifié."


class Rules:
    """The rules of a Candidature. Each `why_…` answers in words for the person, or "" when nothing forbids it."""

    # Time

    def granted(self) -> dict:
        """The moments until which this candidature alone may be deposited, by phase; the last one granted counts."""
        return {extension.phase_id: extension.until for extension in self.extensions.all()}

    def deadline(self, phase):
        """The moment from which a deposit in `phase` is refused: its closing, or later if more time was given."""
        return max(phase.last_moment, self.granted().get(phase.pk, phase.last_moment))

    def closing(self, phase):
        """The closing as people are told it: that of the phase, or the moment granted to this candidature. The
        technical tolerance comes after it, and nobody is invited to use it.
        """
        return max(phase.closes_at, self.granted().get(phase.pk, phase.closes_at))

    def open_phase(self, now=None):
        """The phase in which this candidature can be deposited now, or None. Once deposited, only its own."""
        now, granted = now or timezone.now(), self.granted()
        phases = [self.phase] if self.phase else self.call.phases.all()
        open_now = [
            phase
            for phase in phases
            if phase.opens_at and phase.closes_at and phase.opens_at <= now
            if now < max(phase.last_moment, granted.get(phase.pk, phase.last_moment))
        ]
        return min(open_now, key=lambda phase: phase.closes_at, default=None)

    # What may be changed

    def why_not_editable(self) -> str:
        """Why nothing of the file can be changed now, or "". A draft always can: a later phase may open."""
        match self.status:
            case Status.DRAFT:
                return ""
            case Status.SUBMITTED:
                closed = "Les dépôts de cette phase sont clos : la candidature ne peut plus être modifiée."
                return "" if self.open_phase() else closed
            case Status.SUPPLEMENTS_REQUESTED:
                return self.why_supplements_late("answer_supplements")
        state = self.get_status_display().lower()
        return f"La candidature est « {state} » : elle ne peut plus être modifiée."

    @property
    def is_editable(self) -> bool:
        return not self.why_not_editable()

    def openness(self) -> Openness:
        """What of the file can be changed now. Ask once for a whole page: it reads the database."""
        if reason := self.why_not_editable():
            return Openness(reason)
        request = self.supplement_request if self.status == Status.SUPPLEMENTS_REQUESTED else None
        return Openness("", list(request.items.select_related("section")) if request else [])

    # What may be done

    def why_closed(self, verb) -> str:
        closed = "Les dépôts sont clos pour cet appel. Votre dossier est conservé tel qu’il est."
        return "" if self.open_phase() else closed

    def why_not_again(self, verb) -> str:
        """A deposit is replaced until the closing, when there is something new in the file."""
        if self.open_phase() is None:
            return "Les dépôts de cette phase sont clos : votre dernier dépôt est examiné tel qu’il est."
        return "" if self.has_undeposited_changes else "Rien n’a changé depuis votre dernier dépôt."

    def why_phase_closed(self, verb) -> str:
        """A withdrawal is undone until the closing of its own phase: nobody comes back once the others are judged."""
        return "" if self.open_phase() else "Les dépôts de cette phase sont clos : le retrait ne s’annule plus."

    def why_still_open(self, verb) -> str:
        """The time before the closing is the applicant's: a new deposit may still replace the one to be examined."""
        if self.open_phase() is None:
            return ""
        end = long_moment(self.deadline(self.phase))
        return f"Les porteurs peuvent déposer une nouvelle version jusqu’au {end} (heure de Paris) : examinez ensuite."

    def why_not_examined(self, verb) -> str:
        return self.why_still_open(verb) or self.why_proclaimed(verb)

    def why_not_completed(self, verb) -> str:
        """A file is completed until the committee deliberates: its seats then read the new version and sign again."""
        opened = "Le scellé de la phase est levé : le dossier ne se complète plus."
        return self.why_still_open(verb) or ("" if self.phase.is_sealed() else opened)

    def why_supplements_late(self, verb) -> str:
        request = self.supplement_request
        if request and request.is_late:
            return (
                f"Les compléments étaient attendus avant le {long_moment(request.due_at)} (heure de Paris). "
                "Écrivez à l’équipe du programme : elle peut reporter cette échéance."
            )
        return ""

    def why_not_again_later(self, user) -> str:
        """Why `user` cannot present this candidature again in an open phase of its call, or ""."""
        if self.status not in PRESENTABLE_AGAIN:
            return "Seule une candidature à consolider ou non retenue se présente de nouveau."
        if not self.is_actor(user, Actor.APPLICANT):
            return f"Cette action revient à : {Actor.APPLICANT.label}."
        if already := self.next.exclude(status=Status.WITHDRAWN).first():
            return f"Elle est déjà présentée de nouveau : {already.reference}."
        return "" if self.call.open_phase() else "Aucune phase de cet appel n’est ouverte aux dépôts."

    def why_proclaimed(self, verb) -> str:
        """Nothing of a phase moves once its results are out, or about to be: who proclaims has read them already."""
        if self.phase.proclaimed_at:
            return "Les résultats de cette phase sont proclamés."
        planned = "La proclamation de cette phase est programmée : annulez-la d’abord."
        return planned if self.phase.proclamation_at else ""

    def why_not_proclaimed(self, verb) -> str:
        """Results leave the committee only by the proclamation of their phase, as they were decided."""
        decision = getattr(self, "decision", None)
        if not (self.phase.proclaimed_at and decision and decision.verb == verb):
            return "Les résultats ne changent le statut qu’à la proclamation de la phase."
        return ""

    def why_not_rectified(self, verb) -> str:
        """A proclaimed result changes only by a written rectification that says so."""
        last = self.rectifications.order_by("pk").last()
        written = last is not None and last.verb == verb
        return "" if written else "Une décision proclamée ne change que par une rectification écrite."

    def is_actor(self, user, actor: Actor) -> bool:
        """Whether `user` plays this part on this candidature."""
        if actor == Actor.APPLICANT:
            return self.memberships.filter(user=user, role__in=Membership.MAY_ACT).exists()
        return user.is_staff

    def why_not(self, verb: str, user) -> str:
        """Why `user` cannot do `verb` now, in words for them, or "". All buttons and guards read this."""
        transition = TRANSITIONS[verb]
        if self.status not in transition.sources:
            return f"Cette action n’est pas possible : la candidature est « {self.get_status_display().lower()} »."
        if not self.is_actor(user, transition.actor):
            return f"Cette action revient à : {transition.actor.label}."
        return getattr(self, transition.guard)(verb) if transition.guard else ""

    def transitions_for(self, user) -> dict[str, Transition]:
        """The buttons of `user` now. Proclamation and rectification have their own pages: no button here."""
        return {
            verb: transition
            for verb, transition in TRANSITIONS.items()
            if transition.actor in BUTTONS_OF and not self.why_not(verb, user)
        }
