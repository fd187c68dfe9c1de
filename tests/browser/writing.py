"""How the tests write in the form of a candidature, and read what became of it."""

import re
from contextlib import ExitStack
from urllib.parse import urlsplit

from playwright.sync_api import expect

from tests.browser.conftest import sign_in

expect.set_options(timeout=20_000)  # milliseconds: the machine of the tests may be busy with others

REFERENCE = "DEMO-0014"  # of several people: two may answer, one may only read
LEAD, EDITOR = "consortium", "consortium-2"
SESSIONS = {}  # (address of the portal, person) → cookies
SUMMARY, TITLE, REASON = "Résumé du projet", "Intitulé du projet", "Pourquoi ce concept d’antenne ?"


class Server:
    """The portal's process, stopped and started again on the same port and database."""

    def __init__(self, portal):
        self.portal = portal
        self.stack = ExitStack()
        self.is_on = False

    def start(self):
        if not self.is_on:
            self.stack.enter_context(self.portal.serving())
            self.is_on = True

    def stop(self):
        self.stack.close()
        self.is_on = False


def open_section(page, who=LEAD, section="projet"):
    """Open a section of the shared candidature as `who`, who signs in only when no session of theirs still stands:
    the portal limits how often one address may.
    """
    path = section_path(section)
    page.goto(path)
    if is_signing_in(page):
        origin = urlsplit(page.url).netloc
        page.context.add_cookies(SESSIONS.get((origin, who), []))
        page.goto(path)
        if is_signing_in(page):
            sign_in(page, who, then=path)
            SESSIONS[origin, who] = page.context.cookies()
    return page


def is_signing_in(page):
    return "/compte/connexion/" in page.url


def section_path(section="projet"):
    return f"/candidatures/{REFERENCE}/rubriques/{section}/"


def slot(page, label):
    """All that stands around a question: its field, its state, its notices."""
    name = page.locator(".field-label").filter(has_text=re.compile(rf"^\s*{re.escape(label)}"))
    return page.locator("[data-slot]").filter(has=name)


def field(page, label):
    return slot(page, label).locator("textarea, input[type=text]")


def state(page, label):
    return slot(page, label).locator("[data-state]")


def write(page, label, text):
    """Write and leave the field, as one goes to the next."""
    field(page, label).fill(text)
    field(page, label).blur()


def expect_saved(page, label):
    expect(state(page, label)).to_contain_text("Enregistré à")


def on_server(page, label):
    """What the server shows in this field to whoever opens the page now."""
    read = """async (id) => {
        const page = await (await fetch(location.href)).text();
        return new DOMParser().parseFromString(page, "text/html").getElementById(id).value;
    }"""
    return page.evaluate(read, field(page, label).get_attribute("id"))


def set_aside(page):
    """The texts of the page « Textes mis de côté »."""
    other = page.context.new_page()
    other.goto(f"/candidatures/{REFERENCE}/textes-mis-de-cote/")
    texts = other.locator("blockquote").all_inner_texts()
    other.close()
    return [text.strip() for text in texts]
