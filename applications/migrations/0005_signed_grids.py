"""What was signed before recusals and grids left a row of their own: set aside, and frozen."""

import hashlib
import json

from django.db import migrations
from django.db.models import Q
from django.utils import timezone


def keep_what_was_signed(apps, schema_editor):
    set_aside(apps)
    Call = apps.get_model("applications", "Call")
    for call in Call.objects.filter(candidatures__reviews__signed_at__isnull=False).distinct():
        freeze(apps, call)


def set_aside(apps):
    Review = apps.get_model("applications", "Review")
    for recusal in apps.get_model("applications", "Recusal").objects.select_related("member"):
        written = Review.objects.filter(candidature=recusal.candidature_id, seat=recusal.seat_id, recusal=None)
        if recusal.member:
            person = recusal.member.user_id
            written = written.filter(Q(signed_by=person) | Q(signed_by=None, drafted_by=person))
        written.update(recusal=recusal)


def freeze(apps, call):
    criteria = [
        {
            "id": criterion.pk,
            "name": criterion.name,
            "help": criterion.help,
            "weight": criterion.weight,
            "tie_rank": None,
            "levels": {str(level.mark): level.label for level in criterion.levels.order_by("mark")},
        }
        for criterion in call.criteria.order_by("position")
    ]
    content = {"max_mark": 5, "half_points": False, "comment_up_to": None, "comment_from": None, "criteria": criteria}
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    grid = call.grid_versions.create(number=1, content=content, sha256=sha256, frozen_at=timezone.now())
    for review in apps.get_model("applications", "Review").objects.filter(
        candidature__call=call, signed_at__isnull=False
    ):
        keep(review, grid)


def keep(review, grid):
    scores = [
        {
            "criterion": score.criterion_id,
            "name": score.criterion.name,
            "mark": None if score.mark is None else str(score.mark),
            "abstains": score.abstains,
            "comment": score.comment,
        }
        for score in review.scores.order_by("criterion__position").select_related("criterion")
    ]
    review.signatures.create(
        submission_id=review.submission_id,
        grid=grid,
        content={"scores": scores, "advice": review.advice, "comment": review.comment},
        signed_at=review.signed_at,
        signed_by_id=review.signed_by_id,
    )


class Migration(migrations.Migration):
    dependencies = [("applications", "0004_committee")]

    operations = [migrations.RunPython(keep_what_was_signed, migrations.RunPython.noop)]
