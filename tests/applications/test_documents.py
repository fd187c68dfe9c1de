"""PDF made from a deposit: what they say, to whom, and that nothing a person wrote can break them."""

import io
import re
from itertools import pairwise

import pypdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from applications.documents import file_pdf, receipt_pdf
from applications.printable import MISSING, PRINTED, printable
from tests.factories import CandidatureFactory, ConceptFactory

from .contents import CHARTRES, DREUX, answer, content, deposit, old_content, partner, piece, section, table

FOOT = re.compile(r"\n[^\n]*\n?page \d+ sur \d+\s*$")
HOSTILE = '#import "x": * *gras* _italique_ $x$ @renvoi `code` <balise> \\n // note /* note */ = Titre ~ -- "fin"'


def read(pdf: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(pdf))


def words_of(pdf: bytes) -> str:
    """The text of a PDF without the foot of its pages, whatever its line ends and spaces."""
    text = "\n".join(FOOT.sub("", page.extract_text()) for page in read(pdf).pages)
    return " ".join(text.replace("\u200b", "").split())


def letters_of(pdf: bytes) -> str:
    """The text of a PDF without any space: for signs that lines or gaps may part."""
    return "".join(words_of(pdf).split())


def bookmarks_of(pdf: bytes) -> list:
    """Titles of the bookmarks, a list for those one level below."""

    def titles(items):
        return [titles(item) if isinstance(item, list) else item.title for item in items]

    return titles(read(pdf).outline)


@pytest.fixture(params=["receipt", "file"])
def make(request):
    """Each of the documents."""
    return receipt_pdf if request.param == "receipt" else lambda made: file_pdf(made, include_personal=True)


# Both documents


def test_a_document_is_a_tagged_french_pdf_with_a_title(make):
    reader = read(make(deposit(content())))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/StructTreeRoot"]["/Type"] == "/StructTreeRoot"
    assert root["/Lang"].startswith("fr")
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b"pdfuaid:part>1<" in root["/Metadata"].get_data()


def test_a_document_is_called_by_the_number_of_its_receipt():
    made = deposit(content())
    reference = made.candidature.reference
    assert read(receipt_pdf(made)).metadata.title == f"Récépissé de dépôt {reference}-2"
    assert read(file_pdf(made, include_personal=True)).metadata.title == f"Candidature {reference}, version 2"


def test_the_same_deposit_always_gives_the_same_bytes(make):
    made = deposit(content())
    assert make(made) == make(made)


def test_a_document_is_dated_by_its_deposit(make):
    made = deposit(content())
    assert read(make(made)).metadata.creation_date == made.submitted_at.replace(microsecond=0)


@pytest.mark.parametrize(("is_demo", "shown"), [(True, True), (False, False)])
def test_a_demonstration_says_so(make, is_demo, shown):
    assert ("Démonstration" in words_of(make(deposit(content(), is_demo=is_demo)))) is shown


@pytest.mark.parametrize("text", [HOSTILE, "a" * 200, "\n" * 200, "", " ", "\u200b\u202e"])
def test_whatever_a_person_wrote_is_printed_as_text(make, text):
    said = content(
        section("territoire", answer(text=text), answer("choix", text, "choices")),
        title=text,
        partners=[partner(text or "CCI", text)],
        pieces=[piece(text)],
    )
    printed = "".join(re.split(r"[\s\u200b\u202e]+", text))
    assert printed in letters_of(make(deposit(said)))


@pytest.mark.parametrize("text", ["a" * 50_000, "mots " * 10_000])
def test_fifty_thousand_signs_are_printed_whole(text):
    letters = letters_of(file_pdf(deposit(content(section("x", answer(text=text)))), include_personal=True))
    assert text.replace(" ", "") in letters


def test_a_sign_that_no_font_has_is_replaced_and_the_document_says_so(make):
    words = words_of(make(deposit(content(title="Une antenne 🚀 et 日本"))))
    assert "Une antenne ▯ et ▯▯" in words
    assert "Le texte complet est conservé dans le dépôt." in words


def test_a_document_without_such_a_sign_does_not_speak_of_it(make):
    assert "Le texte complet est conservé dans le dépôt." not in words_of(make(deposit(content())))


def test_two_hundred_carriers_all_appear_in_order(make):
    carriers = [{**CHARTRES, "code": f"{28000 + number}", "lead": number == 0} for number in range(200)]
    letters = letters_of(make(deposit(content(carriers=carriers))))
    assert re.findall(r"Chartres\((28\d{3})\)", letters) == [carrier["code"] for carrier in carriers]


def test_a_carrier_without_a_number_is_named_without_brackets(make):
    university = {"kind": "body", "code": "", "name": "Université de Chartres", "lead": False}
    words = words_of(make(deposit(content(carriers=[DREUX, university]))))
    assert "Dreux (28134), chef de file Université de Chartres" in words
    assert "()" not in words


def test_a_deposit_of_the_first_format_is_told_in_full(make):
    concept = ConceptFactory(name="Tiers-lieu")
    said = old_content(title="Un titre d’avant", concept=concept.pk)
    made = deposit(said)
    words, letters = words_of(make(made)), letters_of(make(made))
    assert "Un titre d’avant" in words
    assert said["pieces"][0]["sha256"] in letters
    assert made.sha256 in letters


# The receipt


def test_a_receipt_says_what_was_received_when_and_from_whom():
    made = deposit(content(title="Une antenne au cœur de la ville", carriers=[DREUX, CHARTRES]))
    words = words_of(receipt_pdf(made))
    assert f"{made.candidature.reference} version 2" in words
    assert "vendredi 25 juin 2027 à 14 h 32 min 07 s (heure de Paris)" in words
    assert f"déposée par {made.submitted_by}." in words
    assert "Une antenne au cœur de la ville" in words
    assert "Dreux (28134), chef de file Chartres (28085)" in words
    assert "Site Dreux (28134)" in words


def test_a_receipt_lists_each_piece_with_its_size_and_its_whole_hash():
    pieces = [piece("un.pdf", "1", size=2048), piece("deux.pdf", "2", size=5 * 1024**2)]
    made = deposit(content(pieces=pieces))
    letters = letters_of(receipt_pdf(made))
    assert re.findall(r"SHA-256([0-9a-f]{64})", letters) == [*(one["sha256"] for one in pieces), made.sha256]
    assert "un.pdf,2ko" in letters
    assert "deux.pdf,5Mo" in letters


def test_a_receipt_says_how_to_verify_it(settings):
    settings.BASE_URL = "https://portail.example"
    made = deposit(content())
    pdf = receipt_pdf(made)
    words = words_of(pdf)
    assert f"Numéro {made.candidature.reference}-2" in words
    assert "Code 23456789ABCD" in words
    links = [note.get_object()["/A"]["/URI"] for page in read(pdf).pages for note in page.get("/Annots", [])]
    assert "https://portail.example/recepisses/" in links


@pytest.mark.parametrize(
    ("of_call", "shown"), [("appel@cnam.example", "appel@cnam.example"), ("", "cnam@cnam.example")]
)
def test_a_receipt_names_the_service_to_contact(settings, of_call, shown):
    settings.INSTITUTION = settings.INSTITUTION | {"CONTACT_EMAIL": "cnam@cnam.example"}
    made = deposit(content(), contact_email=of_call)
    assert f"Équipe du programme Au cœur des territoires {shown}" in words_of(receipt_pdf(made))


def test_the_receipt_of_a_candidature_of_today_is_made():
    candidature = CandidatureFactory(status="submitted")
    assert candidature.title in words_of(receipt_pdf(candidature.last_submission))


# The whole file


def test_a_file_tells_its_sections_and_answers_in_order():
    said = content(
        section("territoire", answer("besoins", "Former ici."), answer("rien", "", value=None), title="Territoire"),
        section("projet", answer("lieu", "Près de la gare.\n\nAu premier étage."), title="Projet"),
    )
    words = words_of(file_pdf(deposit(said), include_personal=True))
    order = [
        "Question besoins Former ici.",
        "Question rien Sans réponse.",
        "Question lieu Près de la gare. Au premier étage.",
    ]
    places = [words.index(part) for part in order]
    assert places == sorted(places)


def test_a_file_groups_the_answers_of_each_carrier():
    said = content(
        section(
            "porteurs",
            answer("engagement", "Des locaux.", carrier="28134"),
            answer("apport", "Un poste.", carrier="28085"),
            answer("engagement", "Un terrain.", carrier="28085"),
            answer("ensemble", "Une convention."),
            title="Engagements",
        ),
        carriers=[DREUX, CHARTRES],
    )
    pdf = file_pdf(deposit(said), include_personal=True)
    assert (
        "Engagements Question ensemble Une convention. Dreux Question engagement Des locaux. "
        "Chartres Question apport Un poste. Question engagement Un terrain."
    ) in words_of(pdf)
    assert bookmarks_of(pdf)[1:3] == ["Engagements", ["Dreux", "Chartres"]]


def test_the_bookmarks_of_a_file_are_its_parts():
    pdf = file_pdf(deposit(content(section("projet", answer(), title="Projet"))), include_personal=True)
    assert bookmarks_of(pdf) == ["Identité de la candidature", "Projet", "Pièces déposées", "Empreinte du dépôt"]


def test_the_headings_of_a_file_skip_no_level():
    said = content(section("a", answer("x", carrier="28134")), section("b", answer()), partners=[partner()])
    levels = headings_of(read(file_pdf(deposit(said), include_personal=True)))
    assert levels[0] == 1
    assert max(after - before for before, after in pairwise(levels)) == 1


def headings_of(reader) -> list[int]:
    """The levels of the headings in the order in which they are read."""

    def walk(node):
        node = node.get_object()
        if isinstance(node, list):
            for child in node:
                yield from walk(child)
        elif isinstance(node, dict):
            kind = node.get("/S", "")
            if re.fullmatch(r"/H\d", kind):
                yield int(kind[2:])
            yield from walk(node.get("/K", pypdf.generic.NullObject()))

    return list(walk(reader.trailer["/Root"]["/StructTreeRoot"]["/K"]))


def test_a_table_of_amounts_has_its_totals_both_ways():
    said = content(
        section(
            "financement", table({"Loyers": ["12000.00", "", "500.50"]}, {"Région": ["6000.00", "6000.00", "500.50"]})
        )
    )
    words = words_of(file_pdf(deposit(said), include_personal=True))
    assert "Dépenses Année 1 Année 2 Année 3 Total Loyers 12 000 € – 500,50 € 12 500,50 €" in words
    assert "Total 12 000 € 0 € 500,50 € 12 500,50 €" in words
    assert "Ressources Année 1 Année 2 Année 3 Total Région 6 000 € 6 000 € 500,50 € 12 500,50 €" in words


def test_a_table_of_many_years_is_cut_so_that_a_page_holds_it():
    said = content(section("financement", table({"Loyers": ["1234567.89"] * 8}, {"Région": ["1234567.89"] * 8})))
    words = words_of(file_pdf(deposit(said), include_personal=True))
    assert "Dépenses Année 1 Année 2 Année 3 Année 4 Loyers" in words
    assert "Dépenses Total Loyers 9 876 543,12 € Total 9 876 543,12 €" in words


def test_a_table_is_a_table_for_those_who_hear_it():
    said = content(section("financement", table({"Loyers": ["1.00"]}, {"Région": ["1.00"]})))
    root = read(file_pdf(deposit(said), include_personal=True)).trailer["/Root"]["/StructTreeRoot"]
    assert kinds_below(root).count("/Table") == 2
    assert kinds_below(root).count("/TH") == 6


def kinds_below(node) -> list[str]:
    node = node.get_object()
    if isinstance(node, list):
        return [kind for child in node for kind in kinds_below(child)]
    if not isinstance(node, dict):
        return []
    return [node.get("/S", ""), *(kinds_below(node["/K"]) if "/K" in node else [])]


PERSONAL = content(
    section("porteurs", answer("maire", "Paul Durand", personal=True), answer("engagement", "Des locaux.")),
    pieces=[piece("deliberation.pdf", "1"), piece("cv.pdf", "2", personal=True)],
)


def test_a_file_for_its_members_holds_what_is_personal():
    made = deposit(PERSONAL)
    words = words_of(file_pdf(made, include_personal=True))
    assert [part in words for part in ("Paul Durand", "cv.pdf", str(made.submitted_by))] == [True, True, True]
    assert "personnelles" not in words


def test_a_file_for_the_committee_leaves_out_what_is_personal_and_says_so():
    made = deposit(PERSONAL)
    words = words_of(file_pdf(made, include_personal=False))
    hidden = ("Paul Durand", "Question maire", "cv.pdf", PERSONAL["pieces"][1]["sha256"][:8], str(made.submitted_by))
    assert [part for part in hidden if part in words] == []
    assert "Des locaux." in words
    assert "Les réponses personnelles de cette partie ne sont pas reproduites ici." in words


def test_a_file_tells_its_partners():
    said = content(partners=[partner("CCI d’Eure-et-Loir", "Deux salles.", "182800018")])
    words = words_of(file_pdf(deposit(said), include_personal=True))
    assert "CCI d’Eure-et-Loir, chambre consulaire, SIREN 182800018 Deux salles." in words


def test_a_file_of_the_first_format_tells_its_concept_and_year():
    concept = ConceptFactory(name="Tiers-lieu")
    said = old_content(concept=concept.pk, target_year="2028-2029", summary="Un résumé d’avant.")
    words = words_of(file_pdf(deposit(said), include_personal=True))
    assert "Concept d’antenne Tiers-lieu Ouverture visée 2028-2029" in words
    assert "Résumé du projet Un résumé d’avant." in words


# What can be printed


def test_every_sign_said_to_be_printed_is():
    every = [chr(code) for first, last in PRINTED for code in range(first, last + 1)]
    signs = [sign for sign in every if printable(sign) == sign != MISSING]
    words = words_of(file_pdf(deposit(content(section("x", answer(text=" ".join(signs))))), include_personal=True))
    assert len(signs) > 4000
    assert "Le texte complet" not in words


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("é ’ « œ » – € ² Ÿ ‑", "é ’ « œ » – € ² Ÿ ‑"),
        ("e\u0301te\u0301", "été"),
        ("a\x00b\x07c\ufeffd\u200be", "abcde"),
        ("fin\r\nsuite\rune\u2028autre", "fin\nsuite une\nautre"),
        ("\tun\u2003deux\u00a0trois", " un deux\u00a0trois"),
        ("❤\ufe0f 👩\u200d🏫", f"{MISSING} {MISSING}{MISSING}"),
        ("𝐠𝐫𝐚𝐬 ﬁn Ａ", "gras fin A"),
        ("\uf0b7 un point de Word", "• un point de Word"),
        ("\ud800", ""),
        ("שלום", "שלום"),
    ],
)
def test_text_is_made_printable(text, shown):
    assert printable(text) == shown


def test_a_long_run_may_be_broken_and_loses_nothing():
    run = "https://exemple.example/" + "a" * 200
    assert max(map(len, printable(run).split("\u200b"))) == 40
    assert printable(run).replace("\u200b", "") == run


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(st.characters(codec=None)), min_size=1, max_size=20))
def test_any_text_at_all_gives_a_document(made, texts):
    made.content = content(
        section("x", *(answer(text=text, label=text) for text in texts), title=texts[0]),
        title=texts[-1],
        pieces=[piece(texts[0])],
    )
    assert read(file_pdf(made, include_personal=True)).trailer["/Root"]["/MarkInfo"]["/Marked"]


@pytest.fixture
def made():
    return deposit(content())
