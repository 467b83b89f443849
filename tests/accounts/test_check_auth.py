"""`manage.py check_auth` and `manage.py purge`."""

import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import OperationalError
from django.utils import timezone

from apps.accounts.models import ArchivedKeySet, Session, User
from apps.limits.models import Counter
from tests.factories import local_account
from tests.keyserver import KeyServer
from tests.tokens import SigningKey, claims, shared_secret_token

pytestmark = pytest.mark.django_db


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
    assert "keys now  fetched just now" in text
    assert "archive   empty" in text
    assert "key-one  EdDSA  published\n" in text
    assert "This token" not in text


def test_it_tells_why_a_published_key_is_not_used(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    weak, other = SigningKey("RS256", "weak", rsa_bits=1024).jwk, SigningKey("EdDSA", "other").jwk
    with KeyServer(weak, {**other, "key_ops": ["sign"]}, SigningKey("EdDSA", "good").jwk) as server:
        settings.BETTER_AUTH_URL = server.origin
        text = checked(monkeypatch)
        assert "not used  weak  an RSA key needs 2048 bits\n" in text
        assert "not used  other  its key_ops do not name verify\n" in text
        assert "key       good  EdDSA  published\n" in text
        server.keys.pop()
        text = checked(monkeypatch)
    assert "cannot be fetched: the answer holds no usable key" in text
    assert "not used  weak" in text


def test_it_tells_why_keys_cannot_be_fetched(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.BETTER_AUTH_SECRET, settings.BETTER_AUTH_URL = "", "http://127.0.0.1:1"
    text = checked(monkeypatch)
    assert "Shared secret: off" in text
    assert "cannot be fetched: " in text


def test_it_tells_how_old_the_keys_are_that_the_workers_hold(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    kept, old, new = (SigningKey("EdDSA", key_id) for key_id in ("kept", "old", "new"))
    with KeyServer(kept.jwk, new.jwk) as server:
        settings.BETTER_AUTH_URL = server.origin
        archived = ArchivedKeySet.objects.create(url=server.url, text=json.dumps({"keys": [kept.jwk, old.jwk]}))
        for seconds, told in (
            (-190, "fetched by a worker 3 min 10 s ago, serves 23 h 56 min more in an outage"),
            (-90_000, "fetched by a worker 25 h 0 min ago, too old to serve"),
        ):
            archived.fetched_at = timezone.now() + timedelta(seconds=seconds)
            archived.save()
            text = checked(monkeypatch)
            assert f"archive   {told}" in text
    assert "kept  EdDSA  published and archived\n" in text
    assert "old  EdDSA  archived\n" in text
    assert "new  EdDSA  published\n" in text


def test_it_judges_by_the_archive_while_the_key_server_is_away(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    key, settings.BETTER_AUTH_URL = SigningKey("EdDSA", "k"), "http://127.0.0.1:1"
    ArchivedKeySet.objects.create(url="http://127.0.0.1:1/api/auth/jwks", text=json.dumps({"keys": [key.jwk]}))
    text = checked(monkeypatch, key.token(claims("ada", iss="http://127.0.0.1:1", aud="http://127.0.0.1:1")))
    assert "keys now  cannot be fetched: ConnectionRefusedError" in text
    assert "This token is good: its caller is 'ada'." in text


def test_it_shows_what_it_can_while_the_database_is_away(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    def away(_: str) -> None:
        raise OperationalError

    monkeypatch.setattr("apps.accounts.archive.read", away)
    with KeyServer(SigningKey("EdDSA", "key-one").jwk) as server:
        settings.BETTER_AUTH_URL = server.origin
        text = checked(monkeypatch)
    assert "archive   cannot be read: OperationalError" in text
    assert "key-one  EdDSA  published\n" in text


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


def test_purge_keeps_what_still_counts() -> None:
    person: User = local_account()
    now = timezone.now()
    old, young = (Session.objects.create(user=person, used_at=now - timedelta(days=days)) for days in (15, 13))
    for key, days in (("old", 2), ("young", 0)):
        Counter.objects.create(key=key, started_at=now - timedelta(days=days), hits=1)
    for url, hours in (("old", 25), ("young", 23)):
        ArchivedKeySet.objects.create(url=url, text="{}", fetched_at=now - timedelta(hours=hours))
    call_command("purge")
    assert list(Session.objects.all()) == [young]
    assert not Session.objects.filter(pk=old.pk).exists()
    assert [str(counter) for counter in Counter.objects.all()] == ["young: 1"]
    assert [str(keys) for keys in ArchivedKeySet.objects.all()] == ["young"]
