"""How long a start takes, of the server and of a management command: `python -m tests.benchmarks.start_up`.

Of the server, from its start to its first answer. Of a command, the whole with its CPU, and the packages that its
imports went to: each counts what its own modules took, without those that they import. Medians of ROUNDS.
"""

import os
import resource
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterable

from tests.benchmarks.ending import ended_in_order
from tests.servers import ROOT, Gunicorn

ROUNDS = 3
HEAVIEST = 10
COMMANDS = ("help", "check")
LINE = "import time:"


def server_seconds() -> list[float]:
    seconds = []
    with Gunicorn() as server:
        for _ in range(ROUNDS):
            server.restart()
            seconds.append(server.first_answer_seconds)
    return seconds


def command_seconds(command: str) -> tuple[float, float]:
    """Of wall, and of CPU."""
    started, spent = time.perf_counter(), _children_seconds()
    _run("manage.py", command)
    return time.perf_counter() - started, _children_seconds() - spent


def _children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def import_milliseconds(command: str) -> dict[str, float]:
    """By top package."""
    return by_package(_run("-X", "importtime", "manage.py", command).stderr.splitlines())


def by_package(lines: Iterable[str]) -> dict[str, float]:
    """Milliseconds, of what `python -X importtime` wrote: microseconds of the module, of all below it, its name."""
    spent: defaultdict[str, float] = defaultdict(float)
    for line in lines:
        own, _, name = line.removeprefix(LINE).partition("|")
        if line.startswith(LINE) and own.strip().isdigit():
            package = name.rpartition("|")[2].strip().split(".")[0]
            spent[package] += int(own) / 1000
    return spent


def _run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words], cwd=ROOT, env=os.environ, capture_output=True, text=True, timeout=120, check=True
    )


def report(command: str) -> None:
    whole, cpu = map(statistics.median, zip(*(command_seconds(command) for _ in range(ROUNDS)), strict=True))
    rounds = [import_milliseconds(command) for _ in range(ROUNDS)]
    medians = {
        package: statistics.median(spent.get(package, 0) for spent in rounds) for package in set().union(*rounds)
    }
    heaviest = sorted(medians, key=medians.__getitem__, reverse=True)[:HEAVIEST]
    print(f"\nmanage.py {command}: {whole:.2f} s, {cpu:.2f} s of CPU; imports {sum(medians.values()):.0f} ms, of them")
    for package in heaviest:
        print(f"  {package:28}{medians[package]:8.0f} ms")


def main() -> None:
    seconds = server_seconds()
    print(
        f"gunicorn to its first answer: {statistics.median(seconds):.2f} s ({min(seconds):.2f} to {max(seconds):.2f})"
    )
    for command in COMMANDS:
        report(command)


if __name__ == "__main__":
    with ended_in_order():
        main()
