"""The two published phases of AMI#2, played again through the portal: what the public then reads is what is loaded."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from applications.models import (
    Answer,
    Call,
    Candidature,
    SelectionPhase,
    Status,
    create_core_form,
)
from applications.models.form import Question
from labels.loading import carriers_of, read_laureates
from labels.models import Antenna, PublishedName
from labels.proclamation import proclaim
from tests.applications.session_case import approve_minutes, decide
from tests.factories import (
    AttachmentFactory,
    CriterionFactory,
    MemberFactory,
    StaffFactory,
    UserFactory,
    signed_review,
)

from .pages import listed, text_of

ROWS = [row for row in read_laureates() if row["call"] == "AMI#2"]
WHERE_AND_BY_WHOM = re.compile(
    r'<p class="lede">.*?</p>|<h2>Les? porteurs?</h2>.*?</table>|<h2>Les? sites?</h2>.*?</ul>', re.DOTALL
)


@pytest.fixture
def call(programme) -> Call:
    """AMI#2 with a form, a grid and one member for each of its nine seats."""
    call = Call.objects.get(slug="ami-2")
    create_core_form(call)
    CriterionFactory.create_batch(2, call=call)
    for place, seat in enumerate(call.seats.all()):
        MemberFactory(seat=seat, is_chair=place == 0)
    return call


def move(phase, opens, closes) -> SelectionPhase:
    """The same phase, its dates set in days from now."""
    now = timezone.now()
    dates = {"opens_at": now + timedelta(days=opens), "closes_at": now + timedelta(days=closes)}
    SelectionPhase.objects.filter(pk=phase.pk).update(announced_on=None, **dates)
    return SelectionPhase.objects.select_related("call").get(pk=phase.pk)


def deposit(phase, row) -> Candidature:
    """The candidature of a laureate, as its carriers would have deposited it."""
    person = UserFactory()
    candidature = Candidature.start(phase.call, person)
    for position, (kind, code) in enumerate(carriers_of(row)):
        candidature.carriers.create(is_lead=position == 0, position=position, **{f"{kind}_id": code})
    for code in row["sites"]:
        candidature.sites.create(commune_id=code)
    concept = row["concepts"][0] if row["concepts"] else "progressive"
    answers = {"title": row["published_name"][:200], "summary": row["project"], "concept": concept, "target_year": 2027}
    for code, value in answers.items():
        question = Question.objects.get(section__call=phase.call, code=code)
        Answer.write(candidature, question, value, person, 0)
    AttachmentFactory(candidature=candidature)
    candidature = Candidature.objects.get(pk=candidature.pk)
    candidature.submit(person)
    return candidature


def play(phase, rows) -> None:
    """Deposits, admissibility, nine reviews for each, the session, its minutes, the names, the proclamation."""
    staff, phase = StaffFactory(), move(phase, -20, 1)
    files = [deposit(phase, row) for row in rows]
    phase = move(phase, -20, -1)
    for file in files:
        file.refresh_from_db()
        file.admit(staff, "Recevable.")
        for seat in phase.call.seats.all():
            signed_review(file, seat.members.get(), [4, 5])
    phase.open_seal(phase.call.seats.first().members.get().user)
    for file, row in zip(files, rows, strict=True):
        decide(file, reason="Un projet attendu.")
        PublishedName.objects.create(candidature=file, name=row["published_name"])
    approve_minutes(phase)
    proclaim(SelectionPhase.objects.get(pk=phase.pk), staff)


def facts() -> list[tuple]:
    """Name, phase, carriers, sites and régions of each laureate of the call."""
    antennas = Antenna.objects.filter(phase__call__slug="ami-2").with_places().with_carriers().order_by("name")
    return [
        (
            antenna.name,
            str(antenna.phase),
            [(carrier.code, carrier.is_lead) for carrier in antenna.carriers.all()],
            [site.commune_id for site in antenna.sites.all()],
            [site.commune.department.region.name for site in antenna.sites.all()],
        )
        for antenna in antennas
    ]


def pages(client) -> dict:
    """What the list by phase and by région, and the page of each laureate, say of where and by whom."""
    lists = {f"phase={n}": listed(client.get(f"/laureats/?appel=ami-2&phase={n}")) for n in (1, 2)}
    lists |= {r: listed(client.get(f"/laureats/?appel=ami-2&region={r}")) for r in {row["region"] for row in ROWS}}
    told = {}
    for antenna in Antenna.objects.filter(phase__call__slug="ami-2"):
        response = client.get(antenna.get_absolute_url())
        told[antenna.name] = WHERE_AND_BY_WHOM.findall(response.content.decode())
        assert f"AMI#2, phase {antenna.phase.number}" in text_of(response)
    return lists | told


def test_nine_candidatures_played_again_give_the_public_pages_of_the_loaded_laureates(client, call):
    loaded, read = facts(), pages(client)
    antennas = Antenna.objects.filter(phase__call=call)
    assert [len(loaded), antennas.count()] == [9, 9]
    antennas.delete()

    for phase in call.phases.filter(number__in=[1, 2]):
        play(phase, [row for row in ROWS if row["phase"] == str(phase.number)])

    assert facts() == loaded
    assert pages(client) == read
    assert set(call.candidatures.values_list("status", flat=True)) == {Status.LABELLED}
