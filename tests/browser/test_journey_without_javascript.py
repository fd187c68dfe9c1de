"""From the call's page to the receipt on a phone where no script runs."""

from playwright.sync_api import expect

from tests.browser.conftest import PIECE, sign_in


def test_applicant_deposits_without_javascript(open_page):
    page = open_page(width=375, javascript=False)
    sign_in(page, "consortium", then="/appels/demonstration/")
    page.get_by_role("link", name="Déposer une candidature").click()
    start(page)
    add_site(page)
    write_project(page)
    add_piece(page)
    deposit(page)


def start(page):
    """A name that several territories bear is answered by their names; a code is enough."""
    carrier = page.get_by_role("textbox", name="Commune ou intercommunalité")
    carrier.fill("Saint-Denis")
    page.get_by_role("button", name="Commencer la candidature").click()
    expect(page.get_by_role("alert")).to_contain_text("Plusieurs territoires répondent à « Saint-Denis »")
    expect(carrier).to_have_value("Saint-Denis")
    carrier.fill("36088")
    page.get_by_role("button", name="Commencer la candidature").click()
    expect(page.locator(".notice")).to_contain_text("Rien n’est encore déposé")


def add_site(page):
    page.get_by_role("link", name="Sites").click()
    page.get_by_role("textbox", name="Commune").fill("Issoudun")
    page.get_by_role("button", name="Ajouter ce site").click()
    expect(page.get_by_role("listitem").filter(has_text="Code INSEE 36088")).to_contain_text("Issoudun")
    page.get_by_role("link", name="Revenir à la candidature").click()


def write_project(page):
    page.get_by_role("link", name="Projet").click()
    page.get_by_label("Intitulé").fill("Issoudun, cuir et aéronautique")
    page.get_by_label("Résumé").fill("Des parcours courts, montés avec les ateliers.")
    page.get_by_role("radio").first.check()
    page.get_by_label("Année d’ouverture visée").select_option(index=1)
    page.get_by_role("button", name="Enregistrer le projet").click()
    expect(page.locator(".notice")).to_contain_text("Projet enregistré")


def add_piece(page):
    page.get_by_role("link", name="Pièces").click()
    page.get_by_label("Fichiers à ajouter").set_input_files(PIECE)
    page.get_by_role("button", name="Ajouter ces fichiers").click()
    page.get_by_role("link", name="Revenir à la candidature").click()


def deposit(page):
    page.get_by_role("link", name="Relire et déposer").click()
    page.get_by_label("J’ai relu la candidature").check()
    page.get_by_role("button", name="Déposer").click()
    expect(page.get_by_role("heading", name="Récépissé de dépôt")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("Issoudun, cuir et aéronautique")
