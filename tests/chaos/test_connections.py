"""The database goes away and comes back: nobody is told of it who need not be."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.chaos.conftest import House
from tests.servers import Answer
from tests.tokens import shared_secret_token

CONTRACT_SECONDS = 5
# What a process asks for by itself, every few seconds.
BEHIND = ("withdrawal", "sighting", "refusal")


def warm_up(house: House) -> None:
    """Every thread has a connection."""
    answers: list[Answer] = []
    threads = [threading.Thread(target=lambda: answers.append(house.call("GET", "/api/tasks"))) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status for answer in answers] == [200] * 12


@contextmanager
def soon(action: Callable[[], object]) -> Iterator[None]:
    """Does it in a moment, while the block waits."""
    thread = threading.Timer(0.7, action)
    thread.start()
    yield
    thread.join()


def assert_unavailable(answer: Answer) -> None:
    assert (answer.status, answer.headers["Retry-After"], answer.json["type"]) == (503, "2", "/problems/unavailable")


def seconds_until_success(house: House) -> float:
    started = time.monotonic()
    while (answer := house.call("GET", "/api/tasks")).status != 200:
        assert_unavailable(answer)
        assert time.monotonic() < started + 60
        time.sleep(0.05)
    return time.monotonic() - started


def test_a_live_connection_is_known_without_a_round_trip(house: House) -> None:
    warm_up(house)
    before = len(house.postgres.statements())
    for _ in range(5):
        assert house.call("GET", "/api/tasks/999999999").status == 404
    sent = [line for line in house.postgres.statements()[before:] if not any(name in line for name in BEHIND)]
    assert len(sent) == 5
    assert all("tasks_task" in statement for statement in sent)


@pytest.mark.parametrize("again", ["restart", "kill"])
def test_a_restart_between_two_requests_is_not_noticed(house: House, again: str) -> None:
    warm_up(house)
    house.postgres.stop() if again == "restart" else house.postgres.kill()
    house.postgres.start()
    assert [house.create(f"after {again} {number}").status for number in range(6)] == [201] * 6
    assert house.titles()[-6:] == [f"after {again} {number}" for number in range(6)]


def test_connections_cut_while_idle_are_not_noticed(house: House) -> None:
    warm_up(house)
    house.network.cut()
    assert [house.create(f"after a cut {number}").status for number in range(6)] == [201] * 6


def test_a_read_whose_answer_is_lost_is_asked_again(house: House) -> None:
    warm_up(house)
    before = len(repeated_reads(house))
    house.network.cut_the_next_answer(to=b"tasks_task")
    assert house.call("GET", "/api/tasks").status == 200
    (line,) = repeated_reads(house)[before:]
    assert line["level"] == "WARNING"


def test_a_write_whose_answer_is_lost_is_not(house: House) -> None:
    warm_up(house)
    house.network.cut_the_next_answer(to=b"tasks_task")
    assert_unavailable(house.create("once"))
    assert house.titles().count("once") == 1


def test_a_request_waits_for_a_restart(house: House) -> None:
    warm_up(house)
    house.postgres.stop()
    with soon(house.postgres.start):
        assert house.create("patient").status == 201
    assert house.titles().count("patient") == 1


def test_away_for_long_is_a_503_and_health_answers(house: House) -> None:
    house.postgres.kill()
    assert_unavailable(house.create("never"))
    assert house.gunicorn.call("GET", "/health").status == 200
    house.postgres.start()
    assert seconds_until_success(house) < CONTRACT_SECONDS
    assert "never" not in house.titles()


def test_a_backend_that_is_killed_takes_no_request_with_it(house: House) -> None:
    warm_up(house)
    house.postgres.kill_a_backend()
    # However long PostgreSQL takes to recover.
    seconds_until_success(house)
    assert house.create("after a crash").status == 201


@pytest.mark.parametrize("how", ["frozen", "swallowed"])
def test_silence_is_given_up(house: House, how: str) -> None:
    warm_up(house)
    house.postgres.freeze() if how == "frozen" else house.network.swallow()
    answers: list[Answer] = []
    threads = [threading.Thread(target=lambda: answers.append(house.create("silence"))) for _ in range(3)]
    for thread in threads:
        thread.start()
    assert house.gunicorn.call("GET", "/health").status == 200
    for thread in threads:
        thread.join()
    for answer in answers:
        assert_unavailable(answer)
    house.postgres.thaw()
    house.network.flow()
    assert seconds_until_success(house) < CONTRACT_SECONDS


def test_refused_for_a_while(house: House) -> None:
    house.network.refuse()
    house.network.cut()
    with soon(house.network.take):
        assert house.create("refused at first").status == 201


def test_a_client_that_closed_its_side_still_gets_its_write(house: House) -> None:
    """Its request was complete; whether it reads the answer cannot be seen."""
    warm_up(house)
    house.postgres.stop()
    with socket.create_connection(("127.0.0.1", house.gunicorn.port), timeout=60) as client:
        client.sendall(request_of("half-closed"))
        client.shutdown(socket.SHUT_WR)
        time.sleep(0.5)
        house.postgres.start()
        assert client.recv(100).startswith(b"HTTP/1.1 201 ")
    assert house.titles().count("half-closed") == 1


def test_no_fault_was_ever_a_500(house: House) -> None:
    assert [line for line in house.gunicorn.log_lines() if line.get("status") == 500] == []


def repeated_reads(house: House) -> list[dict[str, Any]]:
    return [line for line in house.gunicorn.log_lines() if "the read is repeated" in line["message"]]


def request_of(title: str) -> bytes:
    """A create, as it goes over the wire."""
    body = json.dumps({"title": title}).encode()
    head = (
        "POST /api/tasks HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {shared_secret_token('alice')}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
