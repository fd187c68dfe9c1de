"""From the call's page to the receipt without a mouse: Tab, Enter, Space, arrows and typing."""

from playwright.sync_api import expect

from labels.demonstration import PASSWORD
from tests.browser.conftest import PIECE

STOPS = 60  # more than any page has between two controls


def test_applicant_deposits_by_keyboard_alone(open_page):
    page = open_page(width=1280)
    page.goto("/appels/demonstration/")
    follow(page, "Déposer une candidature")
    sign_in(page)
    start(page)
    add_site(page)
    write_project(page)
    add_piece(page)
    deposit(page)


def reach(page, target):
    """Press Tab until `target` has the focus, and see that the focus shows."""
    target.wait_for()
    for _ in range(STOPS):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            assert target.evaluate("element => getComputedStyle(element).outlineStyle") != "none"
            return
    raise AssertionError(f"Tab never reaches {target}.")


def follow(page, name):
    reach(page, page.get_by_role("main").get_by_role("link", name=name))
    page.keyboard.press("Enter")


def press(page, name):
    reach(page, page.get_by_role("main").get_by_role("button", name=name))
    page.keyboard.press("Enter")


def write(page, label, text):
    reach(page, page.get_by_label(label))
    page.keyboard.type(text)


def choose_territory(page, label, name):
    """Type, wait for the list, go down to its first line."""
    field = page.get_by_role("combobox", name=label)
    reach(page, field)
    page.keyboard.type(name)
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option", selected=True)).to_contain_text(name)
    page.keyboard.press("Enter")
    expect(field).to_have_attribute("aria-expanded", "false")
    expect(field).to_have_value(f"{name} (61001)")


def skip_to_content(page):
    """The first stop of every page leads over the header."""
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Aller au contenu")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()


def sign_in(page):
    expect(page.get_by_role("heading", name="Se connecter", level=1)).to_be_visible()
    skip_to_content(page)
    write(page, "Courriel", "consortium@demo.example")
    write(page, "Mot de passe", PASSWORD)
    page.keyboard.press("Enter")


def start(page):
    expect(page.get_by_role("heading", name="Commencer une candidature", level=1)).to_be_visible()
    skip_to_content(page)
    choose_territory(page, "Commune ou intercommunalité", "Alençon")
    page.keyboard.press("Enter")
    expect(page.locator(".notice")).to_contain_text("Rien n’est encore déposé")


def add_site(page):
    follow(page, "Sites")
    choose_territory(page, "Commune", "Alençon")
    press(page, "Ajouter ce site")
    expect(page.locator(".notice")).to_contain_text("Site ajouté")
    follow(page, "Revenir à la candidature")


def write_project(page):
    follow(page, "Projet")
    write(page, "Intitulé", "Alençon, plasturgie et numérique")
    write(page, "Résumé", "Former le soir, dans l’ancienne halle aux toiles.")
    reach(page, page.get_by_role("radio").first)
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio").nth(1)).to_be_checked()
    reach(page, page.get_by_label("Année d’ouverture visée"))
    page.keyboard.press("ArrowDown")
    press(page, "Enregistrer le projet")
    expect(page.locator(".notice")).to_contain_text("Projet enregistré")


def add_piece(page):
    """The dialog in which a file is chosen belongs to the system, not to the page."""
    follow(page, "Pièces")
    field = page.get_by_label("Fichiers à ajouter")
    reach(page, field)
    field.set_input_files(PIECE)
    press(page, "Ajouter ces fichiers")
    expect(page.locator(".notice")).to_contain_text("deliberation.pdf")
    follow(page, "Revenir à la candidature")


def deposit(page):
    follow(page, "Relire et déposer")
    reach(page, page.get_by_label("J’ai relu la candidature"))
    page.keyboard.press("Space")
    press(page, "Déposer")
    expect(page.get_by_role("heading", name="Récépissé de dépôt")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("Alençon, plasturgie et numérique")
