"""The archive of the last good key set: what enters it, when it is read, and that it can do no harm."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import OperationalError, connection
from rest_framework.test import APIClient

from apps.accounts.archive import REWRITTEN_SECONDS, KeyArchive, read
from apps.accounts.claims import KeysUnavailable, Refused
from apps.accounts.jwks import public_set
from apps.accounts.keys import COOL_DOWN_SECONDS, FRESH_SECONDS, KEPT_SECONDS, ArchivedSet, KeySet
from apps.accounts.models import ArchivedKeySet
from tests.clocks import Clock
from tests.keyserver import KeyServer
from tests.tokens import SigningKey, claims

KEY, OTHER = SigningKey("EdDSA", "key"), SigningKey("EdDSA", "other")
TEXT, CHANGED = (public_set(json.dumps({"keys": [key.jwk]}).encode()) for key in (KEY, OTHER))

pytestmark = pytest.mark.django_db


class Shelf:
    """An archive in memory, for what a key set does with one."""

    def __init__(self, archived: ArchivedSet | None = None) -> None:
        self.archived, self.loads = archived, 0

    def load(self, url: str) -> ArchivedSet | None:
        self.loads += 1
        return self.archived

    def save(self, url: str, text: str) -> None:
        self.archived = ArchivedSet(text, 0)


@pytest.fixture
def keyserver() -> Iterator[KeyServer]:
    with KeyServer(KEY.jwk) as server:
        yield server


@pytest.fixture
def archive(monkeypatch: pytest.MonkeyPatch) -> KeyArchive:
    """A server process's, in the connection of the test, which must not be closed."""
    monkeypatch.setattr(connection, "close", lambda: None)
    archive = KeyArchive(Clock())
    archive.write_from_here()
    return archive


def test_a_set_is_written_when_it_changed_or_is_old(archive: KeyArchive, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(2):
        archive.save("url", TEXT)
    with django_assert_num_queries(0):
        archive.save("url", TEXT)
    with django_assert_num_queries(1):
        archive.save("url", CHANGED)
    assert ArchivedKeySet.objects.get().text == CHANGED
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_archivedkeyset SET fetched_at = fetched_at - interval '61 seconds'")
    archive._clock.now += REWRITTEN_SECONDS  # type: ignore[attr-defined]
    with django_assert_num_queries(1):
        archive.save("url", CHANGED)
    found = read("url")
    assert found
    assert found.text == CHANGED
    assert 0 <= found.age_seconds < 60


def test_workers_do_not_write_what_another_has_just_written(archive: KeyArchive) -> None:
    archive.save("url", TEXT)
    before = ArchivedKeySet.objects.get().fetched_at
    other = KeyArchive()
    other.write_from_here()
    other.save("url", TEXT)
    assert ArchivedKeySet.objects.get().fetched_at == before


def test_a_process_that_is_no_server_writes_nothing(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        KeyArchive().save("url", TEXT)


@pytest.mark.parametrize("step", ["read", "_write"])
def test_a_database_that_is_away_is_no_error(archive: KeyArchive, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    def away(*_: str) -> None:
        raise OperationalError

    monkeypatch.setattr(f"apps.accounts.archive.{step}", away)
    archive.save("url", TEXT)
    assert archive.load("url") is None
    assert not archive._saving.locked()


def test_a_process_that_starts_in_an_outage_knows_what_others_knew(keyserver: KeyServer) -> None:
    keyserver.answer, clock = 503, Clock()
    shelf = Shelf(ArchivedSet(TEXT, KEPT_SECONDS - 60))
    key_set = KeySet(keyserver.url, clock, archive=shelf)
    assert key_set.find("key", "EdDSA")
    with pytest.raises(KeysUnavailable):
        key_set.find("other", "EdDSA")
    clock.now += 30
    assert key_set.find("key", "EdDSA")
    assert shelf.loads == 1
    clock.now += 31
    shelf.archived = ArchivedSet(TEXT, KEPT_SECONDS + 1)
    with pytest.raises(KeysUnavailable):
        key_set.find("key", "EdDSA")


@pytest.mark.parametrize(
    "archived",
    [None, ArchivedSet(TEXT, KEPT_SECONDS), ArchivedSet("{", 5), ArchivedSet('{"keys": []}', 5)],
    ids=["empty", "a day old", "not JSON", "no key"],
)
def test_an_archive_of_no_use_is_read_seldom(keyserver: KeyServer, archived: ArchivedSet | None) -> None:
    keyserver.answer, clock, shelf = 503, Clock(), Shelf(archived)
    key_set = KeySet(keyserver.url, clock, archive=shelf)
    for _ in range(5):
        with pytest.raises(KeysUnavailable):
            key_set.find("key", "EdDSA")
    assert shelf.loads == 1
    clock.now += COOL_DOWN_SECONDS
    with pytest.raises(KeysUnavailable):
        key_set.find("key", "EdDSA")
    assert shelf.loads == 2


def test_what_the_key_server_says_goes_before_the_archive(keyserver: KeyServer) -> None:
    shelf = Shelf(ArchivedSet(CHANGED, 5))
    key_set = KeySet(keyserver.url, archive=shelf)
    assert key_set.find("key", "EdDSA")
    with pytest.raises(Refused):
        key_set.find("other", "EdDSA")
    assert shelf.loads == 0


def test_the_key_server_takes_over_when_it_is_back(keyserver: KeyServer) -> None:
    keyserver.answer, clock = 503, Clock()
    key_set = KeySet(keyserver.url, clock, archive=Shelf(ArchivedSet(CHANGED, FRESH_SECONDS)))
    assert key_set.find("other", "EdDSA")
    keyserver.answer = None
    clock.now += COOL_DOWN_SECONDS
    assert key_set.find("key", "EdDSA")
    with pytest.raises(Refused):
        key_set.find("other", "EdDSA")


def test_known_keys_cost_no_query(keyserver: KeyServer, settings: Any, django_assert_num_queries: Any) -> None:
    settings.BETTER_AUTH_URL = keyserver.origin
    client = APIClient()

    def ask(number: int) -> int:
        token = KEY.token(claims("user", iss=keyserver.origin, aud=keyserver.origin, jti=str(number)))
        return int(client.get("/api/auth/me", HTTP_AUTHORIZATION=f"Bearer {token}").status_code)

    assert ask(0) == 200
    with django_assert_num_queries(0):
        assert [ask(number) for number in range(1, 6)] == [200] * 5
