"""A key server that stops, hangs or lies, under a real gunicorn with two workers."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from apps.accounts.keys import COOL_DOWN_SECONDS
from tests.clocks import wait_until
from tests.keyserver import KeyServer
from tests.servers import Gunicorn
from tests.tokens import SigningKey, claims

KEY = SigningKey("EdDSA", "known")
WORKERS = 2
FAULTS: dict[str, Any] = {
    "down": 503,
    "HTML": b"<html>",
    "empty": b'{"keys": []}',
    "hanging": "hang",
    "dripping": "drip headers",
}


@pytest.fixture
def keyserver() -> Iterator[KeyServer]:
    with KeyServer(KEY.jwk) as server:
        yield server


@pytest.fixture
def server(keyserver: KeyServer, django_db_setup: None, django_db_blocker: Any) -> Iterator[Gunicorn]:
    with django_db_blocker.unblock(), Gunicorn(BETTER_AUTH_URL=keyserver.origin) as running:
        yield running


def token(keyserver: KeyServer, key: SigningKey = KEY, subject: str = "user") -> str:
    return key.token(claims(subject, iss=keyserver.origin, aud=keyserver.origin))


def statuses(server: Gunicorn, *tokens: str) -> list[int]:
    def status(one: str) -> int:
        return server.call("GET", "/api/auth/me", token=one).status

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(status, tokens))


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_known_keys_serve_on_and_a_new_one_is_a_503(keyserver: KeyServer, server: Gunicorn, fault: Any) -> None:
    fresh = [token(keyserver, subject=f"user-{number}") for number in range(20)]
    assert set(statuses(server, *fresh)) == {200}
    keyserver.answer = fault
    time.sleep(COOL_DOWN_SECONDS)
    unknown = token(keyserver, SigningKey("EdDSA", "never seen"))
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(server.call, "GET", "/api/auth/me", token=unknown)
        assert set(statuses(server, *[token(keyserver, subject=f"other-{number}") for number in range(20)])) == {200}
        answer = waiting.result(30)
    assert answer.status == 503
    assert int(answer.headers["Retry-After"]) >= 1


def test_without_any_key_all_is_503_until_the_server_is_back(keyserver: KeyServer, server: Gunicorn) -> None:
    keyserver.answer = 500
    good = token(keyserver)
    assert set(statuses(server, *[good] * 10)) == {503}
    keyserver.answer = None
    wait_until(lambda: set(statuses(server, *[good] * 10)) == {200})


@pytest.mark.parametrize("fault", [503, "hang"], ids=["down", "hanging"])
def test_a_restart_in_an_outage_serves_on(keyserver: KeyServer, server: Gunicorn, fault: Any) -> None:
    assert set(statuses(server, *[token(keyserver)] * 10)) == {200}
    wait_until(lambda: server.database.rows("SELECT 1 FROM accounts_archivedkeyset") == [(1,)])
    keyserver.answer = fault
    server.restart()
    people = [token(keyserver, subject=f"after-{number}") for number in range(20)]
    wait_until(lambda: set(statuses(server, *people)) == {200})
    unknown = server.call("GET", "/api/auth/me", token=token(keyserver, SigningKey("EdDSA", "never seen")))
    assert unknown.status == 503
    forged = token(keyserver, SigningKey("EdDSA", "known"))
    assert server.call("GET", "/api/auth/me", token=forged).status == 401


def test_a_restart_a_day_into_an_outage_is_a_503(keyserver: KeyServer, server: Gunicorn) -> None:
    assert set(statuses(server, *[token(keyserver)] * 10)) == {200}
    wait_until(lambda: server.database.rows("SELECT 1 FROM accounts_archivedkeyset") == [(1,)])
    keyserver.answer = 503
    aged = "UPDATE accounts_archivedkeyset SET fetched_at = fetched_at - interval '1 day' RETURNING 1"
    # While none runs: the other worker could be about to write what it fetched.
    server.restart(lambda: server.database.rows(aged))
    assert set(statuses(server, *[token(keyserver)] * 10)) == {503}


def test_a_rotated_key_gets_in_through_a_flood(keyserver: KeyServer, server: Gunicorn) -> None:
    statuses(server, *[token(keyserver)] * 10)
    rotated = SigningKey("EdDSA", "rotated in")
    keyserver.keys.append(rotated.jwk)
    invented = (token(keyserver, SigningKey("EdDSA", f"invented-{number}")) for number in range(10_000))
    good = token(keyserver, rotated)

    def is_in_everywhere() -> bool:
        statuses(server, *[next(invented) for _ in range(8)])
        return set(statuses(server, *[good] * 10)) == {200}

    wait_until(is_in_everywhere)


def test_a_flood_of_invented_keys_asks_seldom(keyserver: KeyServer, server: Gunicorn) -> None:
    statuses(server, *[token(keyserver)] * 10)
    before, started = keyserver.requests, time.monotonic()
    invented = [token(keyserver, SigningKey("EdDSA", f"invented-{number}")) for number in range(200)]
    assert set(statuses(server, *invented)) == {401}
    most = WORKERS * (1 + (time.monotonic() - started) / COOL_DOWN_SECONDS)
    assert keyserver.requests - before <= most
