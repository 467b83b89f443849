"""What the log tells of a refused token: its cause and origin, never the token."""

import logging
from typing import Any

import pytest
from rest_framework.test import APIClient

from tests.environment import SHARED_SECRET
from tests.tokens import SigningKey, claims, hmac_token, shared_secret_token

pytestmark = pytest.mark.django_db


def refusal(caplog: pytest.LogCaptureFixture, token: str) -> dict[str, Any]:
    caplog.set_level(logging.WARNING)
    headers = {"Authorization": f"Bearer {token}", "X-Request-ID": "asked-1"}
    APIClient(REMOTE_ADDR="9.8.7.6").get("/api/auth/me", headers=headers)
    (record,) = [record for record in caplog.records if record.name == "accounts.refusals"]
    assert token not in str(record.__dict__)
    return dict(record.__dict__)


def test_a_refused_key_is_described(caplog: pytest.LogCaptureFixture) -> None:
    record = refusal(caplog, SigningKey("EdDSA", "some-key").token(claims(iss="https://a.example")))
    told = {name: record[name] for name in ("reason", "kind", "alg", "kid", "iss", "address")}
    assert told == {
        "reason": "no verifier takes this alg",
        "kind": "Better Auth",
        "alg": "EdDSA",
        "kid": "some-key",
        "iss": "https://a.example",
        "address": "9.8.7.6",
    }


@pytest.mark.parametrize(
    ("token", "reason"),
    [
        (shared_secret_token(exp=1), "expired"),
        (shared_secret_token(secret="x" * 40), "InvalidSignatureError: Signature verification failed"),
        ("nonsense", "not three parts of base64url without padding"),
    ],
)
def test_the_reason_is_told(caplog: pytest.LogCaptureFixture, token: str, reason: str) -> None:
    assert refusal(caplog, token)["reason"] == reason


@pytest.mark.parametrize("odd", ["k" * 5000, "new\nline", 5, ["k"]])
def test_what_an_attacker_writes_is_cut_and_printable(caplog: pytest.LogCaptureFixture, odd: Any) -> None:
    record = refusal(caplog, shared_secret_token(secret="x" * 40, iss=odd))
    assert record["iss"] is None or (len(record["iss"]) <= 128 and record["iss"].isprintable())


@pytest.mark.parametrize("name", ["x", "y" * 500, "a: b", "new\nline"])
def test_causes_are_few_whatever_a_token_says(caplog: pytest.LogCaptureFixture, name: str) -> None:
    record = refusal(caplog, hmac_token(claims(), SHARED_SECRET.encode(), crit=[name], **{name: 1}))
    assert record["cause"] == "crit names an extension that is not understood here"
    assert len(record["reason"]) <= 128
