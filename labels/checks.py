"""Self-checks: what must agree and no constraint of the database can hold, because it spans rows or files."""

from collections.abc import Iterator

from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from accounts.models import Role
from applications.models import (
    Attachment,
    Candidature,
    Carrier,
    Decision,
    Event,
    Member,
    Minutes,
    Review,
    Status,
    Submission,
)
from applications.models import broken_chains as broken_journal_chains
from applications.models.deposit import canonical_hash
from applications.models.journal import subject_of
from labels.figures import programme_figures
from labels.models import Antenna, AntennaCarrier, AntennaSite, out_of_order


def broken_chains() -> Iterator[str]:
    """The journal, recomputed."""
    for subject, problem in broken_journal_chains().items():
        yield f"journal {subject} : {problem}"


def statuses_without_their_line() -> Iterator[str]:
    """The status of a candidature is the one that its last act gave it."""
    last = dict(Event.objects.exclude(target="").order_by("number").values_list("subject", "target"))
    for candidature in Candidature.objects.select_related("call"):
        expected = last.get(subject_of(candidature), Status.DRAFT)
        if candidature.status != expected:
            yield f"{candidature.reference} : statut {candidature.status}, le journal dit {expected}"


def altered_deposits() -> Iterator[str]:
    """Each deposited version still has the hash that its receipt bears, and each deposit has a version."""
    for submission in Submission.objects.select_related("candidature__call").iterator():
        if canonical_hash(submission.content) != submission.sha256:
            yield f"{submission} : contenu modifié depuis le dépôt"
    versions = Submission.objects.filter(candidature=OuterRef("pk"))
    for candidature in Candidature.objects.exclude(status=Status.DRAFT).exclude(Exists(versions)):
        yield f"{candidature.reference} : déposée sans version conservée"


def altered_minutes() -> Iterator[str]:
    """Approved minutes still have the hash that their approval wrote in the journal."""
    lines = Event.objects.filter(verb="approve_minutes").values_list("subject", "payload")
    told = {subject: payload["sha256"] for subject, payload in lines}
    for minutes in Minutes.objects.select_related("session__phase__call").iterator():
        if told.get(subject_of(minutes.session), "") != minutes.sha256:
            yield f"{minutes} : n’a pas l’empreinte que le journal a notée"
        elif minutes.is_approved and canonical_hash(minutes.content) != minutes.sha256:
            yield f"{minutes} : contenu modifié depuis l’approbation"


def columns_unlike_deposits() -> Iterator[str]:
    """What the portal reads of a deposited candidature is what its last deposit says."""
    for candidature in Candidature.objects.exclude(status=Status.DRAFT).select_related("call"):
        deposit = candidature.last_submission
        names = ("title", "summary", "concept")
        told = [candidature.title, candidature.summary, candidature.concept_id, candidature.target_school_year]
        if deposit and told != [deposit.content.get(name) for name in (*names, "target_year")]:
            yield f"{candidature.reference} : ne dit pas ce que dit son dernier dépôt"


def lost_pieces() -> Iterator[str]:
    """Each piece is in the storage, whole."""
    for piece in Attachment.objects.select_related("candidature__call").iterator():
        if not piece.file.storage.exists(piece.file.name):
            yield f"{piece.candidature.reference}, {piece.name} : fichier absent"
        elif piece.file.size != piece.size:
            yield f"{piece.candidature.reference}, {piece.name} : {piece.file.size} octets au lieu de {piece.size}"


def dates_out_of_order() -> Iterator[str]:
    """An act never comes before the one that it needs."""
    for review in Review.objects.filter(signed_at__gt=F("candidature__phase__seal_opened_at")):
        yield f"évaluation {review} : signée après la levée du scellé"
    sealed = Q(candidature__phase__seal_opened_at=None) | Q(decided_at__lt=F("candidature__phase__seal_opened_at"))
    for decision in Decision.objects.filter(sealed):
        yield f"décision {decision} : consignée avant la levée du scellé"


def lives_out_of_order() -> Iterator[str]:
    """The steps of an antenna can be true together: no opening before its label, no resumption of what never stopped,
    nothing after the end, no day to come.
    """
    antennas = Antenna.objects.select_related("phase__call").prefetch_related("openings", "milestones")
    today = timezone.localdate()
    for antenna in antennas:
        facts = antenna.facts()
        problems = out_of_order(facts, antenna.floor)
        problems += [f"{fact.words} : à venir" for fact in facts if fact.day > today]
        yield from (f"{antenna}, {problem}" for problem in problems)


def people_without_their_role() -> Iterator[str]:
    """Whoever sits today has the role that opens the committee's pages."""
    for member in Member.objects.exclude(user__role=Role.COMMITTEE).filter(ends_on=None).select_related("user"):
        yield f"{member.user} : siège au comité avec le rôle « {member.user.get_role_display()} »"


def ended_territories() -> Iterator[str]:
    """A carrier or a site names a territory that exists; otherwise its successor is said."""
    for model in (Carrier, AntennaCarrier, AntennaSite):
        has_epci = any(field.name == "epci" for field in model._meta.fields)
        kinds = ("commune", "epci") if has_epci else ("commune",)
        for kind in kinds:
            rows = model.objects.all() if model is Carrier else model.objects.current()
            for row in rows.filter(**{f"{kind}__ended_on__isnull": False}).select_related(f"{kind}__successor"):
                place = getattr(row, kind)
                yield f"{model._meta.verbose_name} {place} : n’existe plus, remplacé par {place.successor}"


def published_gaps() -> Iterator[str]:
    """Published totals beside recorded ones: a gap is told, never filled."""
    for figures in programme_figures().incomplete:
        yield f"{figures.call} : {figures.announced} lauréats annoncés, {figures.named} nommés"


FAULTS = [
    broken_chains,
    statuses_without_their_line,
    altered_deposits,
    altered_minutes,
    columns_unlike_deposits,
    lost_pieces,
    dates_out_of_order,
    lives_out_of_order,
    people_without_their_role,
]
REMARKS = [ended_territories, published_gaps]  # true, and worth knowing
