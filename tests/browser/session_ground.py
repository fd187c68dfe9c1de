"""The same committee once it has scored: every review signed but those of a recused seat, two files tied, no seal.

Run in the environment of that portal; prints JSON: the phase and the references.
"""

import json
import sys

import django

django.setup()

from allauth.account.models import EmailAddress  # noqa: E402

from accounts.models import User  # noqa: E402
from applications.models import Member, Recusal  # noqa: E402
from labels.demonstration import PASSWORD  # noqa: E402
from tests.browser.committee_ground import build  # noqa: E402
from tests.browser.session_ground_facts import FILES, RECUSED, SEATS, marks_of  # noqa: E402
from tests.factories import signed_review  # noqa: E402


def main():
    phase, files = build()
    members = list(Member.objects.filter(seat__call=phase.call).order_by("seat__position"))
    staff = User.objects.get(email="equipe@demo.example")
    Recusal.raise_for(files[RECUSED[1] - 1], members[RECUSED[0] - 1].seat, "L’organisation finance le projet.", staff)
    for number, file in enumerate(files, start=1):
        for place, member in enumerate(members, start=1):
            if (place, number) != RECUSED:
                signed_review(file, member, marks_of(number))
    phase.open_seal(members[0].user)
    assert (len(members), len(files)) == (SEATS, FILES)
    lead = files[0].memberships.get().user
    lead.set_password(PASSWORD)
    lead.save()
    EmailAddress.objects.create(user=lead, email=lead.email, verified=True, primary=True)
    sys.stdout.write(json.dumps({"phase": phase.pk, "references": [file.reference for file in files]}))


if __name__ == "__main__":
    main()
