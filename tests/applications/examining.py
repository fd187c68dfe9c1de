"""Candidatures that the team examines, and the check-list of their call."""

from datetime import date

from django.urls import reverse

from applications.models import AdmissibilityCheck, Status
from territories.models import NationalProgramme, ProgrammeList
from tests.factories import CandidatureFactory

POINT, REMARK = "POINTAVERIFIER", "REMARQUEDELEQUIPE"


def add_points(call, *positions) -> list:
    """Points that every candidature of the call must satisfy."""
    return [call.admissibility_points.create(position=each, label=f"{POINT} {each}") for each in positions]


def to_examine(phase, **fields):
    return CandidatureFactory(status=Status.SUBMITTED, phase=phase, **fields)


def make_listed(candidature):
    """Put the leading carrier in the complete list of a programme of the call."""
    programme = NationalProgramme.objects.create(code="ACV", name="Action cœur de ville")
    listed = ProgrammeList.objects.create(
        programme=programme, published_on=date(2021, 6, 1), is_complete=True, source_title="Liste publiée"
    )
    territory = listed.territories.create(name="Dreux")
    territory.members.create(commune=candidature.carriers.get(is_lead=True).commune)
    candidature.call.programmes.add(programme)


def page_of(candidature) -> str:
    """The page where the team examines it."""
    return reverse("admin:admissibility", args=[candidature.reference])


def find(candidature, by, found):
    """Write what `by` found, `{point: (verdict, note)}`."""
    AdmissibilityCheck.write(candidature, by, {point.pk: answer for point, answer in found.items()})
