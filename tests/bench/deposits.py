"""`make bench`, second part: 200 clients deposit in the last ten seconds before a closing, on gunicorn and PostgreSQL.

Every deposit answered as accepted must be there once, with its receipt and its mail; every refusal must have come after
the closing; nothing twice, nothing by half. Prints the counts and how long the answers took.
"""

import http.client
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from tests import environment  # noqa: F401 -- starts PostgreSQL (TEST_DATABASE=postgresql)
from tests.server import ROOT, running_portal

CLIENTS = 200
WINDOW = 10  # seconds before the closing in which they come, and a little after
LATE = 1.5
TOKEN = "a" * 32  # any secret will do for a cookie and a form that agree

CHECK = """
import json
from applications.models import Candidature, Event
from post_office.models import Email
found = {}
for c in Candidature.objects.filter(memberships__user__email__endswith="@bench.example"):
    found[c.reference] = {
        "status": c.status,
        "versions": [s.submitted_at.timestamp() for s in c.submissions.all()],
        "lines": c.events.filter(verb="submit").count(),
        "mails": Email.objects.filter(to=c.memberships.get().user.email).count(),
    }
print(json.dumps(found))
"""


class Answer(NamedTuple):
    reference: str
    is_accepted: bool
    received_at: float  # seconds since the epoch, by the clock that the server reads too
    duration: float  # milliseconds


def deposit(port: int, person: dict, at: float) -> Answer:
    """Wait for the moment `at`, then post the deposit."""
    time.sleep(max(0, at - time.time()))
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    headers = {
        "Cookie": f"{person['cookie']}; csrftoken={TOKEN}",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    body = urllib.parse.urlencode({"confirmed": "on", "csrfmiddlewaretoken": TOKEN})
    start = time.perf_counter()
    connection.request("POST", person["url"], body, headers)
    response = connection.getresponse()
    page = response.read().decode()
    duration = (time.perf_counter() - start) * 1000
    connection.close()
    is_accepted = response.status == 302 and "/recepisse/" in response.headers["Location"]
    if not is_accepted and not (response.status == 200 and "Les dépôts sont clos" in page):
        raise RuntimeError(f"{person['reference']}: {response.status} {page[:500]}")
    return Answer(person["reference"], is_accepted, time.time(), duration)


def crowd(portal) -> dict:
    command = [sys.executable, "-m", "tests.bench.crowd", str(CLIENTS), "20"]
    done = subprocess.run(command, cwd=ROOT, env=portal.environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return json.loads(done.stdout)


def faults(answers, found, closes_at) -> list[str]:
    """What must never be."""
    wrong = []
    for answer in answers:
        state = found[answer.reference]
        whole = ("submitted", 1, 1, 1) if answer.is_accepted else ("draft", 0, 0, 0)
        if (state["status"], len(state["versions"]), state["lines"], state["mails"]) != whole:
            wrong.append(f"{answer.reference}: answered {answer.is_accepted}, found {state}")
        if any(moment >= closes_at for moment in state["versions"]):
            wrong.append(f"{answer.reference}: dated after the closing")
        if not answer.is_accepted and answer.received_at < closes_at:
            wrong.append(f"{answer.reference}: refused before the closing")
    return wrong


def main():
    with tempfile.TemporaryDirectory() as folder, running_portal(Path(folder), workers=4) as portal:
        people = crowd(portal)
        closes_at, chance = people["closes_at"], random.Random(2019)
        moments = [closes_at + chance.uniform(-WINDOW, LATE) for _ in people["people"]]
        with ThreadPoolExecutor(CLIENTS) as pool:
            answers = list(pool.map(deposit, [portal.port] * CLIENTS, people["people"], moments))
        found = json.loads(portal.manage("shell", "--no-imports", "-c", CHECK).splitlines()[-1])
    durations = sorted(answer.duration for answer in answers)
    cuts = statistics.quantiles(durations, n=100)
    counts = Counter(answer.is_accepted for answer in answers)
    print(f"\n{CLIENTS} dépôts dans les {WINDOW} dernières secondes, PostgreSQL, 4 processus de 4 fils")
    print(f"acceptés : {counts[True]}, refusés après la clôture : {counts[False]}")
    print(f"réponse : médiane {cuts[49]:.0f} ms, p95 {cuts[94]:.0f} ms, p99 {cuts[98]:.0f} ms")
    if wrong := faults(answers, found, closes_at):
        sys.exit("\n".join(wrong))
    print("chaque dépôt accepté est là une fois, avec son récépissé et son courriel ; aucun autre")


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    main()
