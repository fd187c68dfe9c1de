"""How far the reviews of a phase have come: files × seats, never a mark. And whom it waits for."""

from dataclasses import dataclass
from typing import NamedTuple

from django.db import models

from .candidature import Candidature
from .carriers import Membership
from .committee import Member, Seat
from .recusals import Recusal
from .scoring import Review
from .workflow import Status


class Progress(models.TextChoices):
    SIGNED = "signed", "signée"
    BEGUN = "begun", "commencée"
    NOTHING = "nothing", "rien encore"
    RECUSED = "recused", "déport"
    SET_ASIDE = "set_aside", "écartée par un déport"

    @property
    def letter(self) -> str:
        return LETTERS[self]

    @property
    def is_awaited(self) -> bool:
        """Whether a review is still to be signed by this seat."""
        return self not in (Progress.SIGNED, Progress.RECUSED)


LETTERS = {
    Progress.SIGNED: "S",
    Progress.BEGUN: "C",
    Progress.NOTHING: "–",
    Progress.RECUSED: "D",
    Progress.SET_ASIDE: "É",
}


class Count(NamedTuple):
    signed: int
    expected: int  # recused seats left out

    @property
    def is_whole(self) -> bool:
        return self.signed == self.expected

    @classmethod
    def of(cls, cells):
        cells = list(cells)
        return cls(cells.count(Progress.SIGNED), len(cells) - cells.count(Progress.RECUSED))


@dataclass(frozen=True)
class Coverage:
    """One row per file that the reader may see, one cell (a Progress) per voting seat."""

    seats: list[Seat]
    rows: list[tuple[Candidature, list[Progress]]]

    @property
    def cells(self) -> list[Progress]:
        return [cell for _, cells in self.rows for cell in cells]

    @property
    def count(self) -> Count:
        return Count.of(self.cells)

    @property
    def signed(self) -> int:
        return self.count.signed

    @property
    def expected(self) -> int:
        return self.count.expected

    @property
    def by_seat(self) -> list[tuple[Seat, Count]]:
        columns = zip(*(cells for _, cells in self.rows), strict=True)
        counts = [Count.of(column) for column in columns] or [Count(0, 0)] * len(self.seats)
        return list(zip(self.seats, counts, strict=True))

    def only(self, seats=None, files=None):
        """The same matrix with these seats and these files alone, each given by its keys; None keeps all."""
        kept = [place for place, seat in enumerate(self.seats) if seats is None or seat.pk in seats]
        return Coverage(
            [self.seats[place] for place in kept],
            [(f, [cells[place] for place in kept]) for f, cells in self.rows if files is None or f.pk in files],
        )

    def late_seats(self) -> set[int]:
        """The keys of the seats that have still to sign a review of these files."""
        return {seat.pk for seat, count in self.by_seat if not count.is_whole}

    def uncovered_files(self) -> set[int]:
        """The keys of the files that some seat has still to review."""
        return {file.pk for file, cells in self.rows if not Count.of(cells).is_whole}


def coverage(phase, user) -> Coverage:
    """The coverage of `phase`, limited to the files that `user` may deliberate on. Four queries."""
    files = Candidature.objects.deliberated_by(user).filter(phase=phase)
    seats = list(phase.call.seats.filter(is_voting=True).select_related("organisation"))
    reviews = Review.objects.filter(candidature__in=files).order_by()
    found = {}
    for file, seat, signed_at, recusal in reviews.values_list("candidature", "seat", "signed_at", "recusal"):
        if recusal is None:
            found[file, seat] = Progress.SIGNED if signed_at else Progress.BEGUN
        else:
            found.setdefault((file, seat), Progress.SET_ASIDE)
    away = Recusal.objects.filter(candidature__in=files, member=None).order_by()
    found |= dict.fromkeys(away.values_list("candidature", "seat"), Progress.RECUSED)
    rows = [
        (file, [found.get((file.pk, seat.pk), Progress.NOTHING) for seat in seats])
        for file in files.select_related("call").order_by("number")
    ]
    return Coverage(seats, rows)


class Late(NamedTuple):
    """A member of a seat, and the files that they may still review."""

    member: Member
    files: list[Candidature]


def late_members(phase, user) -> list[Late]:
    """Who can still sign or draft a review that is missing in `phase`, of the files that `user` may deliberate on.

    Every member of the seat whose term is current, unless recused from the file in person or at work on it; nobody
    when the phase takes no review any more. Seven queries.
    """
    if not phase.takes_reviews:
        return []
    found = coverage(phase, user)
    files = [file for file, _ in found.rows]
    away = set(
        Recusal.objects.filter(candidature__in=files, member__isnull=False).values_list("candidature", "member__user")
    )
    away |= set(Membership.objects.filter(candidature__in=files).values_list("candidature", "user"))
    awaited = {
        seat.pk: [file for file, cells in found.rows if file.status == Status.ADMISSIBLE and cells[place].is_awaited]
        for place, seat in enumerate(found.seats)
    }
    members = Member.objects.current().filter(seat__in=found.seats).select_related("seat__organisation", "user")
    late = [
        Late(member, [file for file in awaited[member.seat_id] if (file.pk, member.user_id) not in away])
        for member in members.order_by("seat__position", "seat", "-is_titular", "pk")
    ]
    return [each for each in late if each.files]
