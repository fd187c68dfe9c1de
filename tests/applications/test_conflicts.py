"""Links between a seat and a file that the portal sees by itself: found, confirmed or dismissed, and by whom."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains

from applications.models import (
    Candidature,
    Event,
    ForbiddenTransition,
    Mandate,
    Recusal,
    Review,
    Status,
    conflicts_in,
    conflicts_of,
    settle,
)
from tests.applications.at_once import at_once
from tests.applications.committee_case import committee_case, write_review
from tests.applications.team_case import words
from tests.factories import CandidatureFactory, CommuneFactory, EpciFactory, MemberFactory, siren

pytestmark = pytest.mark.usefixtures("without_second_factor")


@pytest.fixture
def case():
    return committee_case()


def found(case) -> list[tuple]:
    """(seat, member) of each link that waits on the file of the case."""
    return [(link.seat, link.member) for link in conflicts_of(case.file)]


def mandate_of(member, **fields) -> Mandate:
    return member.user.mandates.create(kind=Mandate.Kind.ELECTED, title="Maire", **fields)


def tied(case, who="unsigned") -> Mandate:
    """A mandate of `who` in the commune that carries the file."""
    return mandate_of(case.members[who], commune=case.file.carriers.get().commune)


def named(organisation, **fields):
    for field, value in fields.items():
        setattr(organisation, field, value)
    organisation.save()


# What is seen


def test_nothing_is_seen_where_nothing_ties(case):
    assert found(case) == []


def test_organisation_that_carries_is_seen_by_its_siren(case):
    seat = case.members["unsigned"].seat
    case.file.carriers.create(body_name="Chambre de métiers", body_siren=siren(77))
    named(seat.organisation, siren=siren(77))

    assert found(case) == [(seat, None)]
    assert conflicts_of(case.file)[0].ground == "L’organisation porte cette candidature."


@pytest.mark.parametrize("field", ["name", "short_name"])
def test_organisation_that_carries_is_seen_by_its_name_without_accents_or_case(case, field):
    seat = case.members["unsigned"].seat
    case.file.carriers.create(body_name="Chambre de Métiers", body_siren=siren(77))
    named(seat.organisation, **{field: "CHAMBRE-DE-METIERS"})

    assert found(case) == [(seat, None)]


@pytest.mark.parametrize("fields", [{"siren": siren(78)}, {"name": "medef local"}])
def test_organisation_that_is_a_partner_is_seen_by_siren_or_name(case, fields):
    seat = case.members["unsigned"].seat
    case.file.partners.create(name="Medef local", kind="employers", siren=siren(78))
    named(seat.organisation, **fields)

    assert [link.ground for link in conflicts_of(case.file)] == ["L’organisation est partenaire de cette candidature."]


def test_organisation_without_siren_is_not_tied_to_a_partner_without_siren(case):
    case.file.partners.create(name="Un partenaire", kind="company")

    assert found(case) == []


def test_mandate_in_the_carrier_commune_is_seen(case):
    tied(case)

    assert found(case) == [(case.members["unsigned"].seat, case.members["unsigned"])]


def test_mandate_in_a_commune_of_the_carrying_epci_is_seen(case):
    epci = EpciFactory()
    case.file.carriers.create(epci=epci)
    mandate_of(case.members["unsigned"], commune=CommuneFactory(epci=epci))

    assert found(case) == [(case.members["unsigned"].seat, case.members["unsigned"])]


def test_mandate_in_the_epci_of_a_site_is_seen(case):
    epci = EpciFactory()
    case.file.sites.create(commune=CommuneFactory(epci=epci))
    mandate_of(case.members["unsigned"], epci=epci)

    assert found(case) == [(case.members["unsigned"].seat, case.members["unsigned"])]


def test_mandate_in_a_neighbouring_commune_of_a_site_is_not_a_link(case):
    epci = EpciFactory()
    case.file.sites.create(commune=CommuneFactory(epci=epci))
    mandate_of(case.members["unsigned"], commune=CommuneFactory(epci=epci))

    assert found(case) == []


@pytest.mark.parametrize(("field", "days"), [("ends_on", -1), ("starts_on", 1)])
def test_mandate_that_is_over_or_has_not_begun_is_no_link(case, field, days):
    mandate = tied(case)
    setattr(mandate, field, timezone.localdate() + timedelta(days=days))
    mandate.save()

    assert found(case) == []


@pytest.mark.parametrize("kind", ["epci", "partner", "commune"])
def test_employer_is_seen_by_its_siren(case, kind):
    employer = siren(79)
    if kind == "epci":
        case.file.carriers.create(epci=EpciFactory(siren=employer))
    elif kind == "partner":
        case.file.partners.create(name="Une entreprise", kind="company", siren=employer)
    else:
        case.file.sites.create(commune=CommuneFactory(siren=employer))
    case.people["unsigned"].siret = f"{employer}00019"
    case.people["unsigned"].save()

    assert found(case) == [(case.members["unsigned"].seat, case.members["unsigned"])]
    assert conflicts_of(case.file)[0].ground.startswith("L’employeur de cette personne")


def test_member_whose_term_is_over_is_not_watched(case):
    tied(case, "ended")

    assert found(case) == []


# Settled


def test_confirmed_link_becomes_a_recusal_and_closes_the_file(case):
    tied(case)
    member = case.members["unsigned"]

    recusal = settle(case.file, member.seat, member, case.people["staff"], "Maire de la ville", confirm=True)

    assert (recusal.origin, recusal.member, recusal.by) == ("proposed", member, case.people["staff"])
    assert not Candidature.objects.judged_by(member.user).exists()
    assert found(case) == []


def test_dismissed_link_is_kept_with_its_ground_and_lets_the_person_sign(case):
    tied(case)
    member = case.members["unsigned"]
    review = write_review(case.file, member, sign=False)

    settle(case.file, member.seat, member, case.people["chair"], "Mandat sans lien", confirm=False)
    review.sign(member.user)

    dismissed = case.file.dismissed_conflicts.get()
    assert (dismissed.reason, dismissed.by) == ("Mandat sans lien", case.people["chair"])
    assert dismissed.ground.startswith("Mandat ou fonction sur ce territoire : Maire, Ville")
    assert Event.objects.get(verb="dismiss_conflict").note == "Mandat sans lien"
    assert found(case) == []


def test_dismissed_link_comes_back_with_a_mandate_that_nobody_looked_at(case):
    tied(case)
    member = case.members["unsigned"]
    settle(case.file, member.seat, member, case.people["staff"], "Sans lien", confirm=False)
    mandate_of(member, commune=case.file.sites.get().commune)

    assert found(case) == [(member.seat, member)]
    settle(case.file, member.seat, member, case.people["staff"], "Sans lien non plus", confirm=False)
    assert found(case) == []
    assert Event.objects.filter(verb="dismiss_conflict").count() == 2


def test_many_mandates_are_dismissed_at_once_however_long_they_are(case):
    member = case.members["unsigned"]
    for _ in range(4):
        mandate_of(member, commune=case.file.sites.get().commune)
    member.user.mandates.update(title="x" * 150)

    settle(case.file, member.seat, member, case.people["staff"], "Sans lien", confirm=False)

    assert found(case) == []


@pytest.mark.parametrize("who", ["unsigned", "signed"])
def test_link_is_settled_by_staff_or_chair_only(case, who):
    tied(case)
    member = case.members["unsigned"]

    with pytest.raises(ForbiddenTransition, match="relevé par l’équipe"):
        settle(case.file, member.seat, member, case.people[who], "Motif", confirm=False)


@pytest.mark.parametrize("is_organisation", [True, False])
def test_chair_does_not_settle_what_concerns_them(case, is_organisation):
    chair = case.members["chair"]
    case.file.partners.create(name=chair.seat.organisation.name, kind="other")
    tied(case, "chair")

    with pytest.raises(ForbiddenTransition, match="vous concerne"):
        settle(case.file, chair.seat, None if is_organisation else chair, chair.user, "Motif", confirm=False)


def test_recused_chair_settles_nothing_of_the_file(case):
    tied(case)
    member = case.members["unsigned"]
    Recusal.declare(case.file, case.people["chair"], "Parenté")

    with pytest.raises(ForbiddenTransition, match="pas accès"):
        settle(case.file, member.seat, member, case.people["chair"], "Motif", confirm=False)


@pytest.mark.parametrize("confirm", [True, False])
def test_link_is_not_settled_without_a_reason(case, confirm):
    tied(case)
    member = case.members["unsigned"]

    with pytest.raises(ForbiddenTransition, match="Écrivez"):
        settle(case.file, member.seat, member, case.people["staff"], "  ", confirm=confirm)
    assert found(case) == [(member.seat, member)]


@pytest.mark.parametrize("is_organisation", [True, False])
def test_nobody_signs_while_a_link_waits(case, is_organisation):
    member = case.members["unsigned"]
    review = write_review(case.file, member, sign=False)
    if is_organisation:
        case.file.partners.create(name=member.seat.organisation.name, kind="other")
    else:
        tied(case)

    with pytest.raises(ForbiddenTransition, match="lien possible"):
        review.sign(member.user)


def test_link_of_one_member_does_not_keep_a_colleague_from_signing(case):
    colleague = MemberFactory(seat=case.members["unsigned"].seat)
    tied(case)

    write_review(case.file, colleague)

    assert Review.objects.counted().count() == 2


@pytest.mark.django_db(transaction=True)
def test_link_settled_twice_at_once_is_settled_once():
    case = committee_case()
    tied(case)
    member = case.members["unsigned"]
    mine, theirs = (Candidature.objects.get(pk=case.file.pk) for _ in range(2))

    outcomes = at_once(
        lambda: settle(mine, member.seat, member, case.people["staff"], "Motif", confirm=True),
        lambda: settle(theirs, member.seat, member, case.people["chair"], "Motif", confirm=False),
    )

    assert outcomes == ["done", "refused"]
    assert case.file.recusals.count() + case.file.dismissed_conflicts.count() == 1


# The page


PAGE = reverse("admin:conflicts")


def settle_page(case, name, member, is_organisation=False):
    key = (member.seat_id, 0 if is_organisation else member.pk)
    return reverse(f"admin:{name}_conflict", args=[case.file.reference, *key])


@pytest.mark.parametrize("who", ["staff", "chair"])
def test_link_is_confirmed_from_the_page(client, case, who):
    mandate, member = tied(case), case.members["unsigned"]
    client.force_login(case.people[who])
    confirm = settle_page(case, "confirm", member)

    page = client.get(PAGE)
    assertContains(page, f'href="{confirm}"')
    assert f"Mandat ou fonction sur ce territoire : {mandate}." in words(page)
    assert f"le dossier est fermé à {member.user}" in words(client.get(confirm))
    after = client.post(confirm, {"reason": "Maire de la ville"}, follow=True)

    assert after.redirect_chain == [(PAGE, 302)]
    recusal = Recusal.objects.get()
    assert (recusal.member, recusal.reason, recusal.by) == (member, "Maire de la ville", case.people[who])
    for part in ("Aucun lien n’attend", "déport confirmé", "Maire de la ville", str(case.people[who])):
        assert part in words(after)


def test_link_is_dismissed_from_the_page_and_stays_readable(client, case):
    member = case.members["unsigned"]
    case.file.partners.create(name=member.seat.organisation.name, kind="other")
    client.force_login(case.people["chair"])

    after = words(client.post(settle_page(case, "dismiss", member, True), {"reason": "Même nom"}, follow=True))

    for part in ("lien écarté", "est partenaire de cette candidature", "Même nom", str(case.people["chair"])):
        assert part in after
    assert case.file.dismissed_conflicts.get().member is None


@pytest.mark.parametrize("name", ["confirm", "dismiss"])
def test_link_is_not_settled_from_the_page_without_a_reason(client, case, name):
    tied(case)
    client.force_login(case.people["staff"])

    page = client.post(settle_page(case, name, case.members["unsigned"]), {"reason": " "})

    assert "Rien n’est enregistré" in words(page)
    assert len(found(case)) == 1


def test_link_settled_meanwhile_is_told(client, case):
    tied(case)
    member = case.members["unsigned"]
    settle(case.file, member.seat, member, case.people["chair"], "Motif", confirm=False)
    client.force_login(case.people["staff"])

    page = client.post(settle_page(case, "confirm", member), {"reason": "Trop tard"}, follow=True)

    assert "Ce lien n’attend plus de décision" in words(page)
    assert not Recusal.objects.exists()


def test_chair_does_not_see_the_link_that_concerns_them_and_staff_do(client, case):
    tied(case, "chair")
    counts = []
    for who in ("chair", "staff"):
        client.force_login(case.people[who])
        counts.append(len(client.get(PAGE).context["waiting"]))
        answer = client.get(settle_page(case, "dismiss", case.members["chair"]))
        counts.append(answer.status_code)

    assert counts == [0, 302, 1, 200]


def test_chair_recused_from_a_file_sees_nothing_of_its_links(client, case):
    tied(case)
    tied(case, "signed")
    settle(case.file, *key_of(case, "signed"), case.people["staff"], "Motif", confirm=False)
    Recusal.declare(case.file, case.people["chair"], "Parenté")
    client.force_login(case.people["chair"])

    assert case.file.reference not in words(client.get(PAGE))
    assert client.post(settle_page(case, "dismiss", case.members["unsigned"]), {"reason": "x"}).status_code == 404


def key_of(case, who):
    return case.members[who].seat, case.members[who]


@pytest.mark.parametrize(("who", "code"), [("signed", 403), ("applicant", 403), ("elsewhere_chair", 404)])
def test_link_is_settled_from_the_page_by_nobody_else(client, case, who, code):
    tied(case)
    client.force_login(case.people[who])

    assert client.post(settle_page(case, "dismiss", case.members["unsigned"]), {"reason": "x"}).status_code == code
    assert len(found(case)) == 1


def test_first_page_of_the_team_counts_the_links_that_wait(client, case):
    tied(case)
    client.force_login(case.people["staff"])

    assert "1 liens à trancher" in words(client.get(reverse("admin:index")))


@pytest.mark.parametrize("who", ["staff", "chair"])
def test_page_takes_as_many_queries_for_three_links_as_for_one(client, case, who):
    mandate, counts = tied(case), []
    client.force_login(case.people[who])
    for expected in (1, 3):
        with CaptureQueriesContext(connection) as queries:
            page = client.get(PAGE)
        assert len(page.context["waiting"]) == expected
        counts.append(len(queries))
        for _ in range(2):
            file = CandidatureFactory(status=Status.ADMISSIBLE, phase=case.phase)
            file.sites.create(commune=mandate.commune)

    assert counts[0] == counts[1]


def test_links_of_a_call_are_those_of_its_files_alone(case):
    tied(case)
    other = committee_case()
    tied(other)

    assert [file for file, _ in conflicts_in(case.phase.call, Candidature.objects.filter(call=case.phase.call))] == [
        case.file
    ]
