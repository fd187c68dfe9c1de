from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from post_office.models import STATUS, Email

from applications.models import Claim
from tests.factories import PhaseFactory, StaffFactory


def waiting_mail(status=STATUS.queued, minutes=0, **fields):
    mail = Email.objects.create(from_email="a@example.fr", to="b@example.fr", status=status, **fields)
    Email.objects.filter(pk=mail.pk).update(created=timezone.now() - timedelta(minutes=minutes))
    return mail


def test_a_portal_in_good_health_says_so(client):
    answer = client.get("/sante/")
    assert answer.status_code == 200
    assert answer.json() == {
        "ok": True,
        "version": "0.1.0",
        "database": True,
        "migrations": True,
        "storage": True,
        "mail": {"oldest_waiting_minutes": 0, "failed": 0, "interrupted": 0, "letters_to_queue": 0},
        "late_proclamations": 0,
    }


def test_mail_that_waits_is_told_in_minutes_and_failures_are_counted(client):
    waiting_mail(minutes=7)
    waiting_mail(STATUS.requeued, minutes=42)
    waiting_mail(STATUS.sent, minutes=600)
    waiting_mail(minutes=90, scheduled_time=timezone.now() + timedelta(days=1))
    waiting_mail(STATUS.failed)
    mail = client.get("/sante/").json()["mail"]
    assert (mail["oldest_waiting_minutes"], mail["failed"]) == (42, 1)


def test_mail_of_unknown_fate_is_told(client):
    for minutes, problem in ((1, ""), (1, "TimeoutError"), (11, "")):
        mail = waiting_mail(None)
        Claim.objects.create(email=mail, claimed_at=timezone.now() - timedelta(minutes=minutes), problem=problem)
    assert client.get("/sante/").json()["mail"]["interrupted"] == 2


def test_an_hour_passed_without_its_proclamation_is_told(client):
    hour = timezone.now() - timedelta(minutes=1)
    PhaseFactory(closed=True, seal_opened_at=hour, proclamation_at=hour, proclamation_by=StaffFactory())
    assert client.get("/sante/").json()["late_proclamations"] == 1


def test_a_missing_migration_answers_503(client):
    MigrationRecorder.Migration.objects.filter(app="accounts").delete()
    answer = client.get("/sante/")
    assert (answer.status_code, answer.json()["ok"], answer.json()["migrations"]) == (503, False, False)


def test_a_storage_that_takes_no_file_answers_503(client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "a-file"
    settings.MEDIA_ROOT.write_text("in the way of the folder")
    answer = client.get("/sante/")
    assert (answer.status_code, answer.json()["storage"]) == (503, False)


def test_a_database_that_does_not_answer_gives_503_and_no_detail(client, monkeypatch):
    def broken(recorder):
        raise DatabaseError("password=secret host=db.internal")

    monkeypatch.setattr(MigrationRecorder, "applied_migrations", broken)
    answer = client.get("/sante/")
    assert (answer.status_code, answer.json()["database"]) == (503, False)
    assert "secret" not in answer.content.decode()


@pytest.mark.parametrize("mails", [1, 30])
def test_the_number_of_queries_does_not_grow(client, django_assert_max_num_queries, mails):
    for _ in range(mails):
        waiting_mail()
    with django_assert_max_num_queries(6):
        client.get("/sante/")


def test_the_probe_leaves_no_file_behind(client, settings):
    client.get("/sante/")
    assert list(settings.MEDIA_ROOT.iterdir()) == []
