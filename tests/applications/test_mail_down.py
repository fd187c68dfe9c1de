"""A deposit while the mail server is down: the receipt is there at once, its mail leaves later, once."""

import pytest
from aiosmtpd.controller import Controller
from django.urls import reverse
from post_office.models import STATUS, Email
from pytest_django.asserts import assertContains

from applications.sending import send_outbox
from tests.factories import CandidatureFactory, lead_of
from tests.server import free_port


class Mailbox:
    def __init__(self):
        self.received = []

    async def handle_DATA(self, server, session, envelope):
        self.received.append(envelope.rcpt_tos)
        return "250 OK"


@pytest.fixture
def port(settings):
    """A port where nobody answers yet, and the settings that send mail there."""
    port = free_port()
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.POST_OFFICE = settings.POST_OFFICE | {
        "BACKENDS": {"default": "django.core.mail.backends.smtp.EmailBackend"},
    }
    return port


@pytest.mark.django_db(transaction=True)
def test_deposit_shows_its_receipt_and_its_mail_leaves_once_the_server_is_back(client, port):
    candidature = CandidatureFactory()
    client.force_login(lead_of(candidature))
    url = reverse("applications:transition", args=[candidature.reference, "submit"])

    assertContains(client.post(url, {"confirmed": "on"}, follow=True), "Récépissé de dépôt")
    send_outbox()
    assert Email.objects.get().status == STATUS.queued

    box = Mailbox()
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    try:
        for _ in range(2):
            send_outbox()
    finally:
        server.stop()
    assert box.received == [[lead_of(candidature).email]]
    assert Email.objects.get().status == STATUS.sent
