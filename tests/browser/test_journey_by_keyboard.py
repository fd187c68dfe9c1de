"""A consortium deposits on a phone's width without a mouse: Tab, Enter, Space, arrows and typing."""

from tests.browser.consortium import COLLEAGUES, Consortium, walk
from tests.browser.hands import Keyboard

ORNE = Consortium(
    title="Orne et Perche, une antenne pour trois bassins",
    domain="orne.example",
    carriers=[
        "CU d'Alençon (246100663)",
        "CC des Sources de l'Orne (200035111)",
        "CC du Pays de Mortagne-au-Perche (200036069)",
    ],
    sites=["Alençon (61001)", "Mortagne-au-Perche (61293)"],
)


def test_consortium_goes_from_eligibility_to_its_receipt_by_keyboard_on_a_phone(open_page, portal, mailbox):
    lead, *others, visitor = [Keyboard(open_page(width=375)) for _ in range(len(COLLEAGUES) + 2)]
    walk([lead, *others], ORNE, portal, mailbox, visitor)
