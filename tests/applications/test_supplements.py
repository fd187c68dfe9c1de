"""Supplements asked item by item in the admin: the request, its mail, what opens, what is postponed or cancelled."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from post_office.models import Email

from applications.admin.follow_forms import default_due_at, places_of
from applications.models import Candidature, Question, Status, SupplementItem, SupplementRequest, Wanted
from tests.applications.file_case import address, ask, text
from tests.factories import CandidatureFactory, CarrierFactory, PhaseFactory, UserFactory, lead_of

pytestmark = pytest.mark.usefixtures("without_second_factor")

CARRIERS, SITES, PROJECT, PIECES = "porteurs", "sites", "projet", "pieces"


@pytest.fixture
def candidature():
    """Deposited in a phase that is closed, with one question asked of each carrier."""
    phase = PhaseFactory(closed=True)
    ask(phase.call, CARRIERS, "commitment", per_carrier=True, label="Engagement")
    return CandidatureFactory(status=Status.SUBMITTED, phase=phase)


def question(candidature, section, code) -> Question:
    return Question.objects.get(section__call=candidature.call, section__code=section, code=code)


def key(candidature, section, code="", carrier=None) -> str:
    """What the form calls a place."""
    if not code:
        return f"s{candidature.call.sections.get(code=section).pk}"
    found = question(candidature, section, code)
    return f"q{found.pk}-{carrier.code}" if carrier else f"q{found.pk}"


def request_page(candidature) -> str:
    return address(candidature, "act", "request_supplements")


def typed(**changes) -> dict:
    """What the browser sends of the form, nothing chosen yet."""
    day = timezone.localdate() + timedelta(days=10)
    return {"note": "Il manque deux choses.", "due_at_0": day.isoformat(), "due_at_1": "12:00"} | changes


def mail_text() -> str:
    return Email.objects.latest("pk").message.replace("\N{NO-BREAK SPACE}", " ")


def requested(candidature, staff, due_at=None, *codes) -> SupplementRequest:
    """An open request about these questions of the project."""
    found = [question(candidature, PROJECT, code) for code in codes]
    wanted = [Wanted(each.section, each, None, f"Précisez {each.code}.") for each in found]
    candidature.request_supplements(by=staff, note="À compléter.", wanted=wanted, due_at=due_at)
    return candidature.supplement_request


# The form


def test_form_offers_each_question_each_carrier_and_whole_lists(client, staff, candidature):
    since = CarrierFactory(candidature=candidature, is_lead=False)
    content = candidature.last_submission.content

    places = {section.code: [place.key for place in found] for section, found in places_of(candidature.call, content)}

    lead = candidature.carriers.get(is_lead=True)
    assert since.code not in str(places)  # the deposit is what is completed: a carrier added since is not in it
    assert places == {
        CARRIERS: [key(candidature, CARRIERS), key(candidature, CARRIERS, "commitment", lead)],
        SITES: [key(candidature, SITES)],
        PROJECT: [key(candidature, PROJECT, code) for code in ("title", "summary", "concept", "target_year")],
        PIECES: [key(candidature, PIECES, "engagement")],
    }


@pytest.mark.parametrize(("answer", "is_offered"), [(True, True), (False, False), (None, False)])
def test_question_that_was_not_asked_is_not_offered(candidature, answer, is_offered):
    premises = ask(candidature.call, PROJECT, "premises", kind=Question.Kind.YES_NO)
    ask(candidature.call, PROJECT, "surface", condition=premises, condition_value="oui")
    content = {"carriers": [], "sections": [{"code": PROJECT, "answers": []}]}
    content["sections"][0]["answers"].append({"code": "premises", "carrier": "", "value": answer})

    keys = [place.key for _, found in places_of(candidature.call, content) for place in found]

    assert (key(candidature, PROJECT, "surface") in keys) == is_offered


def test_due_date_is_proposed_at_noon_in_ten_days(client, staff, candidature):
    html = text(client.get(request_page(candidature)))

    day = timezone.localdate() + timedelta(days=10)
    assert f'value="{day.isoformat()}"' in html
    assert 'value="12:00"' in html
    assert timezone.localtime(default_due_at()).hour == 12


def test_request_keeps_its_items_its_words_and_its_date(client, staff, candidature):
    carrier = candidature.carriers.get()
    chosen = {
        f"ask_{key(candidature, PROJECT, 'summary')}": "on",
        f"words_{key(candidature, PROJECT, 'summary')}": "Dites pour qui.",
        f"ask_{key(candidature, CARRIERS, 'commitment', carrier)}": "on",
        f"ask_{key(candidature, SITES)}": "on",
    }

    response = client.post(request_page(candidature), typed(**chosen), follow=True)

    request = candidature.supplement_request
    items = [
        (item.section.code, item.question and item.question.code, item.carrier, item.words)
        for item in request.items.all()
    ]
    assert items == [
        (CARRIERS, "commitment", carrier, ""),
        (SITES, None, None, ""),
        (PROJECT, "summary", None, "Dites pour qui."),
    ]
    assert (request.note, request.by) == ("Il manque deux choses.", staff)
    local = timezone.localtime(request.due_at)
    assert (local.date(), local.hour, local.minute) == (timezone.localdate() + timedelta(days=10), 12, 0)
    assert "Compléments demandés" in text(response)


def test_only_the_items_asked_open(client, staff, candidature):
    client.post(request_page(candidature), typed(**{f"ask_{key(candidature, PROJECT, 'summary')}": "on"}))

    candidature = Candidature.objects.get()
    section = candidature.call.sections.get(code=PROJECT)
    openness = candidature.openness()
    reasons = {each.code: openness.why_not(section, each) for each in section.questions.all()}
    assert reasons.pop("summary") == ""
    assert all("pas dans la demande" in reason for reason in reasons.values())


def test_request_without_items_reopens_the_whole_file(client, staff, candidature):
    html = text(client.get(request_page(candidature)))
    client.post(request_page(candidature), typed())

    assert "Si vous ne cochez rien, toute la candidature est rouverte." in html
    section = candidature.call.sections.get(code=PROJECT)
    assert Candidature.objects.get().openness().why_not(section) == ""
    assert "Toute la candidature est rouverte." in mail_text()


def test_request_may_have_no_limit(client, staff, candidature):
    client.post(request_page(candidature), typed(due_at_0=""))

    assert candidature.supplement_request.due_at is None
    assert "Aucune date limite n’est fixée." in mail_text()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"due_at_0": "2020-01-01"}, "Ce moment est déjà passé."),
        ({"due_at_0": "9999-12-31"}, "Cette date est trop lointaine"),
        ({"due_at_0": "0001-01-01"}, ""),
        ({"due_at_0": "2026-02-31"}, "Saisissez une date valide"),
        ({"due_at_0": "demain"}, "Saisissez une date valide"),
        ({"due_at_1": "25:61"}, "Saisissez une heure valide"),
        ({"due_at_1": ""}, "Saisissez une heure valide"),
        ({"note": "  "}, "Ce champ est obligatoire"),
        ({"note": "x" * 4001}, "4"),
    ],
)
def test_bad_input_asks_nothing_and_keeps_what_was_typed(client, staff, candidature, changes, words):
    summary = key(candidature, PROJECT, "summary")
    data = typed(**{f"ask_{summary}": "on", f"words_{summary}": "MOTSGARDES"}) | changes

    html = text(client.post(request_page(candidature), data))

    assert words in html
    assert "Rien n’est enregistré" in html
    assert "MOTSGARDES" in html
    assert f'name="ask_{summary}" id="id_ask_{summary}" checked' in html
    assert not SupplementRequest.objects.exists()
    assert Candidature.objects.get().status == Status.SUBMITTED


def test_words_about_an_item_that_is_not_chosen_are_not_lost(client, staff, candidature):
    html = text(
        client.post(request_page(candidature), typed(**{f"words_{key(candidature, PROJECT, 'title')}": "MOTS"}))
    )

    assert "Cochez ce point, ou effacez ce texte." in html
    assert "MOTS" in html


def test_unknown_place_is_ignored(client, staff, candidature):
    client.post(request_page(candidature), typed(ask_q999999="on", **{f"ask_{key(candidature, SITES)}": "on"}))

    assert [item.section.code for item in candidature.supplement_request.items.all()] == [SITES]


def test_carrier_taken_away_since_the_deposit_is_asked_again(client, staff, candidature):
    """The verb writes the deposit back first: the carrier that it names returns as another row."""
    carrier = candidature.carriers.get()
    place, commune = key(candidature, CARRIERS, "commitment", carrier), carrier.commune
    carrier.delete()

    client.post(request_page(candidature), typed(**{f"ask_{place}": "on"}))

    assert SupplementItem.objects.get().carrier.commune == commune


def test_request_waits_for_the_closing_and_keeps_the_text(client, staff):
    candidature = CandidatureFactory(status=Status.SUBMITTED)

    html = text(client.post(request_page(candidature), typed(note="TEXTEGARDE")))

    assert "examinez ensuite" in html
    assert "TEXTEGARDE" in html
    assert not SupplementRequest.objects.exists()


def test_request_on_a_draft_is_refused(client, staff):
    candidature = CandidatureFactory()

    assert "n’est pas possible" in text(client.post(request_page(candidature), typed()))
    assert not SupplementRequest.objects.exists()


def test_mail_lists_the_items_and_the_date_in_words(client, staff, candidature):
    summary = key(candidature, PROJECT, "summary")
    chosen = {
        f"ask_{summary}": "on",
        f"words_{summary}": "Pour <qui> & pourquoi.",
        f"ask_{key(candidature, SITES)}": "on",
    }

    client.post(request_page(candidature), typed(**chosen))

    mail = mail_text()
    assert "Il manque deux choses." in mail
    assert "- Projet : Résumé du projet\n  Pour <qui> & pourquoi.\n" in mail
    assert "- Sites : toute la rubrique" in mail
    assert "à 12 h 00 (heure de Paris)" in mail
    assert "version 1" in mail


def test_form_takes_as_many_queries_for_three_questions_as_for_one(client, staff, candidature):
    counts, title = [], question(candidature, PROJECT, "title")
    for number in range(2):
        ask(candidature.call, PROJECT, f"more-{number}", condition=title, condition_value="x")
        ask(candidature.call, PIECES, f"piece-{number}", kind=Question.Kind.FILE)
        with CaptureQueriesContext(connection) as queries:
            client.get(request_page(candidature))
        counts.append(len(queries))

    assert counts[0] == counts[1]


# While waiting


def test_page_shows_what_is_waited_for(client, staff, candidature):
    requested(candidature, staff, timezone.now() + timedelta(days=2), "summary")

    html = text(client.get(address(candidature)))

    assert "Projet : Résumé du projet" in html
    assert "Précisez summary." in html
    assert "en retard" not in html
    assert address(candidature, "cancel_supplement", SupplementItem.objects.get().pk) in html


def test_page_says_that_supplements_are_late(client, staff, candidature):
    request = requested(candidature, staff, timezone.now() + timedelta(days=2), "summary")
    request.at, request.due_at = timezone.now() - timedelta(days=9), timezone.now() - timedelta(days=1)
    request.save()

    html = text(client.get(address(candidature)))

    assert "en retard" in html
    assert client.get("/admin/").context["todo"][3][1] == 1


def test_due_date_is_postponed_with_its_reason_and_told(client, staff, candidature):
    requested(candidature, staff, timezone.now() + timedelta(days=2), "summary")
    later = timezone.localtime() + timedelta(days=20)
    data = {"due_at_0": later.date().isoformat(), "due_at_1": "18:30", "reason": "Conseil reporté."}

    client.post(address(candidature, "postpone_supplements"), data)

    due_at = timezone.localtime(candidature.supplement_request.due_at)
    assert (due_at.date(), due_at.hour, due_at.minute) == (later.date(), 18, 30)
    assert candidature.events.last().note == "Conseil reporté."
    assert "Conseil reporté." in mail_text()
    assert "à 18 h 30 (heure de Paris)" in mail_text()


@pytest.mark.parametrize(
    "changes", [{"reason": " "}, {"due_at_0": "2020-01-01"}, {"due_at_0": ""}, {"due_at_0": "9999-01-01"}]
)
def test_bad_postponement_is_refused_and_the_text_kept(client, staff, candidature, changes):
    due_at = timezone.now() + timedelta(days=2)
    requested(candidature, staff, due_at, "summary")
    day = (timezone.localdate() + timedelta(days=20)).isoformat()

    html = text(
        client.post(
            address(candidature, "postpone_supplements"),
            {"due_at_0": day, "due_at_1": "18:30", "reason": "MOTIFGARDE"} | changes,
        )
    )

    assert "Rien n’est enregistré" in html
    assert "18:30" in html
    assert candidature.supplement_request.due_at == due_at


def test_nothing_is_postponed_when_nothing_is_waited_for(client, staff, candidature):
    response = client.get(address(candidature, "postpone_supplements"), follow=True)

    assert "il n’y a rien à reporter" in text(response)


def test_request_without_a_limit_has_nothing_to_postpone(client, staff, candidature):
    requested(candidature, staff, None, "summary")

    page = text(client.get(address(candidature)))
    response = client.get(address(candidature, "postpone_supplements"), follow=True)

    assert "Reporter l’échéance" not in page
    assert "il n’y a rien à reporter" in text(response)


def test_postponement_never_shortens_the_time_given(client, staff, candidature):
    due_at = timezone.now() + timedelta(days=9)
    requested(candidature, staff, due_at, "summary")
    sooner = (timezone.localdate() + timedelta(days=3)).isoformat()

    html = text(
        client.post(
            address(candidature, "postpone_supplements"), {"due_at_0": sooner, "due_at_1": "18:30", "reason": "Motif"}
        )
    )

    assert "doit suivre l’ancienne" in html
    assert candidature.supplement_request.due_at == due_at


def test_cancelled_item_closes_keeps_its_words_and_is_told(client, staff, candidature):
    requested(candidature, staff, None, "summary", "title")
    item = SupplementItem.objects.get(question__code="summary")
    cancel = address(candidature, "cancel_supplement", item.pk)

    asked = text(client.get(cancel))
    client.post(cancel)
    mail, again = mail_text(), text(client.post(cancel, follow=True))

    assert "ne sera plus demandé" in asked
    assert "n’est plus demandé" in again
    assert "pas dans la demande" in candidature.openness().why_not(item.section, item.question)
    assert "ne vous demande plus de compléter ce point : Projet, Résumé du projet." in mail
    assert "- Projet : Intitulé" in mail
    assert "- Projet : Résumé" not in mail
    page = text(client.get(address(candidature)))
    assert "Précisez summary." in page
    assert "Plus aucun point" not in page


def test_request_without_a_living_item_may_be_closed(client, staff, candidature):
    requested(candidature, staff, None, "summary")
    client.post(address(candidature, "cancel_supplement", SupplementItem.objects.get().pk))
    assert "Aucun autre point n’est demandé" in mail_text()

    page = text(client.get(address(candidature)))
    client.post(address(candidature, "act", "close_supplements"), {"note": "Plus rien à demander."})

    assert "Plus aucun point n’est demandé." in page
    assert Candidature.objects.get().status == Status.SUBMITTED
    assert candidature.supplement_request is None
    assert "Plus rien à demander." in mail_text()


def test_item_of_another_candidature_is_not_cancelled_here(client, staff, candidature):
    requested(candidature, staff, None, "summary")
    other = CandidatureFactory(status=Status.SUBMITTED, phase=candidature.phase)

    client.post(address(other, "cancel_supplement", SupplementItem.objects.get().pk))

    assert SupplementItem.objects.get().cancelled_at is None


def test_answered_request_stays_readable(client, staff, candidature):
    requested(candidature, staff, None, "summary")
    candidature.answer_supplements(by=lead_of(candidature))

    page = text(client.get(address(candidature)))

    assert "close</summary>" in page
    assert "Précisez summary." in page
    assert "Annuler ce point" not in page


@pytest.mark.parametrize("page", ["act", "postpone_supplements", "cancel_supplement"])
@pytest.mark.parametrize("who", ["lead", "committee"])
def test_supplements_are_the_business_of_staff(client, candidature, page, who):
    arguments = {"act": ["request_supplements"], "cancel_supplement": [1]}.get(page, [])
    client.force_login(lead_of(candidature) if who == "lead" else UserFactory(role="committee"))

    assert client.post(address(candidature, page, *arguments)).status_code == 403
