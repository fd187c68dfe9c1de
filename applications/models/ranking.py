"""The candidatures of a phase, best first, computed in SQL from the reviews that count. `applications.rule` says the
same rule in plain Python; a test holds the two together.
"""

from django.db.models import Avg, Count, F, FloatField, OuterRef, Subquery, Window
from django.db.models.functions import Cast, Coalesce, Rank, Round

from .. import rule
from .candidature import Candidature
from .grid import Criterion
from .scoring import Review, Score
from .workflow import JUDGED

HAIR = 1e-9  # far below what separates two averages, far above the error of a float


def half_up(subquery):
    """Rounded to two decimals. 79.975 is no float: a hair is added so that halves go up, whatever the database."""
    return Round(Subquery(subquery, output_field=FloatField()) + HAIR, 2)


def ranking(phase, user, breaking=None):
    """The candidatures of a phase by weighted mean, best first, computed in SQL.

    Each carries `average` (on 100, two decimals, None without a counted review), `reviews_counted`, `tie_1`, `tie_2`…
    (the mean mark of each criterion that breaks ties, two decimals) and `rank`. At the same average these decide, then
    the earlier deposit, then the lower number. Limited to what `user` may deliberate on, ranks counted among these;
    empty while the phase is sealed. `breaking` are the `tie_criteria`, for a caller that has read them.
    """
    candidatures = deliberated(phase, user)
    breaking = tie_criteria(phase) if breaking is None else breaking
    counted = Review.objects.counted().filter(candidature=OuterRef("pk")).order_by()
    average = counted.with_total().values("candidature").annotate(average=Avg("total")).values("average")
    count = counted.values("candidature").annotate(count=Count("pk")).values("count")
    ties = {f"tie_{place}": half_up(mean_mark(criterion)) for place, criterion in enumerate(breaking, start=1)}
    best_first = [F(name).desc(nulls_last=True) for name in ("average", *ties)]
    best_first += [F("submitted_at").asc(), F("number").asc()]
    return (
        candidatures.select_related("call")
        .annotate(average=half_up(average), reviews_counted=Coalesce(Subquery(count), 0), **ties)
        .annotate(rank=Window(Rank(), order_by=best_first))
        .order_by("rank")
    )


def deliberated(phase, user):
    """The candidatures of `phase` whose marks `user` may know: none while it is sealed.

    Without a `user`, all of them: for a record that tells the whole, cut down later to what its reader may know.
    """
    judged = Candidature.objects.filter(status__in=JUDGED) if user is None else Candidature.objects.deliberated_by(user)
    return judged.none() if phase.is_sealed() else judged.filter(phase=phase)


def tie_criteria(phase) -> list[Criterion]:
    """Those that break ties, the first to decide first."""
    return list(phase.call.criteria.filter(tie_rank__isnull=False).order_by("tie_rank"))


def mean_mark(criterion):
    """The mean mark that the outer candidature got for this criterion, as a query of one value."""
    reviews = Review.objects.counted().filter(candidature=OuterRef(OuterRef("pk"))).order_by()
    marks = Score.objects.filter(criterion=criterion, mark__isnull=False, review__in=reviews.values("pk"))
    return marks.order_by().values("criterion").annotate(mean=Avg(Cast("mark", FloatField()))).values("mean")


def counted_reviews(phase, user):
    """The reviews that count, of the files whose marks `user` may know."""
    return Review.objects.counted().filter(candidature__in=deliberated(phase, user)).order_by()


def seat_totals(phase, user) -> dict[int, dict[int, float]]:
    """What each seat gives on 100, by candidature then by seat (their keys). One query."""
    found = {}
    rows = counted_reviews(phase, user).with_total().filter(total__isnull=False)
    for candidature, seat, total in rows.values_list("candidature", "seat", "total"):
        found.setdefault(candidature, {})[seat] = total
    return found


def rule_files(phase, user) -> list[rule.File]:
    """The files and their marks as `applications.rule` takes them, seats and criteria by their keys. Two queries."""
    files = {
        pk: rule.File(number, submitted_at, {})
        for pk, number, submitted_at in deliberated(phase, user).values_list("pk", "number", "submitted_at")
    }
    scores = Score.objects.filter(review__in=counted_reviews(phase, user).values("pk")).order_by()
    for pk, seat, criterion, mark in scores.values_list("review__candidature", "review__seat", "criterion", "mark"):
        files[pk].reviews.setdefault(seat, {})[criterion] = mark
    return list(files.values())


def rule_criteria(call) -> list[rule.Criterion]:
    """The grid of `call` as `applications.rule` takes it."""
    return [rule.Criterion(*row) for row in call.criteria.values_list("pk", "weight", "tie_rank")]
