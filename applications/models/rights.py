"""Who may do what with the team of a candidature: the one place that buttons, views and verbs read."""

from typing import NamedTuple

from .carriers import Membership
from .workflow import ForbiddenTransition

Role = Membership.Role
OFFERS = {Role.LEAD: (Role.EDITOR, Role.READER, Role.LEAD), Role.EDITOR: (Role.EDITOR, Role.READER)}
NOT_YOURS = "Votre rôle sur cette candidature ne permet pas, ou ne permet plus, cette action."


class Rights(NamedTuple):
    """What a person may do with the team of a candidature."""

    role: str  # "" for somebody who is no member
    is_staff: bool

    @property
    def offers(self) -> tuple[Role, ...]:
        """The roles to which the person may invite. The programme's team finds a new lead, and nobody else."""
        offers = OFFERS.get(self.role, ())
        return (*offers, Role.LEAD) if self.is_staff and Role.LEAD not in offers else offers

    def may_invite(self, role) -> bool:
        """Whether the person may invite somebody to be `role`, and send again or cancel such an invitation."""
        return role in self.offers

    @property
    def may_answer(self) -> bool:
        """Whether the person answers those who ask to join."""
        return self.role in Membership.MAY_ACT

    @property
    def may_leave(self) -> bool:
        """Whether the person may end their own membership: the lead first hands over."""
        return self.role in (Role.EDITOR, Role.READER)

    @property
    def may_manage(self) -> bool:
        """Whether the person gives other roles to members, and removes them."""
        return self.role == Role.LEAD

    def may_change(self, membership) -> bool:
        """Whether the person may give another role to this member, or remove them."""
        return self.may_manage and membership.role != Role.LEAD

    @property
    def may_hand_over(self) -> bool:
        """Whether the person makes somebody else the lead: so does the lead, or the programme's team for one gone."""
        return self.may_invite(Role.LEAD)

    def may_hand_over_to(self, membership) -> bool:
        """Whether the person may make this member the lead."""
        return self.may_hand_over and membership.role != Role.LEAD and membership.user.is_active


def rights_of(candidature, user) -> Rights:
    """What `user` may do with the team of `candidature` now."""
    membership = candidature.memberships.filter(user=user).first()
    return Rights(membership.role if membership else "", user.is_staff)


def works_for_a_carrier(candidature, user) -> bool:
    """Whether the body that employs `user`, as ProConnect says, carries the candidature."""
    return bool(user.siren) and user.siren in {carrier.siren for carrier in candidature.carriers.all()}


def demand(is_possible, why_not: str = NOT_YOURS):
    """Raise ForbiddenTransition, saying why, unless this is possible."""
    if not is_possible:
        raise ForbiddenTransition(why_not)
