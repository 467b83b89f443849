"""One slice of load by wrk, on 127.0.0.1."""

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

PROGRAM = "wrk"
SCRIPT = Path(__file__).with_name("wrk.lua")
ANSWER_SECONDS = 10


class Request(NamedTuple):
    method: str
    path: str
    token: str
    body: str = ""


@dataclass(frozen=True)
class Slice:
    """Percentiles in milliseconds. `refused` had a status of 400 or above, `broken` had none."""

    requests: int
    seconds: float
    p50: float
    p95: float
    p99: float
    refused: int
    broken: int


class LoadFailed(Exception):
    """The figures would say nothing. The message is one sentence."""


def demand() -> None:
    if not shutil.which(PROGRAM):
        sys.exit("wrk is not installed: apt-get install wrk")


def put(port: int, requests: Sequence[Request], seconds: int, connections: int) -> Slice:
    """Sends the requests in turn, again and again."""
    words = [word for request in requests for word in request]
    how = ["-t1", f"-c{connections}", f"-d{seconds}", f"--timeout={ANSWER_SECONDS}", "-s", str(SCRIPT)]
    done = subprocess.run(
        [PROGRAM, *how, f"http://127.0.0.1:{port}", "--", *words],
        capture_output=True,
        text=True,
        timeout=seconds + 2 * ANSWER_SECONDS,
    )
    if done.returncode:
        raise LoadFailed(f"wrk ended with status {done.returncode}: {done.stdout[-500:]}{done.stderr[-500:]}")
    return parsed(done.stdout)


def parsed(output: str) -> Slice:
    """Of what wrk printed with our script."""
    for line in output.splitlines():
        if line.startswith("figures "):
            return Slice(**json.loads(line.removeprefix("figures ")))
    raise LoadFailed(f"wrk printed no figures: {output[-500:]}")
