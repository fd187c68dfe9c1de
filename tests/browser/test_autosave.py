"""Nothing that a person types is lost: the server dies, the session ends, the network goes, the tab closes."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import sign_in
from tests.browser.writing import (
    EDITOR,
    LEAD,
    REASON,
    REFERENCE,
    SUMMARY,
    TITLE,
    Server,
    expect_saved,
    field,
    on_server,
    open_section,
    section_path,
    slot,
    state,
    write,
)
from tests.server import PREPARATION, Portal

PARAGRAPH = "Les employeurs du bocage – près de 1 200 € d’écart de salaire – recrutent : « soudeurs », œuvre & chœur. "
KEPT = "votre texte est gardé sur cet appareil"
CUT = "() => { window.fetch = () => Promise.reject(new TypeError('cut')); }"
NO_STORAGE = """Object.defineProperty(window, "localStorage", {
    get() { throw new DOMException("forbidden", "SecurityError"); },
});"""


@pytest.fixture(scope="module")
def server(tmp_path_factory, mailbox):
    """A portal of this module's own: its server is stopped under people who type."""
    portal = Portal(tmp_path_factory.mktemp("autosave"), mailbox.port)
    for arguments in PREPARATION:
        portal.manage(*arguments)
    server = Server(portal)
    yield server
    server.stop()


@pytest.fixture
def portal(server):
    server.start()
    return server.portal


def end_sessions(portal):
    code = "from django.contrib.sessions.models import Session; Session.objects.all().delete()"
    portal.manage("shell", "--command", code)


def test_long_text_survives_a_dead_server_then_an_ended_session(open_page, server, portal):
    page = open_section(open_page())
    typed = PARAGRAPH * 30
    field(page, SUMMARY).fill(typed)
    expect_saved(page, SUMMARY)

    server.stop()
    field(page, SUMMARY).press_sequentially("Tapé pendant la panne.")
    expect(state(page, SUMMARY)).to_contain_text(f"Pas de connexion : {KEPT}")
    server.start()
    end_sessions(portal)
    field(page, SUMMARY).press_sequentially(" Tapé après la fin de la session.\n")
    expect(state(page, SUMMARY)).to_contain_text(f"Votre session a expiré. {KEPT.capitalize()}", timeout=15_000)
    field(page, SUMMARY).press_sequentially("Tapé en le sachant.")
    state(page, SUMMARY).get_by_role("link", name="Se reconnecter et revenir à cette question").click()
    sign_in_here(page)

    typed += "Tapé pendant la panne. Tapé après la fin de la session.\nTapé en le sachant."
    expect(page).to_have_url(f"{portal.url}{section_path()}#{slot(page, SUMMARY).get_attribute('id')}")
    expect(field(page, SUMMARY)).to_be_focused()
    expect(field(page, SUMMARY)).to_have_value(typed)
    expect(slot(page, SUMMARY)).to_contain_text("a été remis à sa place")
    expect_saved(page, SUMMARY)
    assert on_server(page, SUMMARY) == typed
    page.keyboard.type(" Suite.")
    expect(field(page, SUMMARY)).to_have_value(f"{typed} Suite.")


def sign_in_here(page, who=LEAD):
    """On the page of sign-in where one stands, without asking for another address."""
    page.get_by_role("textbox", name="Courriel").fill(f"{who}@demo.example")
    page.locator("input[type=password]").fill("coeur-des-territoires")
    page.get_by_role("main").get_by_role("button", name="Se connecter", exact=True).click()
    page.wait_for_url(lambda url: "/compte/connexion/" not in url)


def test_signing_in_again_in_another_tab_is_enough(open_page, portal):
    page = open_section(open_page())
    end_sessions(portal)
    write(page, SUMMARY, "Gardé dans cet onglet")
    expect(page.locator(".form-alerts")).to_contain_text("Votre session a expiré")
    other = page.context.new_page()
    sign_in(other, LEAD)
    other.close()
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect_saved(page, SUMMARY)
    expect(page.locator(".form-alerts")).to_be_hidden()
    assert on_server(page, SUMMARY) == "Gardé dans cet onglet"


def test_network_cut_saves_all_that_waits_when_it_comes_back(open_page):
    page = open_section(open_page())
    page.context.set_offline(True)
    write(page, SUMMARY, "Résumé écrit sans réseau")
    write(page, REASON, "Raison écrite sans réseau")
    for label in (SUMMARY, REASON):
        expect(state(page, label)).to_contain_text(f"Pas de connexion : {KEPT}")
    page.context.set_offline(False)
    for label in (SUMMARY, REASON):
        expect_saved(page, label)
    assert [on_server(page, SUMMARY), on_server(page, REASON)] == [
        "Résumé écrit sans réseau",
        "Raison écrite sans réseau",
    ]


@pytest.mark.parametrize("answer", ["Le reprendre", "L’effacer"])
def test_tab_closed_before_saving_offers_its_text_back(open_page, answer):
    page = open_section(open_page())
    saved = f"Titre enregistré, avant « {answer} »"
    write(page, TITLE, saved)
    expect_saved(page, TITLE)
    close_without_saving(page, TITLE, "Titre jamais enregistré")

    page = reopen(page)
    expect(field(page, TITLE)).to_have_value(saved)
    offer = slot(page, TITLE).get_by_role("group", name="Texte retrouvé")
    expect(offer).to_contain_text("n’a pas été enregistré")
    expect(offer).to_contain_text("Titre jamais enregistré")
    offer.get_by_role("button", name=answer).click()

    expect(offer).to_have_count(0)
    expect(field(page, TITLE)).to_be_focused()
    if answer == "Le reprendre":
        expect_saved(page, TITLE)
        assert on_server(page, TITLE) == "Titre jamais enregistré"
    else:
        expect(field(page, TITLE)).to_have_value(saved)
    page.reload()
    expect(offer).to_have_count(0)


def close_without_saving(page, label, text):
    page.context.set_offline(True)
    write(page, label, text)
    expect(state(page, label)).to_contain_text("Pas de connexion")
    page.evaluate(CUT)  # as it closes, a page is online again
    page.close()


def reopen(page, section="projet"):
    """The same browser of the same person, later."""
    page.context.set_offline(False)
    again = page.context.new_page()
    again.goto(section_path(section))
    return again


def test_text_taken_back_can_be_put_away_again(open_page):
    page = open_section(open_page())
    write(page, TITLE, "Titre d’avant")
    expect_saved(page, TITLE)
    close_without_saving(page, TITLE, "Titre repris")
    page = reopen(page)
    page.get_by_role("button", name="Le reprendre").click()
    expect(field(page, TITLE)).to_have_value("Titre repris")
    page.get_by_role("button", name="Revenir au texte d’avant").click()
    expect_saved(page, TITLE)
    assert on_server(page, TITLE) == "Titre d’avant"


def test_copy_older_than_what_stands_becomes_a_conflict(open_page):
    mine = open_section(open_page())
    close_without_saving(mine, REASON, "Ma raison, restée sur mon appareil")
    theirs = open_section(open_page(), EDITOR)
    write(theirs, REASON, "Sa raison, enregistrée depuis")
    expect_saved(theirs, REASON)

    mine = reopen(mine)
    panel = slot(mine, REASON).get_by_role("group", name="Deux textes pour cette question")
    expect(panel).to_contain_text("Ma raison, restée sur mon appareil")
    expect(panel).to_contain_text("Sa raison, enregistrée depuis")
    assert on_server(mine, REASON) == "Sa raison, enregistrée depuis"


def test_removed_member_keeps_the_text_that_was_being_typed(open_page, portal):
    add = "Membership.objects.create(candidature=candidature, user=colleague, role='editor')"
    remove = "Membership.objects.filter(candidature=candidature, user=colleague).delete()"
    change_membership(portal, add)
    page = open_section(open_page(), "commune-epci")
    field(page, SUMMARY).fill("Commencé comme membre")
    expect_saved(page, SUMMARY)
    change_membership(portal, remove)
    field(page, SUMMARY).press_sequentially(", fini après le retrait")

    expect(state(page, SUMMARY)).to_contain_text("Vous n’avez plus accès à cette candidature")
    expect(field(page, SUMMARY)).to_have_value("Commencé comme membre, fini après le retrait")
    expect(field(page, SUMMARY)).not_to_be_editable()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    slot(page, SUMMARY).get_by_role("button", name="Copier le texte").click()
    expect(slot(page, SUMMARY).get_by_role("button", name="Texte copié")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "Commencé comme membre, fini après le retrait"


def change_membership(portal, act):
    people = f"""
from accounts.models import User
from applications.models import Candidature, Membership
candidature = Candidature.objects.by_reference("{REFERENCE}").get()
colleague = User.objects.get(email="commune-epci@demo.example")
"""
    portal.manage("shell", "--command", f"{people}{act}")


def test_five_megabytes_stay_in_the_field_that_the_server_refuses(open_page):
    page = open_section(open_page())
    size = 5 * 1024 * 1024
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate("size => navigator.clipboard.writeText('mot '.repeat(size / 4))", size)
    field(page, SUMMARY).fill("")
    field(page, SUMMARY).press("ControlOrMeta+v")
    field(page, SUMMARY).blur()
    expect(slot(page, SUMMARY).locator(".field-error")).to_contain_text("50000", timeout=30_000)
    expect(state(page, SUMMARY)).to_have_text("Pas enregistré")
    assert field(page, SUMMARY).evaluate("field => field.value.length") == size
    write(page, SUMMARY, "Plus court")
    expect_saved(page, SUMMARY)
    expect(slot(page, SUMMARY).locator(".field-error")).to_have_count(0)


def test_text_typed_before_the_script_has_loaded_is_saved(open_page):
    page = open_section(open_page())
    held = []
    page.route("**/js/candidature/section*.js", lambda route: held.append(route))
    page.goto(section_path(), wait_until="commit")
    field(page, TITLE).fill("Tapé avant que le script n’arrive")
    held[0].continue_()
    expect_saved(page, TITLE)
    assert on_server(page, TITLE) == "Tapé avant que le script n’arrive"


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1280, 375])
def test_axe_finds_no_violation_when_nothing_could_be_saved(open_page, portal, axe, width, dark):
    page = open_section(open_page(width=width, dark=dark))
    close_without_saving(page, REASON, f"Retrouvé, {width} {dark}\n" * 40)
    page = reopen(page)
    page.set_viewport_size({"width": width, "height": 900})
    expect(slot(page, REASON).get_by_role("group", name="Texte retrouvé")).to_be_visible()
    end_sessions(portal)
    write(page, SUMMARY, f"Session finie, {width} {dark}")
    expect(state(page, SUMMARY)).to_contain_text("Votre session a expiré")
    violations = axe.run(page).response["violations"]
    assert [(each["id"], [node["html"][:160] for node in each["nodes"]]) for each in violations] == []
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_nul_byte_is_dropped_and_all_else_is_kept(open_page):
    page = open_section(open_page())
    typed = "avant\0après \u202bשלום\u202c \u200ffin\u200e 👩\u200d👩\u200d👧 e\u0301"
    field(page, SUMMARY).evaluate("(field, text) => (field.value = text)", typed)
    field(page, SUMMARY).press_sequentially(".")
    field(page, SUMMARY).blur()
    expect_saved(page, SUMMARY)
    assert on_server(page, SUMMARY) == typed.replace("\0", "") + "."


def test_saving_works_where_the_browser_keeps_nothing(open_page, portal):
    page = open_page()
    page.add_init_script(NO_STORAGE)
    open_section(page)
    write(page, SUMMARY, "Sans copie possible")
    expect_saved(page, SUMMARY)
    end_sessions(portal)
    write(page, SUMMARY, "Sans copie possible, session finie")
    expect(state(page, SUMMARY)).to_contain_text("Reconnectez-vous dans un autre onglet")
    with page.context.expect_page() as opened:
        state(page, SUMMARY).get_by_role("link").click()
    sign_in_here(opened.value)
    opened.value.close()
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect_saved(page, SUMMARY)
    assert on_server(page, SUMMARY) == "Sans copie possible, session finie"


def test_button_saves_what_is_being_typed_without_contradicting_it(open_page):
    page = open_section(open_page())
    write(page, TITLE, "Titre, première fois")
    expect_saved(page, TITLE)
    field(page, TITLE).fill("Titre, deuxième fois")
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(page.locator(".notice-success")).to_contain_text("Enregistré à")
    expect(field(page, TITLE)).to_have_value("Titre, deuxième fois")


def test_leaving_asks_only_when_something_is_not_saved(open_page):
    page = open_section(open_page())
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    field(page, TITLE).fill("Titre tapé juste avant de suivre un lien")
    page.get_by_role("link", name="Toutes les rubriques").click()
    page.wait_for_url(f"**/candidatures/{REFERENCE}/")
    assert asked == []
    page.goto(section_path())
    expect(field(page, TITLE)).to_have_value("Titre tapé juste avant de suivre un lien")
    page.context.set_offline(True)
    write(page, TITLE, "Titre qui ne peut pas partir")
    page.close(run_before_unload=True)
    page.wait_for_event("close")
    assert asked == ["beforeunload"]
