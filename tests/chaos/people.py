"""People who write under load, remember every answer, and ask again where none came."""

import http.client
import itertools
import random
import threading
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from tests.servers import Answer, call
from tests.tokens import shared_secret_token

PAUSE_SECONDS = 0.05
PATIENCE_SECONDS = 60


@dataclass
class Person:
    """Creates tasks under idempotency keys, changes and deletes some. One at a time, until told to stop."""

    subject: str
    port: int
    stop: threading.Event
    # title: id, of every 201; and the ids of every 204.
    created: dict[str, int] = field(default_factory=dict)
    deleted: set[int] = field(default_factory=set)
    changed: dict[int, str] = field(default_factory=dict)
    # Status, or the name of a connection's error: how often.
    answers: Counter[str] = field(default_factory=Counter)
    successes: list[float] = field(default_factory=list)
    failure: str = ""
    dice: random.Random = field(default_factory=random.Random)

    def live(self) -> None:
        try:
            while not self.stop.is_set():
                self._create()
                if self.dice.random() < 0.3:
                    self._read()
                if self.dice.random() < 0.3:
                    self._change()
                if self.dice.random() < 0.3:
                    self._delete()
        except AssertionError as error:
            self.failure = str(error)

    def _create(self) -> None:
        title = uuid.uuid4().hex
        answer = self._insist("POST", "/api/tasks", {201}, body={"title": title}, Idempotency_Key=title)
        self.created[title] = answer.json["id"]

    def _read(self) -> None:
        self._insist("GET", "/api/tasks?limit=5", {200})

    def _change(self) -> None:
        chosen = self._one_of_mine()
        description = uuid.uuid4().hex
        self._insist("PATCH", f"/api/tasks/{chosen}", {200}, body={"description": description})
        self.changed[chosen] = description

    def _delete(self) -> None:
        chosen = self._one_of_mine()
        # Where an answer was lost, the task may be gone already.
        self._insist("DELETE", f"/api/tasks/{chosen}", {204, 404})
        self.deleted.add(chosen)
        self.changed.pop(chosen, None)

    def _one_of_mine(self) -> int:
        """Such a one there is: each round begins with a new one, and deletes one at most."""
        return self.dice.choice([number for number in self.created.values() if number not in self.deleted])

    def _insist(self, method: str, path: str, wanted: set[int], **options: Any) -> Answer:
        """Asks until it is answered. Anything but a wait is a failure."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            answer = self._ask(method, path, **options)
            if answer is not None and answer.status in wanted:
                self.successes.append(time.monotonic())
                return answer
            status = answer.status if answer else None
            # 409: the same key is still under way. 502: the balancer, whose server was killed meanwhile.
            assert status in {None, 409, 502, 503, 504}, (method, path, status, answer and answer.body)
            assert time.monotonic() < deadline, (method, path, status)
            time.sleep(PAUSE_SECONDS)

    def _ask(self, method: str, path: str, **options: Any) -> Answer | None:
        try:
            answer = call(self.port, method, path, token=shared_secret_token(self.subject), **options)
        except (OSError, http.client.HTTPException) as error:
            self.answers[type(error).__name__] += 1
            return None
        self.answers[str(answer.status)] += 1
        return answer


class Crowd:
    """`with Crowd(port, 6) as crowd:` has so many people write meanwhile."""

    def __init__(self, port: int, count: int) -> None:
        self._stop = threading.Event()
        self.people = [Person(f"person-{number}", port, self._stop) for number in range(count)]
        self._threads = [threading.Thread(target=person.live) for person in self.people]

    def __enter__(self) -> Self:
        self.started = time.monotonic()
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(2 * PATIENCE_SECONDS)

    @property
    def answers(self) -> Counter[str]:
        return sum((person.answers for person in self.people), Counter())

    @property
    def failures(self) -> list[str]:
        return [person.failure for person in self.people if person.failure]

    def longest_gap(self) -> float:
        """Seconds without a success for anybody."""
        moments = sorted([self.started, *(moment for person in self.people for moment in person.successes)])
        return max((later - earlier for earlier, later in itertools.pairwise(moments)), default=0.0)
