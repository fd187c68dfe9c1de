"""/sante/: what a probe and an operator need to know, and nothing secret."""

import logging
import tomllib
from functools import cache

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import Error, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Count, Min, Q
from django.http import JsonResponse
from django.utils import timezone
from post_office.models import STATUS, Email

from applications.models import Claim, LetterCopy
from labels.embargo import overdue

logger = logging.getLogger(__name__)

VERSION = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())["project"]["version"]


@login_not_required
def health(request):
    """Tell the state of each part; 503 when the portal cannot serve.

    Late or failed mail is told but is no reason to answer 503: taking the portal away would not send it.
    """
    state = {"version": VERSION, "storage": storage_is_writable()} | database_state()
    is_serving = all(state[part] for part in ("database", "migrations", "storage"))
    return JsonResponse({"ok": is_serving} | state, status=200 if is_serving else 503)


def database_state() -> dict:
    """Whether the database answers and its schema is up to date, and what waits in the outbox."""
    try:
        applied = MigrationRecorder(connection).applied_migrations()
        return {
            "database": True,
            "migrations": known_migrations() <= applied.keys(),
            "mail": outbox_state() if applied else None,
            "late_proclamations": overdue().count() if applied else None,
        }
    except Error:
        logger.exception("The database does not answer")
        return {"database": False, "migrations": False, "mail": None, "late_proclamations": None}


@cache
def known_migrations() -> frozenset:
    """The migrations this version of the code comes with, as (app, name)."""
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)


def outbox_state() -> dict:
    """How long the oldest mail due has been waiting, in minutes; how many mails failed for good, and how many were
    interrupted, of which a person decides; how many letters are still to be queued.
    """
    now = timezone.now()
    due = Q(status__in=[STATUS.queued, STATUS.requeued]) & (Q(scheduled_time=None) | Q(scheduled_time__lte=now))
    mail = Email.objects.aggregate(
        oldest=Min("created", filter=due), failed=Count("pk", filter=Q(status=STATUS.failed))
    )
    waited = (now - mail["oldest"]).total_seconds() // 60 if mail["oldest"] else 0
    return {
        "oldest_waiting_minutes": int(waited),
        "failed": mail["failed"],
        "interrupted": Claim.objects.interrupted().count(),
        "letters_to_queue": LetterCopy.objects.filter(queued_at=None).count(),
    }


def storage_is_writable() -> bool:
    """Write a small file and remove it."""
    try:
        default_storage.delete(default_storage.save("sante", ContentFile(b"ok")))
    except Exception:  # each storage has its own errors; all of them mean no
        logger.exception("The file storage does not take files")
        return False
    return True
