"""What lists ask of whom, where there is a replica. Here the primary stands in for one."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connections
from rest_framework.test import APIClient

from apps.accounts.models import User
from apps.ops.replica import ALIAS, Rest
from apps.tasks import replica
from apps.tasks.models import Task
from apps.tasks.views import tags, tasks
from tests.factories import TaskFactory
from tests.stand_in import stand_in

LISTS = ["/api/tasks", "/api/tasks?status=pending", "/api/tasks?search=alice", "/api/tasks/tags"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _stand_in(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("apps.ops.replica.rest", Rest())
    for views in (tags, tasks):
        monkeypatch.setattr(views, "IS_SET", True)
    with stand_in():
        yield


@pytest.fixture
def _passes_for_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replica, "HAS_ALL", replica.HAS_ALL.replace("AND pg_is_in_recovery()", ""))


@pytest.mark.usefixtures("_passes_for_one")
@pytest.mark.parametrize("path", LISTS)
def test_the_primary_is_asked_for_one_number(
    path: str, api: APIClient, task: Task, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        answer = api.get(path)
    assert answer.status_code == 200


@pytest.mark.parametrize("path", LISTS)
def test_what_is_no_replica_answers_nothing(
    path: str, api: APIClient, task: Task, django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The condition, in a transaction.
    with django_assert_num_queries(3, using=ALIAS):
        asked = api.get(path)
    for views in (tags, tasks):
        monkeypatch.setattr(views, "IS_SET", False)
    assert asked.json() == api.get(path).json()


@pytest.mark.usefixtures("_passes_for_one")
def test_who_has_no_task_is_answered_by_the_primary(api: APIClient, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0, using=ALIAS):
        assert api.get("/api/tasks").json()["results"] == []


@pytest.mark.usefixtures("_passes_for_one")
def test_an_open_transaction_sends_who_wrote_behind_it_to_the_primary(
    api: APIClient, alice: User, bob: User, django_assert_num_queries: Any
) -> None:
    TaskFactory.create(user=alice, title="Before")
    other = connections.create_connection("default")
    other.set_autocommit(False)
    with other.cursor() as cursor:
        cursor.execute("INSERT INTO tasks_task (title, user_id) VALUES ('Slow', 'bob')")
    with django_assert_num_queries(1):
        api.get("/api/tasks")
    assert api.post("/api/tasks", {"title": "Behind it"}).status_code == 201
    with django_assert_num_queries(2):
        answer = api.get("/api/tasks")
    other.rollback()
    other.close()
    assert [task["title"] for task in answer.json()["results"]] == ["Before", "Behind it"]


@pytest.mark.usefixtures("_passes_for_one")
def test_a_bad_query_is_refused_all_the_same(api: APIClient, task: Task) -> None:
    assert api.get("/api/tasks?cursor=nonsense").status_code == 422
