"""A bounded load on 127.0.0.1, and what it measures."""

import http.client
import json
import statistics
import time
import urllib.parse
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

CLIENTS = 4
REQUESTS = 60  # for each client and each round
ROUNDS = 3


class Measure(NamedTuple):
    per_second: float
    median: float  # milliseconds
    size: int  # bytes of the body


def timed_requests(port: int, path: str, headers: dict) -> tuple[list[float], int]:
    """The durations in milliseconds of REQUESTS requests on one connection, and the size of the body."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    durations = []
    for _ in range(REQUESTS):
        start = time.perf_counter()
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        body = response.read()
        durations.append((time.perf_counter() - start) * 1000)
        if response.status != 200:
            raise RuntimeError(f"{path} answered {response.status}")
    connection.close()
    return durations, len(body)


def measure(port: int, path: str, headers: dict | None = None) -> Measure:
    """CLIENTS at once, each REQUESTS times."""
    start = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        answers = list(pool.map(lambda _: timed_requests(port, path, headers or {}), range(CLIENTS)))
    elapsed = time.perf_counter() - start
    durations = [duration for each, _ in answers for duration in each]
    return Measure(len(durations) / elapsed, statistics.median(durations), answers[0][1])


def compare(port: int, path: str, headers: dict | None = None) -> tuple[Measure, Measure]:
    """The page and the bare view of its size, in turns so that both meet the same noise: the best round of each."""
    size = measure(port, path, headers).size
    pairs = [(measure(port, path, headers), measure(port, f"/bare/{size}/")) for _ in range(ROUNDS)]
    return max(page for page, _ in pairs), max(bare for _, bare in pairs)


class Slot(NamedTuple):
    """A question of a page, as the browser's JavaScript saves it."""

    url: str
    key: str  # of its field
    version: int


def timed_saves(port: int, slot: Slot, headers: dict, token: str) -> list[float]:
    """The durations in milliseconds of REQUESTS saves of one answer, each a new text after the one before."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    durations, version = [], slot.version
    for number in range(REQUESTS):
        form = {slot.key: f"Une réponse de quelques mots, numéro {number}.", f"version-{slot.key}": version}
        body = urllib.parse.urlencode(form | {"csrfmiddlewaretoken": token})
        start = time.perf_counter()
        connection.request("POST", slot.url, body, headers)
        response = connection.getresponse()
        answer = response.read()
        durations.append((time.perf_counter() - start) * 1000)
        if response.status != 200:
            raise RuntimeError(f"{slot.url} answered {response.status}")
        version = json.loads(answer)["version"]
    connection.close()
    return durations


def compare_saves(port: int, slots: list[Slot], cookie: str) -> tuple[float, float]:
    """The median of a save and of the bare view, in milliseconds, in turns; the best round of each."""
    token = "b" * 32
    headers = {
        "Cookie": f"{cookie}; csrftoken={token}",
        "Content-Type": "application/x-www-form-urlencoded",
        "Accept": "application/json",
    }
    rounds = []
    for _ in range(ROUNDS):
        with ThreadPoolExecutor(len(slots)) as pool:
            saves = list(pool.map(lambda slot: timed_saves(port, slot, headers, token), slots))
        slots = [slot._replace(version=slot.version + REQUESTS) for slot in slots]
        saved = statistics.median(duration for each in saves for duration in each)
        rounds.append((saved, measure(port, "/bare/120/").median))
    return min(saved for saved, _ in rounds), min(bare for _, bare in rounds)
