"""A bounded load on 127.0.0.1, and what it measures."""

import http.client
import statistics
import time
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
