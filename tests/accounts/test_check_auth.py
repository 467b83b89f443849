"""`manage.py check_auth` and `manage.py purge`."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from apps.accounts.models import Session, User
from apps.limits.models import Counter
from tests.factories import local_account
from tests.keyserver import KeyServer
from tests.tokens import SigningKey, claims, shared_secret_token


def checked(monkeypatch: pytest.MonkeyPatch, token: str = "") -> str:
    out = StringIO()
    monkeypatch.setattr("sys.stdin", StringIO(token))
    call_command("check_auth", stdout=out)
    return out.getvalue()


def test_it_tells_who_may_sign(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    with KeyServer(SigningKey("EdDSA", "key-one").jwk) as server:
        settings.BETTER_AUTH_URL = server.origin
        text = checked(monkeypatch)
    assert "HS256" in text
    assert f"issuer    {server.origin}" in text
    assert "key-one  EdDSA" in text
    assert "This token" not in text


def test_it_tells_why_keys_cannot_be_fetched(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.BETTER_AUTH_SECRET, settings.BETTER_AUTH_URL = "", "http://127.0.0.1:1"
    text = checked(monkeypatch)
    assert "Shared secret: off" in text
    assert "cannot be fetched: " in text


@pytest.mark.parametrize(
    ("token", "sentence"),
    [
        (shared_secret_token("alice"), "This token is good: its caller is 'alice'."),
        ("Bearer " + shared_secret_token("alice"), "This token is good: its caller is 'alice'."),
        (shared_secret_token("alice", exp=1), "This token would be refused: expired."),
        (SigningKey("EdDSA", "k").token(claims()), "This token would be refused: no verifier takes this alg."),
    ],
)
def test_it_judges_a_token(monkeypatch: pytest.MonkeyPatch, token: str, sentence: str) -> None:
    assert checked(monkeypatch, token + "\n").strip().endswith(sentence)


def test_it_says_when_it_cannot_judge(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.BETTER_AUTH_URL = "http://127.0.0.1:1"
    assert "cannot be judged" in checked(monkeypatch, SigningKey("EdDSA", "k").token(claims()))


def test_purge_keeps_what_still_counts(db: None) -> None:
    person: User = local_account()
    now = timezone.now()
    old, young = (Session.objects.create(user=person, used_at=now - timedelta(days=days)) for days in (15, 13))
    for key, days in (("old", 2), ("young", 0)):
        Counter.objects.create(key=key, started_at=now - timedelta(days=days), hits=1)
    call_command("purge")
    assert list(Session.objects.all()) == [young]
    assert not Session.objects.filter(pk=old.pk).exists()
    assert [str(counter) for counter in Counter.objects.all()] == ["young: 1"]
