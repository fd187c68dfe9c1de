"""200 candidatures ready to deposit in a call that closes in a moment, each with the session of its lead.

Run in the environment of a portal whose database is its own; prints JSON: the closing and, for each candidature, its
reference, its address and its cookie.
"""

import json
import sys
from datetime import timedelta

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402

from tests.factories import CandidatureFactory, CommuneFactory, PhaseFactory, UserFactory, lead_of  # noqa: E402


def session_of(user) -> str:
    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.save()
    return f"{settings.SESSION_COOKIE_NAME}={store.session_key}"


def main(count: int, seconds: int):
    """Make `count` candidatures; the call closes `seconds` after the last one is ready."""
    phase, commune = PhaseFactory(), CommuneFactory(insee_code="00001")
    made = [
        CandidatureFactory(
            call=phase.call,
            carrier__commune=commune,
            site__commune=commune,
            membership__user=UserFactory(email=f"foule-{number}@bench.example", password="!"),
        )
        for number in range(count)
    ]
    closes_at = timezone.now() + timedelta(seconds=seconds)
    type(phase).objects.filter(pk=phase.pk).update(closes_at=closes_at)
    people = [
        {
            "reference": candidature.reference,
            "url": reverse("applications:transition", args=[candidature.reference, "submit"]),
            "cookie": session_of(lead_of(candidature)),
        }
        for candidature in made
    ]
    sys.stdout.write(json.dumps({"closes_at": closes_at.timestamp(), "people": people}))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
