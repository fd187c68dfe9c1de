"""The results of a phase, made public in one act: all of them, or none. `rehearsal.py` tells it beforehand."""

from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils import timezone

from applications.letters import decision_content
from applications.models import Candidature, ForbiddenTransition, Letter, SelectionPhase
from applications.templatetags.french import long_moment

from .models import Antenna, OpeningChange, PublishedName
from .naming import free_slug, published_name
from .rehearsal import rehearse

ALREADY = "Les résultats de cette phase sont déjà proclamés."


def locked(phase: SelectionPhase) -> SelectionPhase:
    """The phase read again under a lock, in a transaction: of two people at once the second waits, then is told; and
    after a failure the caller's own object does not claim what was undone.
    """
    phases = SelectionPhase.objects.select_related("call").select_for_update(no_key=True, of=("self",))
    return phases.get(pk=phase.pk)


def refuse_unless_read(rehearsal, expected: str):
    """Raises ForbiddenTransition when what would happen is not what was read; `expected` is its fingerprint, or ""."""
    if expected and rehearsal.fingerprint != expected:
        raise ForbiddenTransition(
            "Des décisions, des noms ou des destinataires ont changé depuis votre lecture : relisez avant de proclamer."
        )


@transaction.atomic
def proclaim(phase: SelectionPhase, by, expected: str = "") -> list[Antenna]:
    """Move every decided candidature to its result, create the antennas, write the letters. All or nothing.

    The letters are then set and queued by `applications.letters.dispatch_letters`, as often as need be.

    Args:
        expected: the fingerprint of the rehearsal that `by` has read, when there was one.

    Returns:
        The antennas of the labelled candidatures.

    Raises:
        ForbiddenTransition: not staff, sealed, proclaimed already or planned for later, a decision is missing or has
            changed, or none is there.
    """
    phase = locked(phase)
    rehearsal = rehearse(phase, by)
    if reason := rehearsal.reason or why_later(phase):
        raise ForbiddenTransition(reason)
    refuse_unless_read(rehearsal, expected)
    phase.mark_proclaimed(by)
    prefetch_related_objects([phase.call], "phases")
    antennas = []
    for outcome in rehearsal.outcomes:
        candidature = outcome.candidature
        candidature.phase, candidature.call = phase, phase.call
        getattr(candidature, outcome.decision.verb)(by)
        if outcome.is_labelled:
            antennas.append(found_antenna(candidature, by, outcome.antenna_name))
        Letter.write(candidature, decision_content(candidature), outcome.recipients)
    return antennas


def why_later(phase) -> str:
    """Why nobody proclaims now what is planned for an hour to come, or ""."""
    if phase.proclamation_at is None or phase.proclamation_at <= timezone.now():
        return ""
    hour = long_moment(phase.proclamation_at)
    return f"La proclamation est programmée pour le {hour} : annulez-la pour proclamer maintenant."


@transaction.atomic
def choose_names(phase: SelectionPhase, by, names: dict[Candidature, str]) -> None:
    """Choose the names under which antennas will be published, before the proclamation. An empty one goes back to the
    names of the carriers.

    Raises:
        ForbiddenTransition: not staff, proclaimed already, or planned: what was read then no longer changes.
    """
    phase = locked(phase)
    if not by.is_staff:
        raise ForbiddenTransition("L’équipe du programme choisit les noms publiés.")
    if phase.proclaimed_at:
        raise ForbiddenTransition(ALREADY)
    if phase.proclamation_at:
        raise ForbiddenTransition("La proclamation est programmée : annulez-la avant de changer un nom.")
    for candidature, name in names.items():
        name = " ".join(name.split())
        if name and name != published_name(candidature.carriers.all()):
            PublishedName.objects.update_or_create(candidature=candidature, defaults={"name": name})
        else:
            PublishedName.objects.filter(candidature=candidature).delete()


def found_antenna(candidature: Candidature, by, name: str = "") -> Antenna:
    """Create the antenna of a labelled candidature: its carriers, sites, concept, project and announced year."""
    carriers, sites = candidature.carriers.all(), candidature.sites.all()
    today = timezone.localdate()
    antenna = Antenna.objects.create(
        name=name or published_name(carriers),
        slug=free_slug(site.commune.name for site in sites),
        phase=candidature.phase,
        candidature=candidature,
        project=candidature.summary,
        labelled_on=today,
    )
    antenna.concepts.add(candidature.concept_id)
    for carrier in carriers:
        copied = ("commune_id", "epci_id", "body_name", "body_siren", "is_lead", "position")
        antenna.carriers.create(**{field: getattr(carrier, field) for field in copied})
    for site in sites:
        antenna.sites.create(commune=site.commune)
    antenna.openings.create(
        kind=OpeningChange.Kind.ANNOUNCED, year=candidature.target_year, decided_on=today, recorded_by=by
    )
    return antenna
