"""The process killed (-9) before each statement of a proclamation, then of the letters: nothing or everything, and
doing it again completes it without a second letter. On a real process and the real database.
"""

import json

import pytest
from django.db import connections
from post_office.models import Email

from applications.letters import dispatch_letters
from applications.models import LetterCopy
from labels.proclamation import proclaim
from tests.processes import started

from .phase_case import ready_phase

pytestmark = pytest.mark.django_db(transaction=True)


def tries(tmp_path, act, case) -> list[dict]:
    """What the database held after each try, the last of which ended."""
    connections.close_all()
    process = started(tmp_path, "-m", "tests.labels.crash", act, str(case.phase.pk), str(case.staff.pk))
    told, _ = process.communicate(timeout=300)
    assert process.returncode == 0, told
    return [json.loads(line) for line in told.splitlines() if line.startswith("{")]


def test_proclamation_killed_before_any_statement_leaves_nothing_then_does_all(tmp_path):
    case = ready_phase(("label", "reject"))

    *killed, last = tries(tmp_path, "proclaim", case)

    before = killed[0]
    assert len(killed) > 30  # statements
    assert all(held == before for held in killed)
    assert (before["killed"], before["proclaimed"], before["antennas"], before["letters"]) == (True, False, [], 0)
    assert (last["killed"], last["proclaimed"], last["antennas"]) == (False, True, ["Vierzon"])
    assert list(last["statuses"].values()) == ["labelled", "rejected"]
    assert (last["openings"], last["letters"], last["copies"], last["mails"]) == (1, 2, 2, [])


def test_letters_killed_before_any_statement_are_queued_once_each(tmp_path):
    case = ready_phase(("label", "reject"))
    proclaim(case.phase, case.staff)
    addresses = sorted(LetterCopy.objects.values_list("address", flat=True))

    *killed, last = tries(tmp_path, "dispatch", case)

    assert len(killed) > 5
    for held in killed:
        assert held["mails"] == sorted(set(held["mails"]))
        assert len(held["mails"]) == held["queued"] == held["attached"]
    assert (last["mails"], last["queued"], last["attached"]) == (addresses, 2, 2)
    assert dispatch_letters() == 0
    assert Email.objects.count() == 2
