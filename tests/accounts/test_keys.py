"""A process's set of keys: how often it is fetched, who waits for it, and how long it serves."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from apps.accounts.claims import KeysUnavailable, Refused
from apps.accounts.keys import (
    COOL_DOWN_SECONDS,
    FRESH_SECONDS,
    KEPT_SECONDS,
    MOST_WAITING,
    KeySet,
)
from tests.clocks import Clock, wait_until
from tests.keyserver import DRIPS, KeyServer
from tests.tokens import SigningKey

EDDSA = SigningKey("EdDSA", "ed")


@pytest.fixture
def keyserver() -> Iterator[KeyServer]:
    with KeyServer(EDDSA.jwk) as server:
        yield server


def test_a_rotated_key_is_found_at_once(keyserver: KeyServer) -> None:
    clock = Clock()
    key_set = KeySet(keyserver.url, clock)
    key_set.find("ed", "EdDSA")
    keyserver.keys.append(SigningKey("EdDSA", "new").jwk)
    clock.now += COOL_DOWN_SECONDS
    assert key_set.find("new", "EdDSA")


def test_invented_key_ids_ask_for_one_fetch_in_a_while(keyserver: KeyServer) -> None:
    clock = Clock()
    key_set = KeySet(keyserver.url, clock)
    key_set.find("ed", "EdDSA")
    for number in range(50):
        with pytest.raises(Refused):
            key_set.find(f"invented-{number}", "EdDSA")
    assert keyserver.requests == 1


def test_few_threads_wait_for_a_key_never_seen(keyserver: KeyServer) -> None:
    key_set = KeySet(keyserver.url)
    key_set.find("ed", "EdDSA")
    time.sleep(COOL_DOWN_SECONDS)
    keyserver.answer, keyserver.hang_seconds = "hang", 60

    def seconds(number: int) -> float:
        started = time.monotonic()
        with pytest.raises(KeysUnavailable):
            key_set.find(f"invented-{number}", "EdDSA")
        return time.monotonic() - started

    with ThreadPoolExecutor(10) as pool:
        waited = sorted(pool.map(seconds, range(10)))
    assert sum(one > 1 for one in waited) == MOST_WAITING
    assert waited[-1] < keyserver.hang_seconds / 4


def test_the_last_set_serves_a_day_while_the_server_is_away(keyserver: KeyServer) -> None:
    clock = Clock()
    key_set = KeySet(keyserver.url, clock)
    key_set.find("ed", "EdDSA")
    keyserver.answer = 503
    clock.now += KEPT_SECONDS - 1
    assert key_set.find("ed", "EdDSA")
    with pytest.raises(KeysUnavailable):
        key_set.find("new", "EdDSA")
    clock.now += 2 + COOL_DOWN_SECONDS
    with pytest.raises(KeysUnavailable):
        key_set.find("ed", "EdDSA")


def test_an_aging_set_is_fetched_behind_the_request(keyserver: KeyServer) -> None:
    clock = Clock()
    key_set = KeySet(keyserver.url, clock)
    key_set.find("ed", "EdDSA")
    clock.now += FRESH_SECONDS + 1
    keyserver.answer, keyserver.hang_seconds = "hang", 0.5
    assert key_set.find("ed", "EdDSA")
    wait_until(lambda: keyserver.requests == 2)


def test_a_rotated_key_gets_in_through_a_flood_of_invented_ones(keyserver: KeyServer) -> None:
    clock = Clock()
    key_set = KeySet(keyserver.url, clock)
    key_set.find("ed", "EdDSA")
    rotated_at, waited = clock.now, 0.0
    keyserver.keys.append(SigningKey("EdDSA", "new").jwk)
    while waited < COOL_DOWN_SECONDS:
        with pytest.raises(Refused):
            key_set.find(f"invented-{waited}", "EdDSA")
        clock.now += 0.1
        waited = clock.now - rotated_at
    assert key_set.find("new", "EdDSA")
    assert waited < 2
    assert keyserver.requests == 2


def test_a_known_key_waits_for_nobody(keyserver: KeyServer) -> None:
    clock = Clock()
    key_set = KeySet(keyserver.url, clock)
    key_set.find("ed", "EdDSA")
    clock.now += COOL_DOWN_SECONDS
    keyserver.answer = "hang"
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(key_set.find, "never seen", "EdDSA")
        wait_until(lambda: keyserver.requests == 2)
        found = [key_set.find("ed", "EdDSA") for _ in range(1000)]
        assert key_set._flight is not None, "all of them were found while the fetch was under way"
        assert all(found)
        with pytest.raises(KeysUnavailable):
            waiting.result()


@pytest.mark.parametrize("answer", DRIPS)
def test_a_dripping_server_ends_a_wait_and_the_next_fetch_is_not_held(keyserver: KeyServer, answer: str) -> None:
    keyserver.answer = answer
    key_set = KeySet(keyserver.url)
    with pytest.raises(KeysUnavailable):
        key_set.find("ed", "EdDSA")
    keyserver.answer = None
    wait_until(lambda: key_set._flight is None)
    key_set._tried_at = float("-inf")
    assert key_set.find("ed", "EdDSA")


def test_keys_past_their_day_serve_nobody_while_others_wait(keyserver: KeyServer) -> None:
    clock = Clock()
    key_set = KeySet(keyserver.url, clock)
    key_set.find("ed", "EdDSA")
    clock.now += KEPT_SECONDS
    keyserver.answer = "hang"
    with ThreadPoolExecutor(6) as pool:
        for waiting in [pool.submit(key_set.find, "ed", "EdDSA") for _ in range(6)]:
            with pytest.raises(KeysUnavailable):
                waiting.result()
