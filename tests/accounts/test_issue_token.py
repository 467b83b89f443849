"""`manage.py issue_token`."""

from io import StringIO
from typing import Any

import jwt
import pytest
from django.core.management import CommandError, call_command
from rest_framework.test import APIClient


def issued(*words: str) -> str:
    out = StringIO()
    call_command("issue_token", *words, stdout=out)
    return out.getvalue().strip()


def test_the_token_works(db: None) -> None:
    token = issued("--sub", "alice", "--email", "alice@example.com", "--name", "Alice")
    answer = APIClient().get("/api/auth/me", HTTP_AUTHORIZATION=f"Bearer {token}")
    assert answer.json() == {"user_id": "alice", "email": "alice@example.com", "name": "Alice"}


def test_it_lives_an_hour() -> None:
    payload = jwt.decode(issued("--sub", "alice"), options={"verify_signature": False})
    assert payload["exp"] - payload["iat"] == 3600


def test_it_carries_issuer_and_audience_where_they_are_checked(settings: Any) -> None:
    settings.JWT_ISSUER, settings.JWT_AUDIENCE = "https://a.example", "tasks"
    payload = jwt.decode(issued("--sub", "alice"), options={"verify_signature": False})
    assert (payload["iss"], payload["aud"]) == ("https://a.example", "tasks")


@pytest.mark.parametrize(("subject", "secret"), [("alice", ""), ("", "s" * 40), ("x" * 256, "s" * 40)])
def test_what_cannot_work_is_said(settings: Any, subject: str, secret: str) -> None:
    settings.BETTER_AUTH_SECRET = secret
    with pytest.raises(CommandError):
        issued("--sub", subject)
