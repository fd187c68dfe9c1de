import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from post_office.models import Email

from applications.models import (
    Candidature,
    Event,
    ForbiddenTransition,
    Member,
    Progress,
    Recusal,
    Review,
    Status,
    coverage,
    late_members,
)
from applications.seat_reminders import recipients, remind
from tests.applications.committee_case import TITLE, committee_case, write_review
from tests.factories import CandidatureFactory, MemberFactory, SeatFactory

pytestmark = pytest.mark.usefixtures("without_second_factor")


@pytest.fixture
def case():
    """Seats signed, unsigned, recused, recused_seat, chair and ended; the first has signed the only file."""
    return committee_case()


def address(case, name="coverage") -> str:
    return reverse(f"admin:phase_{name}", args=[case.phase.pk])


def page(client, case, who="chair", query="", name="coverage"):
    client.force_login(case.people[who])
    response = client.get(address(case, name) + query)
    return response, response.content.decode().replace("&nbsp;", " ")


# The matrix


def test_coverage_tells_how_far_each_seat_has_come(case):
    write_review(case.file, case.members["unsigned"], sign=False)
    write_review(case.file, case.members["recused"])
    Recusal.declare(case.file, case.people["recused"], "Parenté")
    Recusal.declare(case.file, case.people["recused_seat"], "Partenaire", whole_seat=True)

    found = coverage(case.phase, case.people["staff"])

    assert [cell for _, cells in found.rows for cell in cells] == [
        Progress.SIGNED,
        Progress.BEGUN,
        Progress.SET_ASIDE,
        Progress.RECUSED,
        Progress.NOTHING,
        Progress.NOTHING,
    ]
    assert (found.signed, found.expected) == (1, 5)
    assert [tuple(count) for _, count in found.by_seat] == [(1, 1), (0, 1), (0, 1), (0, 0), (0, 1), (0, 1)]


def test_review_written_again_after_one_was_set_aside_counts_as_it_stands(case):
    write_review(case.file, case.members["recused"])
    Recusal.declare(case.file, case.people["recused"], "Parenté")
    colleague = MemberFactory(seat=case.members["recused"].seat)
    write_review(case.file, colleague)

    cells = dict(zip(coverage(case.phase, case.people["staff"]).seats, *cells_of(case), strict=True))

    assert cells[colleague.seat] == Progress.SIGNED


def cells_of(case) -> list:
    return [cells for _, cells in coverage(case.phase, case.people["staff"]).rows]


def test_page_shows_each_state_by_its_letter_and_in_words(client, case):
    write_review(case.file, case.members["unsigned"], sign=False)

    _, text = page(client, case, "staff")

    table = text[text.index('<table class="matrix coverage">') :]
    letters = re.findall(r'role="img"\s+aria-label="([^"]+)">(.)</span>', table)
    assert letters == [("signée", "S"), ("commencée", "C"), *[("rien encore", "–")] * 4]


@pytest.mark.parametrize(
    ("query", "seats", "files"),
    [("", 6, 2), ("?retards=1", 5, 2), ("?incomplets=1", 6, 1), ("?retards&incomplets", 5, 1)],
)
def test_filters_of_the_address_narrow_the_matrix_and_not_its_totals(client, case, query, seats, files):
    done = CandidatureFactory(status=Status.ADMISSIBLE, phase=case.phase)
    for name in ("recused", "recused_seat", "ended", "chair", "unsigned"):
        Recusal.raise_for(done, case.members[name].seat, "Partenaire", case.people["staff"])
    write_review(done, case.members["signed"])

    response, text = page(client, case, "staff", query)

    assert (len(response.context["by_seat"]), len(response.context["rows"])) == (seats, files)
    assert "2 sur 7" in text


def test_filters_that_leave_nothing_say_so(client, case):
    for name in ("recused", "recused_seat", "ended", "chair", "unsigned"):
        Recusal.raise_for(case.file, case.members[name].seat, "Partenaire", case.people["staff"])

    _, text = page(client, case, "staff", "?retards=1")

    assert "Rien à montrer avec ces filtres" in text
    assert "Tous les sièges ont signé" in text


def test_committee_without_a_vote_is_told(client, case):
    case.phase.call.seats.update(is_voting=False)

    _, text = page(client, case, "staff")

    assert "aucun siège avec voix délibérative" in text


@pytest.mark.parametrize("who", ["chair", "staff"])
def test_reopening_is_offered_exactly_where_the_review_can_be_reopened(client, case, who):
    write_review(case.file, case.members["unsigned"], sign=False)
    labelled = CandidatureFactory(status=Status.ADMISSIBLE, phase=case.phase)
    write_review(labelled, case.members["signed"])
    Candidature.objects.filter(pk=labelled.pk).update(status=Status.LABELLED)

    _, text = page(client, case, who)

    offered = set(re.findall(r'href="([^"]+/rouvrir/)"', text))
    possible = {
        reverse("admin:reopen_review", args=[case.phase.pk, review.candidature.reference, review.seat_id])
        for review in Review.objects.all()
        if not review.why_not_reopen(case.people[who])
    }
    assert offered == possible
    assert len(offered) == (who == "chair")


def test_matrix_of_a_recused_chair_leaves_the_file_out(client, case):
    other = CandidatureFactory(status=Status.ADMISSIBLE, phase=case.phase)
    Recusal.declare(case.file, case.people["chair"], "Parenté")

    response, text = page(client, case)

    assert [file for file, _, _ in response.context["rows"]] == [other]
    assert case.file.reference not in text


@pytest.mark.parametrize("files", [1, 3])
@pytest.mark.parametrize("who", ["chair", "staff"])
def test_matrix_takes_nine_queries_whatever_the_files(client, case, files, who):
    for _ in range(files - 1):
        write_review(CandidatureFactory(status=Status.ADMISSIBLE, phase=case.phase), case.members["signed"])
    client.force_login(case.people[who])

    with CaptureQueriesContext(connection) as queries:
        client.get(address(case))

    assert len(queries) == 9


# Reminders


def reminded() -> list[str]:
    return sorted(address for mail in Email.objects.all() for address in mail.to)


def emails(case, *names) -> list[str]:
    return sorted(case.people[name].email for name in names)


def late(case, who="staff") -> list[str]:
    return sorted(each.member.user.email for each in late_members(case.phase, case.people[who]))


def test_late_are_the_current_members_of_seats_that_still_owe_a_review(case):
    Recusal.declare(case.file, case.people["recused"], "Parenté")
    Recusal.declare(case.file, case.people["recused_seat"], "Partenaire", whole_seat=True)
    deputy = MemberFactory(seat=case.members["unsigned"].seat, is_titular=False)
    MemberFactory(seat=SeatFactory(call=case.phase.call, is_voting=False))

    assert late(case) == sorted([*emails(case, "unsigned", "chair"), deputy.user.email])


def test_member_at_work_on_the_file_is_not_late(case):
    case.file.memberships.create(user=case.people["unsigned"], role="editor")

    assert late(case) == emails(case, "recused", "recused_seat", "chair")


@pytest.mark.parametrize("changes", [{"seal_opened_at": timezone.now}, {"reviews_due_at": timezone.now}])
def test_nobody_is_late_once_reviews_are_closed(client, case, changes):
    for name, now in changes.items():
        setattr(case.phase, name, now())
    case.phase.save()

    response, _ = page(client, case, name="reminder")

    assert late(case) == []
    assert response.headers["Location"] == address(case)
    with pytest.raises(ForbiddenTransition, match="closes"):
        remind(case.phase, case.people["chair"], [], 0)


def test_preview_shows_each_person_and_the_mail_that_leaves_word_for_word(client, case):
    case.file.title = "L’antenne & <son> site"
    case.file.save()
    response, text = page(client, case, name="reminder")
    previewed = {each.member.user.email: body for each, body in response.context["late"]}
    assert "L’antenne &amp; &lt;son&gt; site" in text

    client.post(address(case, "reminder"), {"people": [case.people["unsigned"].pk], "seen": "0"})

    mail = Email.objects.get()
    assert sorted(previewed) == emails(case, "unsigned", "recused", "recused_seat", "chair")
    assert (mail.to, mail.message) == ([case.people["unsigned"].email], previewed[mail.to[0]])
    assert "- " + case.file.reference + ", L’antenne & <son> site" in mail.message


def test_reminder_goes_to_those_previewed_who_are_still_late(client, case):
    people = [case.people[name].pk for name in ("unsigned", "recused", "chair", "signed", "staff", "elsewhere")]
    write_review(case.file, case.members["unsigned"])
    Recusal.declare(case.file, case.people["recused"], "Parenté")
    client.force_login(case.people["staff"])

    response = client.post(address(case, "reminder"), {"people": people, "seen": "0"}, follow=True)

    assert reminded() == emails(case, "chair")
    assert "Un courriel est en file d’envoi." in response.content.decode()
    assert Event.objects.get(verb="remind_seats").payload == {"people": [case.people["chair"].pk]}


def test_person_reminded_since_yesterday_is_ticked_only_on_purpose(client, case):
    unsigned = case.people["unsigned"]
    remind(case.phase, case.people["staff"], [unsigned.pk], 0)

    response, text = page(client, case, name="reminder")

    ticked = re.findall(r'name="people"\s+value="(\d+)"\s+checked', text)
    assert str(unsigned.pk) not in ticked
    assert len(ticked) == len(response.context["late"]) - 1
    assert "déjà relancé" in text

    seen = response.context["seen"]
    client.post(address(case, "reminder"), {"people": [unsigned.pk], "seen": seen})
    assert reminded() == [unsigned.email] * 2


def test_person_reminded_the_day_before_is_ticked_again(case, time_machine):
    time_machine.move_to(timezone.now() - timedelta(hours=25))
    remind(case.phase, case.people["staff"], [case.people["unsigned"].pk], 0)
    time_machine.move_to(timezone.now() + timedelta(hours=25))

    found = {each.member.user: each.reminded_at for each in recipients(case.phase, case.people["staff"])}

    assert found[case.people["unsigned"]] is None


def test_two_people_who_send_at_once_remind_each_person_once(case):
    people = [case.people["unsigned"].pk]
    staff, chair = case.people["staff"], case.people["chair"]

    first, second = remind(case.phase, staff, people, seen=0), remind(case.phase, chair, people, seen=0)

    assert ([each.member.user for each in first], second) == ([case.people["unsigned"]], [])
    assert reminded() == emails(case, "unsigned")


def test_reminder_of_a_recused_chair_tells_nothing_of_the_file(client, case):
    other = CandidatureFactory(status=Status.ADMISSIBLE, phase=case.phase, title="Autre dossier")
    Recusal.declare(case.file, case.people["chair"], "Parenté")

    _, text = page(client, case, name="reminder")
    client.post(address(case, "reminder"), {"people": [case.people["unsigned"].pk], "seen": "0"})

    assert TITLE not in text
    assert case.file.reference not in text
    assert other.reference in text
    assert TITLE not in Email.objects.get().message


def test_nobody_ticked_sends_nothing_and_says_so(client, case):
    client.force_login(case.people["chair"])

    response = client.post(address(case, "reminder"), {"people": ["x"], "seen": "y"}, follow=True)

    assert "aucun courriel n’est parti" in response.content.decode()
    assert (reminded(), Event.objects.filter(verb="remind_seats").count()) == ([], 0)


def test_seat_that_nobody_can_answer_for_is_named(client, case):
    Recusal.declare(case.file, case.people["recused"], "Parenté")

    response, _ = page(client, case, name="reminder")

    assert set(response.context["unreached"]) == {case.members["recused"].seat, case.members["ended"].seat}


def test_deputy_is_told_who_signs(case):
    Member.objects.filter(pk=case.members["unsigned"].pk).update(is_titular=False)

    remind(case.phase, case.people["staff"], [case.people["unsigned"].pk], 0)

    assert "sa personne titulaire les signe" in Email.objects.get().message


@pytest.mark.parametrize("who", ["signed", "elsewhere_chair", "applicant"])
def test_stranger_reminds_nobody(client, case, who):
    client.force_login(case.people[who])

    assert client.post(address(case, "reminder"), {"people": [case.people["unsigned"].pk]}).status_code in {403, 404}
    with pytest.raises(ForbiddenTransition, match="présidence"):
        remind(case.phase, case.people[who], [case.people["unsigned"].pk], 0)
    assert reminded() == []
