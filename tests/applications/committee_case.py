"""A committee at work: two seats and a chair, files of one phase, and marker words that must stay sealed."""

from dataclasses import dataclass, field
from datetime import timedelta

from django.utils import timezone

from accounts.models import Role
from applications.models import Candidature, Member, Review, SelectionPhase, Status
from tests.factories import (
    CandidatureFactory,
    CriterionFactory,
    MemberFactory,
    PhaseFactory,
    SeatFactory,
    StaffFactory,
    UserFactory,
    lead_of,
)

SECRET = "MOTSOUSSCELLE"  # in every comment of the seat that has signed
TITLE = "INTITULEDUDOSSIER"  # the title of the file


@dataclass
class Case:
    """One closed phase, its file, and one person of each kind around it."""

    phase: SelectionPhase
    file: Candidature
    people: dict = field(default_factory=dict)
    members: dict[str, Member] = field(default_factory=dict)

    def seat(self, name, **member):
        """A new voting seat of the call and its only member, known by `name`."""
        self.members[name] = MemberFactory(seat=SeatFactory(call=self.phase.call), **member)
        self.people[name] = self.members[name].user
        return self.members[name]


def committee_case(mark=5, **call) -> Case:
    """`signed` has signed a review full of SECRET; `unsigned` has not begun; the others must see nothing."""
    phase = PhaseFactory(closed=True, **{f"call__{name}": value for name, value in call.items()})
    CriterionFactory.create_batch(2, call=phase.call)
    case = Case(phase, CandidatureFactory(status=Status.ADMISSIBLE, phase=phase, title=TITLE))
    today = timezone.localdate()
    for name in ("signed", "unsigned", "recused", "recused_seat"):
        case.seat(name)
    case.seat("chair", is_chair=True)
    case.seat("ended", ends_on=today - timedelta(days=1))
    case.people["elsewhere"] = MemberFactory().user
    case.people["elsewhere_chair"] = MemberFactory(is_chair=True).user
    case.people["no_seat"] = UserFactory(role=Role.COMMITTEE)
    case.people["staff"] = StaffFactory()
    case.people["applicant"] = lead_of(case.file)
    write_review(case.file, case.members["signed"], mark)
    return case


def write_review(file, member, mark=5, comment=SECRET, sign=True) -> Review:
    """The review of `member`'s seat, the same mark everywhere."""
    marks = {c.pk: {"mark": mark, "abstains": False, "comment": comment} for c in file.call.criteria.all()}
    review = Review.write(file, member.user, 0, marks, Review.Advice.FAVOURABLE, comment)
    if sign:
        review.sign(member.user)
    return review
