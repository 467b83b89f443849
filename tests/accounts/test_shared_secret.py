"""HS256 under the shared secret: what is good, and every way of being bad."""

import json
import logging
import time
from typing import Any

import jwt
import pytest
from rest_framework.test import APIClient

from apps.accounts.models import User
from tests.environment import SHARED_SECRET
from tests.tokens import claims, shared_secret_token

pytestmark = pytest.mark.django_db
# Bad tokens are bad for hours around the start of the run.
HOUR = 3600
NOW = int(time.time())


def ask(header: str | None) -> Any:
    client = APIClient(raise_request_exception=False)
    return client.get("/api/auth/me", headers={} if header is None else {"Authorization": header})


def encoded(payload: bytes, header: dict[str, Any] | None = None) -> str:
    return jwt.PyJWS().encode(payload, SHARED_SECRET, "HS256", headers=header)


@pytest.mark.parametrize(
    "subject",
    [
        *("a", "x" * 255, "42", "1f0e7c1e-0000-4000-8000-000000000000", "Zoë Ünïcode", "a/b c'\"%&?#", "."),
        *("auth0|123", "ada@example.com", "google-oauth2|1 2", "王小明", "김철수", "❤️", "\u0915\u094d\u0937"),
    ],
)
def test_every_shape_of_subject_is_a_person(subject: str) -> None:
    answer = ask(f"Bearer {shared_secret_token(subject)}")
    assert answer.status_code == 200
    assert answer.json()["user_id"] == subject
    assert User.objects.get().subject == subject


def test_the_scheme_is_case_insensitive() -> None:
    assert ask(f"bEaReR {shared_secret_token()}").status_code == 200


@pytest.mark.parametrize(
    ("claim", "seconds"), [("exp", -5), ("nbf", 5), ("iat", 5)], ids=["just expired", "just not yet", "fast clock"]
)
def test_clocks_may_differ_by_ten_seconds(claim: str, seconds: int) -> None:
    changed: dict[str, Any] = {claim: int(time.time()) + seconds}
    assert ask(f"Bearer {shared_secret_token(**changed)}").status_code == 200


BAD = {
    "no header": None,
    "empty header": "",
    "scheme alone": "Bearer",
    "empty token": "Bearer ",
    "basic": "Basic YTpi",
    "two tokens": f"Bearer {shared_secret_token()} {shared_secret_token()}",
    "two headers joined": f"Bearer {shared_secret_token()},Bearer {shared_secret_token()}",
    "not a JWT": "Bearer abc",
    "not ASCII": "Bearer é.é.é",
    "session token of the bearer plugin": "Bearer " + "s" * 32 + "." + "t" * 44,
    "wrong secret": f"Bearer {shared_secret_token(secret='another-secret-of-forty-characters-here!')}",
    "cut signature": f"Bearer {shared_secret_token()[:-3]}",
    "alg none": "Bearer " + jwt.encode(claims(), "", algorithm="none"),
    "alg NoNe": "Bearer eyJhbGciOiJOb05lIn0.eyJzdWIiOiJhbGljZSIsImV4cCI6OTk5OTk5OTk5OX0.",
    "alg HS384": f"Bearer {jwt.encode(claims(), SHARED_SECRET + 'x' * 32, algorithm='HS384')}",
    "alg HS512, our own": f"Bearer {jwt.encode(claims(), SHARED_SECRET + 'x' * 32, algorithm='HS512')}",
    "alg EdDSA without JWKS": "Bearer eyJhbGciOiJFZERTQSIsImtpZCI6ImsifQ.eyJzdWIiOiJhbGljZSJ9.AAAA",
    "session cache": "Bearer " + encoded(json.dumps(claims()).encode(), {"typ": "better-auth.session-cache+jwt"}),
    "typ a number": "Bearer " + encoded(json.dumps(claims()).encode(), {"typ": 5}),
    "crit": "Bearer " + encoded(json.dumps(claims()).encode(), {"crit": ["x"], "x": 1}),
    "payload no JSON": "Bearer " + encoded(b"not json"),
    "payload no object": "Bearer " + encoded(b"[]"),
    "payload nested": "Bearer " + encoded(b"[" * 5000),
    "exp missing": f"Bearer {shared_secret_token(exp=None)}",
    "exp a string": f"Bearer {shared_secret_token(exp=str(NOW + HOUR))}",
    "exp a list": f"Bearer {shared_secret_token(exp=[1])}",
    "exp infinite": "Bearer " + encoded(b'{"sub": "alice", "exp": Infinity}'),
    "exp NaN": "Bearer " + encoded(b'{"sub": "alice", "exp": NaN}'),
    "nbf far": f"Bearer {shared_secret_token(nbf=NOW + HOUR)}",
    "nbf a string": f"Bearer {shared_secret_token(nbf='soon')}",
    "iat far": f"Bearer {shared_secret_token(iat=NOW + HOUR)}",
    "iat an object": f"Bearer {shared_secret_token(iat={})}",
    "sub missing": f"Bearer {shared_secret_token(None)}",
    "sub empty": f"Bearer {shared_secret_token('')}",
    "sub a number": f"Bearer {shared_secret_token(42)}",
    "sub a list": f"Bearer {shared_secret_token(['alice'])}",
    "sub too long": f"Bearer {shared_secret_token('x' * 256)}",
    "sub with NUL": f"Bearer {shared_secret_token(chr(0) + 'alice')}",
    "sub with a newline": f"Bearer {shared_secret_token('alice' + chr(10))}",
    "sub half a surrogate pair": f"Bearer {shared_secret_token(chr(0xD800))}",
    "the e-mail verification token": f"Bearer {shared_secret_token(None, email='a@example.com', userId='alice')}",
}


@pytest.mark.parametrize("header", BAD.values(), ids=BAD)
def test_a_bad_token_is_refused_with_the_same_words(header: str | None, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    answer = ask(header)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer ")
    assert answer.json()["type"] == "/problems/authentication"
    assert answer.json()["detail"] == "The access token is missing or not valid."
    assert [record.name for record in caplog.records] == ["accounts.refusals"]
    assert not User.objects.exists()


def test_an_expired_token_has_words_of_its_own() -> None:
    answer = ask(f"Bearer {shared_secret_token(exp=NOW - HOUR)}")
    assert answer.status_code == 401
    assert answer.json()["type"] == "/problems/token-expired"


@pytest.mark.parametrize(
    ("issuer", "audience", "changed", "status"),
    [
        ("https://a.example", "", {"iss": "https://a.example"}, 200),
        ("https://a.example", "", {"iss": "https://b.example"}, 401),
        ("https://a.example", "", {}, 401),
        ("", "tasks", {"aud": "tasks"}, 200),
        ("", "tasks", {"aud": ["other", "tasks"]}, 200),
        ("", "tasks", {"aud": "other"}, 401),
        ("", "tasks", {"aud": 5}, 401),
        ("", "tasks", {}, 401),
        ("", "", {"iss": "anyone", "aud": "anything"}, 200),
    ],
)
def test_issuer_and_audience_are_checked_where_set(
    settings: Any, issuer: str, audience: str, changed: dict[str, Any], status: int
) -> None:
    settings.JWT_ISSUER, settings.JWT_AUDIENCE = issuer, audience
    assert ask(f"Bearer {shared_secret_token(**changed)}").status_code == status


@pytest.mark.parametrize("place", ["query", "cookie", "form"])
def test_a_token_counts_only_in_its_header(place: str) -> None:
    client = APIClient()
    token = shared_secret_token()
    if place == "cookie":
        client.cookies["access_token"] = token
    path = f"/api/tasks?access_token={token}" if place == "query" else "/api/tasks"
    answer = client.post(path, {"title": "x", "access_token": token}) if place == "form" else client.get(path)
    assert answer.status_code == 401


def test_no_secret_no_door(settings: Any) -> None:
    settings.BETTER_AUTH_SECRET = ""
    assert ask(f"Bearer {shared_secret_token()}").status_code == 401
