"""Many changes at once: all or none, each error at its place, and as many statements for a hundred as for one."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from apps.accounts.models import User
from apps.tasks.models import Task
from tests.factories import TaskFactory
from tests.servers import Gunicorn
from tests.tokens import shared_secret_token

BULK = "/api/tasks/bulk"


def rows() -> list[Any]:
    return list(Task.objects.order_by("id").values())


def test_a_bit_of_each_in_the_order_asked_for(api: APIClient, alice: User) -> None:
    first, second, doomed = TaskFactory.create_batch(3, user=alice)
    answer = api.post(
        BULK,
        {
            "create": [
                {"title": " New "},
                {"title": "Other", "priority": "high", "tags": ["a"], "status": "completed"},
            ],
            "update": {"ids": [second.pk, first.pk], "changes": {"status": "completed", "tags": ["b"]}},
            "delete": [doomed.pk],
        },
    )
    assert answer.status_code == 200
    body = answer.json()
    assert [task["title"] for task in body["created"]] == ["New", "Other"]
    assert [task["priority"] for task in body["created"]] == ["normal", "high"]
    assert body["created"][1]["completed_at"] is not None
    assert [task["id"] for task in body["updated"]] == [second.pk, first.pk]
    assert {(task["status"], *task["tags"], task["version"]) for task in body["updated"]} == {("completed", "b", 2)}
    assert body["deleted"] == [doomed.pk]
    for task in body["created"] + body["updated"]:
        assert api.get(f"/api/tasks/{task['id']}").json() == task
    assert [row["id"] for row in api.get("/api/tasks/trash").json()["results"]] == [doomed.pk]


@pytest.mark.parametrize("number", [1, 33])
def test_the_number_of_statements_does_not_grow(api: APIClient, alice: User, number: int) -> None:
    ids = [task.pk for task in TaskFactory.create_batch(2 * number, user=alice)]
    body = {
        "create": [{"title": str(each)} for each in range(number)],
        "update": {"ids": ids[:number], "changes": {"title": "x"}},
        "delete": ids[number:],
    }
    with CaptureQueriesContext(connection) as queries:
        assert api.post(BULK, body).status_code == 200
    # A write begins with a note for history.
    said = [query["sql"].rpartition("*/")[2] for query in queries if "SAVEPOINT" not in query["sql"]]
    statements = [sql.split()[0] for sql in said]
    assert statements == ["SELECT", "INSERT", "UPDATE", "UPDATE"]


@pytest.mark.parametrize("kind", ["create", "update", "delete"])
def test_a_hundred_of_a_kind_fit(api: APIClient, alice: User, kind: str) -> None:
    ids = [task.pk for task in TaskFactory.create_batch(100, user=alice)] if kind != "create" else []
    body = {
        "create": [{"title": "x" * 200, "description": "y" * 2000}] * 100,
        "update": {"ids": ids, "changes": {"due_at": "2026-01-01T00:00:00Z"}},
        "delete": ids,
    }
    answer = api.post(BULK, {kind: body[kind]})
    assert answer.status_code == 200
    assert len(answer.json()[f"{kind.removesuffix('e')}ed"]) == 100


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({}, "#", "count"),
        ({"create": []}, "#", "count"),
        ({"create": [{"title": "x"}] * 101}, "#/create", "max_length"),
        ({"create": [{"title": "x"}] * 60, "delete": [*range(1, 60)]}, "#", "count"),
        ({"create": [{"title": "x"}, {"title": ""}]}, "#/create/1/title", "blank"),
        ({"create": [{"title": "x"}, {}]}, "#/create/1/title", "required"),
        ({"create": [{"title": "x", "tags": ["a", ""]}]}, "#/create/0/tags/1", "blank"),
        ({"create": [{"title": "x", "user_id": "bob"}]}, "#/create/0/user_id", "read_only"),
        ({"create": [{"title": "x", "id": 1}]}, "#/create/0/id", "read_only"),
        ({"create": [5]}, "#/create/0", "invalid"),
        ({"create": {"title": "x"}}, "#/create", "not_a_list"),
        ({"update": {"ids": [1]}}, "#/update/changes", "required"),
        ({"update": {"ids": [1], "changes": {}}}, "#/update/changes", "empty"),
        ({"update": {"ids": [], "changes": {"title": "x"}}}, "#/update/ids", "empty"),
        ({"update": {"ids": [1, 1], "changes": {"title": "x"}}}, "#/update/ids/1", "repeated"),
        ({"update": {"ids": [1], "changes": {"title": None}}}, "#/update/changes/title", "null"),
        ({"update": {"ids": [1], "changes": {"bogus": 1}}}, "#/update/changes/bogus", "unknown"),
        ({"update": {"ids": [1], "changes": {"version": 1}}}, "#/update/changes/version", "read_only"),
        ({"update": []}, "#/update", "invalid"),
        ({"delete": ["1"]}, "#/delete/0", "invalid"),
        ({"delete": [True]}, "#/delete/0", "invalid"),
        ({"delete": [0]}, "#/delete/0", "min_value"),
        ({"delete": [2**63]}, "#/delete/0", "max_value"),
        ({"delete": [1.5]}, "#/delete/0", "invalid"),
        ({"delete": [0.0]}, "#/delete/0", "min_value"),
        ({"delete": [-1.0]}, "#/delete/0", "min_value"),
        ({"delete": [2.0**53]}, "#/delete/0", "invalid"),
        ({"delete": [1, 1.0]}, "#/delete/1", "repeated"),
        ({"delete": "1"}, "#/delete", "not_a_list"),
        # One error for the list, not one for each of what it holds.
        ({"delete": ["x"] * 101}, "#/delete", "max_length"),
        ({"delete": [1] * 101}, "#/delete", "max_length"),
        ({"update": {"ids": ["x"] * 101, "changes": {"title": "x"}}}, "#/update/ids", "max_length"),
        ({"create": [{"title": "x", "tags": [1] * 21}]}, "#/create/0/tags", "max_length"),
        ({"bogus": 1, "delete": [5]}, "#/bogus", "unknown"),
        ([], "#", "invalid"),
    ],
)
def test_a_broken_rule_is_pointed_at(api: APIClient, task: Task, body: Any, pointer: str, code: str) -> None:
    before = rows()
    answer = api.post(BULK, body, format="json")
    assert answer.status_code == 422
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [(pointer, code)]
    assert rows() == before


def test_a_whole_number_may_have_a_fraction_of_zero(api: APIClient, alice: User) -> None:
    changed, doomed = TaskFactory.create_batch(2, user=alice)
    body = f'{{"update":{{"ids":[{changed.pk}.0],"changes":{{"title":"new"}}}},"delete":[{doomed.pk}e0]}}'
    answer = api.generic("POST", BULK, body, "application/json")
    assert (answer.status_code, answer.json()["deleted"]) == (200, [doomed.pk])
    assert [(task["id"], task["title"]) for task in answer.json()["updated"]] == [(changed.pk, "new")]


def test_an_id_is_changed_or_deleted_not_both(api: APIClient, task: Task) -> None:
    answer = api.post(BULK, {"update": {"ids": [task.pk], "changes": {"title": "x"}}, "delete": [task.pk]})
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [("#/delete/0", "repeated")]


def test_anothers_task_is_as_one_that_never_was_and_nothing_is_written(
    api: APIClient, task: Task, bobs_task: Task
) -> None:
    before = rows()
    answers = [
        api.post(
            BULK,
            {
                "create": [{"title": "x"}],
                "update": {"ids": [task.pk, number], "changes": {"title": "Mine now"}},
                "delete": [number + 1],
            },
        ).json()
        for number in (bobs_task.pk, 10**12)
    ]
    for answer in answers:
        assert (answer["status"], answer["type"]) == (422, "/problems/validation")
        places = {(error["pointer"], error["code"]) for error in answer["errors"]}
        assert places == {("#/update/ids/1", "not_found"), ("#/delete/0", "not_found")}
    assert answers[0]["errors"] == answers[1]["errors"]
    assert rows() == before


def test_a_body_may_be_larger_here(api: APIClient) -> None:
    large = {"create": [{"title": "x", "description": "é" * 2000}] * 100}
    assert api.post(BULK, large).status_code == 200
    assert api.generic("POST", BULK, " " * (1024 * 1024 + 1), "application/json").status_code == 413
    assert api.generic("POST", "/api/tasks", " " * (64 * 1024 + 1), "application/json").status_code == 413


def test_calls_that_cross_do_not_wait_for_one_another(live: Gunicorn) -> None:
    """Each of two holds what the other wants, unless both take the rows in one order."""
    token = shared_secret_token("crossing")
    made = live.call("POST", BULK, token=token, body={"create": [{"title": str(each)} for each in range(50)]})
    ids = [task["id"] for task in made.json["created"]]

    def change(number: int) -> int:
        mine = ids if number % 2 else ids[::-1]
        body = {"update": {"ids": mine, "changes": {"title": f"by {number}"}}}
        return live.call("POST", BULK, token=token, body=body).status

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(change, range(24))) == {200}
