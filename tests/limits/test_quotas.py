"""Quotas: atomic over threads, processes and stores, and told in headers."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import redis
from django.db import connection, connections
from rest_framework.test import APIClient

from apps.limits import quotas
from apps.limits.models import Counter
from apps.limits.quotas import Quota, quota_from, use
from apps.limits.stores import RedisStore, store
from tests.conftest import client_for
from tests.servers import Gunicorn
from tests.tokens import shared_secret_token

QUOTA = Quota("test", 50, 60)


@pytest.mark.parametrize(
    ("rate", "quota"),
    [("600/min", Quota("x", 600, 60)), ("1/sec", Quota("x", 1, 1)), ("5/day", Quota("x", 5, 86400)), ("none", None)],
)
def test_a_rate_is_a_quota(rate: str, quota: Quota | None) -> None:
    assert quota_from("x", rate) == quota


def use_at_once(times: int) -> list[bool]:
    def once(_: int) -> bool:
        try:
            usage = use(QUOTA, "crowd")
            return usage is not None and not usage.exceeded
        finally:
            connections.close_all()

    with ThreadPoolExecutor(16) as pool:
        return list(pool.map(once, range(times)))


@pytest.mark.django_db(transaction=True)
def test_the_database_counts_each_hit_once() -> None:
    assert sum(use_at_once(120)) == QUOTA.limit


def test_redis_counts_each_hit_once(redis_url: str, settings: Any) -> None:
    settings.CACHE_URL = redis_url
    assert isinstance(store(), RedisStore)
    assert sum(use_at_once(120)) == QUOTA.limit


def test_a_store_that_is_away_limits_nobody(settings: Any, caplog: pytest.LogCaptureFixture) -> None:
    settings.CACHE_URL = "redis://127.0.0.1:1/0"
    assert use(QUOTA, "anyone") is None
    assert caplog.records[0].name == quotas.logger.name


@pytest.mark.django_db
def test_a_new_window_starts_from_one(django_assert_num_queries: Any) -> None:
    for _ in range(3):
        use(QUOTA, "someone")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE limits_counter SET started_at = started_at - interval '61 seconds'")
    with django_assert_num_queries(1):
        usage = use(QUOTA, "someone")
    assert usage is not None
    assert (usage.remaining, usage.resets_in) == (QUOTA.limit - 1, 60)


@pytest.mark.django_db
def test_the_headers_tell_what_is_left(settings: Any, django_assert_num_queries: Any) -> None:
    settings.API_RATE_LIMIT = "2/min"
    client = client_for("busy")
    client.get("/api/auth/me")
    with django_assert_num_queries(1):
        answer = client.get("/api/auth/me")
    assert answer["RateLimit-Policy"] == '"person";q=2;w=60'
    assert answer["RateLimit"].startswith('"person";r=0;t=')
    refused = client.get("/api/auth/me")
    assert refused.status_code == 429
    assert refused["RateLimit"].startswith('"person";r=0;t=')
    assert 1 <= int(refused["Retry-After"]) <= 60
    assert client_for("calm").get("/api/auth/me").status_code == 200


@pytest.mark.django_db
def test_no_limit_asks_nothing(settings: Any, django_assert_num_queries: Any) -> None:
    settings.API_RATE_LIMIT = "none"
    client = client_for("free")
    client.get("/api/auth/me")
    with django_assert_num_queries(0):
        answer = client.get("/api/auth/me")
    assert "RateLimit" not in answer.headers
    assert not Counter.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("forged", [False, True])
def test_an_address_that_sends_bad_tokens_has_to_wait(settings: Any, forged: bool) -> None:
    settings.API_RATE_LIMIT, settings.ADDRESS_REFUSAL_LIMIT = "600/min", "3/min"
    good = client_for("remembered")
    assert good.get("/api/auth/me").status_code == 200
    bad = APIClient(REMOTE_ADDR="1.1.1.1")
    statuses = []
    for number in range(6):
        # With no trusted proxy, X-Forwarded-For says nothing.
        headers = {"X-Forwarded-For": f"9.9.9.{number}"} if forged else {}
        answer = bad.get("/api/auth/me", headers={"Authorization": f"Bearer bad{number}", **headers})
        statuses.append(answer.status_code)
    assert statuses == [401, 401, 401, 401, 429, 429]
    assert 1 <= int(answer["Retry-After"]) <= 60
    assert answer["RateLimit-Policy"] == '"address";q=3;w=60'
    assert answer["RateLimit"] == f'"address";r=0;t={answer["Retry-After"]}'
    assert answer.json()["type"] == "/problems/quota-exceeded"
    newcomer = client_for("newcomer")
    assert newcomer.get("/api/auth/me", REMOTE_ADDR="1.1.1.1").status_code == 429
    assert good.get("/api/auth/me").status_code == 200
    elsewhere = APIClient(REMOTE_ADDR="8.8.8.8")
    assert elsewhere.get("/api/auth/me").status_code == 401


@pytest.mark.django_db
def test_an_address_that_may_be_a_proxys_is_not_counted(settings: Any) -> None:
    settings.API_RATE_LIMIT, settings.ADDRESS_REFUSAL_LIMIT = "600/min", "1/min"
    for _ in range(4):
        answer = APIClient(REMOTE_ADDR="10.0.0.1").get("/api/auth/me", HTTP_AUTHORIZATION="Bearer bad")
        assert answer.status_code == 401


@pytest.mark.django_db
def test_redis_is_asked_once_and_the_database_not_at_all(
    redis_url: str, settings: Any, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    settings.API_RATE_LIMIT, settings.CACHE_URL = "600/min", redis_url
    client = client_for("cached")
    client.get("/api/auth/me")
    round_trips = []
    send: Any = redis.connection.Connection.send_packed_command

    def counted(*args: Any, **kwargs: Any) -> Any:
        round_trips.append(args)
        return send(*args, **kwargs)

    monkeypatch.setattr(redis.connection.Connection, "send_packed_command", counted)
    with django_assert_num_queries(0):
        answer = client.get("/api/auth/me")
    assert answer["RateLimit"].startswith('"person";r=598;t=')
    assert len(round_trips) == 1


@pytest.mark.parametrize("where", ["the database", "Redis"])
def test_two_workers_share_one_count(
    where: str, request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any
) -> None:
    cache = request.getfixturevalue("redis_url") if where == "Redis" else ""
    with django_db_blocker.unblock(), Gunicorn(API_RATE_LIMIT="10/min", CACHE_URL=cache) as server:
        token = shared_secret_token("shared")

        def ask(_: int) -> tuple[int, str]:
            answer = server.call("GET", "/api/auth/me", token=token)
            return answer.status, answer.headers["RateLimit"].split(";")[1]

        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(ask, range(40)))
        counted = server.database.rows("SELECT count(*) FROM limits_counter")
    # Each hit was counted once: no two saw the same number left.
    assert sorted(left for status, left in answers if status == 200) == [f"r={number}" for number in range(10)]
    assert [left for status, left in answers if status == 429] == ["r=0"] * 30
    assert counted == [(0 if cache else 1,)]
