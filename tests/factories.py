"""The simplest valid objects. A default candidature is a complete draft, led by a person, in an open call."""

from datetime import timedelta

import factory
from django.utils import timezone

from accounts.models import Role, User
from applications.models import (
    TRANSITIONS,
    Actor,
    Answer,
    Attachment,
    Call,
    Candidature,
    Carrier,
    Concept,
    Criterion,
    Member,
    Membership,
    Organisation,
    Question,
    Review,
    Seat,
    SelectionPhase,
    Site,
    Source,
    Status,
    Submission,
    WorkingCopy,
    create_core_form,
)
from labels.models import (
    Antenna,
    AntennaCarrier,
    AntennaDocument,
    AntennaSite,
    LearnerCount,
    Milestone,
    OpeningChange,
    Step,
    Training,
    YearlyReport,
)
from territories.models import Commune, Department, Epci, Region

PASSWORD = "mot-de-passe-de-test"


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence("personne{}@example.fr".format)
    full_name = factory.Sequence("Personne {}".format)
    password = factory.django.Password(PASSWORD)


class StaffFactory(UserFactory):
    role = Role.STAFF


class RegionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Region
        django_get_or_create = ["code"]

    code = "24"
    name = "Centre-Val de Loire"
    zone = "metro"


class DepartmentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Department
        django_get_or_create = ["code"]

    code = "28"
    name = "Eure-et-Loir"
    region = factory.SubFactory(RegionFactory)


def siren(number: int) -> str:
    """A valid SIREN made from a sequence number (Luhn key included)."""
    root = f"2{number:07d}"
    digits = [int(digit) * (1 + index % 2) for index, digit in enumerate(root)]
    return root + str(-sum(digit // 10 + digit % 10 for digit in digits) % 10)


class EpciFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Epci

    siren = factory.Sequence(siren)
    name = factory.Sequence("CA du Pays {}".format)
    kind = "CA"
    department = factory.SubFactory(DepartmentFactory)
    population = 100_000


class CommuneFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Commune

    insee_code = factory.Sequence(lambda number: f"28{number % 1000:03d}")
    name = factory.Sequence("Ville {}".format)
    department = factory.SubFactory(DepartmentFactory)
    population = 30_000


class ConceptFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Concept
        django_get_or_create = ["code"]

    code = "third_place"
    name = "Tiers-lieu pluri-partenaires"
    description = "Un lieu partagé."


class SourceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Source

    title = factory.Sequence("Communiqué {}".format)
    publisher = "Cnam"


class CallFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Call
        skip_postgeneration_save = True

    slug = factory.Sequence("appel-{}".format)
    name = factory.Sequence("Appel {}".format)
    prefix = factory.Sequence("AP{}".format)
    title = "Un appel à manifestation d’intérêt"
    is_published = True

    @factory.post_generation
    def form(self, create, extracted, **kwargs):
        """The least form that a call has; `form=False` for a call of the past."""
        if create and extracted is not False:
            create_core_form(self)


class PhaseFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = SelectionPhase

    call = factory.SubFactory(CallFactory)
    number = factory.Sequence(lambda number: number + 1)
    opens_at = factory.LazyFunction(lambda: timezone.now() - timedelta(days=10))
    closes_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=10))

    class Params:
        closed = factory.Trait(closes_at=factory.LazyFunction(lambda: timezone.now() - timedelta(days=1)))


class CarrierFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Carrier

    commune = factory.SubFactory(CommuneFactory)
    is_lead = True


class SiteFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Site

    commune = factory.SubFactory(CommuneFactory)


class AttachmentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Attachment

    question = factory.LazyAttribute(lambda made: question_of(made.candidature, "engagement"))
    file = factory.django.FileField(data=b"%PDF-1.7 piece", filename="piece.pdf")
    name = "deliberation.pdf"
    content_type = "application/pdf"
    size = 14
    sha256 = "0" * 64
    uploaded_at = factory.LazyFunction(timezone.now)
    uploaded_by = factory.SubFactory(UserFactory)


class MembershipFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    role = Membership.Role.EDITOR


class AnswerFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Answer

    value = "Une réponse."
    updated_at = factory.LazyFunction(timezone.now)
    updated_by = factory.LazyAttribute(lambda made: lead_of(made.candidature) or UserFactory())


def question_of(candidature, code) -> Question:
    """The question of this code in the form of the candidature's call."""
    return Question.objects.get(section__call=candidature.call, code=code)


CORE_COLUMNS = {"title": "title", "summary": "summary", "concept": "concept_id", "target_year": "target_year"}


class CandidatureFactory(factory.django.DjangoModelFactory):
    """`CandidatureFactory(status=…)` makes what that status needs: a phase, a deposit and its version."""

    class Meta:
        model = Candidature
        skip_postgeneration_save = True

    class Params:
        is_deposited = factory.LazyAttribute(lambda made: made.status != Status.DRAFT)

    status = Status.DRAFT
    call = factory.LazyAttribute(lambda made: made.phase.call if made.phase else PhaseFactory().call)
    phase = factory.Maybe("is_deposited", factory.SubFactory(PhaseFactory), None)
    number = factory.Sequence(lambda number: number + 1)
    title = "Une antenne au cœur de la ville"
    summary = "Former ici les personnes que les entreprises d’ici recherchent."
    concept = factory.SubFactory(ConceptFactory)
    target_year = 2027
    created_at = factory.LazyFunction(timezone.now)
    submitted_at = factory.Maybe("is_deposited", factory.LazyFunction(timezone.now), None)

    @factory.post_generation
    def concepts(self, create, extracted, **kwargs):
        """The call offers the concept that the candidature chose."""
        if self.concept:
            self.call.concepts.add(self.concept)

    carrier = factory.RelatedFactory(CarrierFactory, "candidature")
    site = factory.RelatedFactory(SiteFactory, "candidature")
    attachment = factory.RelatedFactory(AttachmentFactory, "candidature")
    membership = factory.RelatedFactory(MembershipFactory, "candidature", role=Membership.Role.LEAD)

    @factory.post_generation
    def answers(self, create, extracted, **kwargs):
        """What the portal reads of the file, answered."""
        for core, column in CORE_COLUMNS.items():
            if value := getattr(self, column):
                AnswerFactory(candidature=self, question=question_of(self, core), value=value)

    @factory.post_generation
    def submission(self, create, extracted, **kwargs):
        if self.status != Status.DRAFT:
            Submission.take(self, WorkingCopy(self).content(), lead_of(self), self.submitted_at)


def ready_for(verb, status) -> Candidature:
    """A candidature in this status, its phase closed for the team's acts and open for the others, with something new
    to deposit again.
    """
    is_closed = TRANSITIONS[verb].actor == Actor.STAFF and status != Status.DRAFT
    candidature = CandidatureFactory(status=status, **({"phase__closed": True} if is_closed else {}))
    if verb == "resubmit":
        candidature.answers.filter(question__code="summary").update(value="Un résumé réécrit.")
    return candidature


def lead_of(candidature) -> User | None:
    """The person who leads the candidature, if anybody does."""
    lead = candidature.memberships.filter(role=Membership.Role.LEAD).first()
    return lead and lead.user


class OrganisationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Organisation

    name = factory.Sequence("Organisation {}".format)
    short_name = factory.LazyAttribute(lambda made: made.name)


class SeatFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Seat

    call = factory.SubFactory(CallFactory)
    organisation = factory.SubFactory(OrganisationFactory)


class MemberFactory(factory.django.DjangoModelFactory):
    """A committee member; `is_chair=True` for the one who presides."""

    class Meta:
        model = Member

    seat = factory.SubFactory(SeatFactory)
    user = factory.SubFactory(UserFactory, role=Role.COMMITTEE)


class CriterionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Criterion

    call = factory.SubFactory(CallFactory)
    position = factory.Sequence(int)
    name = factory.Sequence("Critère {}".format)
    weight = 1


def signed_review(candidature, member, marks, advice=Review.Advice.FAVOURABLE) -> Review:
    """The review of `member`'s seat with one mark per criterion of the grid, in order, signed by `member`."""
    review = Review.draft(candidature, member.user)
    for score, mark in zip(review.scores.order_by("criterion__position"), marks, strict=True):
        score.mark, score.abstains = mark, mark is None
        score.save()
    review.advice, review.comment = advice, "Projet solide."
    review.save(update_fields=["advice", "comment"])
    review.sign(member.user)
    return review


class AntennaFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Antenna
        skip_postgeneration_save = True

    name = factory.Sequence("Antenne {}".format)
    slug = factory.Sequence("antenne-{}".format)
    phase = factory.SubFactory(PhaseFactory, closed=True)
    source = factory.SubFactory(SourceFactory)

    @factory.post_generation
    def places(self, create, extracted, **kwargs):
        """One commune, carrier and site at once."""
        commune = extracted or CommuneFactory(name=self.name)
        AntennaCarrier.objects.create(antenna=self, commune=commune, is_lead=True)
        AntennaSite.objects.create(antenna=self, commune=commune)


class OpeningFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = OpeningChange

    antenna = factory.SubFactory(AntennaFactory)
    kind = OpeningChange.Kind.ANNOUNCED
    year = 2020


class MilestoneFactory(factory.django.DjangoModelFactory):
    """A line as the table holds it; `Milestone.record` is the act."""

    class Meta:
        model = Milestone

    antenna = factory.SubFactory(AntennaFactory)
    kind = Step.AGREEMENT
    happened_on = factory.LazyFunction(timezone.localdate)
    recorded_by = factory.SubFactory(StaffFactory)


class TrainingFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Training

    antenna = factory.SubFactory(AntennaFactory)
    title = factory.Sequence("Formation {}".format)


class LearnerCountFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = LearnerCount

    antenna = factory.SubFactory(AntennaFactory)
    year = 2020
    value = 12
    source = "Cnam"


class YearlyReportFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = YearlyReport

    antenna = factory.SubFactory(AntennaFactory)
    year = 2025


class AntennaDocumentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = AntennaDocument

    antenna = factory.SubFactory(AntennaFactory)
    kind = AntennaDocument.Kind.AGREEMENT
    title = "Convention"
    file = factory.django.FileField(data=b"%PDF-1.7 convention", filename="convention.pdf")
    name = "convention.pdf"
    content_type = "application/pdf"
    size = 19
    added_by = factory.SubFactory(StaffFactory)
