"""What was deposited, version by version: receipts and their public check, comparisons, texts set aside."""

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from pytest_django.asserts import assertContains, assertNotContains

from applications.documents import receipt_pdf
from applications.forms.receipts import ReceiptForm
from applications.models import Question, SetAside, Status
from tests.applications.file_case import ask, deposit
from tests.applications.team_case import signed_in, url_of, words
from tests.factories import (
    CandidatureFactory,
    CarrierFactory,
    MemberFactory,
    SeatFactory,
    StaffFactory,
    UserFactory,
    lead_of,
)

VERIFY = reverse("applications:verify_receipt")
AUTHENTIC, UNKNOWN = "Récépissé authentique", "Le portail n’a délivré aucun récépissé avec ce numéro et ce code."
FIVE_MEGABYTES = "A" * 5 * 1024 * 1024


@pytest.fixture
def candidature():
    return CandidatureFactory(status=Status.SUBMITTED, number=7, title="Un titre secret", summary="Un résumé secret.")


@pytest.fixture
def submission(candidature):
    return candidature.last_submission


def checked(client, number, code):
    return client.get(VERIFY, {"numero": number, "code": code})


def found(numero, code):
    form = ReceiptForm({"numero": numero, "code": code})
    return form.find() if form.is_valid() else None


# The receipt


def test_receipt_is_saved_as_a_pdf_under_its_number_and_kept_by_no_cache(client, candidature, submission):
    response = signed_in(client, candidature).get(url_of("receipt_file", candidature, 1))

    assert response.content == receipt_pdf(submission)
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == f'attachment; filename="recepisse-{candidature.reference}-1.pdf"'
    assert {"private", "no-store"} <= set(response["Cache-Control"].replace(" ", "").split(","))


def test_receipt_of_a_former_version_says_that_another_counts(client, candidature):
    deposit(candidature)
    signed_in(client, candidature)
    notice = "Une version plus récente a été déposée depuis : c’est elle qui compte."

    assertContains(client.get(url_of("receipt", candidature, 1)), notice)
    assertNotContains(client.get(url_of("receipt", candidature, 2)), notice)


def test_receipt_leads_to_its_public_check(client, candidature, submission):
    page = signed_in(client, candidature).get(url_of("receipt", candidature, 1))

    assertContains(page, f'{VERIFY}?numero={candidature.reference}-1&amp;code={submission.code}"')


@pytest.mark.parametrize("page", ["receipt", "receipt_file", "versions", "set_aside"])
@pytest.mark.parametrize(
    ("who", "status"), [("visitor", 302), ("stranger", 404), ("committee", 404), ("member", 200), ("staff", 200)]
)
def test_pages_open_to_members_and_staff_alone(client, settings, candidature, page, who, status):
    settings.REQUIRE_SECOND_FACTOR = False
    people = {
        "stranger": UserFactory,
        "committee": lambda: MemberFactory(seat=SeatFactory(call=candidature.call)).user,
        "member": lambda: lead_of(candidature),
        "staff": StaffFactory,
    }
    if who in people:
        client.force_login(people[who]())
    number = [1] if page.startswith("receipt") else []

    assert client.get(url_of(page, candidature, *number)).status_code == status


# Its public check


def test_anybody_checks_a_receipt_by_its_number_and_its_code(client, candidature, submission):
    page = words(checked(client, submission.number_on_receipt, submission.code))

    carrier = candidature.carriers.get()
    assert AUTHENTIC in page
    for told in (submission.number_on_receipt, candidature.call.name, carrier.name, carrier.code, submission.sha256):
        assert told in page
    assert "heure de Paris" in page


def test_check_reveals_nothing_else(client, candidature, submission):
    page = words(checked(client, submission.number_on_receipt, submission.code))

    lead = lead_of(candidature)
    for hidden in ("secret", lead.full_name, lead.email, "deliberation.pdf", candidature.sites.get().commune.name):
        assert hidden not in page


def test_check_tells_the_version_asked(client, candidature, submission):
    second = deposit(candidature)

    assert submission.sha256 in words(checked(client, submission.number_on_receipt, submission.code))
    assert second.sha256 in words(checked(client, second.number_on_receipt, second.code))
    assert UNKNOWN in words(checked(client, second.number_on_receipt, submission.code))


@pytest.mark.parametrize("write", [str.lower, lambda text: f"  {text} ", " ".join, lambda text: f"\t{text}\u00a0"])
def test_receipt_is_found_however_it_is_copied(client, submission, write):
    assert AUTHENTIC in words(checked(client, write(submission.number_on_receipt), write(submission.code)))


def test_receipt_is_refused_when_one_character_differs(submission):
    right = {"numero": submission.number_on_receipt, "code": submission.code}

    @settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.sampled_from(sorted(right)), st.integers(0, 30), st.characters(codec="utf-8"))
    def refused(name, position, character):
        text = right[name]
        position %= len(text)
        assume(character.upper() != text[position])
        assert found(**right | {name: text[:position] + character + text[position + 1 :]}) is None

    assert found(**right) == submission
    refused()


def found_changed(submission, change):
    return found(change(submission.number_on_receipt), submission.code)


@pytest.mark.parametrize(
    "change",
    [
        lambda number: number[:-1] + "01",
        lambda number: number.replace("-0", "-", 1),
        lambda number: number.replace("-0", "-00", 1),
        lambda number: number.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")),
        lambda number: number[:-1] + "１",
        lambda number: number[:-1] + "¹",
        lambda number: number + "-1",
        lambda number: number.replace("-", ""),
        lambda number: number.replace("-", "–"),
        lambda number: number[:-2],
    ],
)
def test_number_written_otherwise_is_another(submission, change):
    assert found_changed(submission, change) is None


def test_code_cut_short_or_lengthened_is_another(submission):
    assert found(submission.number_on_receipt, submission.code[:-1]) is None
    assert found(submission.number_on_receipt, submission.code + "2") is None


def test_wrong_code_says_no_more_than_an_unknown_number(client, candidature):
    wrong = checked(client, f"{candidature.reference}-1", "222222222222")
    unknown = checked(client, "AP999-9999-9", "222222222222")

    assert UNKNOWN in words(wrong)
    same = wrong.content.decode().replace(f"{candidature.reference}-1", "AP999-9999-9")
    assert same == unknown.content.decode()


@pytest.mark.parametrize("text", ["🏛-0001-1", "-", "--", "AP1-0001-99999", "AP1-99999999999-1", "'; --", "\u202e"])
def test_absurd_number_is_calmly_unknown(client, text):
    assert UNKNOWN in words(checked(client, text, "🎓"))


@pytest.mark.parametrize("text", [FIVE_MEGABYTES, "", " "])
def test_what_no_receipt_bears_is_refused_beside_its_field(client, submission, text):
    page = checked(client, text, submission.code)

    assert page.status_code == 200
    assert list(page.context["form"].errors) == ["numero"]
    assertNotContains(page, AUTHENTIC)
    assertNotContains(page, UNKNOWN)


@pytest.mark.parametrize("name", ["numero", "code"])
def test_nul_character_is_a_bad_request_and_no_error(client, name):
    assert client.get(VERIFY, {"numero": "AP1-0001-1", "code": "2"} | {name: "a\x00b"}).status_code == 400


def test_page_without_a_question_asks_it(client):
    page = client.get(VERIFY)

    assertContains(page, "Code de vérification")
    assertNotContains(page, UNKNOWN)
    assert not page.context["form"].is_bound


# Versions


@pytest.fixture
def versions(client, candidature):
    """The page of a file with two deposits and a working copy: « Un », « Deux », then « Trois »."""
    summary = candidature.answers.filter(question__code="summary")
    for text, is_deposited in (("Texte un.", True), ("Texte deux.", True), ("Texte trois.", False)):
        summary.update(value=text)
        if is_deposited:
            deposit(candidature)
    signed_in(client, candidature)
    return lambda **asked: words(client.get(url_of("versions", candidature), asked))


@pytest.mark.parametrize(
    ("asked", "old", "new"),
    [
        ({}, "3", "brouillon"),
        ({"de": "2", "a": "3"}, "2", "3"),
        ({"de": "3", "a": "2"}, "3", "2"),
        ({"de": "2", "a": "brouillon"}, "2", "brouillon"),
        ({"de": "zz", "a": "999"}, "3", "brouillon"),
        ({"de": "-1", "a": "٣"}, "3", "brouillon"),
        ({"de": "\u202e", "a": "🎓"}, "3", "brouillon"),
        ({"de": "2", "a": "A" * 100_000}, "2", "brouillon"),
        ({"de": "brouillon", "a": "2"}, "3", "2"),
    ],
)
def test_versions_asked_are_compared_and_absurd_ones_are_the_last(client, candidature, versions, asked, old, new):
    versions()
    texts = {"2": "Texte un.", "3": "Texte deux.", "brouillon": "Texte trois."}

    page = client.get(url_of("versions", candidature), asked)

    assert (page.context["old"], page.context["new"]) == (old, new)
    [section] = page.context["changes"]
    [change] = section.changes
    [line] = change.lines
    assert change.label == "Résumé du projet"
    told = ["".join(op.text for op in line.ops if op.kind != left_out) for left_out in ("added", "removed")]
    assert told == [texts[old], texts[new]]


def test_deposits_that_say_the_same_differ_in_nothing(versions):
    assert "Rien n’a changé entre ces deux versions." in versions(de="2", a="2")
    assert "Rien n’a changé" not in versions(de="2", a="3")


def test_each_deposit_is_offered_with_its_date(versions):
    page = versions()

    assert [page.count(f"Version {number}, déposée le") for number in (1, 2, 3, 4)] == [2, 2, 2, 0]


def test_draft_has_no_version_to_compare(client):
    candidature = CandidatureFactory()

    assert signed_in(client, candidature).get(url_of("versions", candidature)).status_code == 404


# Texts set aside


def set_aside(candidature, value, **place):
    SetAside.keep(candidature, value, UserFactory(full_name="Dominique Faure"), SetAside.Reason.CONFLICT, **place)


def test_text_set_aside_is_read_with_its_question_its_carrier_and_its_author(client, candidature):
    question = ask(candidature.call, "porteurs", "apport", kind=Question.Kind.AMOUNT, per_carrier=True, label="Apport")
    carrier = candidature.carriers.get()
    set_aside(candidature, "12500.00", question=question, carrier=carrier)

    page = words(signed_in(client, candidature).get(url_of("set_aside", candidature)))

    assert f"Apport ({carrier.name})" in page
    assert "De Dominique Faure, mis de côté le" in page
    assert "deux personnes ont répondu en même temps" in page
    assert "12 500 €" in page.replace("\N{NARROW NO-BREAK SPACE}", " ")


def test_whole_copy_set_aside_is_read_as_what_differs(client, candidature):
    candidature.answers.filter(question__code="summary").update(value="Une phrase abandonnée.")
    CarrierFactory(candidature=candidature, is_lead=False, commune__name="Gallardon")
    client.force_login(lead_of(candidature))
    client.post(url_of("discard", candidature))

    page = words(client.get(url_of("set_aside", candidature)))

    assert "Toute la candidature" in page
    assert "Une phrase abandonnée" in page
    assert "Gallardon" in page
    assert "modifications abandonnées" in page


def test_page_without_a_text_says_so(client, candidature):
    assertContains(signed_in(client, candidature).get(url_of("set_aside", candidature)), "Aucun texte n’a été mis")


@pytest.mark.parametrize("count", [1, 3])
def test_texts_take_as_many_queries_for_three_as_for_one(client, candidature, count, django_assert_num_queries):
    questions = [ask(candidature.call, "projet", f"q{number}") for number in range(3)]
    for question in questions[:count]:
        set_aside(candidature, "Un texte.", question=question)
    signed_in(client, candidature)

    with django_assert_num_queries(14):
        client.get(url_of("set_aside", candidature))
