"""The candidatures of a phase, best first, computed in SQL from the reviews that count."""

from django.db.models import Avg, Count, F, FloatField, OuterRef, Subquery, Window
from django.db.models.functions import Coalesce, Rank, Round

from .candidature import Candidature
from .scoring import Review

HAIR = 1e-9  # far below what separates two averages, far above the error of a float


def ranking(phase, user):
    """The candidatures of a phase by weighted mean, best first, computed in SQL.

    Each carries `average` (on 100, two decimals, None without a counted review), `reviews_counted` and `rank`.
    At the same average the earlier deposit goes first (the written rule of the calls), then the lower number.
    Limited to what `user` may deliberate on, ranks counted among these; empty while the phase is sealed.
    """
    candidatures = Candidature.objects.deliberated_by(user).filter(phase=phase)
    if phase.is_sealed():
        return candidatures.none()
    counted = Review.objects.counted().filter(candidature=OuterRef("pk")).order_by()
    average = counted.with_total().values("candidature").annotate(average=Avg("total")).values("average")
    count = counted.values("candidature").annotate(count=Count("pk")).values("count")
    # 79.975 is no float: a hair is added so that halves go up, whatever the database, its version and its order.
    mean = Round(Subquery(average, output_field=FloatField()) + HAIR, 2)
    best_first = [F("average").desc(nulls_last=True), F("submitted_at").asc(), F("number").asc()]
    return (
        candidatures.with_people()
        .annotate(average=mean, reviews_counted=Coalesce(Subquery(count), 0))
        .annotate(rank=Window(Rank(), order_by=best_first))
        .order_by("rank")
    )
