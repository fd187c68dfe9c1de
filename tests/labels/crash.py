"""Run as a process: does an act again and again, killed before its first statement, its second, and so on, until it
ends. After each try, what the database holds is printed, one line of JSON each.

    python -m tests.labels.crash proclaim PHASE PERSON
"""

import json
import os
import signal
import sys
import traceback
from functools import partial
from itertools import count

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


def killed_before(number: int):
    """A wrapper of statements that kills the process before the one of this number: nothing is cleaned up."""
    seen = 0

    def execute_or_die(execute, sql, params, many, context):
        nonlocal seen
        seen += 1
        if seen == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, params, many, context)

    return execute_or_die


def in_child(act) -> int:
    """Do `act` in a process of its own, on a connection of its own: 0 when it ended, the signal that killed it."""
    pid = os.fork()
    if pid:
        _, status = os.waitpid(pid, 0)
        return os.waitstatus_to_exitcode(status)
    try:
        act()
        sys.stdout.flush()
        os._exit(0)
    except BaseException:
        traceback.print_exc()
        os._exit(1)


def proclaim_phase(phase, person):
    from accounts.models import User
    from applications.models import SelectionPhase
    from labels.proclamation import proclaim

    proclaim(SelectionPhase.objects.get(pk=phase), User.objects.get(pk=person))


def dispatch(phase, person):
    from applications.letters import dispatch_letters

    dispatch_letters()


def written(phase) -> dict:
    """What the act leaves in the database."""
    from post_office.models import Attachment, Email

    from applications.models import Candidature, Event, Letter, LetterCopy, SelectionPhase
    from labels.models import Antenna, OpeningChange

    return {
        "proclaimed": SelectionPhase.objects.get(pk=phase).proclaimed_at is not None,
        "statuses": dict(Candidature.objects.order_by("pk").values_list("pk", "status")),
        "antennas": list(Antenna.objects.order_by("pk").values_list("name", flat=True)),
        "openings": OpeningChange.objects.count(),
        "events": Event.objects.count(),
        "letters": Letter.objects.count(),
        "copies": LetterCopy.objects.count(),
        "queued": LetterCopy.objects.filter(queued_at__isnull=False, email__isnull=False).count(),
        "mails": sorted(", ".join(to) for to in Email.objects.values_list("to", flat=True)),
        "attached": Attachment.objects.filter(emails__isnull=False).count(),
    }


ACTS = {"proclaim": proclaim_phase, "dispatch": dispatch}


def main(act: str, phase: int, person: int):
    django.setup()
    from django.db import connection

    def attempt(number):
        with connection.execute_wrapper(killed_before(number)):
            ACTS[act](phase, person)

    def tell(code):
        print(json.dumps({"killed": code != 0, **written(phase)}))  # noqa: T201

    for number in count(1):
        code = in_child(partial(attempt, number))
        in_child(partial(tell, code))
        if code != -signal.SIGKILL:
            sys.exit(code)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
