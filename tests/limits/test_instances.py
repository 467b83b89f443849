"""One quota for all servers: each of them alone would let everybody through."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import redis

from tests.chaos.stage import Instance
from tests.servers import Answer, Gunicorn
from tests.tokens import shared_secret_token

LIMIT = 10


@pytest.fixture
def servers(redis_url: str, django_db_setup: None, django_db_blocker: Any) -> Iterator[list[Gunicorn]]:
    chosen: dict[str, Any] = {"API_RATE_LIMIT": f"{LIMIT}/min", "CACHE_URL": redis_url, "WEB_CONCURRENCY": "1"}
    with (
        django_db_blocker.unblock(),
        Gunicorn(**chosen) as first,
        Instance(first.database, migrated=False, **chosen) as second,
    ):
        yield [first, second]


def test_two_servers_on_one_redis_share_one_count(servers: list[Gunicorn], redis_url: str) -> None:
    token = shared_secret_token("wanderer")

    def ask(number: int) -> Answer:
        return servers[number % 2].call("GET", "/api/auth/me", token=token)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, range(2 * LIMIT)))
    passed = [answer.headers["RateLimit"].split(";")[1] for answer in answers if answer.status == 200]
    assert sorted(passed) == [f"r={number}" for number in range(LIMIT)]
    assert [answer.status for answer in answers].count(429) == LIMIT
    # Counted there, and nowhere else.
    client = redis.Redis.from_url(redis_url)
    assert client.get("limits:person:wanderer") == str(2 * LIMIT).encode()
    client.close()
    assert servers[0].database.rows("SELECT count(*) FROM limits_counter") == [(0,)]
