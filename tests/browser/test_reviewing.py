"""A member of the committee scores a file: saved as one types, by keyboard, on a phone, and without scripts."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import sign_in
from tests.browser.test_accessibility import faults

FILE = "/admin/comite/DEMO-0010/"
SAVED = "Enregistré à"


@pytest.fixture
def desk(open_page, portal):
    """Open the page of a file as a member of the committee; what was written of it before is forgotten."""
    portal.manage("shell", "--command", FORGET)

    def opened(who="acv", path=FILE, **options):
        page = open_page(**options)
        sign_in(page, who, then=path)
        return page

    return opened


FORGET = """
from applications.models import PrivateNote, Review
found = Review.objects.filter(candidature__call__slug="demonstration", candidature__number=10, signed_at=None)
[review.scores.all().delete() for review in found]
found.delete()
PrivateNote.objects.all().delete()
"""


def state(page):
    return page.locator("[data-state]")


def first_criterion(page):
    return page.locator("[data-criterion]").first


def overall(page):
    return page.get_by_role("textbox", name="Appréciation d’ensemble")


def test_grid_is_saved_as_one_types_and_found_again(desk):
    page = desk()
    overall(page).fill("Un projet solide.")
    expect(state(page)).to_contain_text(SAVED)
    first_criterion(page).locator("input[value='3']").check()
    expect(page.locator("[data-count]")).to_have_text("6")  # five other criteria and the advice

    page.reload()

    expect(overall(page)).to_have_value("Un projet solide.")
    expect(first_criterion(page).locator("input[value='3']")).to_be_checked()


def test_keys_give_marks_save_and_never_act_on_what_is_typed(desk):
    page = desk()
    first_criterion(page).locator("input").first.focus()
    page.keyboard.press("4")
    expect(first_criterion(page).locator("input[value='4']")).to_be_checked()
    page.keyboard.press("-")
    expect(first_criterion(page).locator("input[value='none']")).to_be_checked()
    page.keyboard.press("Alt+g")
    second = page.locator("[data-criterion]").nth(1)
    expect(second.locator("input[value='']")).to_be_focused()

    overall(page).focus()
    page.keyboard.type("5 sur 5 - nous signons")
    page.keyboard.press("Alt+s")

    expect(state(page)).to_contain_text(SAVED)
    expect(overall(page)).to_have_value("5 sur 5 - nous signons")
    expect(second.locator("input[value='']")).to_be_checked()
    page.keyboard.press("Alt+n")
    page.wait_for_url("**/DEMO-0009/#content-start")


def test_text_of_two_pages_is_kept_and_both_are_shown(desk):
    first = desk()
    second = first.context.new_page()
    second.goto(FILE)
    overall(second).fill("Texte de la seconde page.")
    expect(state(second)).to_contain_text(SAVED)
    overall(first).fill("Texte de la première page.")
    expect(state(first)).to_contain_text("Rien n’est perdu")

    first.get_by_role("button", name="Enregistrer", exact=True).click()

    expect(overall(first)).to_have_value("Texte de la première page.")
    expect(first.locator("#evaluation")).to_contain_text("Texte de la seconde page.")
    first.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(first.locator(".messagelist")).to_contain_text("brouillon enregistré")


def test_text_typed_without_a_network_is_offered_back_on_this_device(desk):
    page = desk()
    page.context.set_offline(True)
    overall(page).fill("Écrit dans le train.")
    expect(state(page)).to_contain_text("gardé sur cet appareil")
    page.on("dialog", lambda dialog: dialog.accept())
    page.close(run_before_unload=False)
    page.context.set_offline(False)

    again = page.context.new_page()
    again.goto(FILE)
    again.get_by_role("button", name="Le reprendre").click()

    expect(overall(again)).to_have_value("Écrit dans le train.")
    expect(state(again)).to_contain_text(SAVED)


def test_refused_field_is_said_beside_it_and_saved_once_mended(desk):
    page = desk()
    comment = first_criterion(page).get_by_role("textbox")
    comment.evaluate("field => field.removeAttribute('maxlength')")
    comment.fill("x" * 4001)
    comment.blur()
    expect(first_criterion(page).locator(".errorlist")).to_contain_text("4000")

    comment.fill("Plus court.")

    expect(state(page)).to_contain_text(SAVED)
    expect(first_criterion(page).locator(".errorlist")).to_have_count(0)


def test_private_note_is_saved_apart_from_the_grid(desk):
    page = desk()
    page.get_by_text("Vos notes personnelles").first.click()
    page.locator("textarea[name=note]").fill("Appeler Paul.")
    expect(page.locator("[data-note-state]")).to_contain_text(SAVED)
    expect(state(page)).to_have_text("Rien n’est encore enregistré")

    page.reload()

    expect(page.locator("textarea[name=note]")).to_have_value("Appeler Paul.")


def test_phone_shows_one_tab_at_a_time_by_touch_and_by_keyboard(desk):
    page = desk(width=375)
    expect(page.locator("#evaluation")).to_be_hidden()

    page.get_by_role("tab", name="L’évaluation").click()
    expect(page.locator("#evaluation")).to_be_visible()
    expect(page.locator("#dossier")).to_be_hidden()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("tab", name="Le dossier")).to_be_focused()
    expect(page.locator("#dossier")).to_be_visible()


def test_phone_without_scripts_has_the_file_then_the_grid(desk):
    page = desk(width=375, javascript=False)
    page.get_by_role("link", name="L’évaluation").click()
    overall(page).fill("Sans script.")
    page.get_by_role("button", name="Enregistrer", exact=True).click()

    expect(page.locator(".messagelist")).to_contain_text("brouillon enregistré")
    expect(overall(page)).to_have_value("Sans script.")


def test_pages_of_a_review_have_no_fault(desk, axe):
    page = desk()
    page.locator(".desk-keys summary").click()
    page.locator(".desk-notes summary").click()
    overall(page).fill("Complet.")
    expect(state(page)).to_contain_text(SAVED)
    found = {FILE: faults(page, axe)}
    for path in (f"{FILE}signature/", "/admin/comite/DEMO-0007/versions/", "/admin/comite/"):
        page.goto(path)
        found[path] = faults(page, axe)

    assert {path: each for path, each in found.items() if each} == {}
