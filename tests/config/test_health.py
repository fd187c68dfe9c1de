from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from post_office.models import STATUS, Email


def waiting_mail(status=STATUS.queued, minutes=0, **fields):
    mail = Email.objects.create(from_email="a@example.fr", to="b@example.fr", status=status, **fields)
    Email.objects.filter(pk=mail.pk).update(created=timezone.now() - timedelta(minutes=minutes))


def test_a_portal_in_good_health_says_so(client):
    answer = client.get("/sante/")
    assert answer.status_code == 200
    assert answer.json() == {
        "ok": True,
        "version": "0.1.0",
        "database": True,
        "migrations": True,
        "storage": True,
        "mail": {"oldest_waiting_minutes": 0, "failed": 0},
    }


def test_mail_that_waits_is_told_in_minutes_and_failures_are_counted(client):
    waiting_mail(minutes=7)
    waiting_mail(STATUS.requeued, minutes=42)
    waiting_mail(STATUS.sent, minutes=600)
    waiting_mail(minutes=90, scheduled_time=timezone.now() + timedelta(days=1))
    waiting_mail(STATUS.failed)
    assert client.get("/sante/").json()["mail"] == {"oldest_waiting_minutes": 42, "failed": 1}


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
    with django_assert_max_num_queries(3):
        client.get("/sante/")


def test_the_probe_leaves_no_file_behind(client, settings):
    client.get("/sante/")
    assert list(settings.MEDIA_ROOT.iterdir()) == []
