"""The outbox's sender: at most one mail for each recipient, whatever crashes.

Before a mail is given to the server, a claim on it is committed; it is released once its fate is known. A sender killed
in between leaves the claim: nobody knows whether the mail left, so it is never sent again by itself, and a person is
told. Several senders at once share the queue by the same claims.
"""

import fcntl
import logging
from collections import Counter
from contextlib import contextmanager
from smtplib import SMTPException, SMTPServerDisconnected
from socket import gethostname

from django.conf import settings
from django.db import connection as database
from django.db import transaction
from django.utils import timezone
from post_office.connections import connections
from post_office.mail import get_queued
from post_office.models import STATUS
from post_office.settings import get_default_mailer, get_max_retries, get_retry_timedelta

from .models import Claim

logger = logging.getLogger(__name__)


class ServerAway(Exception):
    """The mail server does not answer: nothing was sent, and the mails wait as they are."""


def send_outbox() -> Counter:
    """Send what waits, one mail after the other, until nothing is due or the server does not answer.

    Returns:
        How many mails were `sent`, `requeued`, `failed` and `interrupted`.
    """
    fates = Counter()
    make_commits_durable()
    try:
        while batch := list(get_queued()):
            told = sum(fates.values())
            for email in batch:
                if fate := send(email):
                    fates[fate] += 1
            if sum(fates.values()) == told:  # others have them all
                break
    except ServerAway as problem:
        logger.warning("The mail server does not answer: %s", problem)
    finally:
        connections.close()
    return fates


def make_commits_durable():
    """A claim must outlive a power cut too: the embedded file is then flushed at each commit."""
    if database.vendor == "sqlite" and not database.in_atomic_block:
        with database.cursor() as cursor:
            cursor.execute("PRAGMA synchronous=FULL")


def send(email) -> str:
    """Claim one mail and send it: its fate, or "" when another sender has it.

    Raises:
        ServerAway: before anything was claimed.
    """
    try:
        email.prepare_email_message()
    except Exception as problem:  # a missing attachment, an address that cannot be written: it stays, the others go
        logger.exception("Mail %s cannot be prepared", email.pk)
        claim = Claim.take(email)
        return refuse(claim, problem) if claim else ""
    delivery = Delivery(email.backend_alias or get_default_mailer())
    claim = Claim.take(email)
    return deliver(claim, email, delivery) if claim else ""


def deliver(claim, email, delivery) -> str:
    """Give the mail to the server, then write what became of it."""
    try:
        email.dispatch(commit=False, disconnect_after_delivery=False, connection=delivery.connection)
    except Exception as problem:
        logger.exception("Mail %s was not sent", email.pk)
        if delivery.is_refusal(problem):
            return refuse(claim, problem)
        claim.interrupt(f"{type(problem).__name__}\u00a0: {problem}")
        connections.close()  # nothing more can be said on that line
        return "interrupted"
    with transaction.atomic():
        claim.email.logs.create(status=STATUS.sent)
        claim.release(status=STATUS.sent)
    return "sent"


@transaction.atomic
def refuse(claim, problem) -> str:
    """The mail did not leave: it is tried again later, a limited number of times."""
    email = claim.email
    email.logs.create(status=STATUS.failed, message=str(problem), exception_type=type(problem).__name__)
    tries = (email.number_of_retries or 0) + 1
    if tries > get_max_retries():
        claim.release(status=STATUS.failed)
        return "failed"
    later = timezone.now() + get_retry_timedelta()
    claim.release(status=STATUS.requeued, number_of_retries=tries, scheduled_time=later)
    return "requeued"


class Delivery:
    """The open line to the server, kept from one mail to the next, and how far this mail went on it."""

    def __init__(self, alias: str):
        self.connection = self._opened(alias)
        self.has_begun = False  # whether the server was given the text: from then on it may have kept it
        if smtp := self._smtp:
            smtp.data = self._watched(type(smtp).data.__get__(smtp))

    def _opened(self, alias):
        """The line of this thread, tried first: one that the server closed since is opened again."""
        try:
            line = connections[alias]
            smtp = getattr(line, "connection", None)
            if smtp and not self._answers(smtp):
                line.close()
                line.open()
        except (OSError, SMTPException) as problem:
            connections.close()
            raise ServerAway(problem) from problem
        return line

    @staticmethod
    def _answers(smtp) -> bool:
        try:
            return smtp.noop()[0] == 250
        except SMTPServerDisconnected:
            return False

    @property
    def _smtp(self):
        return getattr(self.connection, "connection", None)

    def _watched(self, data):
        def give(text):
            self.has_begun = True
            return data(text)

        return give

    def is_refusal(self, problem) -> bool:
        """Whether the mail surely did not leave: the server said no, or was never given the text.

        Of a line that is not SMTP, nothing is sure.
        """
        said_no = isinstance(problem, SMTPException) and not isinstance(problem, SMTPServerDisconnected)
        return said_no or (self._smtp is not None and not self.has_begun)


@contextmanager
def alone_on_this_machine():
    """Whether no other sender runs here, until the block ends. The system ends it for a sender that is killed."""
    path = settings.VAR_DIR / "outbox.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def tell_interrupted() -> int:
    """Say of the claims that a sender of this machine left behind that they were. Only while alone on it."""
    left = Claim.objects.filter(machine=gethostname(), problem="")
    return left.update(problem="L’envoi s’est arrêté en route.")


@transaction.atomic
def send_again(email) -> bool:
    """Put a mail that failed, or whose sending was interrupted, back in the queue. A person decides it, never a sender.

    Returns:
        False when it needs none: sent, waiting, or being sent.
    """
    claim = Claim.objects.select_for_update().filter(email=email).first()
    fresh = {"status": STATUS.queued, "number_of_retries": 0, "scheduled_time": None}
    if claim:
        if not claim.is_interrupted:
            return False
        claim.release(**fresh)
        return True
    return bool(type(email).objects.filter(pk=email.pk, status=STATUS.failed).update(**fresh))
