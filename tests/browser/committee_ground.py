"""A committee of nine seats before twelve files, in the database of the portal that the browser looks at.

Run in the environment of that portal; prints JSON: the phase, the references, and the addresses of the members.
"""

import json
import sys
from datetime import timedelta

SEATS, FILES = 9, 12
WEIGHTS = (50, 30, 20)
TIED = "120027016"  # SIREN of the ninth organisation, partner of the fourth file

import django  # noqa: E402

django.setup()

from allauth.account.models import EmailAddress  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.models import Role  # noqa: E402
from applications.models import Partner, Status  # noqa: E402
from labels.demonstration import PASSWORD  # noqa: E402
from tests.factories import (  # noqa: E402
    CandidatureFactory,
    CommuneFactory,
    CriterionFactory,
    MemberFactory,
    OrganisationFactory,
    PhaseFactory,
    SeatFactory,
    UserFactory,
)


def member_of(call, number):
    """The only member of a new seat, known as `siege<number>@demo.example`; the first presides."""
    organisation = OrganisationFactory(name=f"Organisation n° {number}", siren=TIED if number == SEATS else "")
    person = UserFactory(
        email=f"siege{number}@demo.example", full_name=f"Membre n° {number}", password=PASSWORD, role=Role.COMMITTEE
    )
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    seat = SeatFactory(call=call, organisation=organisation, position=number)
    return MemberFactory(seat=seat, user=person, is_chair=number == 1)


def build():
    """The phase, closed yesterday, and its files, none of them reviewed."""
    now = timezone.now()
    phase = PhaseFactory(
        call__name="AMI du comité",
        call__prefix="COMITE",
        call__slug="comite",
        call__comment_up_to=1,
        opens_at=now - timedelta(days=20),
        closes_at=now - timedelta(days=1),
        reviews_due_at=now + timedelta(days=10),
    )
    for position, weight in enumerate(WEIGHTS, start=1):
        criterion = CriterionFactory(call=phase.call, position=position, name=f"Critère n° {position}", weight=weight)
        criterion.levels.create(mark=0, label="Rien")
        criterion.levels.create(mark=5, label="Tout")
    for number in range(1, SEATS + 1):
        member_of(phase.call, number)
    commune = CommuneFactory(insee_code="00002", name="Ville d’essai")
    files = [
        CandidatureFactory(
            phase=phase,
            number=number,
            status=Status.ADMISSIBLE,
            title=f"Antenne n° {number}",
            submitted_at=phase.closes_at - timedelta(days=FILES - number + 1),
            carrier__commune=commune,
            site__commune=commune,
            membership__user=UserFactory(email=f"porteur{number}@comite.example", password="!"),
        )
        for number in range(1, FILES + 1)
    ]
    Partner.objects.create(candidature=files[3], name="Un autre nom", kind=Partner.Kind.STATE, siren=TIED)
    return phase, files


def main():
    phase, files = build()
    sys.stdout.write(json.dumps({"phase": phase.pk, "references": [file.reference for file in files]}))


if __name__ == "__main__":
    main()
