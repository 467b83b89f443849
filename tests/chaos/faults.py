"""What breaks, and how it is mended: each takes a second or two and leaves everything running."""

import os
import signal
import time
from collections.abc import Callable

import psutil

from tests.chaos.stage import Stage

MOMENT = 0.7


def _restart_postgres(stage: Stage) -> None:
    stage.postgres.stop()
    time.sleep(MOMENT)
    stage.postgres.start()


def _kill_postgres(stage: Stage) -> None:
    stage.postgres.kill()
    time.sleep(MOMENT)
    stage.postgres.start()


def _kill_a_backend(stage: Stage) -> None:
    stage.postgres.kill_a_backend()
    stage.postgres.start()


def _freeze_postgres(stage: Stage) -> None:
    stage.postgres.freeze()
    time.sleep(2 * MOMENT)
    stage.postgres.thaw()


def _swallow_packets(stage: Stage) -> None:
    stage.network.swallow()
    time.sleep(2 * MOMENT)
    stage.network.flow()


def _cut_connections(stage: Stage) -> None:
    stage.network.cut()


def _lose_an_answer(stage: Stage) -> None:
    stage.network.cut_the_next_answer()


def _refuse_connections(stage: Stage) -> None:
    stage.network.refuse()
    stage.network.cut()
    time.sleep(MOMENT)
    stage.network.take()


def _restart_the_pooler(stage: Stage) -> None:
    stage.pooler.restart()


def _kill_workers(stage: Stage) -> None:
    """One instance loses all of its workers at once; its gunicorn starts others."""
    for worker in psutil.Process(stage.instances[0].process.pid).children():
        os.kill(worker.pid, signal.SIGKILL)


def _deploy(stage: Stage) -> None:
    stage.instances[1].restart()


FAULTS: dict[str, Callable[[Stage], None]] = {
    "PostgreSQL restarts": _restart_postgres,
    "PostgreSQL is killed": _kill_postgres,
    "a backend is killed": _kill_a_backend,
    "PostgreSQL freezes": _freeze_postgres,
    "packets are swallowed": _swallow_packets,
    "connections are cut": _cut_connections,
    "an answer is lost": _lose_an_answer,
    "connections are refused": _refuse_connections,
    "PgBouncer is killed": _restart_the_pooler,
    "workers are killed": _kill_workers,
    "an instance is deployed": _deploy,
}
