"""What history costs a write: our CPU, and the time at the database. `python -m tests.benchmarks.history`."""

import statistics
import time
from collections.abc import Callable

from tests import environment

import django  # isort: skip

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from apps.accounts.models import User  # noqa: E402
from apps.history.notes import note_writes, statement_note  # noqa: E402
from apps.ops import context  # noqa: E402
from apps.tasks.models import Status, Task  # noqa: E402

TIMES = 300
ROUNDS = 15


def microseconds(act: Callable[[int], object], clock: Callable[[], float] = time.perf_counter) -> float:
    started = clock()
    for number in range(TIMES):
        act(number)
    return (clock() - started) / TIMES * 1e6


def create(number: int) -> object:
    return Task.objects.create(user_id="alice", title=f"Task {number}", description="A few words on it")


def update(number: int) -> object:
    status = Status.COMPLETED if number % 2 else Status.PENDING
    return Task.objects.filter(pk=1 + number % 100, user_id="alice").update(status=status)


def set_history(on: bool) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE tasks_task {'ENABLE' if on else 'DISABLE'} TRIGGER history_task_recorded")
    while note_writes in connection.execute_wrappers:
        connection.execute_wrappers.remove(note_writes)
    if on:
        connection.execute_wrappers.append(note_writes)


def main() -> None:
    call_command("migrate", verbosity=0)
    User.objects.create(subject="alice")
    context.request_id.set("4f1c4f1c4f1c4f1c4f1c4f1c4f1c4f1c")
    context.subject.set("alice")
    for act in (create, update):
        walls: dict[bool, list[float]] = {True: [], False: []}
        # In turns, so that a busy neighbour slows both alike.
        for _ in range(ROUNDS):
            for on, times in walls.items():
                set_history(on)
                times.append(microseconds(act))
        with_it, without = (statistics.median(walls[side]) for side in (True, False))
        print(f"{act.__name__:7} with history {with_it:6.0f} us, without {without:6.0f} us")
    note = microseconds(lambda _: statement_note(), time.process_time)
    wrapped = microseconds(lambda _: note_writes(lambda *a: None, "UPDATE x", (), False, {}), time.process_time)
    read = microseconds(lambda _: note_writes(lambda *a: None, "SELECT x", (), False, {}), time.process_time)
    print(f"CPU of ours: the note {note:.1f} us, the wrapper of a write {wrapped:.1f} us, of a read {read:.1f} us")
    environment.pytest_unconfigure()


if __name__ == "__main__":
    main()
