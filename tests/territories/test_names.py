import pytest
from hypothesis import given
from hypothesis import strategies as st

from territories.names import normalise, parts


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Saint-Étienne", "st etienne"),
        ("Sainte-Foy", "STE FOY"),
        ("L’Haÿ-les-Roses", "l'hay les roses"),
        ("La Rochelle", "Rochelle"),
        ("Saint-Laurent-du-Maroni", "Saint-Laurent de Maroni"),
        ("Œuilly", "oeuilly"),
        ("Communauté de communes du Warndt", "CC du Warndt"),
        ("Communauté d’agglomération de Saintes", "CA Saintes"),
        ("Établissement public territorial Plaine Commune", "EPT Plaine Commune"),
    ],
)
def test_two_spellings_of_a_name_are_one(one, other):
    assert normalise(one) == normalise(other)


def test_an_article_alone_is_kept():
    assert normalise("Le") == "le"


def test_parts_start_at_words_worth_finding():
    assert parts("saint germain en laye") == ["germain en laye", "laye"]


@given(st.text())
def test_normalising_twice_changes_nothing(text):
    assert normalise(normalise(text)) == normalise(text)


@given(st.text())
def test_a_normalised_name_holds_only_plain_words(text):
    assert set(normalise(text)) <= set("abcdefghijklmnopqrstuvwxyz0123456789 ")
