"""A proclamation planned for an hour: nothing before, on any path; everything from that hour on, without any cron."""

import io
import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.cache import caches
from django.core.management import call_command
from django.db import DatabaseError
from django.urls import reverse
from django.utils import timezone
from post_office.models import Email
from pypdf import PdfReader

from applications.models import (
    Candidature,
    CommitteeSession,
    Event,
    ForbiddenTransition,
    LetterCopy,
    SelectionPhase,
    Status,
)
from labels import embargo
from labels.embargo import Watch, cancel_proclamation, carry_out_due, plan_proclamation, watch
from labels.models import Antenna
from labels.proclamation import choose_names, proclaim
from labels.rehearsal import rehearse
from labels.views.open_data import DESCRIPTIONS, FILES
from tests.applications.at_once import at_once
from tests.applications.session_case import decide
from tests.factories import CandidatureFactory, StaffFactory, UserFactory, lead_of
from tests.test_access import PARAMETERS, PUBLIC

from .phase_case import NAMES, POINT, WORDS, ready_phase

pytestmark = pytest.mark.usefixtures("_one_factor")
SECOND = timedelta(seconds=1)


@pytest.fixture
def _one_factor(settings):
    settings.REQUIRE_SECOND_FACTOR = False


@pytest.fixture
def _pages_kept(settings):
    memory = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "pages-of-embargo"}
    settings.CACHES = settings.CACHES | {"pages": memory}
    caches["pages"].clear()


@pytest.fixture
def case():
    """A phase ready to be proclaimed, and an hour to come."""
    case = ready_phase()
    case.hour = (timezone.now() + timedelta(hours=2)).replace(microsecond=0)
    return case


@pytest.fixture
def planned(case):
    plan_proclamation(case.phase, case.staff, case.hour)
    return case


def again(phase) -> SelectionPhase:
    return SelectionPhase.objects.get(pk=phase.pk)


# Planning


def test_hour_is_kept_with_who_chose_it_and_its_line_in_the_journal(case):
    plan_proclamation(case.phase, case.staff, case.hour)

    phase = again(case.phase)
    assert (phase.proclamation_at, phase.proclamation_by, phase.proclaimed_at) == (case.hour, case.staff, None)
    line = Event.objects.about(phase).get(verb="plan_proclamation")
    assert (line.by, line.audience, line.payload) == (case.staff, "team", {"hour": case.hour.isoformat()})


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        (timedelta(hours=-1), "Cette heure est passée"),
        (timedelta(0), "Cette heure est passée"),
        (timedelta(seconds=119), "trop proche"),
    ],
)
def test_hour_past_or_too_near_is_refused(case, ahead, words):
    with time_machine.travel(timezone.now(), tick=False), pytest.raises(ForbiddenTransition, match=words):
        plan_proclamation(case.phase, case.staff, timezone.now() + ahead)
    assert again(case.phase).proclamation_at is None


@pytest.mark.parametrize("at", [datetime(9999, 12, 31, 23, 59, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)])
def test_hour_beyond_the_century_is_refused(case, at):
    with pytest.raises(ForbiddenTransition, match="n’est pas possible"):
        plan_proclamation(case.phase, case.staff, at)


def test_two_minutes_ahead_is_enough(case):
    with time_machine.travel(timezone.now(), tick=False):
        plan_proclamation(case.phase, case.staff, timezone.now() + timedelta(minutes=2))
    assert again(case.phase).proclamation_at is not None


def test_second_hour_is_refused_until_the_first_is_cancelled(planned):
    with pytest.raises(ForbiddenTransition, match="déjà programmée"):
        plan_proclamation(planned.phase, planned.staff, planned.hour + timedelta(days=1))

    cancel_proclamation(planned.phase, planned.staff)
    plan_proclamation(planned.phase, planned.staff, planned.hour + timedelta(days=1))
    assert again(planned.phase).proclamation_at == planned.hour + timedelta(days=1)


def test_what_forbids_a_proclamation_forbids_to_plan_it(case):
    CandidatureFactory(status=Status.ADMISSIBLE, phase=case.phase)

    with pytest.raises(ForbiddenTransition, match="Sans décision à ce jour"):
        plan_proclamation(case.phase, case.staff, case.hour)


def test_what_was_read_is_what_is_planned(case):
    read = rehearse(case.phase, case.staff).fingerprint
    choose_names(case.phase, case.staff, {case.files["label"]: "Un autre nom"})

    with pytest.raises(ForbiddenTransition, match="ont changé"):
        plan_proclamation(case.phase, case.staff, case.hour, read)


def test_only_the_team_plans_and_cancels(planned):
    lead = lead_of(planned.files["label"])

    with pytest.raises(ForbiddenTransition, match="équipe"):
        cancel_proclamation(planned.phase, lead)
    with pytest.raises(ForbiddenTransition, match="équipe"):
        plan_proclamation(planned.phase, lead, planned.hour)


def test_cancelling_nothing_or_what_took_place_is_refused(case):
    with pytest.raises(ForbiddenTransition, match="Aucune proclamation"):
        cancel_proclamation(case.phase, case.staff)
    proclaim(case.phase, case.staff)
    with pytest.raises(ForbiddenTransition, match="déjà proclamés"):
        cancel_proclamation(case.phase, case.staff)


# Nothing moves meanwhile


def test_nothing_of_the_phase_moves_while_its_hour_is_awaited(planned):
    phase, staff = again(planned.phase), planned.staff
    refused = CandidatureFactory(status=Status.INADMISSIBLE, phase=phase)
    about = {"meets_at": timezone.now(), "place": "Salle", "secretary": "Secrétaire"}
    file = Candidature.objects.get(pk=planned.files["label"].pk)
    acts = [
        lambda: CommitteeSession.convene(phase, staff, **about),
        lambda: choose_names(phase, staff, {file: "Autre nom"}),
        lambda: proclaim(phase, staff),
        lambda: refused.reconsider(by=staff, note="Motif"),
        lambda: file.request_supplements(by=staff, note="Motif"),
        lambda: decide(file, "reject", "Finalement non", staff),
    ]
    for act in acts:
        with pytest.raises(ForbiddenTransition):
            act()
    assert Candidature.objects.get(pk=file.pk).status == Status.ADMISSIBLE


def test_candidature_withdrawn_meanwhile_is_left_out(planned):
    file = Candidature.objects.get(pk=planned.files["label"].pk)
    file.withdraw(by=lead_of(file), note="Nous renonçons")

    with time_machine.travel(planned.hour + SECOND):
        assert carry_out_due() is True

    assert Candidature.objects.get(pk=file.pk).status == Status.WITHDRAWN
    assert [antenna.name for antenna in Antenna.objects.all()] == [NAMES["conditions"]]
    assert not LetterCopy.objects.filter(letter__candidature=file).exists()


# At the hour


def public_pages(files) -> list[str]:
    """Every public address, those of the antennas to come and the searches included."""
    arguments = {"slug": "vierzon", "years": "2027-2028", "code": "projet"}
    pages = [
        reverse(name, kwargs={parameter: arguments.get(parameter, "vierzon") for parameter in PARAMETERS[name]})
        for name in sorted(PUBLIC)
    ]
    call = next(iter(files.values())).call
    pages += [call.get_absolute_url(), *(f"/laureats/{name.lower()}/" for name in NAMES.values())]
    pages += [f"/laureats/?q={name}" for name in NAMES.values()] + ["/laureats/annee/2027-2028/", "/sitemap.xml"]
    pages += [reverse("labels:data_file", args=[name]) for name in (*FILES, *DESCRIPTIONS)]
    return list(dict.fromkeys(pages))


def own_pages(file) -> list[str]:
    names = ("detail", "messages", "versions", "set_aside", "former_pieces", "team")
    letters = [reverse("applications:letter", args=[file.reference, pk]) for pk in (1, *letters_of(file))]
    return [reverse("applications:list"), *letters] + [
        reverse(f"applications:{name}", args=[file.reference]) for name in names
    ]


def letters_of(file) -> list[int]:
    return list(file.letters.values_list("pk", flat=True))


def text_of(response) -> str:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    if response.headers.get("Content-Type") == "application/pdf":
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(body)).pages)
    return body.decode(errors="replace")


STATES = ["est labellisée", "est à consolider", "inscrite en réserve", "n’est pas retenue"]
RESULT = re.compile("|".join([*WORDS.values(), POINT, "Signer le bail", *STATES]))
ANTENNA = re.compile(r"laureats/(vierzon|bourges)|1 lauréat\b|2 lauréats")


def seen_by_everybody(client, case) -> dict[str, str]:
    """What each address answers to a visitor, a stranger, and the members of each candidature."""
    texts = {}
    people = {"visitor": None, "stranger": case.stranger}
    people |= {f"lead of {outcome}": lead_of(file) for outcome, file in case.files.items()}
    for who, person in people.items():
        client.logout()
        client.cookies.clear()
        if person:
            client.force_login(person)
        file = case.files.get(who.removeprefix("lead of "))
        pages = public_pages(case.files) + (own_pages(file) if file else [])
        pages += own_pages(case.files["label"]) if who == "stranger" else []
        for page in pages:
            answer = client.get(page)
            texts[f"{who} {page}"] = text_of(answer) if answer.status_code == 200 else ""
    return texts


@pytest.mark.usefixtures("_pages_kept")
def test_no_path_tells_a_result_before_the_hour_and_every_one_does_after(client, planned):
    planned.stranger = UserFactory()
    before_hour = planned.hour - SECOND
    with time_machine.travel(before_hour, tick=False):
        watch.forget()
        call_command("send_queued_mail")
        before = seen_by_everybody(client, planned)
        seen_by_everybody(client, planned)  # from the memory of the pages too
    assert [page for page, text in before.items() if RESULT.search(text) or ANTENNA.search(text)] == []
    assert Email.objects.count() == 0

    with time_machine.travel(planned.hour + SECOND, tick=False):
        watch.forget()
        client.logout()
        home = client.get("/")
        after = seen_by_everybody(client, planned)
    assert NAMES["label"] in home.content.decode()
    for page in ("visitor /laureats/", "visitor /laureats/vierzon/", "stranger /laureats/annee/2027-2028/"):
        assert NAMES["label"] in after[page], page
    for outcome, file in planned.files.items():
        own = after[f"lead of {outcome} {reverse('applications:detail', args=[file.reference])}"]
        pdf = after[f"lead of {outcome} {reverse('applications:letter', args=[file.reference, *letters_of(file)])}"]
        assert WORDS[outcome] in own, outcome
        assert WORDS[outcome] in " ".join(pdf.split()), outcome
    strangers = [text for page, text in after.items() if page.startswith("stranger /candidatures/AP")]
    assert set(strangers) == {""}
    assert again(planned.phase).proclaimed_at is not None


def test_results_are_dated_of_the_request_and_signed_by_who_planned_them(client, planned):
    with time_machine.travel(planned.hour, tick=False):
        watch.forget()
        client.get("/")

    line = Event.objects.about(planned.phase).get(verb="proclaim")
    assert (line.by, line.at, again(planned.phase).proclaimed_at) == (planned.staff, planned.hour, planned.hour)


def test_command_of_every_minute_proclaims_and_queues_the_letters(planned, settings):
    backends = {"default": "django.core.mail.backends.locmem.EmailBackend"}
    settings.POST_OFFICE = settings.POST_OFFICE | {"BACKENDS": backends}

    with time_machine.travel(planned.hour + SECOND):
        call_command("send_queued_mail")

    assert again(planned.phase).proclaimed_at is not None
    assert LetterCopy.objects.filter(queued_at=None).count() == 0
    assert Email.objects.count() == LetterCopy.objects.count() == 5


def test_hour_is_known_to_a_process_that_had_read_before_it_was_planned(client, case):
    start = timezone.now()
    with time_machine.travel(start, tick=False):
        watch.forget()
        client.get("/")
        plan_elsewhere(case, start + timedelta(minutes=2))
    other = Watch()
    other.known_until, other.due_at = float("-inf"), None  # ten seconds later, it reads again
    with time_machine.travel(start + timedelta(minutes=2), tick=False):
        other.keep()

    assert again(case.phase).proclaimed_at is not None


def plan_elsewhere(case, at):
    """As another process would: the memory of this one is left as it is."""
    known = (watch.due_at, watch.known_until)
    plan_proclamation(case.phase, case.staff, at)
    watch.due_at, watch.known_until = known


def test_waiting_costs_no_query(client, planned, django_assert_num_queries):
    watch.forget()
    watch.keep()

    with django_assert_num_queries(0):
        for _ in range(20):
            watch.keep()


@pytest.mark.django_db(transaction=True)
def test_of_two_requests_at_the_hour_one_proclaims(planned):
    with time_machine.travel(planned.hour + SECOND):
        assert at_once(Watch().keep, Watch().keep) == ["done", "done"]

    assert Antenna.objects.count() == 2
    assert Event.objects.about(planned.phase).filter(verb="proclaim").count() == 1


# When it cannot be done


def test_refusal_at_the_hour_breaks_no_page_and_is_told_to_the_team(client, planned, caplog):
    late = CandidatureFactory(status=Status.ADMISSIBLE, phase=planned.phase)
    client.force_login(planned.staff)

    with time_machine.travel(planned.hour + SECOND, tick=False):
        watch.forget()
        answers = [client.get(page) for page in ("/", reverse("admin:index"), "/sante/")]
        page = client.get(reverse("admin:labels_proclaim", args=[planned.phase.pk])).content.decode()

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert again(planned.phase).proclaimed_at is None
    assert "proclamation en retard" in answers[1].content.decode()
    assert answers[2].json()["late_proclamations"] == 1
    assert "L’heure est passée" in page
    assert "Sans décision à ce jour" in page
    assert [record.message for record in caplog.records if "refused" in record.message] != []
    assert Candidature.objects.get(pk=late.pk).status == Status.ADMISSIBLE


def test_failure_at_the_hour_is_not_tried_at_each_request(client, planned, monkeypatch):
    tries = []

    def fail(phase, by):
        tries.append(phase)
        raise DatabaseError("disk full")

    monkeypatch.setattr(embargo, "proclaim", fail)
    with time_machine.travel(planned.hour + SECOND):
        watch.forget()
        answers = [client.get("/").status_code for _ in range(5)]

    assert answers == [200] * 5
    assert len(tries) == 1


def test_failed_hour_can_be_cancelled_then_proclaimed_by_hand(planned):
    with time_machine.travel(planned.hour + SECOND):
        cancel_proclamation(planned.phase, StaffFactory())
        assert len(proclaim(planned.phase, planned.staff)) == 2


def test_proclaiming_twice_is_told(planned):
    with time_machine.travel(planned.hour + SECOND):
        carry_out_due()
        with pytest.raises(ForbiddenTransition, match="déjà proclamés"):
            proclaim(planned.phase, planned.staff)
        with pytest.raises(ForbiddenTransition, match="déjà proclamés"):
            plan_proclamation(planned.phase, planned.staff, planned.hour + timedelta(days=1))
