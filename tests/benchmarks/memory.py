"""Whether a worker grows as it serves: `python -m tests.benchmarks.memory [REQUESTS]`, a million if left out.

One process under the four operations and some errors, sent by wrk. RSS counts what is shared with the process that
forked it, PSS its part of that.
"""

import json
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import psutil

from tests.benchmarks import contenders, wrk
from tests.benchmarks.ending import ended_in_order
from tests.benchmarks.operations import OPERATIONS, prepared, requests_of, token
from tests.benchmarks.processes import Server
from tests.benchmarks.wrk import LoadFailed, Request

WARM_UP_REQUESTS = 5000
SLICE_SECONDS = 2
CONNECTIONS = 16
TENTHS = 10
# Of 20 requests, how many of each; the errors are the rest.
SHARES = {"get": 7, "list": 4, "create": 3, "update": 3}
MEBIBYTE = 2**20


class Size(NamedTuple):
    """MiB."""

    rss: float
    pss: float


def mix(task_ids: list[int]) -> list[Request]:
    """Round after round of twenty: 17 that succeed, a 404, a 401 and a 422."""
    good = {operation: requests_of(operation, task_ids) for operation in OPERATIONS}
    errors = [
        Request("GET", "/api/tasks/999999999", token("reader")),
        Request("GET", f"/api/tasks/{task_ids[0]}", "not.a.token"),
        Request("POST", "/api/tasks", token("reader"), json.dumps({"title": "", "colour": "red"})),
    ]
    rounds = []
    for at in range(len(task_ids)):
        for operation, share in SHARES.items():
            rounds += [good[operation][(at * share + step) % len(good[operation])] for step in range(share)]
        rounds += errors
    return rounds


def send(server: Server, requests: list[Request], number: int) -> int:
    """How many were sent: `number`, and what else came within the last slice."""
    sent = 0
    while sent < number:
        load = wrk.put(server.port, requests, SLICE_SECONDS, CONNECTIONS)
        sent += load.requests
        errors = load.refused / max(load.requests, 1)
        if load.broken or not 0.1 < errors < 0.2:
            raise LoadFailed(f"{load.broken} socket errors, {errors:.0%} refused where 15% are due\n{server.log_end()}")
    return sent


def size_of(worker: psutil.Process) -> Size:
    told = worker.memory_full_info()
    return Size(told.rss / MEBIBYTE, told.pss / MEBIBYTE)


def measure(server: Server, number: int) -> None:
    requests = mix(prepared(server.port))
    done = send(server, requests, WARM_UP_REQUESTS)
    (worker,) = server.family()[1:]
    sizes = [size_of(worker)]
    print(f"{'requests':>12}{'RSS MiB':>10}{'PSS MiB':>10}\n{done:12,}{sizes[0].rss:10.1f}{sizes[0].pss:10.1f}")
    for _ in range(TENTHS):
        done += send(server, requests, number // TENTHS)
        sizes.append(size_of(worker))
        print(f"{done:12,}{sizes[-1].rss:10.1f}{sizes[-1].pss:10.1f}", flush=True)
    second, last = sizes[2], sizes[-1]
    print(f"from the second tenth to the last: RSS {last.rss - second.rss:+.1f}, PSS {last.pss - second.pss:+.1f} MiB")


def run(number: int) -> None:
    with (
        tempfile.TemporaryDirectory(prefix="tasks-memory-") as folder,
        Server(contenders.project(), Path(folder), WEB_CONCURRENCY="1") as server,
    ):
        measure(server, number)


if __name__ == "__main__":
    wrk.demand()
    with ended_in_order():
        run(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
