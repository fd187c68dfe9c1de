"""A consortium of three intercommunalities, two people from each, from the eligibility page to the receipt."""

import re
from typing import NamedTuple

from playwright.sync_api import expect
from pypdf import PdfReader

from tests.browser.filling import Filling, fill_section, unsaid

CALL = "Ouvrir une antenne du Cnam au cœur de votre ville"
PASSWORD = "une-antenne-pour-trois"
PARTNER = "Club des employeurs"
STEPS, PAPER = "Étapes d’ici à l’ouverture", "Délibération"  # left for the end
READ_ONLY = "Vous lisez cette candidature : demandez à un membre de l’équipe le droit de la modifier."


class Consortium(NamedTuple):
    """Who carries it, where, and the domain of its addresses; territories as their fields write them."""

    title: str
    domain: str
    carriers: list[str]  # the lead first
    sites: list[str]


class Person(NamedTuple):
    name: str
    role: str  # "" for the lead, who is not invited
    sections: list[str]  # those that this person fills

    def address(self, consortium) -> str:
        return f"{self.name.split()[0].lower()}@{consortium.domain}"


LEAD = Person("Nadia Tessier", "", ["Porteurs", "Partenaires"])
COLLEAGUES = [
    Person("Bruno Arnaud", "Contributeur", ["Personne à joindre", "Projet"]),
    Person("Carole Besson", "Contributeur", ["Territoire et besoins", "Offre de formation"]),
    Person("Denis Chauvet", "Contributeur", ["Sites et locaux", "Financement"]),
    Person("Jeanne Fabre", "Contributeur", ["Calendrier", "Gouvernance", "Pièces"]),
    Person("Karim Garnier", "Lecteur", []),
]


def walk(hands, consortium, portal, mailbox, visitor):
    """The whole way; `hands` are those of the lead and of the colleagues in order, `visitor` a page of nobody's."""
    lead, *others = hands
    find_open_call(lead, consortium)
    sign_up(lead, LEAD.name, LEAD.address(consortium), portal, mailbox)
    start(lead, consortium)
    name_carriers(lead, consortium)
    name_sites(lead, consortium)
    name_partner(lead)
    invite(lead, consortium)
    join(others, consortium, portal, mailbox)
    filling = Filling(consortium.title)
    for hand, person in zip(hands, [LEAD, *COLLEAGUES], strict=True):
        fill(hand, person, filling, left_out=(STEPS, PAPER))
    check_reader_only_reads(others[-1], consortium)
    complete(lead, filling)
    deposit(lead, filling, [*consortium.carriers, *consortium.sites, PARTNER])
    check_receipt(lead, consortium, filling, portal, mailbox)
    check_verification(lead.page, visitor)


def find_open_call(hand, consortium):
    """From « Êtes-vous éligible ? » to the page that asks to sign in."""
    hand.page.goto("/eligibilite/")
    field = hand.page.get_by_label("Votre commune ou votre intercommunalité")
    hand.choose_territory(field, consortium.carriers[0])
    hand.press("Vérifier")
    expect(hand.page.get_by_role("heading", name="Dans les programmes nationaux")).to_be_visible()
    hand.follow("Voir les appels")
    hand.follow(CALL)
    hand.follow("Déposer une candidature")


def sign_up(hand, name, address, portal, mailbox):
    ask_for_account(hand, name, address)
    portal.manage("send_queued_mail")
    confirm_address(hand, address, portal, mailbox)


def ask_for_account(hand, name, address):
    hand.follow("Créer un compte")
    hand.write(hand.page.get_by_label("Prénom et nom"), name)
    hand.write(hand.page.get_by_label("Courriel"), address)
    hand.write(hand.page.get_by_label("Mot de passe"), PASSWORD)
    hand.press("Créer mon compte")
    expect(hand.page.get_by_role("heading", name="Vérifiez votre adresse")).to_be_visible()


def confirm_address(hand, address, portal, mailbox):
    hand.page.goto(link_in_mail(mailbox, address, f"{portal.url}/compte/"))
    hand.press("Confirmer mon adresse")


def link_in_mail(mailbox, address, beginning) -> str:
    """The address, starting like this, that the mails to somebody give."""
    [link] = re.findall(rf"{re.escape(beginning)}\S+", "\n".join(mailbox.to(address)))
    return link


def start(hand, consortium):
    expect(hand.page.get_by_role("heading", name="Commencer une candidature", level=1)).to_be_visible()
    field = hand.page.get_by_label("Commune ou intercommunalité qui porte la candidature")
    hand.choose_territory(field, consortium.carriers[0])
    hand.press("Commencer la candidature")
    hand.is_told("Rien n’est encore déposé")


def name_carriers(hand, consortium):
    """The two others, beside the lead."""
    open_section(hand, "Porteurs")
    for place, carrier in enumerate(consortium.carriers[1:], start=2):
        hand.unfold("Ajouter un porteur")
        hand.choose_territory(hand.page.get_by_label("Commune ou intercommunalité"), carrier)
        hand.press("Ajouter ce porteur")
        expect(listed(hand)).to_have_text([name_of(each) for each in consortium.carriers[:place]])
    hand.follow("Toutes les rubriques")


def name_sites(hand, consortium):
    open_section(hand, "Sites et locaux")
    for place, site in enumerate(consortium.sites):
        if place:  # the form of the first one is unfolded already
            hand.unfold("Ajouter un site")
        hand.choose_territory(hand.page.get_by_label("Commune où l’antenne s’installerait"), site)
        hand.press("Ajouter ce site")
        expect(listed(hand)).to_contain_text([name_of(each) for each in consortium.sites[: place + 1]])
    hand.follow("Toutes les rubriques")


def name_partner(hand):
    open_section(hand, "Partenaires")
    hand.write(hand.page.get_by_label("Nom"), PARTNER)
    hand.select(hand.page.get_by_label("Nature"), 2)
    hand.press("Ajouter ce partenaire")
    expect(listed(hand)).to_have_text([PARTNER])
    hand.follow("Toutes les rubriques")


def listed(hand):
    """The names in the list of the page."""
    return hand.main.locator(".task-name")


def name_of(territory) -> str:
    return territory.split(" (")[0]


def open_section(hand, title):
    hand.follow(title)
    expect(hand.page.get_by_role("heading", name=title, level=1)).to_be_visible()
    hand.page.wait_for_load_state()  # the heading shows before the questions below have all come


def invite(hand, consortium):
    hand.follow("Équipe et invitations")
    for person in COLLEAGUES:
        hand.write(hand.page.get_by_label("Adresse électronique"), person.address(consortium))
        roles = hand.main.get_by_role("radio")
        names = [text.strip() for text in hand.main.locator(".choice").all_inner_texts()]
        hand.choose(roles, next(index for index, name in enumerate(names) if name.startswith(person.role)))
        hand.press("Envoyer l’invitation")
        hand.is_told(f"Invitation envoyée à {person.address(consortium)}")
    hand.follow(re.compile("^Revenir à la candidature"))


def join(hands, consortium, portal, mailbox):
    """Each opens the link of the invitation, creates an account, confirms its address and accepts."""
    portal.manage("send_queued_mail")
    invited = list(zip(hands, COLLEAGUES, strict=True))
    for hand, person in invited:
        link = link_in_mail(mailbox, person.address(consortium), f"{portal.url}/candidatures/invitations/")
        hand.page.goto(link)
        ask_for_account(hand, person.name, person.address(consortium))
    portal.manage("send_queued_mail")
    for hand, person in invited:
        confirm_address(hand, person.address(consortium), portal, mailbox)
        hand.press("Accepter l’invitation")
        hand.is_told(f"Vous travaillez maintenant sur cette candidature, comme {person.role.lower()}.")


def fill(hand, person, filling, left_out):
    """A person's sections, one after the other from the list of tasks."""
    for section in person.sections:
        open_section(hand, section)
        fill_section(hand, filling, left_out)
        back_to_tasks(hand)


def back_to_tasks(hand):
    """Where « Enregistrer et continuer » does not lead already."""
    if "/rubriques/" in hand.page.url:
        hand.follow("Toutes les rubriques")
    expect(hand.page.get_by_role("heading", name="Rubriques", exact=True)).to_be_visible()


def check_reader_only_reads(hand, consortium):
    open_section(hand, "Projet")
    expect(hand.main).to_contain_text(READ_ONLY)
    expect(hand.main).to_contain_text(consortium.title)
    expect(hand.main.get_by_role("button")).to_have_count(0)


def complete(hand, filling):
    """The tasks say who answered. Both pages that say what is missing name it and lead to its place."""
    hand.page.reload()
    for person in [LEAD, *COLLEAGUES[:-1]]:
        expect(hand.main).to_contain_text(f"par {person.name}")
    steps, paper = f"{STEPS} : à remplir", f"{PAPER} : à joindre"
    expect(hand.link(steps)).to_be_visible()
    expect(hand.link(paper)).to_be_visible()
    hand.follow("Relire et déposer")
    notice = hand.main.locator(".notice-warning")
    expect(notice.get_by_role("link")).to_have_text([f"Calendrier : {steps}", f"Pièces : {paper}"])
    give(hand, filling, f"Calendrier : {steps}")
    expect(hand.link(steps)).to_have_count(0)
    give(hand, filling, paper)


def give(hand, filling, missing):
    """Follow the link of what is missing, and give it."""
    hand.follow(missing)
    expect(hand.page.locator("[data-slot]:target")).to_be_in_viewport()
    fill_section(hand, filling)
    back_to_tasks(hand)


def deposit(hand, filling, places):
    """Read back the answers, the files and the `places`, then deposit: not without the confirmation."""
    hand.follow("Relire et déposer")
    expect(hand.page.get_by_role("heading", name="Déposer", level=1)).to_be_visible()
    assert unsaid(hand.main.inner_text(), [*places, *filling.texts, *filling.files]) == []
    hand.press("Déposer")
    expect(hand.page.get_by_role("alert")).to_contain_text("Cochez cette case pour déposer.")
    hand.tick(hand.page.get_by_label("J’ai relu la candidature"))
    hand.press("Déposer")
    expect(hand.page.get_by_role("heading", name="Récépissé de dépôt")).to_be_visible()


def check_receipt(hand, consortium, filling, portal, mailbox):
    """Screen, mail and PDF say the same: the number, the files and their SHA-256, the code."""
    number, code = hand.page.locator(".receipt-number").inner_text(), code_of(hand.page)
    told = [*consortium.carriers, *filling.files, *filling.files.values(), code]
    assert unsaid(hand.main.inner_text(), told) == []
    portal.manage("send_queued_mail")
    for person in [LEAD, *COLLEAGUES]:
        [mail] = [text for text in mailbox.to(person.address(consortium)) if "Ce message vaut récépissé" in text]
        assert unsaid(mail, [number.rpartition("-")[0], *told]) == []
    with hand.page.expect_download() as download:
        hand.follow("Télécharger le récépissé (PDF)")
    document = PdfReader(download.value.path())
    assert document.trailer["/Root"]["/MarkInfo"]["/Marked"]
    pages = "".join(page.extract_text() for page in document.pages)
    assert unsaid("".join(pages.split()), ["".join(text.split()) for text in [number, *told]]) == []


def code_of(page) -> str:
    return page.locator("dt:has-text('Code de vérification') + dd").inner_text()


def check_verification(page, visitor):
    """Anybody is told whether a receipt is genuine; a single other character is not."""
    number, code = page.locator(".receipt-number").inner_text(), code_of(page)
    visitor.page.goto("/recepisses/")
    verify(visitor, number, code[:-1] + ("2" if code[-1] != "2" else "3"))
    expect(visitor.page.get_by_role("alert")).to_contain_text("Le portail n’a délivré aucun récépissé")
    visitor.page.goto("/recepisses/")
    verify(visitor, number, code)
    expect(visitor.main.locator(".receipt")).to_contain_text("Récépissé authentique")
    expect(visitor.main.locator(".receipt-number")).to_have_text(number)


def verify(visitor, number, code):
    visitor.write(visitor.page.get_by_label("Numéro du récépissé"), number)
    visitor.write(visitor.page.get_by_label("Code de vérification"), code)
    visitor.press("Vérifier")
