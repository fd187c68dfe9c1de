"""Give the calls that are not over the form that their candidatures were filled in with, and file what was written."""

from django.db import migrations
from django.db.models import Q
from django.utils import timezone

SECTIONS = [
    ("porteurs", "Porteurs", "carriers"),
    ("sites", "Sites", "sites"),
    ("projet", "Projet", "questions"),
    ("pieces", "Pièces", "questions"),
]
QUESTIONS = [  # code, kind, label, column of the candidature
    ("title", "short_text", "Intitulé", "title"),
    ("summary", "long_text", "Résumé du projet", "summary"),
    ("concept", "concept", "Concept d’antenne", "concept_id"),
    ("target_year", "school_year", "Année d’ouverture visée", "target_year"),
]


def create_forms(apps, schema_editor):
    Call = apps.get_model("applications", "Call")
    today = timezone.localdate()
    for call in Call.objects.filter(Q(ended_on=None) | Q(ended_on__gte=today), sections=None):
        sections = {
            code: call.sections.create(position=position, code=code, title=title, kind=kind)
            for position, (code, title, kind) in enumerate(SECTIONS, start=1)
        }
        for position, (code, kind, label, column) in enumerate(QUESTIONS, start=1):
            question = sections["projet"].questions.create(
                position=position, code=code, core=code, kind=kind, label=label
            )
            file_answers(call, question, column)
        piece = sections["pieces"].questions.create(
            position=1, code="engagement", kind="file", label="Délibération ou lettre d’engagement", max_files=20
        )
        file_pieces(apps, call, piece)


def file_answers(call, question, column):
    for candidature in call.candidatures.prefetch_related("memberships"):
        value, people = getattr(candidature, column), candidature.memberships.all()
        if value not in (None, "") and people:
            candidature.answers.create(
                question=question, value=value, updated_at=candidature.created_at, updated_by_id=people[0].user_id
            )


def file_pieces(apps, call, question):
    Attachment = apps.get_model("applications", "Attachment")
    Attachment.objects.filter(candidature__call=call).update(question=question)
    for submission in apps.get_model("applications", "Submission").objects.filter(candidature__call=call):
        hashes = [piece["sha256"] for piece in submission.content["pieces"]]
        submission.pieces.set(Attachment.objects.filter(candidature=submission.candidature_id, sha256__in=hashes))


class Migration(migrations.Migration):
    dependencies = [("applications", "0002_form_team_time")]

    operations = [migrations.RunPython(create_forms, migrations.RunPython.noop)]
