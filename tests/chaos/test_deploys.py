"""A deploy at noon: under load, one server after the other, and nobody is refused."""

import time
from collections.abc import Iterator

import pytest

from tests.chaos.ledger import ledger
from tests.chaos.people import Crowd
from tests.chaos.stage import IS_POSSIBLE, Stage, staged
from tests.postgres import PrivatePostgres
from tests.servers import Answer, manage
from tests.tokens import shared_secret_token

pytestmark = pytest.mark.skipif(not IS_POSSIBLE, reason="haproxy or pgbouncer is not installed")


@pytest.fixture(scope="module")
def stage(postgres: PrivatePostgres) -> Iterator[Stage]:
    with staged(postgres, API_RATE_LIMIT="1000/sec", DRAIN_SECONDS="2") as stage:
        yield stage


def test_a_rolling_restart_drops_no_request(stage: Stage) -> None:
    with Crowd(stage.balancer.port, 6) as crowd:
        for instance in stage.instances:
            time.sleep(1)
            instance.restart()
        time.sleep(1)
    print(f"\n{'a rolling restart':26}{dict(crowd.answers)}, longest gap {crowd.longest_gap():.2f} s")
    assert crowd.failures == []
    assert set(crowd.answers) <= {"200", "201", "204"}
    assert ledger(crowd, stage.database).is_balanced
    assert stage.crashes() == []


def test_migrations_beside_the_users(stage: Stage) -> None:
    """Back and forth over the indexes, which old and new code can do without."""
    environment = stage.instances[0].environment
    with Crowd(stage.balancer.port, 4) as crowd:
        manage(environment, "migrate", "tasks", "0004", "--no-input")
        manage(environment, "migrate", "--no-input")
    assert crowd.failures == []
    assert set(crowd.answers) <= {"200", "201", "204"}
    assert ledger(crowd, stage.database).is_balanced


def calls(stage: Stage, method: str, path: str, **options: object) -> list[Answer]:
    """The same to each instance."""
    token = shared_secret_token("wanderer")
    return [instance.call(method, path, token=token, **options) for instance in stage.instances]


def test_a_key_is_known_to_every_instance(stage: Stage) -> None:
    first, second = calls(stage, "POST", "/api/tasks", body={"title": "Once"}, Idempotency_Key="across")
    assert (first.status, second.status) == (201, 201)
    assert first.json["id"] == second.json["id"]
    assert stage.database.rows("SELECT count(*) FROM tasks_task WHERE title = 'Once'") == [(1,)]


def test_deactivation_reaches_every_instance(stage: Stage) -> None:
    assert [answer.status for answer in calls(stage, "GET", "/api/tasks")] == [200, 200]
    stage.database.rows("UPDATE accounts_user SET is_active = false WHERE subject = 'wanderer'")
    deadline = time.monotonic() + 60
    while [answer.status for answer in calls(stage, "GET", "/api/tasks")] != [401, 401]:
        assert time.monotonic() < deadline
        time.sleep(0.2)
    stage.database.rows("UPDATE accounts_user SET is_active = true WHERE subject = 'wanderer'")


def test_a_quota_is_one_for_all_instances(postgres: PrivatePostgres) -> None:
    with staged(postgres, API_RATE_LIMIT="5/hour", WEB_CONCURRENCY="1") as stage:
        statuses = [answer.status for _ in range(3) for answer in calls(stage, "GET", "/api/auth/me")]
        assert statuses == [200] * 5 + [429]
