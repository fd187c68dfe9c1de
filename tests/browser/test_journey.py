"""One candidature from a town hall's first click to a laureate's public page, all through the interface."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.browser import consortium, sitting
from tests.browser.conftest import receiving_mail, sign_in
from tests.browser.filling import Filling, fill_section
from tests.browser.hands import Pointer
from tests.server import running_portal

TITLE = "Mende, la Lozère se forme"
ADDRESS = "anne.roux@mende.example"
OTHER = "DEMO-0013"  # the candidature that is judged beside it
REASON = "Le besoin est établi, le lieu est disponible, les employeurs s’engagent."
THE_DAY_COMES = """
from django.utils import timezone
from applications.models import Extension
Extension.objects.update(until=timezone.now())
"""


@pytest.fixture(scope="module")
def mailbox():
    """Of this module alone: its portal writes to nobody else's."""
    with receiving_mail() as box:
        yield box


@pytest.fixture(scope="module")
def portal(tmp_path_factory, mailbox):
    """A portal of this module's own: the journey closes and proclaims a phase that other tests need open."""
    with running_portal(tmp_path_factory.mktemp("journey"), mailbox.port) as portal:
        yield portal


def test_candidature_goes_from_the_first_click_to_the_public_page(open_page, portal, mailbox):
    applicant, team, acv, ti, chair = (open_page() for _ in range(5))
    sign_up(applicant, portal, mailbox)
    reference = start(applicant)
    filling = fill_in(applicant)
    consortium.deposit(Pointer(applicant), filling, ["Mende (48095)"])
    check_receipt(applicant, portal, mailbox, reference, filling)

    sign_in(team, "equipe", then="/admin/")
    check_nothing_is_examined_yet(team, reference)
    close_the_phase(team)
    check_deposits_are_refused(open_page())
    admit(team, reference)
    examine_the_others(team)

    score_and_step_aside(acv, ti, chair, reference)
    check_marks_stay_secret([acv, ti], chair, reference)
    check_seal_waits_for_the_time_granted(chair)
    portal.manage("shell", "--command", THE_DAY_COMES)
    open_seal(chair, reference)
    check_marks_are_open(acv, reference)
    held_back = ("Inscrire en réserve", "Projet de qualité, retenu si une place se libère.")
    sitting.sit(chair, {reference: ("Labelliser", REASON), OTHER: held_back})

    year, summary = answer(filling, r"\d{4}-\d{4}$"), answer(filling, "Résumé du projet")
    proclaim(team, reference, year)
    check_letters(portal, mailbox, reference)
    check_public_pages(open_page(), year, summary)
    check_decision_is_told(applicant, reference)


# The applicant


def sign_up(page, portal, mailbox):
    """From the call's page to an account whose address is confirmed, and back to the call."""
    page.goto("/appels/")
    page.get_by_role("link", name="Ouvrir une antenne du Cnam au cœur de votre ville").click()
    page.get_by_role("link", name="Déposer une candidature").click()
    consortium.sign_up(Pointer(page), "Anne Roux", ADDRESS, portal, mailbox)


def start(page) -> str:
    """Begin a candidature carried by Mende, chosen in the list that the field offers; its reference."""
    expect(page.get_by_role("heading", name="Commencer une candidature", level=1)).to_be_visible()
    choose_territory(page, "Commune ou intercommunalité", "Mende", "Mende (48095)")
    page.get_by_role("button", name="Commencer la candidature").click()
    expect(page.locator(".notice")).to_contain_text("Rien n’est encore déposé")
    return re.search(r"DEMO-\d{4}", page.title())[0]


def choose_territory(page, label, typed, value):
    field = page.get_by_role("combobox", name=label)
    field.press_sequentially(typed)
    page.get_by_role("option").filter(has_text=typed).first.click()
    expect(field).to_have_value(value)


def fill_in(page) -> Filling:
    """Every section in order, each leading to the next one, the last one back to the tasks."""
    hand, filling = Pointer(page), Filling(TITLE)
    sections = page.locator(".task-list > li .task-name").all_inner_texts()
    page.get_by_role("link", name=sections[0], exact=True).click()
    for title in sections:
        expect(page.get_by_role("heading", name=title, level=1)).to_be_visible()
        if title == "Sites et locaux":
            choose_territory(page, "Commune où l’antenne s’installerait", "Mende", "Mende (48095)")
            page.get_by_role("button", name="Ajouter ce site").click()
            expect(page.locator(".task-name")).to_contain_text(["Mende"])
        fill_section(hand, filling)
    expect(page.get_by_text("Complet", exact=True)).to_have_count(len(sections))
    return filling


def answer(filling, pattern) -> str:
    """The answer given that begins like this."""
    return next(text for text in filling.texts if re.match(pattern, text))


def check_receipt(page, portal, mailbox, reference, filling):
    """The mail repeats what the screen says: the reference, the pieces, the verification code."""
    expect(page.locator(".receipt-number")).to_have_text(f"{reference}-1")
    portal.manage("send_queued_mail")
    message = the_mail(mailbox, ADDRESS, "Ce message vaut récépissé")
    assert consortium.unsaid(message, [reference, consortium.code_of(page), *filling.files]) == []


def the_mail(mailbox, address, text) -> str:
    """The only message to `address` that says `text`: several leave at once, in any order."""
    [message] = [message for message in mailbox.to(address) if text in message]
    return message


# The programme's team


def open_file(page, reference):
    """Find a candidature from the first page of the admin."""
    page.goto("/admin/")
    page.get_by_role("main").get_by_role("link", name="candidatures à examiner").click()
    search = page.get_by_role("textbox", name="Recherche")
    search.fill(reference)
    search.press("Enter")
    page.get_by_role("link", name=reference).click()


def check_nothing_is_examined_yet(page, reference):
    """Until the closing, the file may still be deposited again."""
    page.goto(f"/admin/applications/candidature/?q={reference}")
    page.get_by_role("link", name=reference).click()
    expect(page.get_by_text("Les porteurs peuvent déposer une nouvelle version jusqu’au")).to_be_visible()
    expect(page.get_by_role("link", name="Déclarer recevable")).to_have_count(0)


def admit(page, reference):
    """With the advice of the lists beside the act, and a motive."""
    open_file(page, reference)
    advice = page.get_by_role("heading", name="Programmes nationaux").locator("+ ul")
    expect(advice).to_contain_text("Mende, Action cœur de ville")
    expect(advice).to_contain_text("Mende, Territoires d’industrie")
    act(page, reference, "Déclarer recevable", "Pièces complètes ; le projet répond aux attendus de l’appel.")


def act(page, reference, button, motive):
    page.get_by_role("link", name=button).click()
    page.get_by_label("Motif").fill(motive)
    page.get_by_role("button", name=button).click()
    expect(page.locator(".messagelist")).to_contain_text(reference)


def examine_the_others(page):
    """What else waits: one is admitted, one refused, one of the phase before never sent its supplements."""
    open_file(page, OTHER)
    act(page, OTHER, "Déclarer recevable", "Pièces complètes.")
    open_file(page, "DEMO-0014")
    act(page, "DEMO-0014", "Déclarer irrecevable", "La délibération d’une des communes manque.")
    page.goto("/admin/")
    page.get_by_role("link", name="compléments attendus").click()
    page.get_by_role("link", name="DEMO-0012").click()
    act(page, "DEMO-0012", "Déclarer irrecevable", "Les compléments demandés ne sont pas arrivés.")


def close_the_phase(page):
    """Move the closing of phase 3 to an hour ago, on the page of the call."""
    page.goto("/admin/")
    page.get_by_role("link", name="Appels à manifestation d’intérêt").click()
    page.get_by_role("link", name="AMI de démonstration").click()
    closing = timezone.localtime() - timedelta(hours=1)
    page.locator("#id_phases-2-closes_at_0").fill(closing.strftime("%d/%m/%Y"))
    page.locator("#id_phases-2-closes_at_1").fill(closing.strftime("%H:%M:%S"))
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("AMI de démonstration")


def check_deposits_are_refused(page):
    """A draft stays as it is; neither its page, nor the address of the act, nor the call's page takes a deposit."""
    sign_in(page, "epci", then="/candidatures/DEMO-0016/")
    expect(page.get_by_text("ce brouillon ne peut plus être déposé")).to_be_visible()
    expect(page.get_by_role("link", name="Relire et déposer")).to_have_count(0)
    page.goto("/candidatures/DEMO-0016/deposer/")
    expect(page.get_by_role("alert")).to_contain_text("Les dépôts sont clos pour cet appel")
    page.goto("/appels/demonstration/")
    expect(page.get_by_role("link", name="Déposer une candidature")).to_have_count(0)


# The committee


def score_and_step_aside(acv, ti, chair, reference):
    """Two seats judge the candidature, one of them steps aside from the other file, which the chair judges."""
    sign_in(acv, "acv", then="/admin/comite/")
    score(acv, reference, 5, "favorable")
    step_aside(acv, OTHER)
    sign_in(ti, "ti", then="/admin/comite/")
    score(ti, reference, 4, "réservé")
    sign_in(chair, "presidence", then="/admin/comite/")
    score(chair, OTHER, 3, "réservé")


def score(page, reference, mark, advice):
    """The same mark on every criterion, read back, then signed."""
    page.get_by_role("link", name=reference).click()
    for criterion in page.get_by_role("group", name=re.compile("^Note,")).all():
        criterion.get_by_role("radio", name=re.compile(f"^{mark}")).check()
    page.get_by_role("radio", name=advice, exact=True).check()
    page.get_by_label("Appréciation d’ensemble").fill(f"Les besoins sont décrits, avis {advice}.")
    page.get_by_role("button", name="Relire et signer").click()
    expect(page.get_by_role("cell", name=f"{mark} sur 5")).to_have_count(6)
    page.get_by_role("button", name="Signer l’évaluation").click()
    expect(page.locator(".messagelist")).to_contain_text(f"Évaluation signée\u00a0: {reference}")


def step_aside(page, reference):
    page.get_by_role("link", name=reference).click()
    page.get_by_role("link", name="Se déporter").click()
    page.get_by_role("radio", name="Moi seulement").check()
    page.get_by_label("Motif").fill("J’ai travaillé pour cette agglomération.")
    page.get_by_role("button", name="Se déporter de ce dossier").click()
    expect(page.locator(".messagelist")).to_contain_text(f"le dossier {reference} vous est désormais fermé")
    expect(page.get_by_role("link", name=reference)).to_have_count(0)
    assert page.goto(f"/admin/comite/{reference}/").status == 404


def check_marks_stay_secret(members, chair, reference):
    """Before the seal opens: a seat reads its own review, the chair reads how many are signed, nobody more."""
    for member in members:
        member.goto(f"/admin/comite/{reference}/")
        expect(member.get_by_role("heading", name="L’évaluation de votre siège")).to_be_visible()
        expect(member.get_by_role("table").filter(has_text="sur 5")).to_have_count(1)
        expect(member.locator("summary").filter(has_text="Évaluation de")).to_have_count(0)
    open_phase(chair)
    expect(chair.get_by_text("personne ne lit les notes d’un autre siège")).to_be_visible()
    expect(chair.get_by_role("heading", name="Classement")).to_have_count(0)


def check_marks_are_open(member, reference):
    """Once the seal is open, seats read each other; a file from which one stepped aside stays closed."""
    member.goto(f"/admin/comite/{reference}/")
    member.locator("summary").filter(has_text="Territoires d’industrie").click()
    expect(member.get_by_role("cell", name="4 sur 5")).to_have_count(6)
    assert member.goto(f"/admin/comite/{OTHER}/").status == 404


# The chair


def open_phase(page):
    page.goto("/admin/comite/")
    page.get_by_role("link", name="délibération de la phase 3").click()


def check_seal_waits_for_the_time_granted(page):
    """DEMO-0017 has ten days more than the others: nobody reads the marks before."""
    open_phase(page)
    expect(page.get_by_text("Un délai accordé à une candidature court encore")).to_be_visible()
    expect(page.get_by_role("link", name="Lever le scellé")).to_have_count(0)


def open_seal(page, reference):
    """From then on the ranking is read: the best weighted mean first."""
    open_phase(page)
    page.get_by_role("link", name="Lever le scellé").click()
    page.get_by_role("button", name="Lever le scellé").click()
    ranking = page.get_by_role("region", name="Tableau du classement").get_by_role("row")
    expect(ranking).to_have_text(
        [
            re.compile("Rang"),
            re.compile(rf"1\s+{reference} – {TITLE}\s+90,00\s+2\s+à prendre"),
            re.compile(rf"2\s+{OTHER} .*\s+60,00\s+1\s+à prendre"),
        ]
    )


# The results


def proclaim(page, reference, year):
    """Read what would happen, then make it happen."""
    page.goto("/admin/")
    page.get_by_role("link", name="AMI de démonstration, phase 3").click()
    page.get_by_role("link", name="Préparer la proclamation").click()
    row = page.get_by_role("row").filter(has_text=reference)
    expect(row).to_contain_text("Labellisée")
    expect(page.get_by_label(f"Nom publié de {reference}")).to_have_value("Mende")
    for text in (f"{reference}, ouverture {year}", ADDRESS):
        expect(page.get_by_role("main")).to_contain_text(text)
    page.get_by_role("radio", name="Maintenant").check()
    page.get_by_label("Je proclame ces résultats : 2 candidatures, 1 antenne, 2 lettres.").check()
    page.get_by_role("button", name="Proclamer les résultats").click()
    expect(page.locator(".messagelist")).to_contain_text("1 antenne publiée")


def check_letters(portal, mailbox, reference):
    """Each carrier reads its own decision and its reason."""
    portal.manage("send_queued_mail")
    letter = the_mail(mailbox, ADDRESS, "Elle est labellisée")
    assert reference in letter
    assert REASON in letter
    assert OTHER in the_mail(mailbox, "epci@demo.example", "Elle est inscrite en réserve")


def check_public_pages(page, year, summary):
    """The laureate appears to everybody under its opening year."""
    page.goto("/laureats/")
    page.get_by_role("heading", name=year).get_by_role("link").click()
    expect(page.get_by_role("heading", name=year, level=1)).to_be_visible()
    page.get_by_role("link", name="Mende", exact=True).click()
    expect(page.get_by_role("heading", name="Mende", level=1)).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text(summary)
    expect(page.get_by_role("main")).to_contain_text(year)


def check_decision_is_told(page, reference):
    page.goto("/candidatures/")
    page.get_by_role("link", name=TITLE).click()
    expect(page.locator(".receipt")).to_contain_text("Labellisée")
    expect(page.locator(".receipt")).to_contain_text(REASON)
