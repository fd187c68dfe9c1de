"""Files sent from the page of a section, each with its progress, none taking the text with it."""

import re

from playwright.sync_api import expect

from labels.demonstration.papers import blank_pdf
from tests.browser.conftest import PIECE
from tests.browser.writing import open_section, slot

LETTERS, PLANS, BUDGET = "Lettres de soutien", "Plan ou photos des locaux", "Budget détaillé"
WRONG = {"name": "plan.pdf", "mimeType": "application/pdf", "buffer": b"MZ this is a programme"}


def pdf(name, padding=0):
    """A document of `padding` bytes and a little more."""
    lines = ["0" * 1000] * (padding // 1000)
    return {"name": name, "mimeType": "application/pdf", "buffer": blank_pdf(name, *lines)}


def choose(page, label, *files):
    slot(page, label).locator("input[type=file]:not([hidden])").set_input_files(list(files))


def pieces(page, label):
    return slot(page, label).locator("[data-pieces] > li > a:first-child")


def throttle(page, bytes_a_second):
    """Make the network slow enough to see what leaves."""
    session = page.context.new_cdp_session(page)
    rates = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": bytes_a_second}
    session.send("Network.emulateNetworkConditions", rates)


def test_file_leaves_with_its_progress_and_joins_the_others(open_page):
    page = open_section(open_page(), section="pieces")
    throttle(page, 400_000)
    choose(page, PLANS, pdf("plan-etage.pdf", 600_000))
    bar = slot(page, PLANS).get_by_role("progressbar", name="plan-etage.pdf")
    expect(bar).to_be_visible()
    page.wait_for_function("bar => bar.value > 0 && bar.value < 1", arg=bar.element_handle())
    expect(pieces(page, PLANS).filter(has_text="plan-etage.pdf")).to_be_visible(timeout=15_000)
    expect(bar).to_have_count(0)
    remove(page, PLANS, "plan-etage.pdf")


def remove(page, label, name):
    item = slot(page, label).get_by_role("listitem").filter(has_text=name)
    item.get_by_role("link", name=re.compile("Retirer")).click()
    page.get_by_role("button", name="Retirer cette pièce").click()
    expect(pieces(page, label).filter(has_text=name)).to_have_count(0)


def test_cancelled_file_does_not_arrive(open_page):
    page = open_section(open_page(), section="pieces")
    throttle(page, 100_000)
    choose(page, PLANS, pdf("plan-annule.pdf", 1_000_000))
    slot(page, PLANS).get_by_role("button", name="Annuler l’envoi de plan-annule.pdf").click()
    expect(slot(page, PLANS).get_by_role("progressbar")).to_have_count(0)
    page.reload()
    expect(pieces(page, PLANS).filter(has_text="plan-annule.pdf")).to_have_count(0)


def test_refused_file_says_why_and_the_text_beside_it_stays(open_page):
    page = open_section(open_page(), section="pieces")
    slot(page, "La délibération est-elle déjà votée ?").get_by_label("Non").check()
    day = page.locator("input[type=date]")
    day.fill("2026-10-12")
    choose(page, PLANS, WRONG)
    error = slot(page, PLANS).locator(".field-error")
    expect(error).to_contain_text("« plan.pdf »")
    expect(day).to_have_value("2026-10-12")
    choose(page, PLANS, pdf("plan-correct.pdf"))
    expect(pieces(page, PLANS).filter(has_text="plan-correct.pdf")).to_be_visible()
    expect(error).to_be_empty()
    remove(page, PLANS, "plan-correct.pdf")


def test_sixty_files_fill_the_slot_and_the_others_are_named(open_page):
    page = open_section(open_page(), section="pieces")
    standing = pieces(page, LETTERS).count()
    choose(page, LETTERS, *(pdf(f"lettre-{number}.pdf") for number in range(60)))
    expect(pieces(page, LETTERS)).to_have_count(10, timeout=30_000)
    error = slot(page, LETTERS).locator(".field-error")
    expect(error).to_contain_text("10 fichiers au plus")
    expect(error).to_contain_text("lettre-59.pdf")
    expect(error).not_to_contain_text(f"lettre-{9 - standing}.pdf,")
    page.reload()
    expect(pieces(page, LETTERS)).to_have_count(10)
    for name in pieces(page, LETTERS).all_inner_texts():
        if name.startswith("lettre-"):
            remove(page, LETTERS, name)


def test_replaced_piece_leaves_its_place_to_the_new_one(open_page):
    page = open_section(open_page(), section="pieces")
    choose(page, PLANS, pdf("plan-provisoire.pdf"))
    with page.expect_file_chooser() as opened:
        slot(page, PLANS).get_by_role("button", name="Remplacer : plan-provisoire.pdf").click()
    opened.value.set_files([pdf("plan-definitif.pdf")])
    expect(pieces(page, PLANS).filter(has_text="plan-definitif.pdf")).to_be_visible()
    expect(pieces(page, PLANS).filter(has_text="plan-provisoire.pdf")).to_have_count(0)
    remove(page, PLANS, "plan-definitif.pdf")


def test_interrupted_file_leaves_again_when_asked(open_page):
    page = open_section(open_page(), section="pieces")
    page.context.set_offline(True)
    choose(page, PLANS, PIECE)
    expect(slot(page, PLANS)).to_contain_text("L’envoi a été interrompu")
    page.context.set_offline(False)
    slot(page, PLANS).get_by_role("button", name="Réessayer : deliberation.pdf").click()
    expect(pieces(page, PLANS).filter(has_text="deliberation.pdf")).to_be_visible()
    remove(page, PLANS, "deliberation.pdf")


def test_dropped_file_is_sent(open_page):
    page = open_section(open_page(), section="pieces")
    drop = """(node, bytes) => {
        const data = new DataTransfer();
        data.items.add(new File([new Uint8Array(bytes)], "plan-depose.pdf", { type: "application/pdf" }));
        for (const name of ["dragover", "drop"]) {
            node.dispatchEvent(new DragEvent(name, { dataTransfer: data, bubbles: true, cancelable: true }));
        }
    }"""
    slot(page, PLANS).evaluate(drop, list(blank_pdf("plan")))
    expect(pieces(page, PLANS).filter(has_text="plan-depose.pdf")).to_be_visible()
    remove(page, PLANS, "plan-depose.pdf")


def test_files_do_not_leave_twice_with_the_button(open_page):
    page = open_section(open_page(), section="pieces")
    choose(page, PLANS, pdf("plan-unique.pdf"))
    expect(pieces(page, PLANS).filter(has_text="plan-unique.pdf")).to_be_visible()
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(page.locator(".notice-success")).to_contain_text("Enregistré à")
    expect(pieces(page, PLANS).filter(has_text="plan-unique.pdf")).to_have_count(1)
    remove(page, PLANS, "plan-unique.pdf")
