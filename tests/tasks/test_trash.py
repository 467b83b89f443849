"""The trash: what DELETE moves there, what comes back, what goes for good, and that nobody else sees any of it."""

import threading
from datetime import timedelta
from typing import Any

import psycopg2
import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from rest_framework.test import APIClient

from apps.accounts.models import User
from apps.tasks import trash
from apps.tasks.housekeeping import purge_trash
from apps.tasks.models import Task, Tombstone
from tests.clocks import wait_until
from tests.conftest import client_for
from tests.factories import TaskFactory


def trashed(user: User, days: float = 0, **fields: Any) -> Task:
    return TaskFactory.create(user=user, deleted_at=timezone.now() - timedelta(days=days), **fields)


def ids(answer: Any) -> list[int]:
    return [row["id"] for row in answer.json()["results"]]


def test_from_the_list_to_the_trash_and_back(api: APIClient, task: Task, django_assert_num_queries: Any) -> None:
    before = api.get(f"/api/tasks/{task.pk}").json()
    assert api.delete(f"/api/tasks/{task.pk}").status_code == 204
    with django_assert_num_queries(1):
        row = api.get("/api/tasks/trash").json()["results"][0]
    deleted_at = row.pop("deleted_at")
    assert deleted_at == row["updated_at"]
    kept = {name: value for name, value in before.items() if name not in {"version", "updated_at"}}
    assert {name: row[name] for name in kept} == kept
    with django_assert_num_queries(1):
        restored = api.post(f"/api/tasks/{task.pk}/restore")
    assert (restored.status_code, restored["ETag"]) == (200, '"3"')
    assert restored.json() == api.get(f"/api/tasks/{task.pk}").json()
    assert {name: restored.json()[name] for name in kept} == kept
    assert ids(api.get("/api/tasks/trash")) == []


def test_a_task_in_the_trash_is_nowhere_else(api: APIClient, alice: User) -> None:
    gone = trashed(alice, tags=["t"], title="needle")
    for path in ("/api/tasks", "/api/tasks?search=needle", "/api/tasks?tags_any=t", "/api/tasks?ordering=-title"):
        assert api.get(path).json()["results"] == []
    assert api.get("/api/tasks/tags").json()["results"] == []
    for method, body in (("get", None), ("put", {"title": "x"}), ("patch", {}), ("delete", None)):
        assert getattr(api, method)(f"/api/tasks/{gone.pk}", body).status_code == 404
    assert api.post("/api/tasks/bulk", {"update": {"ids": [gone.pk], "changes": {"title": "x"}}}).status_code == 422
    assert api.post("/api/tasks/bulk", {"delete": [gone.pk]}).status_code == 422


def test_a_living_task_is_not_in_the_trash(api: APIClient, task: Task) -> None:
    assert api.post(f"/api/tasks/{task.pk}/restore").status_code == 404
    assert api.delete(f"/api/tasks/trash/{task.pk}").status_code == 404
    assert api.delete("/api/tasks/trash").status_code == 204
    assert Task.objects.filter(pk=task.pk).exists()


def test_one_goes_for_good_and_leaves_a_tombstone(api: APIClient, alice: User) -> None:
    doomed, kept = trashed(alice), trashed(alice)
    assert api.delete(f"/api/tasks/trash/{doomed.pk}").status_code == 204
    assert [task.pk for task in Task.objects.all()] == [kept.pk]
    assert list(Tombstone.objects.values_list("user_id", "task_id")) == [("alice", doomed.pk)]
    assert api.post(f"/api/tasks/{doomed.pk}/restore").status_code == 404


def test_all_of_it_goes_for_good(api: APIClient, alice: User, bob: User, task: Task) -> None:
    for _ in range(3):
        trashed(alice)
    bobs = trashed(bob)
    assert api.delete("/api/tasks/trash").status_code == 204
    assert set(Task.objects.values_list("pk", flat=True)) == {task.pk, bobs.pk}
    assert Tombstone.objects.filter(user_id="alice").count() == 3
    assert api.delete("/api/tasks/trash").status_code == 204


def test_a_large_trash_goes_in_batches(
    api: APIClient, alice: User, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    monkeypatch.setattr(trash, "BATCH_ROWS", 2)
    for _ in range(5):
        trashed(alice)
    # What time it is, and two, two and one.
    with django_assert_num_queries(4):
        assert api.delete("/api/tasks/trash").status_code == 204
    assert not Task.objects.exists()
    assert Tombstone.objects.filter(user_id="alice").count() == 5


def test_where_there_is_no_time_for_all_it_says_how_many_remain(
    api: APIClient, alice: User, bob: User, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    monkeypatch.setattr(trash, "BATCH_ROWS", 2)
    # Enough for one batch.
    settings.STATEMENT_SECONDS = 0
    tasks, bobs = [trashed(alice, days) for days in (1, 5, 3, 2, 4)], trashed(bob)
    answer = api.delete("/api/tasks/trash")
    assert (answer.status_code, answer.json()) == (200, {"remaining": 3})
    assert set(Task.objects.all()) == {tasks[0], tasks[2], tasks[3], bobs}
    assert api.delete("/api/tasks/trash").json() == {"remaining": 1}
    assert api.delete("/api/tasks/trash").status_code == 204
    assert Task.objects.get() == bobs


def commit_once_waited_for(session: Any) -> None:
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"

    def is_waited_for() -> bool:
        with connection.cursor() as cursor:
            cursor.execute(waiting)
            return bool(cursor.fetchone()[0])

    try:
        wait_until(is_waited_for)
    finally:
        session.commit()
        connection.close()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("by", ["its owner", "the purge"])
def test_what_is_restored_in_that_moment_stays(by: str, alice: User) -> None:
    """The restoring has begun, and ends once the deletion waits for it."""
    task = trashed(alice, 31)
    restoring = psycopg2.connect(**connection.get_connection_params() | {"cursor_factory": None})
    restoring.cursor().execute("UPDATE tasks_task SET deleted_at = NULL WHERE id = %s", [task.pk])
    commit = threading.Thread(target=commit_once_waited_for, args=[restoring])
    commit.start()
    emptied = client_for("alice").delete("/api/tasks/trash").status_code if by == "its owner" else purge_trash()
    assert emptied in {204, 0}
    commit.join()
    restoring.close()
    assert Task.objects.get().deleted_at is None


@pytest.mark.django_db
def test_what_is_deleted_meanwhile_is_not_doomed(api: APIClient, alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trash, "BATCH_ROWS", 1)
    later = TaskFactory.create(user=alice, deleted_at=timezone.now() + timedelta(minutes=1))
    trashed(alice)
    assert api.delete("/api/tasks/trash").status_code == 204
    assert Task.objects.get() == later


@pytest.mark.parametrize("rights", ["none", "superuser"])
def test_anothers_trash_is_as_one_that_never_was(alice: User, bob: User, rights: str) -> None:
    User.objects.filter(pk="alice").update(is_staff=rights != "none", is_superuser=rights != "none")
    api, bobs = client_for("alice"), trashed(bob)
    before = Task.objects.filter(pk=bobs.pk).values().get()
    for number in (bobs.pk, 10**12, 2**63):
        assert api.post(f"/api/tasks/{number}/restore").status_code == 404
        assert api.delete(f"/api/tasks/trash/{number}").status_code == 404
    assert ids(api.get("/api/tasks/trash")) == []
    assert Task.objects.filter(pk=bobs.pk).values().get() == before


def test_the_latest_comes_first_and_pages_follow(api: APIClient, alice: User) -> None:
    tasks = [trashed(alice, days) for days in (3, 1, 2, 5, 4)]
    order = [tasks[index].pk for index in (1, 2, 0, 4, 3)]
    first = api.get("/api/tasks/trash?limit=2").json()
    assert [row["id"] for row in first["results"]] == order[:2]
    assert first["count"] == 5
    second = api.get(first["next"]).json()
    by_cursor = api.get(f"/api/tasks/trash?limit=10&cursor={first['next_cursor']}").json()
    assert [row["id"] for row in second["results"]] == order[2:4]
    assert [row["id"] for row in by_cursor["results"]] == order[2:]
    assert api.get(f"/api/tasks?cursor={first['next_cursor']}").status_code == 422


def test_after_thirty_days_it_is_gone(alice: User) -> None:
    old, young = trashed(alice, 31), trashed(alice, 29)
    call_command("purge")
    assert [task.pk for task in Task.objects.all()] == [young.pk]
    assert Tombstone.objects.get().task_id == old.pk


def test_a_person_who_is_erased_takes_the_tombstones_along(alice: User, bob: User) -> None:
    trashed(alice).delete()
    trashed(bob).delete()
    trashed(alice)
    alice.delete()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert list(Tombstone.objects.values_list("user_id", flat=True)) == ["bob"]
