"""The outbox's worker: at most one mail for each recipient, whatever crashes; exactly one when nothing does."""

import smtplib
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta

import pytest
from aiosmtpd.controller import Controller
from django.core.management import call_command, get_commands
from django.db import transaction
from django.utils import timezone
from post_office import mail
from post_office.connections import connections
from post_office.models import STATUS, Email

from applications import sending
from applications.models import Claim, MailState, mail_state
from applications.sending import alone_on_this_machine, send_again, send_outbox, tell_interrupted
from tests.applications.at_once import at_once
from tests.processes import started
from tests.server import free_port

LETTERS = 60


class Mailbox:
    """A real SMTP server that counts what it accepted, and what it was asked; `at` says what happens at each mail."""

    def __init__(self):
        self.accepted, self.lines, self.number = Counter(), 0, 0
        self.at = {}

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.lines += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(self, server, session, envelope, address, options):
        self.number += 1
        if answer := self.happen("rcpt"):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if answer := self.happen("data"):
            return answer
        self.accepted.update(envelope.rcpt_tos)
        return self.happen("accepted") or "250 OK"

    def happen(self, step):
        act = self.at.pop((step, self.number), None) or self.at.get(step)
        return act() if callable(act) else act


@contextmanager
def serving(box):
    server = Controller(box, hostname="127.0.0.1", port=free_port())
    server.start()
    try:
        yield server.port
    finally:
        server.stop()


@pytest.fixture
def box(settings):
    """A mailbox on a real server, to which the outbox sends."""
    box = Mailbox()
    with serving(box) as port:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        backends = {"default": "django.core.mail.backends.smtp.EmailBackend"}
        settings.POST_OFFICE = settings.POST_OFFICE | {"BACKENDS": backends}
        box.port = port
        yield box
        connections.close()


def queued(number=1, **fields):
    return [
        mail.send(f"maire{place}@example.fr", subject="Objet", message="Texte", **fields) for place in range(number)
    ]


def states() -> Counter:
    return Counter(mail_state(email) for email in Email.objects.select_related("claim"))


def test_command_of_the_portal_replaces_the_one_of_the_library():
    assert get_commands()["send_queued_mail"] == "labels"


def test_each_mail_leaves_once_on_one_line(box):
    queued(250)

    fates = send_outbox()
    send_outbox()

    assert fates == {"sent": 250}
    assert (set(box.accepted.values()), len(box.accepted), box.lines) == ({1}, 250, 1)
    assert (states(), Claim.objects.count()) == ({MailState.SENT: 250}, 0)


def test_mail_of_later_or_expired_stays(box):
    now = timezone.now()
    queued(scheduled_time=now + timedelta(hours=1))
    queued(expires_at=now - timedelta(hours=1))

    assert send_outbox() == {}
    assert box.accepted == {}


def test_server_that_does_not_answer_costs_no_mail_its_chance(settings, box):
    queued(3)
    settings.EMAIL_PORT = free_port()

    assert send_outbox() == {}
    settings.EMAIL_PORT = box.port
    assert send_outbox() == {"sent": 3}
    assert Email.objects.filter(number_of_retries=None).count() == 3


@pytest.mark.parametrize(("step", "answer"), [("rcpt", "550 Unknown"), ("data", "554 No"), ("data", "451 Later")])
def test_mail_that_the_server_refuses_is_tried_again_later_then_fails(box, step, answer):
    queued(3)
    box.at = {(step, 2): answer}

    assert send_outbox() == {"sent": 2, "requeued": 1}
    [later] = Email.objects.filter(status=STATUS.requeued)
    assert (later.number_of_retries, later.scheduled_time > timezone.now()) == (1, True)
    assert answer.split()[1] in later.logs.get().message

    box.at = {step: answer}
    for _ in range(5):
        Email.objects.update(scheduled_time=None)
        send_outbox()
    later.refresh_from_db()
    assert (later.status, box.accepted[later.to[0]]) == (STATUS.failed, 0)


def test_line_lost_before_the_text_is_tried_again(box, monkeypatch):
    queued(2)
    lost = iter([True])

    def rcpt(self, *args, **kwargs):
        if next(lost, False):
            self.close()
            raise smtplib.SMTPServerDisconnected("gone")
        return original(self, *args, **kwargs)

    original = smtplib.SMTP.rcpt
    monkeypatch.setattr(smtplib.SMTP, "rcpt", rcpt)

    assert send_outbox() == {"sent": 1, "requeued": 1}
    assert (box.lines, sum(box.accepted.values())) == (2, 1)


@pytest.mark.parametrize("error", [TimeoutError("timed out"), smtplib.SMTPServerDisconnected("gone")])
def test_line_lost_after_the_text_leaves_a_mail_that_a_person_decides_of(box, monkeypatch, error):
    queued(3)
    original, given = smtplib.SMTP.data, []

    def data(self, text):
        answer = original(self, text)
        given.append(answer)
        if len(given) == 2:
            raise error  # the server kept it, and its answer never came
        return answer

    monkeypatch.setattr(smtplib.SMTP, "data", data)

    assert send_outbox() == {"sent": 2, "interrupted": 1}
    send_outbox()
    assert states() == {MailState.SENT: 2, MailState.INTERRUPTED: 1}
    assert set(box.accepted.values()) == {1}
    assert type(error).__name__ in Claim.objects.get().problem

    interrupted = Claim.objects.get().email
    assert send_again(interrupted) is True
    assert send_outbox() == {"sent": 1}
    assert box.accepted[interrupted.to[0]] == 2  # as the person chose


def test_mail_that_cannot_be_written_keeps_no_other_waiting(box, monkeypatch):
    first, *_ = queued(3)
    prepare = Email.prepare_email_message

    def fail(email):
        if email.pk == first.pk:
            raise FileNotFoundError("lettre.pdf")
        return prepare(email)

    monkeypatch.setattr(Email, "prepare_email_message", fail)

    assert send_outbox() == {"sent": 2, "requeued": 1}


def test_only_what_failed_or_was_interrupted_is_sent_again():
    [waiting] = queued()
    sent = queued()[0]
    Email.objects.filter(pk=sent.pk).update(status=STATUS.sent)
    taken = queued()[0]
    Claim.take(taken)

    assert [send_again(email) for email in (waiting, sent, taken)] == [False] * 3
    Claim.objects.update(claimed_at=timezone.now() - timedelta(minutes=11))
    assert send_again(taken) is True
    assert Claim.objects.count() == 0


def test_claim_is_taken_once():
    [email] = queued()

    assert Claim.take(email) is not None
    assert Claim.take(email) is None


@pytest.mark.django_db(transaction=True)
def test_several_senders_share_the_queue(box):
    queued(LETTERS)

    assert at_once(send_outbox, send_outbox, send_outbox) == ["done"] * 3

    assert (len(box.accepted), set(box.accepted.values())) == (LETTERS, {1})
    assert states() == {MailState.SENT: LETTERS}


def test_second_worker_of_the_machine_leaves_the_work_to_the_first(settings, tmp_path, box):
    settings.VAR_DIR = tmp_path
    queued()

    with alone_on_this_machine() as first, alone_on_this_machine() as second:
        assert (first, second) == (True, False)
        call_command("send_queued_mail")
        assert box.accepted == {}
    call_command("send_queued_mail")
    assert sum(box.accepted.values()) == 1


def test_worker_that_was_killed_is_told_of_at_the_next_start():
    mine, other = queued(2)
    Claim.take(mine)
    Claim.objects.filter(pk=Claim.take(other).pk).update(machine="another")

    assert tell_interrupted() == 1
    assert [mail_state(Email.objects.get(pk=each.pk)) for each in (mine, other)] == [
        MailState.INTERRUPTED,
        MailState.SENDING,
    ]


def test_fate_is_written_with_the_claim_or_not_at_all(box, monkeypatch):
    queued()

    def fail(claim, **values):
        raise RuntimeError("the machine stops here")

    monkeypatch.setattr(sending.Claim, "release", fail)
    with pytest.raises(RuntimeError):
        send_outbox()

    assert sum(box.accepted.values()) == 1
    assert (Email.objects.get().status, Claim.objects.count(), Email.objects.get().logs.count()) == (None, 1, 0)


@pytest.mark.django_db(transaction=True)
def test_killed_worker_sends_at_most_one_mail_to_each(box, tmp_path):
    """kill -9 before the server has the text, while it answers, and after it accepted; then started again."""
    queued(LETTERS)
    worker = None

    def kill():
        worker.kill()
        worker.wait()
        return "250 OK"

    box.at = {("rcpt", 12): kill, ("data", 25): lambda: kill() and "451 Later", ("accepted", 40): kill}
    runs = 0
    while Email.objects.filter(status__in=[STATUS.queued, STATUS.requeued]).exists() and runs < 6:
        runs += 1
        smtp = f"smtp://127.0.0.1:{box.port}"
        worker = started(tmp_path, "manage.py", "send_queued_mail", EMAIL_URL=smtp)
        worker.wait(timeout=60)
        worker.stdout.close()

    assert runs == 4
    interrupted = {claim.email.to[0] for claim in Claim.objects.interrupted().select_related("email")}
    everybody = {email.to[0] for email in Email.objects.all()}
    assert max(box.accepted.values()) == 1
    assert {address for address in everybody if not box.accepted[address]} <= interrupted
    assert (len(interrupted), len(box.accepted)) == (3, LETTERS - 2)
    assert states() == {MailState.SENT: LETTERS - 3, MailState.INTERRUPTED: 3}
    assert transaction.get_connection().in_atomic_block is False
