"""A good token is verified once, and remembered no longer than it is good."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from apps.accounts import verifiers
from apps.accounts.claims import Claims
from apps.accounts.memory import Remembered, TokenMemory
from apps.accounts.models import User
from tests.keyserver import KeyServer
from tests.tokens import SigningKey, claims, shared_secret_token

CLAIMS = Claims("alice", None, None, 0, 600)


def remembered(until: float = 600) -> Remembered:
    return Remembered(CLAIMS, until, lambda: "key", "key")


def ask(token: str) -> int:
    return int(APIClient().get("/api/auth/me", HTTP_AUTHORIZATION=f"Bearer {token}").status_code)


def test_a_token_is_remembered_until_it_ends() -> None:
    now = [0.0]
    memory = TokenMemory(clock=lambda: now[0])
    memory.keep("token", remembered(until=610))
    assert memory.recall("token") == CLAIMS
    assert memory.recall("other") is None
    now[0] = 610
    assert memory.recall("token") is None


def test_memory_is_bounded_and_holds_no_token() -> None:
    memory = TokenMemory(most=3)
    for number in range(5):
        memory.keep(f"token-{number}", remembered(until=2e9))
    assert [memory.recall(f"token-{number}") is not None for number in range(5)] == [False, False, True, True, True]
    assert "token" not in str(memory._tokens)


def test_a_signature_is_checked_once(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    token = shared_secret_token("alice")
    assert ask(token) == 200
    monkeypatch.setattr("apps.accounts.verifiers.jwt.decode", None)
    assert ask(token) == 200


@pytest.mark.parametrize("scheme", ["Basic", "Digest", "Token", ""])
def test_a_remembered_token_is_good_under_bearer_alone(alice: User, scheme: str) -> None:
    token = shared_secret_token("alice")
    assert ask(token) == 200
    assert APIClient().get("/api/auth/me", HTTP_AUTHORIZATION=f"{scheme} {token}").status_code == 401


def test_a_bad_token_is_never_remembered(db: None) -> None:
    assert ask(shared_secret_token("alice", secret="x" * 40)) == 401
    assert not verifiers.memory._tokens


def test_a_deactivated_persons_token_is_forgotten(carol: User) -> None:
    assert ask(shared_secret_token("carol")) == 401
    assert not verifiers.memory._tokens


@pytest.mark.django_db
def test_a_withdrawn_key_takes_its_tokens_along(settings: Any) -> None:
    kept, withdrawn = SigningKey("EdDSA", "kept"), SigningKey("EdDSA", "withdrawn")
    with KeyServer(kept.jwk, withdrawn.jwk) as server:
        settings.BETTER_AUTH_URL = server.origin
        payload = claims("user", iss=server.origin, aud=server.origin)
        tokens = [key.token(payload) for key in (kept, withdrawn)]
        assert [ask(token) for token in tokens] == [200, 200]
        server.keys = [kept.jwk]
        key_set = verifiers.verifiers()["EdDSA"]._backend.keys  # type: ignore[attr-defined]
        before = key_set.known("kept", "EdDSA")
        key_set._fetch()
        assert key_set.known("kept", "EdDSA") is before
        assert [ask(token) for token in tokens] == [200, 401]
