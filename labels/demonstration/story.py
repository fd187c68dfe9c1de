"""Plays the demonstration through the verbs of the models, at the dates when each act would have happened."""

from contextlib import contextmanager
from datetime import datetime, time, timedelta
from random import Random
from unittest.mock import patch

from allauth.account.models import EmailAddress
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import Role, User
from applications.models import (
    MAX_MARK,
    Attachment,
    Call,
    Candidature,
    Concept,
    Criterion,
    Decision,
    Member,
    Recusal,
    Review,
)
from labels.proclamation import proclaim
from territories.models import NationalProgramme

from . import PASSWORD, content

PHASES = {1: (-150, -110, -80), 2: (-109, -25, 15), 3: (-24, 30, 60)}  # days from today: opens, closes, reviews due
OUTCOMES = set(Decision.Outcome.values)


@contextmanager
def clock(days: float):
    """Within, the server's clock says `days` from now: a story has a past."""
    moment = timezone.now() + timedelta(days=days)
    with patch("django.utils.timezone.now", lambda: moment):
        yield


def create_person(local_part, full_name, role=Role.APPLICANT) -> User:
    """An account whose e-mail is already confirmed."""
    person = User.objects.create_user(f"{local_part}@demo.example", PASSWORD, full_name=full_name, role=role)
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return person


def create_call() -> Call:
    """The demonstration call, with the committee and the programmes of AMI#2."""
    call = Call.objects.create(launched_on=timezone.localdate() + timedelta(days=PHASES[1][0]), **content.CALL)
    call.programmes.set(NationalProgramme.objects.all())
    call.concepts.set(Concept.objects.all())
    for number, days in PHASES.items():
        opens_at, closes_at, reviews_due_at = (noon(day) for day in days)
        call.phases.create(number=number, opens_at=opens_at, closes_at=closes_at, reviews_due_at=reviews_due_at)
    for position, (name, weight, help_text, levels) in enumerate(content.CRITERIA, start=1):
        criterion = Criterion.objects.create(call=call, position=position, name=name, weight=weight, help=help_text)
        for mark, label in zip((0, 3, MAX_MARK), levels, strict=True):
            criterion.levels.create(mark=mark, label=label)
    return call


def noon(days: int) -> datetime:
    """Noon in Paris, `days` from today."""
    return timezone.make_aware(datetime.combine(timezone.localdate() + timedelta(days=days), time(12)))


def create_committee(call) -> dict[str, User]:
    """One member for each of the nine seats, the Cnam's presiding; by local part of the e-mail."""
    people = {}
    for position, seat in enumerate(Call.objects.get(slug="ami-2").seats.select_related("organisation")):
        local_part = content.MEMBERS[position]
        people[local_part] = create_person(local_part, f"Membre {seat.organisation.short_name}", Role.COMMITTEE)
        copied = call.seats.create(organisation=seat.organisation, position=position)
        Member.objects.create(seat=copied, user=people[local_part], is_chair=position == 0)
    return people


class Story:
    """The demonstration call from its first draft to the proclamation of its first phase."""

    def __init__(self):
        self.random = Random(2019)  # the same marks on every machine
        self.staff = create_person("equipe", "Équipe du programme", Role.STAFF)
        create_person("administration", "Administration du portail", Role.ADMINISTRATOR)
        self.call = create_call()
        self.committee = create_committee(self.call)
        self.chair = self.committee["presidence"]
        self.applicants = {key: create_person(key, name) for key, name in content.APPLICANTS.items()}

    def play(self):
        """Deposit, examine, review, decide and proclaim, phase after phase."""
        told = [(entry, self.deposit(entry)) for entry in content.CANDIDATURES]
        for entry, candidature in told:
            self.examine(entry, candidature)
        for number in (1, 2):
            self.review([pair for pair in told if pair[0].phase == number], number)
        self.decide([pair for pair in told if pair[0].phase == 1])

    def deposit(self, entry) -> Candidature:
        person = self.applicants[entry.by]
        opens, closes, _ = PHASES[entry.phase]
        with clock(opens + min(20, (closes - opens) // 3)):
            candidature = Candidature.start(
                self.call,
                person,
                title=entry.title,
                summary=entry.summary,
                concept_id=entry.concept,
                target_year=entry.year,
            )
            self.place(entry, candidature)
        if entry.fate not in ("start", "draft"):
            with clock(max(opens + 15, min(closes - 5, -1)) + candidature.number / 24):
                piece = SimpleUploadedFile("deliberation.pdf", blank_pdf(candidature.reference))
                Attachment.attach(candidature, piece, "application/pdf", person)
                candidature.submit(person)
        return candidature

    def place(self, entry, candidature):
        for position, code in enumerate(entry.carriers.split()):
            place = {"commune_id": code} if len(code) == 5 else {"epci_id": code}
            candidature.carriers.create(is_lead=position == 0, position=position, **place)
        for code in entry.sites.split():
            candidature.sites.create(commune_id=code)

    def examine(self, entry, candidature):
        """What the team did with the deposit, and the applicant after it."""
        closes = PHASES[entry.phase][1]
        with clock(closes + 5 if closes < 0 else 0):
            if entry.fate in OUTCOMES | {"review"}:
                candidature.admit(self.staff, "Pièces complètes ; le projet répond aux attendus de l’appel.")
            elif entry.fate == "refuse":
                candidature.refuse(self.staff, "La délibération jointe concerne un autre projet.")
            elif entry.fate == "supplements":
                candidature.request_supplements(self.staff, "Précisez le lieu d’accueil et joignez le plan des locaux.")
            elif entry.fate == "withdraw":
                candidature.withdraw(self.applicants[entry.by], "Le conseil communautaire reporte le projet d’un an.")

    def review(self, told, number):
        """Every seat signs in phase 1; in phase 2, some have signed, some have begun, one steps back."""
        judged = [(entry, candidature) for entry, candidature in told if entry.fate in OUTCOMES | {"review"}]
        with clock(PHASES[number][1] + 15):
            for place, (entry, candidature) in enumerate(judged):
                seats = list(self.committee.values())
                if number == 2 and place == 0:
                    Recusal.declare(candidature, seats.pop(), "Notre fédération est partenaire de ce projet.")
                for member in seats if number == 1 else seats[place + 3 :]:
                    self.sign(entry, candidature, member)

    def sign(self, entry, candidature, member):
        review = Review.draft(candidature, member)
        for score in review.scores.all():
            score.mark = min(MAX_MARK, max(0, entry.level + self.random.choice((-1, 0, 0, 1))))
            score.save(update_fields=["mark"])
        advices = Review.Advice
        review.advice = (advices.UNFAVOURABLE, advices.RESERVED, advices.FAVOURABLE)[min(2, entry.level // 2)]
        review.comment = self.random.choice(COMMENTS[review.advice])
        review.save(update_fields=["advice", "comment"])
        review.sign(member)

    def decide(self, told):
        phase = self.call.phases.get(number=1)
        with clock(-70):
            phase.open_seal(self.chair)
            for entry, candidature in told:
                Decision.record(candidature, self.chair, entry.fate, REASONS[entry.fate])
        with clock(-60):
            proclaim(phase, self.staff)


COMMENTS = {
    "favourable": [
        "Les besoins sont bien établis et les employeurs s’engagent. À soutenir.",
        "Projet mûr, calendrier tenable, lieu déjà disponible.",
    ],
    "reserved": [
        "L’intention est bonne ; le financement de la troisième année reste à trouver.",
        "Partenaires cités sans engagement écrit : à consolider.",
    ],
    "unfavourable": ["Les besoins ne sont pas démontrés et le lieu n’est pas identifié."],
}
REASONS = {
    "label": "Projet solide, attendu par les employeurs, prêt à ouvrir.",
    "conditions": "Projet retenu, à condition de signer la convention entre les deux sites avant l’ouverture.",
    "reserve": "Projet de qualité, retenu si une place se libère.",
    "defer": "Le besoin est réel. Consolidez le plan de financement et l’engagement des employeurs.",
    "reject": "Les besoins de formation ne sont pas établis et le lieu n’est pas identifié.",
}


def blank_pdf(title: str) -> bytes:
    """A small valid PDF of one page that bears `title`."""
    text = f"BT /F1 18 Tf 60 760 Td (Deliberation - {title}) Tj ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text),
    ]
    pdf, offsets = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(pdf))
        pdf += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    return pdf + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (size, table, size, len(pdf))
    )
