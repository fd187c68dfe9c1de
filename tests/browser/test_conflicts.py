"""Two people, or two tabs, in the same answer: nobody’s text is lost, nobody’s is chosen for them."""

import pytest
from playwright.sync_api import expect

from tests.browser.writing import (
    EDITOR,
    REASON,
    SUMMARY,
    TITLE,
    expect_saved,
    field,
    on_server,
    open_section,
    section_path,
    set_aside,
    slot,
    state,
    write,
)


@pytest.fixture
def in_conflict(open_page):
    """`in_conflict(label, theirs, mine)`: my page, where somebody else has just saved another text."""

    def disagree(label, theirs, mine, **look):
        page, other = open_section(open_page(**look)), open_section(open_page(), EDITOR)
        write(other, label, theirs)
        expect_saved(other, label)
        write(page, label, mine)
        expect(panel(page, label)).to_be_visible()
        return page

    return disagree


def panel(page, label):
    return slot(page, label).get_by_role("group", name="Deux textes pour cette question")


def test_conflict_shows_both_texts_and_chooses_neither(in_conflict):
    page = in_conflict(SUMMARY, "Texte de Sacha sur l’usine", "Texte de Maxime sur l’usine")
    expect(panel(page, SUMMARY).get_by_role("alert").first).to_contain_text("Sacha Blondel a enregistré")
    expect(panel(page, SUMMARY).locator(".conflict-text")).to_have_text(
        ["Texte de Maxime sur l’usine", "Texte de Sacha sur l’usine"]
    )
    expect(panel(page, SUMMARY).locator("mark")).to_have_text(["Maxime", "Sacha"])
    expect(page.locator(".form-alerts").get_by_role("link", name=SUMMARY)).to_be_visible()
    expect(field(page, SUMMARY)).to_have_value("Texte de Maxime sur l’usine")
    assert on_server(page, SUMMARY) == "Texte de Sacha sur l’usine"


def test_keeping_my_text_sets_the_other_aside(in_conflict):
    page = in_conflict(SUMMARY, "Sa version à remplacer", "Ma version")
    field(page, SUMMARY).press_sequentially(", revue avant de choisir")
    panel(page, SUMMARY).get_by_role("button", name="Garder mon texte").press("Enter")
    expect_saved(page, SUMMARY)
    expect(panel(page, SUMMARY)).to_have_count(0)
    expect(field(page, SUMMARY)).to_be_focused()
    assert on_server(page, SUMMARY) == "Ma version, revue avant de choisir"
    assert "Sa version à remplacer" in set_aside(page)


def test_keeping_the_other_text_sets_mine_aside_as_it_was_last(in_conflict):
    page = in_conflict(REASON, "Sa raison, que je garde", "Ma raison")
    field(page, REASON).press_sequentially(", revue avant de choisir")
    panel(page, REASON).get_by_role("button", name="Garder l’autre texte").press("Enter")
    expect(panel(page, REASON)).to_have_count(0)
    expect(field(page, REASON)).to_have_value("Sa raison, que je garde")
    expect(field(page, REASON)).to_be_focused()
    assert on_server(page, REASON) == "Sa raison, que je garde"
    assert {"Ma raison", "Ma raison, revue avant de choisir"} <= set(set_aside(page))
    write(page, REASON, "La raison, à partir de la sienne")
    expect_saved(page, REASON)


def test_button_does_not_send_a_form_in_conflict(in_conflict):
    page = in_conflict(TITLE, "Son titre", "Mon titre")
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(field(page, TITLE)).to_be_focused()
    expect(panel(page, TITLE)).to_be_visible()
    assert on_server(page, TITLE) == "Son titre"


def test_conflict_on_a_choice_keeps_either(open_page):
    question = "Concept d’antenne"
    mine, theirs = open_section(open_page()), open_section(open_page(), EDITOR)
    slot(theirs, question).get_by_label("Centre Cnam").check()
    expect_saved(theirs, question)
    slot(mine, question).get_by_label("Tiers-lieu").check()
    panel = slot(mine, question).get_by_role("group", name="Deux réponses à cette question")
    expect(panel.locator(".conflict-text")).to_contain_text(["Tiers-lieu", "Centre Cnam"])
    panel.get_by_role("button", name="Garder l’autre réponse").click()
    expect(slot(mine, question).get_by_label("Centre Cnam")).to_be_checked()
    expect(slot(mine, question).get_by_label("Centre Cnam")).to_be_focused()


def test_tab_shows_what_another_tab_of_the_same_person_saved(open_page):
    one = open_section(open_page())
    other = one.context.new_page()
    other.goto(section_path())
    write(other, REASON, "Écrit dans l’autre onglet")
    expect_saved(other, REASON)
    expect(field(one, REASON)).to_have_value("Écrit dans l’autre onglet")
    expect(state(one, REASON)).to_contain_text("dans un autre onglet")
    write(one, REASON, "Puis dans le premier")
    expect_saved(one, REASON)
    assert on_server(one, REASON) == "Puis dans le premier"


def test_tab_with_a_text_of_its_own_never_overwrites_the_other(open_page):
    one = open_section(open_page())
    other = one.context.new_page()
    other.goto(section_path())
    one.route("**/reponses/**", lambda route: route.abort())
    write(one, REASON, "Texte du premier onglet")
    write(other, REASON, "Texte du second onglet")
    expect_saved(other, REASON)
    expect(field(one, REASON)).to_have_value("Texte du premier onglet")
    one.unroute("**/reponses/**")
    expect(panel(one, REASON)).to_be_visible(timeout=15_000)
    assert on_server(one, REASON) == "Texte du second onglet"


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1280, 375])
def test_axe_finds_no_violation_in_a_conflict(in_conflict, axe, width, dark):
    page = in_conflict(SUMMARY, f"Texte de Sacha, {width} {dark}", "Texte de Maxime", width=width, dark=dark)
    violations = axe.run(page).response["violations"]
    assert [(each["id"], [node["html"][:160] for node in each["nodes"]]) for each in violations] == []
