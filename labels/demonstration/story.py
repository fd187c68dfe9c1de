"""Plays the demonstration through the verbs of the models, at the dates when each act would have happened."""

from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta
from functools import cache
from random import Random
from unittest.mock import patch

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from accounts.models import Role, User
from applications.minutes_content import minutes_content
from applications.models import (
    MAX_MARK,
    AdmissibilityCheck,
    Answer,
    Attendance,
    Call,
    Candidature,
    CommitteeSession,
    Concept,
    Criterion,
    Decision,
    Extension,
    Invitation,
    Mandate,
    Member,
    Membership,
    Message,
    Minutes,
    Proposal,
    Recusal,
    Review,
    Vote,
    Wanted,
)
from applications.prefilling import prefill
from labels.models import Milestone, OpeningChange
from labels.proclamation import proclaim
from territories.models import Epci, NationalProgramme

from . import PASSWORD, content
from .answers import Author
from .entries import CANDIDATURES
from .figures import first_opening
from .filling import Filler
from .form import create_form
from .papers import support_letter

PHASES = {1: (-150, -110, -80), 2: (-109, -25, 15), 3: (-24, 30, 60)}  # days from today: opens, closes, reviews due
LAST_EVENING = -0.7  # yesterday's: always in the past, after every deposit
OUTCOMES = set(Decision.Outcome.values)


@contextmanager
def clock(days: float):
    """Within, the server's clock says `days` from noon today in Paris: a story has a past."""
    moment = (noon(0) + timedelta(days=days)).astimezone(UTC)
    with patch("django.utils.timezone.now", lambda: moment):
        yield


@cache
def hashed_password() -> str:
    """The same for all: a hash is slow on purpose, and this password is no secret."""
    return make_password(PASSWORD)


def create_person(local_part, full_name, role=Role.APPLICANT) -> User:
    """An account whose e-mail is already confirmed."""
    email = f"{local_part}@demo.example"
    person = User.objects.create(email=email, password=hashed_password(), full_name=full_name, role=role)
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return person


def create_call() -> Call:
    """The demonstration call and its form, with the programmes and the concepts of AMI#2."""
    call = Call.objects.create(launched_on=timezone.localdate() + timedelta(days=PHASES[1][0]), **content.CALL)
    call.programmes.set(NationalProgramme.objects.all())
    call.concepts.set(Concept.objects.all())
    for number, days in PHASES.items():
        opens_at, closes_at, reviews_due_at = (noon(day) for day in days)
        call.phases.create(number=number, opens_at=opens_at, closes_at=closes_at, reviews_due_at=reviews_due_at)
    for position, (name, weight, help_text, levels) in enumerate(content.CRITERIA, start=1):
        criterion = Criterion.objects.create(
            call=call,
            position=position,
            name=name,
            weight=weight,
            help=help_text,
            tie_rank=content.TIE_RANKS.get(name),
        )
        for mark, label in zip((0, 3, MAX_MARK), levels, strict=True):
            criterion.levels.create(mark=mark, label=label)
    for position, (label, help_text) in enumerate(content.ADMISSIBILITY, start=1):
        call.admissibility_points.create(position=position, label=label, help=help_text)
    create_form(call)
    return call


def noon(days: int) -> datetime:
    """Noon in Paris, `days` from today."""
    return timezone.make_aware(datetime.combine(timezone.localdate() + timedelta(days=days), time(12)))


def office_hour(number: int) -> float:
    """An hour between nine and three, another for each number, in days from noon."""
    return (number * 67 % 360 - 180) / 1440


def create_committee(call) -> dict[str, User]:
    """One member for each of the nine seats, the Cnam's presiding; by local part of the e-mail."""
    people = {}
    for position, seat in enumerate(Call.objects.get(slug="ami-2").seats.select_related("organisation")):
        local_part = content.MEMBERS[position]
        people[local_part] = create_person(local_part, f"Membre {seat.organisation.short_name}", Role.COMMITTEE)
        copied = call.seats.create(organisation=seat.organisation, position=position)
        Member.objects.create(seat=copied, user=people[local_part], is_chair=position == 0)
    return people


def add_deputy(call):
    """The deputy of the second seat, who drafts and does not sign."""
    seat = call.seats.all()[1]
    person = create_person(content.DEPUTY, f"Suppléance {seat.organisation.short_name}", Role.COMMITTEE)
    Member.objects.create(seat=seat, user=person, is_titular=False)


def declare_mandate(person, candidature):
    """An office in a territory of the file: the portal then sees the link by itself."""
    place = candidature.territories()[0]
    kind = "epci" if isinstance(place, Epci) else "commune"
    person.mandates.create(kind=Mandate.Kind.ELECTED, title="Conseil communautaire", **{kind: place})


class Story:
    """The demonstration call from its first draft to the proclamation of its first phase."""

    def __init__(self):
        self.random = Random(2019)  # the same marks on every machine
        self.staff = create_person("equipe", "Équipe du programme", Role.STAFF)
        create_person("administration", "Administration du portail", Role.ADMINISTRATOR)
        self.call = create_call()
        self.filler, self.first_year = Filler(self.call), first_opening()
        self.committee = create_committee(self.call)
        add_deputy(self.call)
        self.chair = self.committee["presidence"]
        self.applicants = {key: create_person(key, name) for key, name in content.APPLICANTS.items()}

    def play(self):
        """Deposit, examine, review, decide and proclaim, phase after phase."""
        told = [(entry, self.deposit(entry)) for entry in CANDIDATURES]
        for entry, candidature in told:
            self.examine(entry, candidature)
        for number in (1, 2):
            self.review([pair for pair in told if pair[0].phase == number], number)
        self.decide([pair for pair in told if pair[0].phase == 1])

    # The applicants

    def deposit(self, entry) -> Candidature:
        """A draft, filled in during the weeks before its deposit, then deposited if it was."""
        person = self.applicants[entry.by]
        opens, closes, _ = PHASES[entry.phase]
        place = [other for other in CANDIDATURES if other.phase == entry.phase].index(entry)
        begun = opens + min(20, (closes - opens) // 3) + place  # one a day
        candidature = self.start(entry, person, begun)
        if entry.beat == "share":
            self.share(candidature, person, begun)
        done = max(opens + 15, min(closes - 5, -1)) + office_hour(candidature.number)
        with clock(done - 1 / 24):
            author = self.fill_in(entry, candidature, person)
        if entry.is_deposited:
            with clock(done):
                candidature.submit(person)
        if entry.beat == "deposit_again":
            self.deposit_again(author, person, done + 3)
        return candidature

    def start(self, entry, person, day) -> Candidature:
        """A draft with its carriers and sites; its own columns are those of the answers that follow."""
        columns = {"title": entry.title, "concept_id": entry.concept, "summary": entry.summary}
        if entry.fate != "start":
            columns["target_year"] = self.first_year + entry.year
        with clock(day):
            candidature = Candidature.start(self.call, person, **columns)
            for position, code in enumerate(entry.carriers.split()):
                place = {"commune_id": code} if len(code) == 5 else {"epci_id": code}
                candidature.carriers.create(is_lead=position == 0, position=position, **place)
            for code in entry.sites.split():
                candidature.sites.create(commune_id=code)
            prefill(candidature, person)
        return candidature

    def share(self, candidature, lead, day):
        """Colleagues of the other carriers join, one a day; the last invitation still waits."""
        for later, (key, role) in enumerate(content.TEAM, start=1):
            person = self.applicants[key]
            with clock(day + later):
                Invitation.send(candidature, person.email, role, lead).accept(person)
        with clock(-2):
            Invitation.send(candidature, content.INVITED, Membership.Role.EDITOR, lead)

    def fill_in(self, entry, candidature, person) -> Author:
        """The answers and papers of a draft, as if written between its beginning and now."""
        author = Author(entry, candidature, self.first_year + entry.year)
        members = candidature.memberships.filter(role__in=Membership.MAY_ACT).select_related("user")
        self.filler.write(author, [member.user for member in members])
        self.filler.join(author, person)
        return author

    def deposit_again(self, author, person, day):
        """A second version, with more of what the first one said."""
        candidature = author.candidature
        with clock(day):
            for code, value in author.second_thoughts().items():
                answer = candidature.answers.get(question=self.filler.questions[code])
                Answer.write(candidature, answer.question, value, person, answer.version)
            partner = candidature.partners.create(**content.LATE_PARTNER)
            self.filler.receive(candidature, support_letter(author, partner.name), person)
            candidature.resubmit(person)

    # The team

    def examine(self, entry, candidature):
        """What the team did with the file, and the applicant after it."""
        closes = PHASES[entry.phase][1]
        with clock(min(closes + 5, LAST_EVENING)):
            if entry.fate in OUTCOMES | {"review"}:
                self.check(candidature, {})
                candidature.admit(self.staff, content.ADMITTED)
            elif entry.fate == "refuse":
                candidature.refuse(self.staff, content.REFUSED)
            elif entry.fate == "withdraw":
                candidature.withdraw(self.applicants[entry.by], content.WITHDRAWN)
        if entry.fate == "supplements":
            self.request_supplements(entry, candidature)
        if entry.beat == "extend":
            self.extend(candidature)

    def check(self, candidature, remarks):
        """Go through the check-list: what is in `remarks`, by position, is not right, the rest is."""
        verdicts = {
            point.pk: ("no", remarks[point.position]) if point.position in remarks else ("yes", "")
            for point in self.call.admissibility_points.all()
        }
        AdmissibilityCheck.write(candidature, self.staff, verdicts)

    def request_supplements(self, entry, candidature):
        """Item by item, with time to answer; a question from the applicant, and its answer."""
        wanted, due_at = [], noon(11)
        for code, words in content.WANTED:
            question = self.filler.questions[code]
            carrier = candidature.carriers.last() if question.per_carrier else None
            wanted.append(Wanted(question.section, question, carrier, words))
        with clock(-3):
            self.check(candidature, content.UNSATISFIED)
            candidature.request_supplements(self.staff, content.SUPPLEMENTS, wanted, due_at)
        for day, is_from_team, text in content.MESSAGES:
            with clock(day):
                Message.send(candidature, self.staff if is_from_team else self.applicants[entry.by], text)

    def extend(self, candidature):
        """Ten more days than the others."""
        phase = self.call.phases.get(number=3)
        with clock(LAST_EVENING):
            until = phase.closes_at + timedelta(days=10)
            Extension.grant(candidature, phase, until, content.MORE_TIME, self.staff)

    # The committee

    def review(self, told, number):
        """Every seat signs in phase 1; in phase 2, some have signed, some have begun, one steps back."""
        judged = [(entry, candidature) for entry, candidature in told if entry.fate in OUTCOMES | {"review"}]
        with clock(PHASES[number][1] + 15):
            for place, (entry, candidature) in enumerate(judged):
                seats = list(self.committee.values())
                if number == 2 and place == 0:
                    Recusal.declare(candidature, seats.pop(), content.STEPS_ASIDE)
                for member in seats if number == 1 else seats[place + 3 :]:
                    self.sign(entry, candidature, member)
        if number == 2:
            declare_mandate(self.committee["adcf"], judged[-1][1])

    def sign(self, entry, candidature, member):
        review = Review.draft(candidature, member)
        scores = list(review.scores.all())
        for score in scores:
            score.mark = min(MAX_MARK, max(0, entry.level + self.random.choice((-1, 0, 0, 1))))
            score.comment = content.TOO_WEAK if score.mark <= content.CALL["comment_up_to"] else ""
        review.scores.bulk_update(scores, ["mark", "comment"])
        advices = Review.Advice
        review.advice = (advices.UNFAVOURABLE, advices.RESERVED, advices.FAVOURABLE)[min(2, entry.level // 2)]
        review.comment = self.random.choice(content.COMMENTS[review.advice])
        review.save(update_fields=["advice", "comment"])
        review.sign(member)

    def decide(self, told):
        """The session of the first phase, its minutes, and the proclamation."""
        phase = self.call.phases.get(number=1)
        with clock(-70):
            phase.open_seal(self.chair)
        meeting = {"meets_at": noon(-64), "place": content.ROOM, "secretary": self.staff.full_name}
        with clock(-66):
            session = CommitteeSession.convene(phase, self.staff, **meeting)
        with clock(-64):
            self.take_seats(session)
            session.open(self.chair, session.revision)
        for place, item in enumerate(session.items.select_related("candidature__call"), start=1):
            entry = next(entry for entry, candidature in told if candidature == item.candidature)
            with clock(-64 + place / 72):  # twenty minutes each
                session.call_file(self.chair, session.revision, item)
                self.vote(session, item.candidature, entry)
        with clock(-64 + 1 / 6):
            session.close(self.chair, session.revision)
        with clock(-61):
            Minutes.of(session).approve(self.chair, minutes_content(session))
        with clock(-60):
            proclaim(phase, self.staff)
        self.follow(phase)

    def take_seats(self, session):
        """All are there but one, who gave power to another."""
        *present, absent = session.attendances.order_by("seat__position")
        for attendance in present:
            session.seat(self.chair, session.revision, attendance, Attendance.State.PRESENT)
        state, holder = Attendance.State.REPRESENTED, present[-1].seat
        session.seat(self.chair, session.revision, absent, state, holder=holder)

    def vote(self, session, candidature, entry):
        """Unanimous, or with the abstentions that the marks announced."""
        fate, voices = entry.fate, len(session.room(candidature).voices)
        more = {"points": content.POINTS} if fate in ("defer", "reserve") else {}
        more |= {"conditions": content.CONDITIONS} if fate == "conditions" else {}
        more |= {"reserve_rank": 1} if fate == "reserve" else {}
        abstentions = content.ABSTENTIONS.get(fate, 0)
        vote = Vote(voices - abstentions, 0, abstentions)
        proposal = Proposal(fate, content.REASONS[fate], **more)
        Decision.record(session, candidature, self.chair, session.revision, proposal, vote)

    # After the label

    def follow(self, phase):
        """One antenna gets ready step by step, another is late."""
        ready, late = phase.antennas.order_by("pk")[:2]
        for day, step, words in content.STEPS:
            with clock(day):
                Milestone.record(ready, step, timezone.localdate(), self.staff, words)
        year = ready.plans()[-1].year
        with clock(-15):
            cause = OpeningChange.Cause.PREMISES
            OpeningChange.revise(late, year + 1, cause, content.LATE_PREMISES, self.staff)
