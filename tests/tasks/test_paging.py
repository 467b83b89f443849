"""Pages by cursor: every row once, in order, whatever comes and goes meanwhile, and by nobody else's cursor."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from apps.accounts.models import User
from apps.tasks.models import Task
from apps.tasks.orderings import ORDERINGS
from tests.conftest import client_for
from tests.factories import TaskFactory

NOW = timezone.now()
BOTH_WAYS = [sign + name for name in ORDERINGS for sign in ("", "-")]


@pytest.fixture
def twenty(alice: User, bob: User) -> list[Task]:
    """With ties in every column but the id, and with and without the times that may be missing."""
    TaskFactory.create_batch(5, user=bob)
    tasks = [
        TaskFactory.create(
            user=alice,
            title=f"{'ab%_ñ'[number % 5]} title",
            priority=number % 4,
            status=("pending", "in_progress", "completed")[number % 3],
            due_at=NOW + timedelta(days=number % 3) if number % 4 else None,
        )
        for number in range(20)
    ]
    Task.objects.filter(pk__in=[task.pk for task in tasks]).update(created_at=NOW)
    return tasks


def ids(body: dict[str, Any]) -> list[int]:
    return [row["id"] for row in body["results"]]


def pages(
    api: APIClient, query: str, cursor: str = "next_cursor", start: str | None = None
) -> Iterator[dict[str, Any]]:
    path = f"/api/tasks?{query}" + (f"&cursor={start}" if start else "")
    while True:
        body = api.get(path).json()
        yield body
        if body[cursor] is None:
            return
        path = f"/api/tasks?{query}&cursor={body[cursor]}"


@pytest.mark.parametrize("ordering", BOTH_WAYS)
@pytest.mark.parametrize("limit", [1, 3, 20])
def test_forwards_and_back_again(api: APIClient, twenty: list[Task], ordering: str, limit: int) -> None:
    query = f"ordering={ordering}&limit={limit}"
    whole = ids(api.get(f"/api/tasks?ordering={ordering}").json())
    assert len(whole) == len(set(whole)) == 20
    there = list(pages(api, query))
    assert [each for page in there for each in ids(page)] == whole
    if limit < 20:
        back = list(pages(api, query, "previous_cursor", there[-1]["previous_cursor"]))
        assert [each for page in reversed(back) for each in ids(page)] == whole[: -len(ids(there[-1]))]


def test_the_addresses_lead_the_same_way(api: APIClient, twenty: list[Task]) -> None:
    first = api.get("/api/tasks?limit=8&ordering=-title&status=pending&status=completed").json()
    second = api.get(
        f"/api/tasks?limit=8&ordering=-title&status=pending&status=completed&cursor={first['next_cursor']}"
    )
    body = second.json()
    assert body["next"] is None
    assert not set(ids(first)) & set(ids(body))
    assert len(ids(first) + ids(body)) == first["count"]
    assert ids(api.get(body["previous"]).json()) == ids(first)
    by_offset = api.get(first["next"]).json()
    assert ids(by_offset) == ids(body)
    assert api.get(by_offset["previous"]).json()["results"] == first["results"]


def test_rows_that_come_and_go_move_nothing(api: APIClient, twenty: list[Task], alice: User) -> None:
    first = api.get("/api/tasks?limit=5").json()
    Task.objects.filter(pk__in=ids(first)).delete()
    newcomer = TaskFactory.create(user=alice)
    rest = [each for page in pages(api, "limit=5", start=first["next_cursor"]) for each in ids(page)]
    assert rest == [*(task.pk for task in twenty[5:]), newcomer.pk]


@pytest.mark.parametrize("ordering", ["id", "-id", "title", "-due_at"])
def test_a_page_whose_rows_have_gone_leads_back(api: APIClient, twenty: list[Task], ordering: str) -> None:
    query = f"ordering={ordering}&limit=10"
    first = api.get(f"/api/tasks?{query}").json()
    second = api.get(f"/api/tasks?{query}&cursor={first['next_cursor']}").json()
    Task.objects.filter(pk__in=ids(second)).delete()
    empty = api.get(f"/api/tasks?{query}&cursor={first['next_cursor']}").json()
    assert (empty["results"], empty["next_cursor"]) == ([], None)
    assert ids(api.get(f"/api/tasks?{query}&cursor={empty['previous_cursor']}").json()) == ids(first)


def test_a_page_costs_one_statement_and_counts_only_when_asked(api: APIClient, twenty: list[Task]) -> None:
    first = api.get("/api/tasks?limit=5").json()
    for query, count in (
        ("limit=5&count=false", None),
        (f"limit=5&cursor={first['next_cursor']}", None),
        (f"limit=5&cursor={first['next_cursor']}&count=true", 20),
        ("limit=5&ordering=-title&status=pending", 7),
    ):
        with CaptureQueriesContext(connection) as queries:
            assert api.get(f"/api/tasks?{query}").json()["count"] == count
        assert len(queries) == 1
        assert ("count(" in queries[0]["sql"].lower()) == (count is not None)


def test_an_empty_page_still_counts(api: APIClient, twenty: list[Task]) -> None:
    for query in ("offset=100", "offset=100&ordering=title"):
        body = api.get(f"/api/tasks?{query}").json()
        assert (body["count"], body["results"], body["next"], body["next_cursor"]) == (20, [], None, None)
    assert api.get("/api/tasks?search=xyzzy").json()["count"] == 0


def test_the_plain_page_is_the_same_as_the_built_one(api: APIClient, twenty: list[Task]) -> None:
    for query in ("", "limit=7", "limit=7&offset=3", "offset=19", "limit=20", "offset=20"):
        plain = api.get(f"/api/tasks?{query}").json()
        built = api.get(f"/api/tasks?{query}&ordering=id").json()
        for name in ("count", "results", "next_cursor", "previous_cursor"):
            assert built[name] == plain[name]
        assert (built["next"] is None, built["previous"] is None) == (plain["next"] is None, plain["previous"] is None)


def test_a_cursor_is_its_owners_and_of_its_ordering(api: APIClient, twenty: list[Task]) -> None:
    cursor = api.get("/api/tasks?limit=5").json()["next_cursor"]
    assert api.get(f"/api/tasks?cursor={cursor}").status_code == 200
    feed = api.get("/api/tasks/changes").json()["next"]
    swapped = cursor[:-1] + ("A" if cursor[-1] != "A" else "B")
    forged = [
        cursor[:-1],
        cursor + "A",
        cursor + "=",
        "*" + cursor,
        swapped,
        cursor.upper(),
        "x",
        "\u00e9",
        feed,
        "A" * 400,
    ]
    for attempt, client in [(cursor, client_for("bob")), *((each, api) for each in forged)]:
        answer = client.get("/api/tasks", {"cursor": attempt})
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["parameter"] == "cursor"
    assert api.get(f"/api/tasks?ordering=-id&cursor={cursor}").status_code == 422
    assert api.get(f"/api/tasks?offset=5&cursor={cursor}").json()["errors"][0]["parameter"] == "offset"
    assert api.get(f"/api/tasks?cursor={cursor}&cursor={cursor}").status_code == 422
