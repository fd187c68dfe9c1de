"""What the page of a section says while one fills it in: words, questions asked, totals, the closing."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.writing import REASON, SUMMARY, expect_saved, field, open_section, slot, write

APPRENTICES = "Apprentis attendus la troisième année"
APPRENTICESHIP = "Des parcours en apprentissage sont-ils prévus ?"
BUDGET = "Budget des trois premières années"
LISTEN = """(voice) => {
    window.heard = [];
    const hear = () => voice.textContent && heard.push(voice.textContent);
    new MutationObserver(hear).observe(voice, { childList: true });
}"""


def test_words_are_counted_and_too_many_are_still_saved(open_page):
    page = open_section(open_page())
    count = slot(page, REASON).locator("[data-words]")
    write(page, REASON, "un deux trois")
    expect(count).to_have_text("3 mots sur 200")
    write(page, REASON, "mot " * 212)
    expect(count).to_have_text("212 mots sur 200 : 12 de trop pour déposer")
    expect_saved(page, REASON)


def test_question_shows_only_when_another_answer_asks_for_it(open_page):
    page = open_section(open_page(), section="formation")
    slot(page, APPRENTICESHIP).get_by_label("Oui").check()
    write(page, APPRENTICES, "45")
    slot(page, APPRENTICESHIP).get_by_label("Non").check()
    expect(slot(page, APPRENTICES)).to_be_hidden()
    expect_saved(page, APPRENTICESHIP)
    page.reload()
    expect(slot(page, APPRENTICES)).to_be_hidden()
    slot(page, APPRENTICESHIP).get_by_label("Oui").check()
    expect(field(page, APPRENTICES)).to_have_value("45")
    expect(slot(page, APPRENTICES).locator(".slot-condition")).to_be_hidden()


def test_every_question_shows_without_javascript(open_page):
    page = open_section(open_page(javascript=False), section="formation")
    expect(slot(page, APPRENTICES)).to_be_visible()
    expect(slot(page, APPRENTICES).locator(".slot-condition")).to_contain_text("seulement si")


def test_wrong_answer_is_told_beside_its_field_and_kept_there(open_page):
    page = open_section(open_page(), section="formation")
    label = "Personnes formées la première année"
    write(page, label, "une centaine")
    error = slot(page, label).locator(".field-error")
    expect(error).to_have_text("Saisissez un nombre entier.")
    expect(field(page, label)).to_have_attribute("aria-invalid", "true")
    expect(field(page, label)).to_have_value("une centaine")
    write(page, label, "100")
    expect_saved(page, label)
    expect(error).to_have_count(0)


def test_totals_follow_what_is_typed(open_page):
    page = open_section(open_page(), section="financement")
    budget = slot(page, BUDGET)
    for cell in budget.get_by_role("textbox").all():
        cell.fill("")
    budget.get_by_label("Dépenses, Loyers et charges, année 1").fill("12 000,50")
    budget.get_by_label("Dépenses, Communication, année 1").fill("999,50")
    budget.get_by_label("Ressources, Région, année 1").fill("10000")
    row = budget.get_by_role("row")
    expect(row.filter(has_text="Total des dépenses")).to_have_text(re.compile(r"13.000.€\s*0.€\s*0.€"))
    expect(row.filter(has_text="Écart")).to_have_text(re.compile(r"3.000.€ à trouver\s*équilibré\s*équilibré"))
    budget.get_by_label("Ressources, Région, année 1").fill("dix mille")
    expect(row.filter(has_text="Total des ressources")).to_have_text(re.compile("à vérifier"))
    budget.get_by_label("Ressources, Région, année 1").fill("13 000")
    budget.get_by_label("Ressources, Région, année 1").blur()
    expect_saved(page, BUDGET)


def test_screen_reader_hears_that_a_field_is_saved_once(open_page):
    page = open_section(open_page())
    page.locator("body > [role=status]").evaluate(LISTEN)
    for time in ("première", "deuxième"):
        write(page, SUMMARY, f"Une {time} fois")
        expect_saved(page, SUMMARY)
        page.wait_for_timeout(300)  # longer than the pause before a sentence is said
    write(page, REASON, "Une autre question")
    page.wait_for_function("() => heard.length > 1")
    assert page.evaluate("heard") == [f"{SUMMARY} : enregistré.", f"{REASON} : enregistré."]


@pytest.fixture
def closing(portal):
    """`closing(hours)` moves the closing of the open phase to `hours` from now; it comes back to its place."""
    code = """
from datetime import timedelta
from django.utils import timezone
from applications.models import SelectionPhase
phases = SelectionPhase.objects.filter(call__slug="demonstration")
phase = phases.order_by("number").last()
"""
    before = portal.manage("shell", "--command", f"{code}print('at', phase.closes_at.isoformat())")
    [stored] = re.findall(r"at (\S+)", before)

    def move(hours):
        moment = f"timezone.now() + timedelta(hours={hours})"
        portal.manage("shell", "--command", f"{code}phases.filter(pk=phase.pk).update(closes_at={moment})")

    yield move
    portal.manage("shell", "--command", f"{code}phases.filter(pk=phase.pk).update(closes_at='{stored}')")


def test_last_day_is_counted_down_and_a_closing_that_moves_is_told(open_page, closing):
    closing(3)
    page = open_page()
    page.clock.install()
    open_section(page)
    countdown = page.locator("[data-countdown]")
    expect(countdown).to_contain_text(re.compile(r"Il reste [23] h \d\d min \d\d s\."))
    closing(1)
    page.clock.fast_forward("01:01")  # the page asks for the time once a minute, with what it saves
    write(page, SUMMARY, "Écrit pendant que la clôture bouge")
    expect_saved(page, SUMMARY)
    expect(countdown).to_contain_text("La clôture a été déplacée")
    expect(countdown).to_contain_text(re.compile(r"Il reste [01] h \d\d min \d\d s\."))


def test_countdown_says_when_the_time_has_passed(open_page, closing):
    closing(2)
    page = open_page()
    page.clock.install()
    open_section(page)
    page.clock.fast_forward("01:30:00")
    page.clock.run_for(1000)
    expect(page.locator("body > [role=status]")).to_have_text(re.compile(r"Il reste \d\d minutes avant la clôture\."))
    page.clock.fast_forward("01:30:00")
    page.clock.run_for(1000)
    expect(page.locator("[data-countdown]")).to_contain_text("L’heure de clôture est passée.")
