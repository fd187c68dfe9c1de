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


def timed_posts(port: int, url: str, headers: dict, forms) -> list[float]:
    """The durations in milliseconds of one post for each form on one connection; `forms` is sent each answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    durations, form = [], next(forms)
    while form:
        start = time.perf_counter()
        connection.request("POST", url, urllib.parse.urlencode(form), headers)
        response = connection.getresponse()
        answer = response.read()
        durations.append((time.perf_counter() - start) * 1000)
        if response.status != 200:
            raise RuntimeError(f"{url} answered {response.status}")
        form = forms.send(answer)
    connection.close()
    return durations


def texts():
    """What is typed, pause after pause."""
    return (f"Une réponse de quelques mots, numéro {number}." for number in range(REQUESTS))


def saves(slot: Slot, token: str):
    """The posts that save one answer, each a new text after the one before."""
    version = slot.version
    for text in texts():
        answer = yield {slot.key: text, f"version-{slot.key}": version, "csrfmiddlewaretoken": token}
        version = json.loads(answer)["version"]
    yield None


def bare_saves(slot: Slot, token: str):
    """The same texts, for the bare view of a save."""
    for text in texts():
        yield {"text": text, "question": slot.key.removeprefix("q"), "csrfmiddlewaretoken": token}
    yield None


class Saves(NamedTuple):
    """Medians in milliseconds."""

    save: float
    bare_save: float
    bare: float  # the bare view of a page


def compare_saves(port: int, slots: list[Slot], cookie: str) -> Saves:
    """As many clients as slots, in turns; the best round of each."""
    token = "b" * 32
    headers = {
        "Cookie": f"{cookie}; csrftoken={token}",
        "Content-Type": "application/x-www-form-urlencoded",
        "Accept": "application/json",
    }
    rounds = []
    for number in range(ROUNDS):
        slots = [slot._replace(version=slot.version + REQUESTS) for slot in slots] if number else slots
        saved = median_of(slots, lambda slot: timed_posts(port, slot.url, headers, saves(slot, token)))
        written = median_of(slots, lambda slot: timed_posts(port, "/bare/save/", headers, bare_saves(slot, token)))
        visited = median_of(slots, lambda _: timed_requests(port, "/bare/120/", {})[0])
        rounds.append((saved, written, visited))
    return Saves(*(min(each) for each in zip(*rounds, strict=True)))


def median_of(slots: list[Slot], client) -> float:
    """All clients at once, one for each slot."""
    with ThreadPoolExecutor(len(slots)) as pool:
        return statistics.median(duration for each in pool.map(client, slots) for duration in each)
