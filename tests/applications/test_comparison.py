"""What changed between two deposits, in words; nothing twice, nothing forgotten."""

from itertools import product

import pytest
from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st

from applications.comparison import compare, without_personal
from applications.models.answers import NBSP
from applications.text_changes import excerpt, text_changes

from .contents import CHARTRES, DREUX, answer, content, old_content, partner, piece, section, table


def told(old: dict, new: dict) -> list:
    """The comparison as short lines: section, question, carrier, detail, then runs as -gone-, +come+ or as they are."""
    signs = {"same": "{}", "added": "+{}+", "removed": "-{}-"}
    return [
        (part.title, change.label, change.carrier, line.detail, *(signs[op.kind].format(op.text) for op in line.ops))
        for part in compare(old, new)
        for change in part.changes
        for line in change.lines
    ]


def told_of_answers(old: dict, new: dict) -> list:
    """The comparison of two answers to one question: detail and runs."""
    return [line[3:] for line in told(content(section("x", old)), content(section("x", new)))]


# Answers


def test_two_same_contents_differ_in_nothing():
    assert compare(content(), content()) == []
    assert compare(old_content(), old_content()) == []


def test_a_text_is_compared_word_by_word():
    old, new = answer(text="Former ici, en 2027."), answer(text="Former ici, en septembre 2027, à Dreux.")
    assert told_of_answers(old, new) == [("", "Former ici, en ", "+septembre +", "2027", "+, à Dreux+", ".")]


def test_a_text_whose_spaces_alone_changed_says_so():
    assert told_of_answers(answer(text="Un lieu."), answer(text="Un\nlieu.")) == [
        ("espaces et retours à la ligne seulement", "Un", "- -", "+\n+", "lieu.")
    ]


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [
        ("integer", (12, "12"), (15, "15")),
        ("amount", ("12500.00", "12 500 €"), ("9000.00", "9 000 €")),
        ("date", ("2027-09-01", "1 septembre 2027"), ("2027-10-01", "1 octobre 2027")),
        ("choice", ("Oui, acquis", "Oui, acquis"), ("En cours", "En cours")),
        ("yes_no", (False, "non"), (True, "oui")),
        ("concept", ("third_place", "Tiers-lieu"), ("cnam_centre", "Centre Cnam")),
        ("school_year", (2027, "2027-2028"), (2028, "2028-2029")),
    ],
)
def test_a_value_is_told_before_and_after(kind, before, after):
    old, new = (answer(kind=kind, value=value, text=text) for value, text in (before, after))
    assert told_of_answers(old, new) == [("", f"-{before[1]}-", f"+{after[1]}+")]


def test_a_value_that_was_empty_is_only_added():
    old, new = answer(kind="integer", value=None, text=""), answer(kind="integer", value=0, text="0")
    assert told_of_answers(old, new) == [("", "+0+")]


def test_choices_tell_only_those_that_came_and_went():
    old = answer(kind="choices", value=["a", "b"], text="Jeunes\nSalariés")
    new = answer(kind="choices", value=["b", "c"], text="Salariés\nRetraités")
    assert told_of_answers(old, new) == [("", "-Jeunes-", "+Retraités+")]


def test_a_table_is_compared_cell_by_cell():
    old = table({"Loyers": ["12000.00", ""], "Achats": ["5.00", ""]}, {"Région": ["1.00", "2.00"]})
    new = table({"Loyers": ["12000.00", "9.00"]}, {"Région": ["1.50", "2.00"], "Ville": ["", "7.00"]})
    assert told_of_answers(old, new) == [
        ("Dépenses, « Loyers », année 2", f"+9{NBSP}€+"),
        ("Dépenses, ligne « Achats »", f"-5{NBSP}€, –-"),
        ("Ressources, « Région », année 1", f"-1{NBSP}€-", f"+1,50{NBSP}€+"),
        ("Ressources, ligne « Ville »", f"+–, 7{NBSP}€+"),
    ]


def test_a_table_of_more_years_tells_the_new_cells():
    old, new = (table({"Loyers": ["1.00"] * years}, {}) for years in (1, 2))
    assert told_of_answers(old, new) == [("Dépenses, « Loyers », année 2", f"+1{NBSP}€+")]


def test_a_row_without_any_amount_is_no_change():
    old, new = table({"Loyers": ["1.00"]}, {}), table({"Loyers": ["1.00"], "Achats": [""]}, {})
    assert told_of_answers(old, new) == []


def test_a_question_that_changed_its_kind_is_told_before_and_after():
    old, new = answer(text="environ 12"), answer(kind="integer", value=12, text="12")
    assert told_of_answers(old, new) == [("", "-environ 12-", "+12+")]


def test_the_words_of_a_question_or_a_choice_changed_by_staff_are_no_change():
    old = answer(kind="concept", value="third_place", text="Tiers-lieu")
    new = answer(kind="concept", value="third_place", text="Tiers-lieu partagé", label="Autrement dit")
    assert told_of_answers(old, new) == []


def test_answers_of_each_carrier_are_compared_with_their_own():
    dreux, chartres = answer(text="Un poste.", carrier="28134"), answer(text="Un terrain.", carrier="28085")
    old = content(section("x", dreux, chartres), carriers=[DREUX, CHARTRES])
    new = content(section("x", chartres | {"value": "", "text": "Un local."}, dreux), carriers=[DREUX, CHARTRES])
    assert told(old, new) == [("Partie x", "Question besoins", "Chartres", "", "Un ", "-terrain-", "+local+", ".")]


def test_a_question_no_longer_asked_is_told_as_removed():
    old, new = content(section("x", answer(), answer("plus", "Un mot."))), content(section("x", answer()))
    assert told(old, new) == [("Partie x", "Question plus", "", "", "-Un mot.-")]


def test_the_title_is_told_once_where_it_is_asked():
    old, new = (
        content(section("projet", answer("title", words, "short_text"), title="Projet"), title=words)
        for words in ("Une antenne", "Une grande antenne")
    )
    assert told(old, new) == [("Projet", "Question title", "", "", "Une ", "+grande +", "antenne")]


def test_sections_follow_the_order_of_the_new_version_and_removed_ones_come_last():
    old = content(section("perdue", answer()), section("b", answer()), section("a", answer()))
    new = content(section("a", answer(text="A")), section("nouvelle", answer()), section("b", answer(text="B")))
    assert [part.code for part in compare(old, new)] == ["a", "nouvelle", "b", "perdue"]


# Lists


def test_carriers_that_come_go_and_lead_are_told():
    orleans = {"kind": "commune", "code": "45234", "name": "Orléans", "lead": False}
    old = content(carriers=[DREUX, CHARTRES])
    new = content(carriers=[DREUX | {"lead": False}, orleans | {"lead": True}])
    assert told(old, new) == [
        ("Porteurs", "Liste des porteurs", "", "Dreux (28134)", "-chef de file-", "+co-porteur+"),
        ("Porteurs", "Liste des porteurs", "", "", "+Orléans (45234), chef de file+"),
        ("Porteurs", "Liste des porteurs", "", "", "-Chartres (28085), co-porteur-"),
    ]


def test_two_bodies_without_a_number_are_told_apart():
    bodies = [{"kind": "body", "code": "", "name": name, "lead": False} for name in ("Université", "Chambre")]
    assert told(content(carriers=bodies), content(carriers=bodies[1:])) == [
        ("Porteurs", "Liste des porteurs", "", "", "-Université, co-porteur-")
    ]


def test_sites_that_come_and_go_are_told():
    old, new = (content(sites=[{"code": place["code"], "name": place["name"]}]) for place in (DREUX, CHARTRES))
    assert [line[4:] for line in told(old, new)] == [("+Chartres (28085)+",), ("-Dreux (28134)-",)]


def test_partners_tell_what_they_bring():
    old = content(partners=[partner("CCI", "Deux salles."), partner("Lycée", "")])
    new = content(partners=[partner("CCI", "Trois salles."), partner("Mission locale", "Un agent.")])
    assert [line[3:] for line in told(old, new)] == [
        ("CCI, ce qu’il apporte", "-Deux-", "+Trois+", " salles."),
        ("", "+Mission locale, chambre consulaire+"),
        ("Mission locale, ce qu’il apporte", "+Un agent.+"),
        ("", "-Lycée, chambre consulaire-"),
    ]


def test_a_partner_is_known_by_its_number_when_it_has_one():
    old, new = (content(partners=[partner(name, siren="182800018")]) for name in ("CCI 28", "CCI d’Eure-et-Loir"))
    assert [line[4:] for line in told(old, new)] == [
        ("-CCI 28, chambre consulaire, SIREN 182800018-", "+CCI d’Eure-et-Loir, chambre consulaire, SIREN 182800018+")
    ]


def test_a_list_is_told_in_the_section_called_like_it():
    old = content(section("projet", answer()), section("porteurs", title="Qui porte"))
    new = content(section("projet", answer(text="Autre.")), *old["sections"][1:], carriers=[DREUX, CHARTRES])
    assert [(part.code, part.title) for part in compare(old, new)] == [
        ("projet", "Partie projet"),
        ("porteurs", "Qui porte"),
    ]


# Pieces


def test_a_piece_replaced_added_or_removed_is_told():
    old = content(pieces=[piece("un.pdf", "1"), piece("cv.pdf", "2", question="cv"), piece("b.pdf", "3", question="b")])
    new = content(
        pieces=[piece("v2.pdf", "4", size=4096), piece("b.pdf", "3", question="b"), piece("c.pdf", "5", question="c")]
    )
    assert told(old, new) == [
        ("Pièces", "Pièce deliberation", "", "", f"-un.pdf, 2{NBSP}ko-", f"+v2.pdf, 4{NBSP}ko+"),
        ("Pièces", "Pièce c", "", "", f"+c.pdf, 2{NBSP}ko+"),
        ("Pièces", "Pièce cv", "", "", f"-cv.pdf, 2{NBSP}ko-"),
    ]


def test_a_piece_of_the_same_name_and_another_content_says_so():
    old, new = (content(pieces=[piece(seed=seed)]) for seed in "12")
    ops = (f"-deliberation.pdf, 2{NBSP}ko-", f"+deliberation.pdf, 2{NBSP}ko+")
    assert [line[3:] for line in told(old, new)] == [("même nom, autre contenu", *ops)]


def test_a_piece_renamed_says_that_it_is_the_same():
    old, new = (content(pieces=[piece(name)]) for name in ("a.pdf", "b.pdf"))
    assert [line[3:] for line in told(old, new)] == [("même contenu, renommé", "-a.pdf-", "+b.pdf+")]


def test_of_several_pieces_each_replaces_the_one_of_its_name():
    old = content(pieces=[piece("a.pdf", "1"), piece("b.pdf", "2"), piece("c.pdf", "3")])
    new = content(pieces=[piece("c.pdf", "3"), piece("b.pdf", "4"), piece("d.pdf", "5")])
    assert [line[4:] for line in told(old, new)] == [
        (f"-b.pdf, 2{NBSP}ko-", f"+b.pdf, 2{NBSP}ko+"),
        (f"-a.pdf, 2{NBSP}ko-", f"+d.pdf, 2{NBSP}ko+"),
    ]


# Deposits of the first format


def core_answers(**changes):
    said = {"title": "Une antenne", "summary": "Former ici.", "concept": "third_place", "year": "2027-2028"} | changes
    return section(
        "mon-projet",
        answer("intitule", said["title"], "short_text"),
        answer("resume", said["summary"]),
        answer("concept", "Tiers-lieu", "concept", value=said["concept"]),
        answer("annee", said["year"], "school_year", value=int(said["year"][:4])),
        title="Mon projet",
    )


def test_an_old_deposit_equals_a_new_one_that_says_the_same():
    assert told(old_content(), content(core_answers())) == []


def test_an_old_deposit_is_compared_with_the_answers_that_tell_the_same():
    new = content(core_answers(title="Une grande antenne", year="2028-2029"), title="Une grande antenne")
    assert told(old_content(), new) == [
        ("Mon projet", "Question intitule", "", "", "Une ", "+grande +", "antenne"),
        ("Mon projet", "Question annee", "", "", "-2027-2028-", "+2028-2029+"),
    ]


def test_pieces_of_an_old_deposit_find_the_question_that_they_answer():
    new = content(core_answers(), pieces=[piece(), piece("autre.pdf", "2", question="b")])
    assert [line[1:] for line in told(old_content(), new)] == [("Pièce b", "", "", f"+autre.pdf, 2{NBSP}ko+")]


def test_two_old_deposits_are_compared():
    old, new = old_content(), old_content(title="Une grande antenne", pieces=[])
    assert told(old, new) == [
        ("Projet", "Intitulé", "", "", "Une ", "+grande +", "antenne"),
        ("Pièces", "Pièces jointes", "", "", f"-deliberation.pdf, 2{NBSP}ko-"),
    ]


# For the committee


def test_what_is_personal_is_taken_out_before_comparing():
    old, new = (
        content(section("x", answer("maire", name, personal=True), answer()), pieces=[piece(name, name, personal=True)])
        for name in ("Durand", "Martin")
    )
    assert len(told(old, new)) == 2
    assert told(without_personal(old), without_personal(new)) == []


def test_a_deposit_of_the_first_format_has_nothing_marked_personal():
    assert without_personal(old_content()) == old_content()


# Texts


def joined(ops, *kinds) -> str:
    return "".join(op.text for op in ops if op.kind in kinds)


WORDS = st.lists(st.sampled_from(["le", "la", "de", "antenne", "ville", " ", "\n", ",", "l’", "é", "12"]), max_size=60)


@given(st.text() | WORDS.map("".join), st.text() | WORDS.map("".join))
def test_the_runs_give_back_both_texts(old, new):
    ops = text_changes(old, new)
    assert joined(ops, "same", "removed") == old
    assert joined(ops, "same", "added") == new
    assert "" not in [op.text for op in ops]


@given(st.text())
def test_a_text_compared_with_itself_is_the_same(text):
    assert [op.kind for op in text_changes(text, text)] == ["same"] * bool(text)


def test_a_few_words_between_two_larger_changes_belong_to_them():
    old = "Le projet formera des adultes aux métiers du numérique et de la plasturgie."
    new = "Nous accueillerons chaque soir des lycéens et de jeunes apprentis en alternance."
    assert [tuple(op) for op in text_changes(old, new)] == [
        ("removed", "Le projet formera des adultes aux métiers du numérique"),
        ("added", "Nous accueillerons chaque soir des lycéens"),
        ("same", " et de "),
        ("removed", "la plasturgie"),
        ("added", "jeunes apprentis en alternance"),
        ("same", "."),
    ]


def test_one_word_among_fifty_thousand_is_found():
    words = [f"mot{place % 997}" for place in range(50_000)]
    old, new = " ".join(words), " ".join([*words[:30_000], "ici", *words[30_001:]])
    assert [tuple(op) for op in text_changes(old, new)][1:3] == [("removed", "mot90"), ("added", "ici")]


def test_each_of_many_changes_is_found_where_it_is():
    words = [f"mot{place}" for place in range(5_000)]
    changed = [f"autre{place}" if place % 50 == 25 else word for place, word in enumerate(words)]
    ops = text_changes(" ".join(words), " ".join(changed))
    assert [op.text for op in ops if op.kind == "added"] == [word for word in changed if word.startswith("autre")]


@pytest.mark.parametrize(("first", "second"), list(product(("x ", "x y ", "a b c "), repeat=2)))
def test_fifty_thousand_words_that_repeat_are_compared_at_all(first, second):
    old, new = "début " + first * 20_000, second * 20_000 + "fin"
    assert joined(text_changes(old, new), "same", "added") == new


def test_words_that_each_stand_once_between_two_others_do_not_exhaust_the_comparison():
    def nested(noise):
        return " ".join(f"mot{depth} mot{depth + 1} {noise}" for depth in reversed(range(2_000)))

    old, new = nested("avant"), nested("après")
    assert joined(text_changes(old, new), "same", "added") == new


def test_an_excerpt_keeps_the_words_around_the_changes_and_says_how_many_it_leaves_out():
    words = [f"mot{place}" for place in range(100)]
    old, new = " ".join([*words, "ici", *words]), " ".join([*words, "là", *words])
    assert [tuple(op) for op in excerpt(text_changes(old, new))] == [
        ("skipped", "80 mots inchangés"),
        ("same", " ".join(words[80:]) + " "),
        ("removed", "ici"),
        ("added", "là"),
        ("same", " " + " ".join(words[:20])),
        ("skipped", "80 mots inchangés"),
    ]


def test_an_excerpt_keeps_both_sides_of_what_stands_between_two_changes():
    words = [f"mot{place}" for place in range(100)]
    ops = text_changes(" ".join(["un", *words, "un"]), " ".join(["deux", *words, "deux"]))
    assert [op.text.split()[:1] for op in excerpt(ops)[2:5]] == [["mot0"], ["60"], ["mot80"]]


def test_a_short_text_is_its_own_excerpt():
    ops = text_changes("Un lieu partagé.", "Un lieu ouvert.")
    assert excerpt(ops) == ops


# On the page


def page(old: dict, new: dict) -> str:
    return render_to_string("applications/_comparison.html", {"changes": compare(old, new)})


def test_the_page_says_in_words_what_it_shows_in_colours():
    html = page(content(section("x", answer(text="Un <lieu>."))), content(section("x", answer(text="Un local."))))
    assert (
        '<p class="comparison-text">Un '
        '<del><span class="visually-hidden">retiré : </span>&lt;lieu&gt;'
        '<span class="visually-hidden"> (fin du retrait) </span></del>'
        '<ins><span class="visually-hidden">ajouté : </span>local'
        '<span class="visually-hidden"> (fin de l’ajout) </span></ins>.</p>'
    ) in html


def test_the_page_says_when_nothing_changed():
    assert "Rien n’a changé entre ces deux versions." in page(content(), content())
