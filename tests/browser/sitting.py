"""A committee that sits, decides and approves its minutes, by the pages of its chair."""

import re
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import expect


def sit(chair, decisions: dict[str, tuple[str, str]]):
    """From the page of the phase: every seat present, each file decided unanimously, the minutes approved.

    Args:
        decisions: by reference, in any order, the outcome as the page words it and the reason.
    """
    convene(chair)
    for seat in chair.locator(".seats select").all():
        present = seat.locator("option").filter(has_text=re.compile("^Présent")).first
        seat.select_option(present.get_attribute("value"))
    press(chair, "Noter les présences")
    press(chair, "Ouvrir la séance")
    for place, (reference, (outcome, reason)) in enumerate(sorted(decisions.items())):
        if place == 0:
            press(chair, re.compile(f"^Appeler {reference}"))
        expect(chair.get_by_role("heading", level=1)).to_contain_text(reference)
        decide(chair, outcome, reason)
    press(chair, re.compile("^Lever la séance"), role="link")
    press(chair, "Lever la séance")
    press(chair, "Procès-verbal", role="link")
    press(chair, "Approuver le procès-verbal")
    expect(chair.get_by_text("Empreinte SHA-256 du contenu approuvé")).to_be_visible()


def press(page, name, role="button"):
    with page.expect_navigation():
        page.get_by_role(role, name=name).first.click()


def convene(chair):
    chair.get_by_role("link", name="Convoquer une séance").click()
    moment = timezone.localtime() + timedelta(hours=1)
    chair.get_by_label("Date", exact=True).fill(f"{moment:%Y-%m-%d}")
    chair.get_by_label("Heure", exact=True).fill(f"{moment:%H:%M}")
    chair.get_by_label("Lieu").fill("En visioconférence")
    chair.get_by_label("Secrétaire de séance").fill("Une secrétaire")
    chair.get_by_role("radio", name="Par référence").check()
    press(chair, "Convoquer la séance")


def decide(chair, outcome, reason):
    chair.get_by_role("radio", name=outcome, exact=True).check()
    chair.get_by_label("Motif").fill(reason)
    press(chair, "Relire")
    voices = chair.locator(".room-voices strong").inner_text()
    for label, value in {"Pour": voices, "Contre": "0", "Abstentions": "0"}.items():
        chair.get_by_label(re.compile(f"^{label}")).fill(value)
    press(chair, re.compile("^Consigner"))
