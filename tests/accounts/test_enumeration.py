"""Nobody learns from words or from work done whether a person exists: each refusal costs what the others cost."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from apps.accounts.models import User
from tests.factories import PASSWORD, local_account
from tests.hashers import Hasher
from tests.keyserver import KeyServer
from tests.tokens import SigningKey, claims, shared_secret_token

pytestmark = pytest.mark.django_db

KEY, STRANGER = SigningKey("EdDSA", "key"), SigningKey("EdDSA", "key")


@pytest.fixture
def keyserver(settings: Any) -> Iterator[KeyServer]:
    with KeyServer(KEY.jwk) as server:
        settings.BETTER_AUTH_URL = server.origin
        yield server


def work_of(send: Any) -> tuple[int, list[str], int, dict[str, Any]]:
    """Status, statements, runs of the password hasher, and the words of an answer."""
    runs = Hasher.runs
    with CaptureQueriesContext(connection) as queries:
        answer = send()
    words = {name: value for name, value in answer.json().items() if name != "instance"}
    return answer.status_code, [_shape(query["sql"]) for query in queries], Hasher.runs - runs, words


def _shape(sql: str) -> str:
    """The statement, without the note for history and without what it asks for."""
    sql = sql.rpartition("*/ ")[2]
    return re.split(r" WHERE | VALUES | s\d|\"s\d", sql, maxsplit=1)[0]


@pytest.mark.usefixtures("alice", "carol")
@pytest.mark.parametrize("rate", ["none", "600/min"])
@pytest.mark.parametrize("kind", ["shared secret", "Better Auth", "expired", "no such key"])
def test_no_record_is_looked_at_before_a_signature_holds(
    keyserver: KeyServer, settings: Any, kind: str, rate: str
) -> None:
    settings.API_RATE_LIMIT = rate
    client = APIClient(REMOTE_ADDR="1.1.1.1")

    def token(subject: str) -> str:
        payload = claims(subject, iss=keyserver.origin, aud=keyserver.origin)
        return {
            "shared secret": shared_secret_token(subject, secret="another-secret-of-forty-characters-here!"),
            "Better Auth": STRANGER.token(payload),
            "expired": shared_secret_token(subject, secret="another-secret-of-forty-characters-here!", exp=1),
            "no such key": KEY.token(payload, kid="invented"),
        }[kind]

    def work(subject: str) -> Any:
        return work_of(lambda: client.get("/api/auth/me", HTTP_AUTHORIZATION=f"Bearer {token(subject)}"))

    work("anyone")  # fetches the keys
    exists, deactivated, unknown = (work(subject) for subject in ("alice", "carol", "nobody"))
    assert exists == deactivated == unknown
    status, statements, hashed, _ = exists
    assert (status, hashed) == (401, 0)
    # The count of the address, and nothing of a person.
    assert len(statements) == (0 if rate == "none" else 1)
    assert not any("accounts_" in statement for statement in statements)


@pytest.mark.parametrize("kind", ["bad signature", "deactivated"])
def test_a_good_signature_tells_its_person_alone_what_happened(carol: User, kind: str) -> None:
    """The owner of a good token may learn in time that they are deactivated, and reads the same words."""
    secret = {"secret": "another-secret-of-forty-characters-here!"} if kind == "bad signature" else {}
    token = shared_secret_token("carol", **secret)
    status, statements, _, words = work_of(
        lambda: APIClient().get("/api/auth/me", HTTP_AUTHORIZATION=f"Bearer {token}")
    )
    assert status == 401
    assert words["detail"] == "The access token is missing or not valid."
    assert len(statements) == (0 if kind == "bad signature" else 2)


CREDENTIALS = {
    "unknown login": ("nobody@example.com", PASSWORD),
    "wrong password": ("local@example.com", "wrong"),
    "deactivated, wrong password": ("gone@example.com", "wrong"),
    "deactivated, right password": ("left@example.com", PASSWORD),
    "no usable password": ("keyless@example.com", PASSWORD),
    "a person of Better Auth": ("alice@example.com", PASSWORD),
}


def sign_in(email: str, password: str) -> Any:
    body = {"email": email, "password": password}
    return work_of(lambda: APIClient(REMOTE_ADDR="1.1.1.1").post("/api/auth/token", body))


def test_every_failed_sign_in_does_the_same_work(alice: User) -> None:
    local_account("local@example.com")
    for login in ("gone@example.com", "left@example.com"):
        local_account(login, is_active=False)
    User.objects.create_user("keyless@example.com", None)
    works = {kind: sign_in(*given) for kind, given in CREDENTIALS.items()}
    status, statements, hashed, words = works["wrong password"]
    assert (status, hashed, words["type"]) == (401, 1, "/problems/invalid-credentials")
    assert len(statements) > 2
    assert {kind: work for kind, work in works.items() if work != works["wrong password"]} == {}


def test_a_password_of_fewer_rounds_costs_what_a_new_one_costs(settings: Any) -> None:
    """After an upgrade of Django, an account that has not signed in since must not stand out."""
    from tests.hashers import Rounds

    settings.PASSWORD_HASHERS = ["tests.hashers.Rounds"]
    Rounds.iterations = 10
    local_account("old@example.com")
    Rounds.iterations = 30
    local_account("new@example.com")
    spent = []
    for login in ("old@example.com", "new@example.com", "nobody@example.com"):
        Rounds.spent = 0
        sign_in(login, "wrong")
        spent.append(Rounds.spent)
    assert spent == [30, 30, 30]
