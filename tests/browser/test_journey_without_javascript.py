"""A consortium deposits on phones where no script runs."""

from playwright.sync_api import expect

from tests.browser.conftest import sign_in
from tests.browser.consortium import COLLEAGUES, Consortium, walk
from tests.browser.hands import Pointer

BERRY = Consortium(
    title="Berry, trois villes se forment ensemble",
    domain="berry.example",
    carriers=[
        "CA Châteauroux Métropole (243600327)",
        "CC du Pays d'Issoudun (243600236)",
        "CC Vierzon-Sologne-Berry (200090561)",
    ],
    sites=["Châteauroux (36044)", "Vierzon (18279)"],
)


def test_consortium_goes_from_eligibility_to_its_receipt_without_javascript(open_page, portal, mailbox):
    pages = [open_page(width=375, javascript=False) for _ in range(len(COLLEAGUES) + 2)]
    lead, *others, visitor = [Pointer(page) for page in pages]
    walk([lead, *others], BERRY, portal, mailbox, visitor)


def test_name_that_several_territories_bear_is_answered_by_their_names(open_page):
    page = open_page(width=375, javascript=False)
    sign_in(page, "consortium", then="/candidatures/nouvelle/demonstration/")
    carrier = page.get_by_role("textbox", name="Commune ou intercommunalité")
    carrier.fill("Saint-Denis")
    page.get_by_role("button", name="Commencer la candidature").click()
    expect(page.get_by_role("alert")).to_contain_text("Plusieurs territoires répondent à « Saint-Denis »")
    expect(carrier).to_have_value("Saint-Denis")
