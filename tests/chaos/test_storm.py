"""Twenty faults at random under load: nothing acknowledged is lost, nothing is done twice, nobody sees a crash.

CHAOS_FAULTS=200 makes it longer, CHAOS_SEED repeats one.
"""

import os
import random
import secrets
import time
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.chaos.faults import FAULTS
from tests.chaos.ledger import Ledger, ledger
from tests.chaos.people import Crowd
from tests.chaos.stage import IS_POSSIBLE, Stage, staged
from tests.postgres import PrivatePostgres

pytestmark = pytest.mark.skipif(not IS_POSSIBLE, reason="haproxy or pgbouncer is not installed")

COUNT = int(os.environ.get("CHAOS_FAULTS", "20"))
SEED = int(os.environ.get("CHAOS_SEED", secrets.randbelow(10**6)))
PEOPLE = 6
RETURN_SECONDS = 30


@pytest.fixture(scope="module")
def stage(postgres: PrivatePostgres) -> Iterator[Stage]:
    with staged(postgres, API_RATE_LIMIT="none", STATEMENT_SECONDS="3", WEB_CONCURRENCY="1") as stage:
        yield stage


def test_nothing_is_lost_and_nothing_done_twice(stage: Stage, capfd: pytest.CaptureFixture[str]) -> None:
    chosen = plan()
    returns: list[float] = []
    with Crowd(stage.balancer.port, PEOPLE) as crowd:
        for fault in chosen:
            FAULTS[fault](stage)
            returns.append(seconds_until_success(crowd))
    found = ledger(crowd, stage.database)
    with capfd.disabled():
        print(table(chosen, crowd, returns, found))
    assert crowd.failures == []
    assert found.is_balanced, (SEED, found)
    assert stage.crashes() == []


def plan() -> list[str]:
    """Each kind as often as any other, in an order that SEED decides."""
    dice = random.Random(SEED)
    kinds = list(FAULTS)
    chosen = [kinds[number % len(kinds)] for number in range(COUNT)]
    dice.shuffle(chosen)
    return chosen


def seconds_until_success(crowd: Crowd) -> float:
    """From the end of a fault to the next answer that anybody is glad of."""
    mended = time.monotonic()
    while not any(person.successes and person.successes[-1] > mended for person in crowd.people):
        assert time.monotonic() < mended + RETURN_SECONDS, f"no success after a fault, seed {SEED}"
        time.sleep(0.01)
    return time.monotonic() - mended


def table(chosen: list[str], crowd: Crowd, returns: list[float], found: Ledger) -> str:
    slowest = sorted(zip(returns, chosen, strict=True), reverse=True)[0]
    answers = crowd.answers
    rows = {
        "faults": f"{len(chosen)} (seed {SEED})",
        **{f"  {kind}": str(count) for kind, count in sorted(Counter(chosen).items())},
        "requests": str(answers.total()),
        "  created and acknowledged": str(sum(len(person.created) for person in crowd.people)),
        "  deleted and acknowledged": str(sum(len(person.deleted) for person in crowd.people)),
        **{f"  answered {kind}": str(count) for kind, count in sorted(answers.items())},
        "lost": str(len(found.lost) + len(found.unchanged)),
        "deleted and still there": str(len(found.undead)),
        "doubled": str(len(found.doubled)),
        "longest gap": f"{crowd.longest_gap():.2f} s",
        "first success after a fault": f"{sorted(returns)[len(returns) // 2]:.2f} s (median)",
        "  the slowest": f"{slowest[0]:.2f} s ({slowest[1]})",
    }
    return "\n" + "\n".join(f"{name:32}{value}" for name, value in rows.items())
