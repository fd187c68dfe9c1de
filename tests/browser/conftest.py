"""A real browser on a real server process. Nothing here touches the database of the other tests."""

import shutil
from contextlib import contextmanager

import pytest
from aiosmtpd.controller import Controller
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect, sync_playwright

from labels.demonstration import PASSWORD
from labels.demonstration.papers import blank_pdf
from tests.server import free_port, running_portal

pytest.register_assert_rewrite("tests.browser.consortium")  # its failures then say what differs
expect.set_options(timeout=20_000)  # milliseconds: a busy machine is slow, not wrong

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PIECE = {"name": "deliberation.pdf", "mimeType": "application/pdf", "buffer": blank_pdf("Mende")}
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@pytest.fixture(autouse=True)
def _database():
    """The database is the server's own: the browser's event loop forbids Django's here."""


class Mailbox:
    """Messages that the SMTP server received."""

    def __init__(self):
        self.messages = []

    async def handle_DATA(self, server, session, envelope):
        self.messages.append(envelope)
        return "250 OK"

    def to(self, address) -> list[str]:
        import email
        import email.policy

        parsed = [
            email.message_from_bytes(envelope.content, policy=email.policy.default)
            for envelope in self.messages
            if address in envelope.rcpt_tos
        ]
        return [f"{message['Subject']}\n{message.get_body(('plain',)).get_content()}" for message in parsed]


@contextmanager
def receiving_mail():
    """A mailbox on a real SMTP server, until the block ends."""
    box = Mailbox()
    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    box.port = controller.port
    try:
        yield box
    finally:
        controller.stop()


@pytest.fixture(scope="session")
def mailbox():
    with receiving_mail() as box:
        yield box


@pytest.fixture(scope="session")
def portal(tmp_path_factory, mailbox):
    with running_portal(tmp_path_factory.mktemp("portal"), mailbox.port) as portal:
        yield portal


@pytest.fixture(scope="session")
def browser():
    assert CHROMIUM, "These tests need a browser: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser, portal):
    """`open_page(width=1280, dark=False, javascript=True)` gives a page of a new visitor.

    It is at the portal's address, or at `base_url`.
    """
    contexts = []

    def opened(width=1280, dark=False, javascript=True, base_url=portal.url):
        context = browser.new_context(
            base_url=base_url,
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            java_script_enabled=javascript,
            locale="fr-FR",
        )
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


def sign_in(page, local_part, then="/candidatures/"):
    """Sign in as a person of the demonstration."""
    page.goto(f"/compte/connexion/?next={then}")
    page.get_by_role("textbox", name="Courriel").fill(f"{local_part}@demo.example")
    page.locator("input[type=password]").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Se connecter", exact=True).click()
    page.wait_for_url(lambda url: "/compte/connexion/" not in url)


@pytest.fixture(scope="session")
def axe():
    return Axe()
