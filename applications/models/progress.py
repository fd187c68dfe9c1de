"""How far the reviews of a phase have come: files × seats, never a mark."""

from dataclasses import dataclass

from django.db import models

from .candidature import Candidature
from .committee import Seat
from .recusals import Recusal
from .scoring import Review


class Progress(models.TextChoices):
    SIGNED = "signed", "signée"
    BEGUN = "begun", "commencée"
    NOTHING = "nothing", "rien encore"
    RECUSED = "recused", "déport"
    SET_ASIDE = "set_aside", "écartée par un déport"


@dataclass(frozen=True)
class Coverage:
    """One row per file that the reader may see, one cell (a Progress) per voting seat."""

    seats: list[Seat]
    rows: list[tuple[Candidature, list[Progress]]]

    @property
    def cells(self) -> list[Progress]:
        return [cell for _, cells in self.rows for cell in cells]

    @property
    def signed(self) -> int:
        return self.cells.count(Progress.SIGNED)

    @property
    def expected(self) -> int:
        return len(self.cells) - self.cells.count(Progress.RECUSED)


def coverage(phase, user) -> Coverage:
    """The coverage of `phase`, limited to the files that `user` may deliberate on, in a constant number of queries."""
    files = list(Candidature.objects.deliberated_by(user).filter(phase=phase).with_people().order_by("number"))
    seats = list(phase.call.seats.filter(is_voting=True).select_related("organisation"))
    reviews = Review.objects.filter(candidature__in=files).order_by()
    found = {
        (file, seat): Progress.SET_ASIDE if signed_at else Progress.BEGUN
        for file, seat, signed_at in reviews.values_list("candidature", "seat", "signed_at")
    }
    found |= dict.fromkeys(reviews.counted().values_list("candidature", "seat"), Progress.SIGNED)
    away = Recusal.objects.filter(candidature__in=files, member=None)
    found |= dict.fromkeys(away.values_list("candidature", "seat"), Progress.RECUSED)
    rows = [(file, [found.get((file.pk, seat.pk), Progress.NOTHING) for seat in seats]) for file in files]
    return Coverage(seats, rows)
