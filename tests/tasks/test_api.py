"""The task endpoints, one by one: what they answer, what they write, and in how many statements."""

from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from apps.accounts.models import User
from apps.tasks.models import Task
from apps.tasks.rows import NAMES
from tests.factories import TaskFactory

FIELDS = {*NAMES}


def stored(task: Task) -> dict[str, Any]:
    return dict(Task.objects.filter(pk=task.pk).values().get())


class TestCreate:
    def test_answers_the_task_and_its_address(self, api: APIClient, django_assert_num_queries: Any) -> None:
        with django_assert_num_queries(1):
            answer = api.post("/api/tasks", {"title": "  Buy milk \n", "description": " two litres "})
        assert answer.status_code == 201
        body = answer.json()
        assert set(body) == FIELDS
        assert (body["title"], body["description"], body["status"]) == ("Buy milk", " two litres ", "pending")
        assert body["user_id"] == "alice"
        assert api.get(answer["Location"]).json() == body

    def test_times_are_utc(self, api: APIClient) -> None:
        body = api.post("/api/tasks", {"title": "x"}).json()
        assert body["created_at"] == body["updated_at"]
        assert body["created_at"].endswith("Z")
        assert datetime.fromisoformat(body["created_at"]).tzinfo is not None

    @pytest.mark.parametrize("description", [None, "", "x" * 2000])
    def test_a_description_may_be_empty_or_null(self, api: APIClient, description: str | None) -> None:
        assert api.post("/api/tasks", {"title": "x", "description": description}).json()["description"] == description

    @pytest.mark.parametrize("title", ["x", "x" * 200, "  " + "x" * 200 + "  ", "😀" * 200, "عنوان", "<b>&'\""])
    def test_a_title_has_up_to_200_characters(self, api: APIClient, title: str) -> None:
        assert api.post("/api/tasks", {"title": title}).json()["title"] == title.strip()

    @pytest.mark.parametrize(
        ("body", "pointer", "code"),
        [
            ({}, "#/title", "required"),
            ({"title": ""}, "#/title", "blank"),
            ({"title": " \t\n"}, "#/title", "blank"),
            ({"title": None}, "#/title", "null"),
            ({"title": "x" * 201}, "#/title", "max_length"),
            ({"title": 5}, "#/title", "invalid"),
            ({"title": ["x"]}, "#/title", "invalid"),
            ({"title": "a\0b"}, "#/title", "null_characters_not_allowed"),
            ({"title": "x", "description": "x" * 2001}, "#/description", "max_length"),
            ({"title": "x", "description": 5}, "#/description", "invalid"),
            ({"title": "x", "status": "done"}, "#/status", "invalid_choice"),
            ({"title": "x", "status": None}, "#/status", "null"),
            ({"title": "x", "status": ["pending"]}, "#/status", "invalid_choice"),
            ({"title": "x", "user_id": "bob"}, "#/user_id", "read_only"),
            ({"title": "x", "id": 1}, "#/id", "read_only"),
            ({"title": "x", "created_at": "2026-01-01T00:00:00Z"}, "#/created_at", "read_only"),
            ({"title": "x", "due": "today"}, "#/due", "unknown"),
            ({"title": "x", "a/b~c d": 1}, "#/a~1b~0c%20d", "unknown"),
            ([], "#", "invalid"),
            ("text", "#", "invalid"),
            (None, "#", "null"),
        ],
    )
    def test_a_broken_rule_is_pointed_at(self, api: APIClient, body: Any, pointer: str, code: str) -> None:
        answer = (
            api.post("/api/tasks", body, format="json")
            if body is not None
            else api.generic("POST", "/api/tasks", "null", content_type="application/json")
        )
        assert answer.status_code == 422
        assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [(pointer, code)]
        assert not Task.objects.exists()

    def test_all_broken_rules_are_told_at_once(self, api: APIClient) -> None:
        answer = api.post("/api/tasks", {"title": "", "status": "x", "bogus": 1, "user_id": "bob"})
        pointers = {error["pointer"] for error in answer.json()["errors"]}
        assert pointers == {"#/title", "#/status", "#/bogus", "#/user_id"}

    def test_my_own_user_id_may_be_sent(self, api: APIClient) -> None:
        assert api.post("/api/tasks", {"title": "x", "user_id": "alice"}).status_code == 201


class TestRead:
    def test_one(self, api: APIClient, task: Task, django_assert_num_queries: Any) -> None:
        with django_assert_num_queries(1):
            answer = api.get(f"/api/tasks/{task.pk}")
        assert answer.status_code == 200
        assert answer.json()["title"] == "Alice's task"

    @pytest.mark.parametrize("number", ["0", "999999999", str(2**63 - 1), str(2**63), "9" * 400, "9" * 5000])
    def test_an_id_that_never_was(self, api: APIClient, number: str) -> None:
        for method in ("get", "put", "patch", "delete"):
            answer = getattr(api, method)(f"/api/tasks/{number}", *([{"title": "x"}] if method[0] == "p" else []))
            assert answer.status_code == 404

    @pytest.mark.parametrize("word", ["-1", "abc", "1.0", "\u0661", "%00", "1%20", "0x1"])
    def test_what_is_no_id_is_no_path(self, api: APIClient, word: str) -> None:
        assert api.get(f"/api/tasks/{word}").status_code == 404

    def test_a_trailing_slash_works_as_well(self, api: APIClient, task: Task) -> None:
        assert api.get(f"/api/tasks/{task.pk}/").json() == api.get(f"/api/tasks/{task.pk}").json()
        assert api.post("/api/tasks/", {"title": "x"}).status_code == 201
        assert api.get(f"/api/tasks/{task.pk}//").status_code == 404


@pytest.mark.parametrize("method", ["put", "patch"])
class TestUpdate:
    def test_writes_the_named_columns_alone(self, api: APIClient, task: Task, method: str) -> None:
        before = stored(task)
        with CaptureQueriesContext(connection) as queries:
            answer = getattr(api, method)(f"/api/tasks/{task.pk}", {"status": "completed"})
        assert answer.status_code == 200
        assert len(queries) == 1
        assert "*/ UPDATE tasks_task SET status = 'completed' WHERE" in queries[0]["sql"]
        after = stored(task)
        assert after["updated_at"] > before["updated_at"]
        kept_by_triggers = {name: after[name] for name in ("updated_at", "completed_at", "version", "changed_in")}
        assert after == {**before, "status": "completed", **kept_by_triggers}

    def test_answers_the_task_as_it_is_stored(self, api: APIClient, task: Task, method: str) -> None:
        body = getattr(api, method)(f"/api/tasks/{task.pk}", {"title": " New ", "description": None}).json()
        assert (body["title"], body["description"]) == ("New", None)
        assert body == api.get(f"/api/tasks/{task.pk}").json()

    def test_any_status_follows_any_other(self, api: APIClient, task: Task, method: str) -> None:
        for status in ("completed", "pending", "in_progress", "completed", "in_progress", "pending"):
            assert getattr(api, method)(f"/api/tasks/{task.pk}", {"status": status}).json()["status"] == status

    def test_an_empty_object_changes_nothing(self, api: APIClient, task: Task, method: str) -> None:
        before = stored(task)
        assert getattr(api, method)(f"/api/tasks/{task.pk}", {}).status_code == 200
        assert stored(task) == before

    def test_the_whole_task_may_be_sent_back(
        self, api: APIClient, task: Task, method: str, django_assert_num_queries: Any
    ) -> None:
        body = api.get(f"/api/tasks/{task.pk}").json()
        with django_assert_num_queries(2):
            answer = getattr(api, method)(f"/api/tasks/{task.pk}", {**body, "status": "completed"})
        assert answer.json()["status"] == "completed"
        again = getattr(api, method)(f"/api/tasks/{task.pk}", {**body, "title": "Stale but mine"})
        assert again.status_code == 200

    def test_timestamps_may_have_lost_their_microseconds(self, api: APIClient, task: Task, method: str) -> None:
        body = api.get(f"/api/tasks/{task.pk}").json()
        short = {name: body[name][:23] + "Z" for name in ("created_at", "updated_at")}
        assert getattr(api, method)(f"/api/tasks/{task.pk}", {**body, **short}).status_code == 200

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("id", 999),
            ("id", "1"),
            ("id", True),
            ("user_id", "bob"),
            ("user_id", None),
            ("created_at", "2020-01-01T00:00:00Z"),
            ("created_at", "soon"),
            ("created_at", 5),
            ("created_at", "0001-01-01T00:00:00+23:59"),
            ("updated_at", "2020-01-01T00:00:00Z"),
            ("updated_at", "2999-01-01T00:00:00Z"),
            ("updated_at", None),
        ],
    )
    def test_what_the_server_sets_cannot_be_changed(
        self, api: APIClient, task: Task, method: str, name: str, value: Any
    ) -> None:
        before = stored(task)
        answer = getattr(api, method)(f"/api/tasks/{task.pk}", {"title": "x", name: value})
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == f"#/{name}"
        assert stored(task) == before

    @pytest.mark.parametrize("body", [{"title": ""}, {"title": None}, {"status": "x"}, {"bogus": 1}, [], "x"])
    def test_a_refused_write_leaves_the_row(self, api: APIClient, task: Task, method: str, body: Any) -> None:
        before = stored(task)
        assert getattr(api, method)(f"/api/tasks/{task.pk}", body).status_code == 422
        assert stored(task) == before


class TestDelete:
    def test_takes_it_out_of_sight(self, api: APIClient, task: Task, django_assert_num_queries: Any) -> None:
        with django_assert_num_queries(1):
            answer = api.delete(f"/api/tasks/{task.pk}")
        assert (answer.status_code, answer.content) == (204, b"")
        assert api.get("/api/tasks").json()["count"] == 0
        for method in ("get", "put", "patch", "delete"):
            assert (
                getattr(api, method)(f"/api/tasks/{task.pk}", {"title": "x"} if method[0] == "p" else None).status_code
                == 404
            )


class TestList:
    def test_pages_of_fifty_oldest_first(self, api: APIClient, alice: User) -> None:
        tasks = TaskFactory.create_batch(60, user=alice)
        first = api.get("/api/tasks").json()
        assert first["count"] == 60
        assert first["previous"] is None
        second = api.get(first["next"]).json()
        assert second["next"] is None
        assert [task["id"] for task in first["results"] + second["results"]] == [task.pk for task in tasks]
        assert api.get(second["previous"]).json()["results"] == first["results"]

    @pytest.mark.parametrize("rows", [0, 1, 200])
    def test_costs_one_query_whatever_its_length(
        self, api: APIClient, alice: User, rows: int, django_assert_num_queries: Any
    ) -> None:
        TaskFactory.create_batch(rows, user=alice)
        # Who has not been seen for a while is looked up; making these may have taken one.
        api.get("/api/auth/me")
        with django_assert_num_queries(1):
            assert len(api.get("/api/tasks?limit=200").json()["results"]) == rows

    def test_an_offset_beyond_the_end_is_an_empty_page(self, api: APIClient, task: Task) -> None:
        body = api.get(f"/api/tasks?offset={2**53 - 1}").json()
        assert (body["count"], body["results"], body["next"]) == (1, [], None)

    @pytest.mark.parametrize(
        ("query", "parameter"),
        [
            ("limit=0", "limit"),
            ("limit=201", "limit"),
            ("limit=-1", "limit"),
            ("limit=ten", "limit"),
            ("limit=", "limit"),
            ("limit=1.0", "limit"),
            ("limit=%2B5", "limit"),
            ("limit=1&limit=2", "limit"),
            ("limit=%D9%A1", "limit"),
            ("limit=" + "9" * 400, "limit"),
            ("offset=-1", "offset"),
            ("offset=" + "9" * 400, "offset"),
            ("offset=9007199254740992", "offset"),
            ("page=2", "page"),
            ("user_id=bob", "user_id"),
            ("format=json", "format"),
        ],
    )
    def test_a_wrong_parameter_is_named(self, api: APIClient, query: str, parameter: str) -> None:
        answer = api.get(f"/api/tasks?{query}")
        assert answer.status_code == 422
        assert [error["parameter"] for error in answer.json()["errors"]] == [parameter]

    def test_no_other_address_takes_parameters(self, api: APIClient, task: Task) -> None:
        for answer in (
            api.get(f"/api/tasks/{task.pk}?limit=1"),
            api.post("/api/tasks?limit=1", {"title": "x"}),
            api.get("/api/auth/me?x=1"),
        ):
            assert answer.status_code == 422
        assert Task.objects.count() == 1
