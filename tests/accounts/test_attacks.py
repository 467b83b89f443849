"""Every attack on the door, under a real gunicorn: it is refused, and nothing that a token says is obeyed."""

import http.client
import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.accounts.attacks import ED, PUBLISHED, SECRET, attacks, oversized, secrets_of
from tests.factories import PASSWORD
from tests.keyserver import KeyServer
from tests.servers import Gunicorn, manage
from tests.tokens import claims, hmac_token, raw_token, shared_secret_token

LOGIN = "local@example.com"


class Door:
    """A server of all three kinds of tokens, and a trap for whoever fetches what a token names."""

    def __init__(self, server: Gunicorn, keyserver: KeyServer, trap: KeyServer) -> None:
        self.server, self.keyserver, self.trap = server, keyserver, trap
        self.pair = server.call("POST", "/api/auth/token", body={"email": LOGIN, "password": PASSWORD}).json

    def knock(self, lines: list[tuple[str, str]]) -> tuple[int, dict[str, str], dict[str, Any]]:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        try:
            connection.putrequest("GET", "/api/auth/me")
            for name, value in lines:
                connection.putheader(name, value.encode("utf-8"))
            connection.endheaders()
            answer = connection.getresponse()
            return answer.status, dict(answer.headers), json.loads(answer.read())
        finally:
            connection.close()


@pytest.fixture(scope="module")
def door(django_db_setup: None, django_db_blocker: Any) -> Iterator[Door]:
    with (
        KeyServer(*PUBLISHED) as keyserver,
        KeyServer() as trap,
        django_db_blocker.unblock(),
        Gunicorn(BETTER_AUTH_URL=keyserver.origin) as server,
    ):
        person = {**server.environment, "DJANGO_SUPERUSER_LOGIN": LOGIN, "DJANGO_SUPERUSER_PASSWORD": PASSWORD}
        manage(person, "createsuperuser", "--no-input")
        yield Door(server, keyserver, trap)


def test_good_tokens_of_each_kind_open_it(door: Door) -> None:
    good = claims("user", iss=door.keyserver.origin, aud=door.keyserver.origin)
    # Signed by the same hands as the attacks, which differ from them by what their names say.
    by_hand = hmac_token(good, SECRET), raw_token({"alg": "EdDSA", "kid": "ed"}, good, ED.sign)
    for token in (ED.token(good), shared_secret_token(), door.pair["access"], *by_hand):
        assert door.knock([("Authorization", f"Bearer {token}")])[0] == 200


def test_every_attack_is_refused_in_the_same_words(door: Door) -> None:
    table = attacks(door.keyserver.origin, door.trap.url, door.pair["access"], door.pair["refresh"])
    assert len(table) > 250
    wrong = {}
    for name, lines in table.items():
        status, headers, problem = door.knock(lines)
        told = (status, headers.get("WWW-Authenticate", "")[:7], problem.get("detail"))
        if told != (401, "Bearer ", "The access token is missing or not valid."):
            wrong[name] = told
    assert wrong == {}
    assert door.trap.requests == 0
    assert set(door.keyserver.paths) == {"/api/auth/jwks"}
    log = door.server.log.read_text()
    assert [name for name, lines in table.items() if any(secret in log for secret in secrets_of(lines))] == []
    assert "Traceback" not in log


def test_a_token_that_is_too_long_is_refused_unread(door: Door) -> None:
    for size, token in oversized().items():
        status, headers, problem = door.knock([("Authorization", f"Bearer {token}")])
        assert (size, status, problem["type"]) == (size, 431, "/problems/headers-too-large")
        assert headers["Content-Type"] == "application/problem+json"


def test_the_log_tells_who_where_and_why(door: Door) -> None:
    token = ED.token(claims("user", iss="https://evil.example", aud=door.keyserver.origin))
    door.knock([("Authorization", f"Bearer {token}"), ("X-Request-ID", "refused-here"), ("X-Forwarded-For", "6.6.6.6")])
    (line,) = [
        line
        for line in door.server.log_lines()
        if line["logger"] == "accounts.refusals" and line["request_id"] == "refused-here"
    ]
    assert line["reason"] == "InvalidIssuerError: Invalid issuer"
    told = {name: line[name] for name in ("kind", "alg", "kid", "iss", "address", "level", "subject")}
    assert told == {
        "kind": "Better Auth",
        "alg": "EdDSA",
        "kid": "ed",
        "iss": "https://evil.example",
        "address": "127.0.0.1",
        "level": "WARNING",
        "subject": None,
    }
