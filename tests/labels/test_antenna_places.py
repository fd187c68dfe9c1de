"""Carriers and sites that change with a day and a reason, papers, people, trainings and learners of an antenna."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Role
from applications.models import Event, ForbiddenTransition
from labels.figures import regions_represented
from labels.filters import Filters
from labels.holders import labelled_holders
from labels.models import Antenna, AntennaCarrier, AntennaDocument, AntennaSite, LearnerCount
from labels.papers import receive_document
from tests.applications.at_once import at_once
from tests.factories import (
    AntennaDocumentFactory,
    AntennaFactory,
    CommuneFactory,
    DepartmentFactory,
    EpciFactory,
    LearnerCountFactory,
    RegionFactory,
    StaffFactory,
    TrainingFactory,
    UserFactory,
)
from tests.files import PNG, pdf

from .pages import text_of
from .test_reports import antenna_of_members, lead, person_at

LABEL, MOVE = date(2020, 1, 10), date(2023, 3, 1)


@pytest.fixture(autouse=True)
def _without_second_factor(settings):
    settings.REQUIRE_SECOND_FACTOR = False


@pytest.fixture
def staff():
    return StaffFactory()


@pytest.fixture
def antenna():
    return AntennaFactory(slug="dreux", labelled_on=LABEL, places=CommuneFactory(name="Dreux"))


def commune_of(region_code, name):
    region = RegionFactory(code=region_code, name=f"Région {region_code}")
    return CommuneFactory(name=name, department=DepartmentFactory(code=f"9{region_code}", region=region))


def current(antenna) -> tuple[list[str], list[str]]:
    read = Antenna.objects.with_places().with_carriers().get(pk=antenna.pk)
    return [str(carrier) for carrier in read.carriers.all()], [str(site) for site in read.sites.all()]


# Carriers and sites


def test_replaced_carrier_leaves_its_place_and_stays_in_the_history(antenna, staff):
    before = antenna.carriers.get()

    after = before.replace({"epci": EpciFactory(name="CA de Dreux")}, MOVE, "Fusion", staff)

    before.refresh_from_db()
    assert (before.until, before.until_reason, after.since, after.is_lead) == (MOVE, "Fusion", MOVE, True)
    assert current(antenna) == (["CA de Dreux"], ["Dreux"])
    event = Event.objects.about(antenna).get()
    assert (event.verb, event.by, event.note) == ("replace_place", staff, "Fusion")


def test_added_and_removed_sites_are_those_of_today(antenna, staff):
    AntennaSite.add(antenna, {"commune": CommuneFactory(name="Vernouillet")}, MOVE, "Second lieu", staff)
    assert current(antenna)[1] == ["Dreux", "Vernouillet"]

    antenna.sites.get(commune__name="Dreux").remove(MOVE + timedelta(days=9), "Bail fini", staff)

    assert current(antenna)[1] == ["Vernouillet"]


def test_lead_that_leaves_gives_the_lead_to_the_next(antenna, staff):
    AntennaCarrier.add(antenna, {"body_name": "Université", "body_siren": "180043036"}, MOVE, "Soutien", staff)

    antenna.carriers.get(is_lead=True).remove(MOVE, "Retrait", staff)

    left = antenna.carriers.get(until=None)
    assert (left.name, left.is_lead) == ("Université", True)


def test_place_that_left_may_come_back(antenna, staff):
    dreux = antenna.sites.get().commune
    moved = antenna.sites.get().replace({"commune": CommuneFactory()}, MOVE, "Travaux", staff)
    moved.replace({"commune": dreux}, MOVE + timedelta(days=30), "Retour", staff)

    assert current(antenna)[1] == ["Dreux"]


@pytest.mark.parametrize(
    ("day", "reason", "words"),
    [
        (MOVE, "  ", "motif"),
        (LABEL - timedelta(days=1), "Motif", "précède le label"),
        (timezone.localdate() + timedelta(days=2), "Motif", "à venir"),
        (date(9999, 12, 31), "Motif", "à venir"),
        (date(1, 1, 1), "Motif", "vérifiez l’année"),
    ],
)
def test_change_of_place_without_a_sound_day_and_reason_is_refused(antenna, staff, day, reason, words):
    acts = [
        lambda: AntennaSite.add(antenna, {"commune": CommuneFactory()}, day, reason, staff),
        lambda: antenna.carriers.get().replace({"commune": CommuneFactory()}, day, reason, staff),
        lambda: antenna.sites.get().remove(day, reason, staff),
    ]
    for act in acts:
        with pytest.raises(ForbiddenTransition, match=words):
            act()
    assert not Event.objects.about(antenna).exists()


def test_last_one_is_not_removed_nor_the_same_added_twice(antenna, staff):
    with pytest.raises(ForbiddenTransition, match="dernier site"):
        antenna.sites.get().remove(MOVE, "Motif", staff)
    with pytest.raises(ForbiddenTransition, match="Ce porteur y est déjà"):
        AntennaCarrier.add(antenna, {"commune": antenna.carriers.get().commune}, MOVE, "Motif", staff)


def test_place_that_came_after_cannot_have_left_before(antenna, staff):
    line = AntennaSite.add(antenna, {"commune": CommuneFactory()}, MOVE, "Motif", staff)

    with pytest.raises(ForbiddenTransition, match="précède l’arrivée"):
        line.remove(MOVE - timedelta(days=1), "Motif", staff)


def test_places_are_changed_by_the_team_alone(antenna):
    with pytest.raises(ForbiddenTransition, match="L’équipe du programme"):
        antenna.sites.get().replace({"commune": CommuneFactory()}, MOVE, "Motif", UserFactory())


def test_database_holds_no_departure_without_a_reason(antenna):
    with pytest.raises(IntegrityError), transaction.atomic():
        antenna.sites.update(until=MOVE)


@pytest.mark.django_db(transaction=True)
def test_of_two_people_replacing_the_same_carrier_one_is_told():
    antenna, people = AntennaFactory(labelled_on=LABEL), [StaffFactory(), StaffFactory()]
    towns = [CommuneFactory(), CommuneFactory()]

    def replace(town, by):
        AntennaCarrier.objects.get(antenna=antenna, until=None).replace({"commune": town}, MOVE, "Motif", by)

    line = antenna.carriers.get()
    outcomes = at_once(
        *(
            lambda t=t, by=by: line.replace({"commune": t}, MOVE, "Motif", by)
            for t, by in zip(towns, people, strict=True)
        )
    )

    assert outcomes == ["done", "refused"]
    assert antenna.carriers.filter(until=None).count() == 1


def test_every_reader_reads_the_places_of_today(client, antenna, staff):
    antenna.sites.get().replace({"commune": commune_of("53", "Quimper")}, MOVE, "Autre lieu", staff)
    antenna.carriers.get().replace({"commune": commune_of("53", "Brest")}, MOVE, "Fusion", staff)

    other = AntennaFactory(name="Nevers", places=commune_of("27", "Nevers"))
    AntennaSite.add(other, {"commune": antenna.sites.first().commune}, MOVE, "Second lieu", staff)

    def found(**params):
        return Filters.read(params).apply(Antenna.objects.with_places().with_opening())

    assert found(region="53") == [antenna]
    assert found(region="24") == [other]
    assert found(q="quimper") == [antenna]
    held = next(holder.places for holder in labelled_holders() if antenna.name in holder.name)
    assert held.carriers == [antenna.carriers.get(until=None).commune]
    assert held.sites == [antenna.sites.get(until=None).commune]
    assert len(regions_represented()) == 3
    other.sites.get(commune__name="Dreux").remove(MOVE, "Bail fini", staff)
    assert "24" not in dict(Filters.read({}).facets[2].options)
    assert len(regions_represented()) == 2
    assert "Quimper" in text_of(client.get("/laureats/"))


def test_public_page_tells_who_came_and_left_in_words(client, antenna, staff):
    antenna.carriers.get().replace({"epci": EpciFactory(name="CA de Dreux")}, MOVE, "Fusion", staff)

    text = text_of(client.get("/laureats/dreux/"))

    assert "Depuis le 1er mars 2023, porteur CA de Dreux (Fusion)." in text
    assert "Jusqu’au 1er mars 2023, porteur Dreux (Fusion)." in text


# People


def contact(**values):
    base = {"contact_name": "Anne Martin", "contact_role": "DGS", "contact_email": "Anne@Dreux.fr"}
    return base | {"contact_phone": "02 00 00 00 00", "is_contact_public": False} | values


def test_person_in_charge_is_private_unless_published(client, antenna, staff):
    antenna.change_contact(contact(), staff)
    text = text_of(client.get("/laureats/dreux/"))
    assert not any(word in text for word in ("Anne Martin", "DGS", "anne@dreux.fr", "02 00 00 00 00"))

    antenna.change_contact(contact(is_contact_public=True), staff)
    text = text_of(client.get("/laureats/dreux/"))
    assert all(word in text for word in ("Anne Martin", "DGS", "anne@dreux.fr", "02 00 00 00 00"))


def test_person_in_charge_is_not_written_in_the_journal(antenna, staff):
    antenna.change_contact(contact(), staff)

    assert Event.objects.about(antenna).get().payload == {"is_public": False}


# Trainings and learners


def test_public_page_tells_trainings_and_learners(client, antenna):
    TrainingFactory(
        antenna=antenna, title="Licence informatique", level="6", modality="hybrid", link="https://cnam.fr/l"
    )
    LearnerCountFactory(antenna=antenna, year=2022, value=1234, source="Bilan")

    page = client.get("/laureats/dreux/")

    assert "Licence informatique Niveau 6 (bac + 3 ou 4), sur place et à distance" in text_of(page)
    assert 'href="https://cnam.fr/l"' in page.content.decode()
    assert "2022-2023 1 234 Bilan" in text_of(page)


def test_database_holds_no_training_link_that_is_not_https(antenna):
    with pytest.raises(IntegrityError), transaction.atomic():
        TrainingFactory(antenna=antenna, link="javascript:alert(1)")


def test_learners_are_noted_once_a_year_and_the_number_before_stays_in_the_journal(antenna, staff):
    LearnerCount.note(antenna, 2022, 10, "Cnam", staff)
    LearnerCount.note(antenna, 2022, 12, "Cnam", staff)

    assert antenna.learners.get().value == 12
    assert [event.payload["before"] for event in Event.objects.about(antenna)] == [None, 10]


@pytest.mark.parametrize(
    ("year", "value", "words"),
    [(2018, 1, "précède le programme"), (2098, 1, "n’a pas commencé"), (2022, -1, "va de 0"), (2022, 10**9, "va de 0")],
)
def test_learners_that_cannot_be_are_refused(antenna, staff, year, value, words):
    with pytest.raises(ForbiddenTransition, match=words):
        LearnerCount.note(antenna, year, value, "Cnam", staff)


# Documents


def test_document_is_received_as_a_pdf_known_by_its_content(antenna, staff):
    upload = SimpleUploadedFile("convention.pdf", pdf(), "text/plain")

    document = receive_document(antenna, AntennaDocument.Kind.AGREEMENT, "Convention", upload, staff)

    with document.file.open() as file:
        assert (document.content_type, file.read()) == ("application/pdf", pdf())
    assert Event.objects.about(antenna).get().verb == "add_document"


@pytest.mark.parametrize(("name", "content"), [("photo.png", PNG), ("faux.pdf", PNG), ("vide.pdf", b"")])
def test_document_that_is_no_pdf_is_refused(antenna, staff, name, content, settings):
    with pytest.raises(ValidationError):
        receive_document(antenna, "agreement", "Convention", SimpleUploadedFile(name, content), staff)

    assert not list(settings.MEDIA_ROOT.rglob("*.*"))


def test_document_of_somebody_else_than_the_team_leaves_no_file(antenna, settings):
    with pytest.raises(ForbiddenTransition):
        receive_document(antenna, "agreement", "Titre", SimpleUploadedFile("a.pdf", pdf()), UserFactory())

    assert not [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]


def status_of(client, path) -> int:
    response = client.get(path)
    b"".join(response)  # read to its end, a file is closed
    return response.status_code


def test_document_is_read_by_the_people_of_the_antenna_and_the_team(client):
    antenna = antenna_of_members(contact_email="maire@ville.fr")
    path = f"/antennes/{antenna.slug}/documents/{AntennaDocumentFactory(antenna=antenna).pk}/"
    elsewhere = f"/antennes/{AntennaFactory().slug}/documents/{antenna.documents.get().pk}/"
    expected = {lead(antenna): 200, person_at("maire@ville.fr"): 200, StaffFactory(): 200, UserFactory(): 404}
    expected |= {UserFactory(role=Role.COMMITTEE): 404}

    assert status_of(client, path) == 302
    for person, status in expected.items():
        client.force_login(person)
        assert (status_of(client, path), status_of(client, elsewhere)) == (status, 404), person


def test_document_is_handed_over_to_be_saved_and_never_kept(client):
    document = AntennaDocumentFactory()
    client.force_login(StaffFactory())

    answer = client.get(f"/antennes/{document.antenna.slug}/documents/{document.pk}/")

    assert b"".join(answer) == b"%PDF-1.7 convention"
    assert answer["Content-Disposition"] == 'attachment; filename="convention.pdf"'
    assert answer["Cache-Control"] == "private, no-store"
