"""Better Auth's tokens by a real key server: every algorithm, and every confusion of keys."""

import json
from collections.abc import Iterator
from typing import Any

import jwt
import pytest
from rest_framework.test import APIClient

from apps.accounts.keys import KeySet
from apps.accounts.verifiers import default_jwks_url, origin_of
from tests.keyserver import KeyServer
from tests.tokens import SigningKey, claims, hmac_token, shared_secret_token

EDDSA = SigningKey("EdDSA", "ed")
RSA = SigningKey("RS256", "rsa")
KINDS = {
    "EdDSA with Ed25519": EDDSA,
    "EdDSA with Ed448": SigningKey("EdDSA", "ed448", "Ed448"),
    "ES256": SigningKey("ES256", "es256"),
    "ES512": SigningKey("ES512", "es512"),
    "RS256": RSA,
    "PS256": SigningKey("PS256", "ps"),
}


@pytest.fixture
def keyserver() -> Iterator[KeyServer]:
    with KeyServer(*(key.jwk for key in KINDS.values())) as server:
        yield server


@pytest.fixture
def better_auth(keyserver: KeyServer, settings: Any) -> KeyServer:
    settings.BETTER_AUTH_URL = keyserver.origin
    return keyserver


def status_of(token: str) -> int:
    return int(ask(token).status_code)


def ask(token: str) -> Any:
    return APIClient(raise_request_exception=False).get("/api/auth/me", HTTP_AUTHORIZATION=f"Bearer {token}")


def good(origin: str, **changed: Any) -> dict[str, Any]:
    return claims("user1", **{"iss": origin, "aud": origin, "email": "u@example.com", "name": "U", **changed})


@pytest.mark.django_db
@pytest.mark.parametrize("key", KINDS.values(), ids=KINDS)
def test_each_algorithm_is_accepted_with_and_without_alg_in_the_key(better_auth: KeyServer, key: SigningKey) -> None:
    assert status_of(key.token(good(better_auth.origin))) == 200
    better_auth.keys = [{name: value for name, value in key.jwk.items() if name != "alg"}]
    found = KeySet(better_auth.url).find(key.key_id, key.algorithm)
    assert jwt.decode(key.token({"a": 1}), found, algorithms=[key.algorithm]) == {"a": 1}


@pytest.mark.django_db
def test_keys_are_fetched_once_for_many_requests(better_auth: KeyServer) -> None:
    token = EDDSA.token(good(better_auth.origin))
    assert [status_of(token) for _ in range(5)] == [200] * 5
    assert better_auth.requests == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "changed",
    [{"iss": "https://evil.example"}, {"iss": None}, {"aud": "https://evil.example"}, {"aud": None}, {"exp": None}],
    ids=str,
)
def test_issuer_audience_and_end_must_be_there_and_right(better_auth: KeyServer, changed: dict[str, Any]) -> None:
    assert status_of(EDDSA.token(good(better_auth.origin, **changed))) == 401


@pytest.mark.django_db
def test_neon_auth_publishes_its_keys_elsewhere_and_names_people_by_uuid(better_auth: KeyServer, settings: Any) -> None:
    settings.JWKS_URL = f"{better_auth.origin}/neondb/auth/.well-known/jwks.json"
    person = "0b5bf2b5-6a5c-4f0c-9c1e-3f1c2d7c8a90"
    answer = ask(EDDSA.token(good(better_auth.origin, sub=person)))
    assert (answer.status_code, answer.json()["user_id"]) == (200, person)
    assert better_auth.paths == ["/neondb/auth/.well-known/jwks.json"]


@pytest.mark.django_db
def test_a_key_is_never_tried_for_another_kind(better_auth: KeyServer) -> None:
    payload = good(better_auth.origin)
    forged = [
        hmac_token(payload, json.dumps(RSA.jwk).encode(), kid="rsa"),
        EDDSA.token(payload, kid="rsa"),
        RSA.token(payload, kid="ps"),
        SigningKey("EdDSA", "ed").token(payload),
        EDDSA.token(payload, kid=None),
        EDDSA.token(payload, kid="../../etc/passwd"),
        EDDSA.token(payload, kid="never published", jku="http://127.0.0.1:1/", x5u="http://127.0.0.1:1/"),
        SigningKey("EdDSA", "own").token(payload, jwk=SigningKey("EdDSA", "own").jwk),
    ]
    assert [status_of(token) for token in forged] == [401] * len(forged)


@pytest.mark.django_db
def test_the_shared_secret_works_beside_it(better_auth: KeyServer) -> None:
    assert status_of(shared_secret_token()) == 200


@pytest.mark.django_db
def test_keys_out_of_reach_are_503_with_retry_after(better_auth: KeyServer) -> None:
    better_auth.answer = 500
    answer = ask(EDDSA.token(good(better_auth.origin)))
    assert answer.status_code == 503
    assert answer["Retry-After"]
    assert answer.json()["type"] == "/problems/unavailable"
    assert status_of(shared_secret_token()) == 200


@pytest.mark.parametrize(
    ("url", "origin", "jwks"),
    [
        ("https://a.example", "https://a.example", "https://a.example/api/auth/jwks"),
        ("https://A.example/", "https://a.example", "https://A.example/api/auth/jwks"),
        ("https://a.example/api/auth", "https://a.example", "https://a.example/api/auth/jwks"),
        ("https://a.example/api/auth/", "https://a.example", "https://a.example/api/auth/jwks"),
        ("http://localhost:3000", "http://localhost:3000", "http://localhost:3000/api/auth/jwks"),
        ("https://a.example:443", "https://a.example", "https://a.example:443/api/auth/jwks"),
        ("http://[::1]:3000", "http://[::1]:3000", "http://[::1]:3000/api/auth/jwks"),
    ],
)
def test_the_setting_is_reduced_to_an_origin(url: str, origin: str, jwks: str) -> None:
    assert origin_of(url) == origin
    assert default_jwks_url(url) == jwks
