"""The minutes of a session: what they tell, from whom, and how they become final."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from applications.minutes_content import approve_as_read, content_of, minutes_content
from applications.minutes_words import minutes_in_words
from applications.models import (
    Attendance,
    ChangedMeanwhile,
    Decision,
    Event,
    Extension,
    ForbiddenTransition,
    Minutes,
    Recusal,
    Vote,
    broken_chains,
)
from applications.models.deposit import canonical_hash
from labels.checks import altered_minutes
from tests.applications.at_once import at_once
from tests.applications.ranking_case import ranking_case
from tests.applications.session_case import call, convene, decide, open_session, proposal
from tests.factories import MemberFactory, StaffFactory, UserFactory

State = Attendance.State
Outcome = Decision.Outcome


@pytest.fixture
def case():
    """Three seats, the first presides; three files, the first two at the same average."""
    marks = [[[4, 4], [5, 3], [4, 4]], [[4, 4], [4, 4], [4, 4]], [[1, 2], [None, 3], [2, 2]]]
    return ranking_case(marks, ties=(0,), hours=(1, 2, 3))


def words_of(session) -> dict:
    return minutes_in_words(minutes_content(session) | {"closed": []})


def closed(session) -> Minutes:
    session.close(StaffFactory(), session.revision)
    return Minutes.of(session)


def seat(session, place, state, **more):
    attendance = session.attendances.order_by("seat__position")[place]
    session.seat(StaffFactory(), session.revision, attendance, state, **more)
    return attendance


# What they tell


def test_minutes_tell_who_was_there_who_gave_power_and_each_change_of_the_quorum(case):
    session = convene(case.phase, place="Salle des Arts", secretary="Anne Lo")
    for place in (0, 1):
        seat(session, place, State.PRESENT)
    seat(session, 2, State.REPRESENTED, holder=case.members[0].seat)
    session.open(StaffFactory(), session.revision)
    seat(session, 1, State.ABSENT)
    seat(session, 0, State.ABSENT)
    seat(session, 0, State.PRESENT)
    names = [str(member.seat.organisation) for member in case.members]

    told = minutes_content(session)

    assert [(each["name"], each["state"], each["holder"]) for each in told["seats"]] == [
        (names[0], "present", ""),
        (names[1], "present", ""),
        (names[2], "represented", names[0]),
    ]
    assert told["quorum"] == {"percent": 50, "there": 3, "needed": 2}
    assert [(each["seat"], each["state"], each["there"]) for each in told["changes"]] == [
        (names[1], "absent", 2),
        (names[0], "absent", 0),  # the power that it held goes with it
        (names[0], "present", 2),
    ]
    assert told["session"]["presided_by"] == str(case.members[0].user)
    words = words_of(session)
    assert dict(words["facts"])["Lieu"] == "Salle des Arts"
    assert dict(words["facts"])["Secrétaire"] == "Anne Lo"
    assert [each["words"].partition(", le quorum")[2] for each in words["changes"]] == [
        "",
        " n’est plus atteint.",
        " est de nouveau atteint.",
    ]


def test_minutes_tell_the_whole_decision_of_each_file(case):
    session, chair = open_session(case.phase), case.members[0].user
    Recusal.raise_for(case.files[0], case.members[2].seat, "Élu du territoire", StaffFactory())
    call(session, case.files[0], chair)
    more = {"conditions": "Un local signé.", "points": []}
    vote = Vote(1, 1, 0, has_casting_vote=True)
    Decision.record(
        session,
        case.files[0],
        chair,
        session.revision,
        proposal(Outcome.CONDITIONS, "Un projet solide.", **more),
        vote,
    )
    points = [{"section": "Le budget", "text": "À préciser."}]
    decide(case.files[1], Outcome.RESERVE, "À revoir.", points=points, reserve_rank=3)

    first, second = words_of(session)["files"]

    facts = dict(first["facts"])
    assert first["title"] == case.files[0].title
    assert facts["Porteur"] == case.files[0].carriers.get().name
    assert facts["Déports"] == str(case.members[2].seat.organisation)
    assert facts["Vote"] == "1 pour, 1 contre, 0\u00a0abstention\u00a0; voix prépondérante de la présidence"
    assert (facts["Décision"], facts["Conditions"]) == ("Labelliser sous conditions", "Un local signé.")
    assert first["reason"] == "Un projet solide."
    assert dict(second["facts"])["Décision"] == "Inscrire en réserve, rang 3"
    assert second["points"] == ["Le budget\u00a0: À préciser."]


def test_minutes_name_what_parted_two_files_of_the_same_average(case):
    words = words_of(open_session(case.phase))

    first, second, third = (file.reference for file in case.files)
    assert [(line["rank"], line["reference"], line["average"]) for line in words["ranking"]] == [
        ("1", first, "80,00"),
        ("2", second, "80,00"),
        ("3", third, "43,33"),
    ]
    why = f"la note moyenne à «\u00a0{case.criteria[0].name}\u00a0» (4,33 contre 4,00)."
    assert words["ties"] == [f"À moyenne égale, {first} passe devant {second} par {why}"]
    assert words["tie_rule"].startswith("À moyenne égale, la note moyenne à")


def test_minutes_say_when_the_date_of_deposit_parted_two_files():
    case = ranking_case([[[4, 4]], [[4, 4]]], hours=(1, 2))

    (words,) = words_of(open_session(case.phase))["ties"]

    first, second = case.files
    assert words.startswith(f"À moyenne égale, {second.reference} passe devant {first.reference} par la date de dépôt")


def test_decided_file_waits_in_no_list_and_an_undecided_one_says_whether_it_was_called(case):
    decide(case.files[0])
    session = case.phase.sessions.get()
    call(session, case.files[1], StaffFactory())

    words = words_of(session)

    assert [file["reference"] for file in words["files"]] == [case.files[0].reference]
    told = {each["reference"]: each["words"] for each in words["undecided"]}
    assert told[case.files[1].reference].startswith("Appelé à ")
    assert told[case.files[2].reference] == "Non examiné."


def test_file_decided_again_leaves_the_minutes_of_the_first_session_as_they_were(case):
    decide(case.files[0], Outcome.REJECT, "Le premier motif.")
    first = case.phase.sessions.get()
    before = minutes_content(first)["files"]
    first.close(StaffFactory(), first.revision)
    decide(case.files[0], Outcome.LABEL, "Le second motif.")
    second = case.phase.sessions.get(number=2)

    assert minutes_content(first)["files"] == before
    told = minutes_content(second)["files"][0]
    assert (told["outcome"], told["reason"]) == ("label", "Le second motif.")
    assert told["replaces"] == {"session": 1, "outcome": "reject"}


def test_decision_changed_within_a_session_is_told_once_as_it_ended(case):
    decide(case.files[0], Outcome.REJECT, "Le premier motif.")
    decide(case.files[0], Outcome.LABEL, "Le second motif.")

    (told,) = minutes_content(case.phase.sessions.get())["files"]
    assert (told["reason"], told["replaces"]) == ("Le second motif.", None)


def test_minutes_tell_the_extensions_granted_in_the_phase_with_their_reason(case):
    Extension.objects.create(
        candidature=case.files[0],
        phase=case.phase,
        until=timezone.now(),
        reason="Panne du portail.",
        by=StaffFactory(full_name="Paul Roy"),
        at=timezone.now(),
    )

    (told,) = words_of(open_session(case.phase))["extensions"]
    assert (told["reference"], told["reason"]) == (case.files[0].reference, "Panne du portail.")
    assert "accordé par Paul Roy" in told["words"]


def test_minutes_take_as_many_queries_for_three_files_and_seats_as_for_one():
    def queries(files, seats):
        case = ranking_case([[[3, 3]] * seats] * files)
        for file in case.files:
            decide(file)
        session = case.phase.sessions.select_related("phase__call").get()
        Minutes.of(session).write(StaffFactory(), 0, "Un point.")
        with CaptureQueriesContext(connection) as captured:
            minutes_content(session)
        return len(captured)

    assert queries(3, 3) == queries(1, 1)


# Draft, remarks, approved


def test_minutes_are_a_draft_until_the_session_is_closed(case):
    session, chair = open_session(case.phase), case.members[0].user
    minutes = Minutes.of(session)

    assert (minutes.pk, minutes.state) == (None, "draft")
    assert (
        minutes.why_not_open_remarks(chair) == "La séance n’est pas levée\u00a0: le procès-verbal reste un brouillon."
    )
    assert minutes.why_not_approve(chair) == "La séance n’est pas levée."
    with pytest.raises(ForbiddenTransition):
        minutes.open_remarks(chair)
    with pytest.raises(ForbiddenTransition):
        minutes.approve(chair, {})
    assert Minutes.objects.count() == 0 or Minutes.objects.get().state == "draft"


def test_remarks_are_taken_while_the_minutes_are_open_to_them_and_never_after(case):
    minutes, member = closed(open_session(case.phase)), case.members[1].user
    with pytest.raises(ForbiddenTransition, match="pas encore soumis"):
        minutes.remark(member, "Trop tôt.")
    minutes.open_remarks(StaffFactory())
    minutes.remark(member, "Le lieu est faux.")
    minutes.remark(case.members[0].user, "Un vote à revoir.", case.files[0])
    approve_as_read(minutes, case.members[0].user, canonical_hash(content_of(minutes)))
    with pytest.raises(ForbiddenTransition, match="approuvé"):
        minutes.remark(member, "Trop tard.")

    told = [(each["by"], each["text"], each["reference"]) for each in minutes.content["remarks"]]
    assert told == [
        (str(member), "Le lieu est faux.", ""),
        (str(case.members[0].user), "Un vote à revoir.", case.files[0].reference),
    ]


@pytest.mark.parametrize("text", ["", " ", "\n\t"])
def test_empty_remark_is_refused(case, text):
    minutes = closed(open_session(case.phase))
    minutes.open_remarks(StaffFactory())

    with pytest.raises(ForbiddenTransition, match="Écrivez la remarque"):
        minutes.remark(case.members[1].user, text)


def test_database_refuses_a_remark_that_says_nothing(case):
    minutes = closed(open_session(case.phase))
    minutes.open_remarks(StaffFactory())

    with pytest.raises(IntegrityError), transaction.atomic():
        minutes.remarks.create(text="", by=case.members[1].user, at=timezone.now())


def test_strangers_neither_read_nor_remark(case):
    minutes = closed(open_session(case.phase))
    minutes.open_remarks(StaffFactory())

    for user in (UserFactory(), MemberFactory().user, MemberFactory(is_chair=True).user):
        assert not minutes.is_read_by(user)
        with pytest.raises(ForbiddenTransition):
            minutes.remark(user, "Une remarque.")


def test_remark_on_a_file_from_which_one_is_recused_is_refused(case):
    minutes = closed(open_session(case.phase))
    Recusal.raise_for(case.files[0], case.members[1].seat, "Parenté", StaffFactory())
    minutes.open_remarks(StaffFactory())

    with pytest.raises(ForbiddenTransition, match="déporté"):
        minutes.remark(case.members[1].user, "Je lis quand même.", case.files[0])


@pytest.mark.parametrize("who", ["staff", "member", "elsewhere"])
def test_only_the_chair_approves(case, who):
    people = {
        "staff": StaffFactory(),
        "member": case.members[1].user,
        "elsewhere": MemberFactory(is_chair=True).user,
    }
    minutes = closed(open_session(case.phase))

    with pytest.raises(ForbiddenTransition, match="La présidence"):
        minutes.approve(people[who], {"session": 1})

    assert Minutes.of(minutes.session).state == "draft"


def test_approved_minutes_keep_what_was_read_whatever_happens_next(case):
    decide(case.files[0])
    minutes, chair = closed(case.phase.sessions.get()), case.members[0].user
    read = content_of(minutes)
    approve_as_read(minutes, chair, canonical_hash(read))
    Recusal.raise_for(case.files[1], case.members[2].seat, "Parenté", StaffFactory())  # the averages change
    case.files[0].title = "Un autre titre"
    case.files[0].save(update_fields=["title"])

    kept = Minutes.objects.get()
    assert (kept.content, kept.sha256, kept.approved_by) == (read, canonical_hash(read), chair)
    assert content_of(Minutes.of(minutes.session)) == read
    assert minutes_content(minutes.session) != read


@pytest.mark.parametrize("act", ["write", "open_remarks", "remark", "approve"])
def test_nothing_changes_approved_minutes(case, act):
    minutes, chair = closed(open_session(case.phase)), case.members[0].user
    minutes.approve(chair, {"session": 1})
    arguments = {"write": (0, "Autre"), "open_remarks": (), "remark": ("Autre",), "approve": ({"session": 2},)}

    with pytest.raises(ForbiddenTransition):
        getattr(Minutes.of(minutes.session), act)(chair, *arguments[act])

    kept = Minutes.objects.get()
    assert (kept.content, kept.state, kept.observations) == ({"session": 1}, "approved", "")


def test_approving_what_was_not_read_is_refused(case):
    minutes, chair = closed(open_session(case.phase)), case.members[0].user
    minutes.open_remarks(chair)
    seen = canonical_hash(content_of(minutes))
    minutes.remark(case.members[1].user, "Une remarque de dernière minute.")

    for old in (seen, "", "x" * 100_000):
        with pytest.raises(ChangedMeanwhile):
            approve_as_read(minutes, chair, old)

    assert Minutes.objects.get().state == "remarks"


def test_two_writings_of_the_other_points_never_mix(case):
    minutes, staff = closed(open_session(case.phase)), StaffFactory()
    minutes.write(staff, 0, "Le premier texte.")

    with pytest.raises(ChangedMeanwhile):
        minutes.write(staff, 0, "Le second texte.")
    minutes.write(staff, 0, "Le premier texte.")  # sent twice: nothing to tell

    assert Minutes.objects.get().observations == "Le premier texte."
    assert minutes_content(minutes.session)["observations"] == "Le premier texte."


def test_acts_on_the_minutes_leave_their_lines_in_the_journal_of_the_session(case):
    minutes, chair = closed(open_session(case.phase)), case.members[0].user
    minutes.open_remarks(chair)
    minutes.remark(chair, "Une remarque.")
    approve_as_read(minutes, chair, canonical_hash(content_of(minutes)))

    lines = list(Event.objects.about(minutes.session).order_by("number"))[-3:]
    assert [line.verb for line in lines] == ["open_remarks", "remark", "approve_minutes"]
    assert lines[-1].payload == {"sha256": minutes.sha256}
    assert broken_chains() == {}


@pytest.mark.parametrize("field", ["content", "sha256", "both"])
def test_altered_minutes_are_found(case, field):
    minutes = closed(open_session(case.phase))
    minutes.approve(case.members[0].user, {"session": 1})
    assert list(altered_minutes()) == []

    content = {"session": 2}
    change = {"content": {"content": content}, "sha256": {"sha256": "0" * 64}}
    change["both"] = {"content": content, "sha256": canonical_hash(content)}
    Minutes.objects.update(**change[field])

    assert len(list(altered_minutes())) == 1


def test_database_refuses_approved_minutes_without_a_hash_and_unknown_states(case):
    minutes = closed(open_session(case.phase))
    minutes.write(StaffFactory(), 0, "Un point.")

    for columns in ({"state": "approved"}, {"state": "published"}, {"sha256": "0" * 64}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Minutes.objects.update(**columns)


@pytest.mark.django_db(transaction=True)
def test_two_approvals_at_once_approve_once():
    case = ranking_case([[[4, 4], [5, 3]]])
    minutes, chair = closed(open_session(case.phase)), case.members[0].user
    seen = canonical_hash(content_of(minutes))

    def approve():
        approve_as_read(Minutes.of(minutes.session), chair, seen)

    assert at_once(approve, approve) == ["done", "refused"]
    assert Event.objects.about(minutes.session).filter(verb="approve_minutes").count() == 1


@pytest.mark.django_db(transaction=True)
def test_remark_made_while_the_chair_approves_is_kept_or_refused_never_lost():
    case = ranking_case([[[4, 4], [5, 3]]])
    minutes, chair = closed(open_session(case.phase)), case.members[0].user
    minutes.open_remarks(chair)
    seen = canonical_hash(content_of(minutes))

    outcomes = at_once(
        lambda: approve_as_read(Minutes.of(minutes.session), chair, seen),
        lambda: Minutes.of(minutes.session).remark(case.members[1].user, "Au même moment."),
    )

    kept = Minutes.objects.get()
    assert outcomes == ["done", "refused"]
    assert (kept.is_approved, kept.remarks.count()) in {(True, 0), (False, 1)}


def test_phase_waits_for_its_minutes(case):
    session = open_session(case.phase)
    assert case.phase.why_minutes_wait() == "Une séance de cette phase n’est pas levée."
    minutes = closed(session)
    assert case.phase.why_minutes_wait() == "Procès-verbal à approuver\u00a0: séance 1."
    minutes.open_remarks(StaffFactory())
    assert case.phase.why_minutes_wait() == "Procès-verbal à approuver\u00a0: séance 1."
    minutes.approve(case.members[0].user, {"session": 1})
    assert case.phase.why_minutes_wait() == ""


def test_call_without_a_chair_present_says_so(case):
    session = convene(case.phase)
    for place in (1, 2):
        seat(session, place, State.PRESENT)
    session.open(StaffFactory(), session.revision)

    assert dict(words_of(session)["facts"])["Présidence"] == (
        "La présidence du comité n’était pas présente à l’ouverture."
    )


def test_organisation_renamed_during_the_session_is_still_the_same_seat(case):
    session = open_session(case.phase)
    organisation = case.members[1].seat.organisation
    organisation.name = "Nouveau nom"
    organisation.save()
    seat(session, 1, State.ABSENT)

    told = minutes_content(session)
    assert [(each["name"], each["state"]) for each in told["seats"]][1] == ("Nouveau nom", "present")
    assert told["changes"][0]["seat"] == "Nouveau nom"
