"""On a filled table, no page of the back office's lists reads a table whole, and none counts it whole."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.colleagues import superuser
from tests.filling import fill

pytestmark = pytest.mark.django_db

PEOPLE, TASKS, CHANGES = 1_000, 60_000, 60_000

TASK_PAGES = [
    "",
    "p=100",
    "o=6",
    "q=milk",
    "q=milk+7777",
    "q=777",
    "status__exact=in_progress",
    "status__exact=pending&priority__exact=3&trash=yes",
    "priority__exact=3",
    "trash=yes",
    "trash=no",
    "due=overdue",
    "due=any",
    "open=week",
    "open=older",
    "tag=home",
    "tag=no+such+tag",
    "created_at_from=2020-01-01&created_at_to=2020-01-02",
    "completed_at_from=2020-01-01&completed_at_to=2020-01-02",
]
CHANGE_PAGES = [
    "",
    "p=100",
    "q=777",
    "who=staff-3",
    "who=person-33",
    "whose=person-33",
    "request=c4ca4238a0b923820dcc509a6f75849b",
    "source=admin",
    "source=sql",
    "kind__exact=person",
    "operation__exact=erase",
    "at_from=2020-01-01&at_to=2020-01-02",
]
WHOLE = re.compile(r"Seq Scan on (tasks_task|history_change)")


@pytest.fixture(scope="module")
def filled(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Rows that no other test sees: in a transaction that is rolled back behind the module."""
    with django_db_blocker.unblock():
        connection.ensure_connection()
        connection.set_autocommit(False)
        try:
            fill(PEOPLE, TASKS, CHANGES)
            yield
        finally:
            connection.rollback()
            connection.set_autocommit(True)


@pytest.fixture(scope="module")
def boss(filled: None, django_db_blocker: Any) -> Iterator[Client]:
    with django_db_blocker.unblock():
        yield superuser()


def plans(statements: CaptureQueriesContext) -> Iterator[tuple[str, str]]:
    for query in statements.captured_queries:
        sql = query["sql"]
        if sql.startswith("SELECT") and re.search(r'FROM "?(tasks_task|history_change)', sql):
            with connection.cursor() as cursor:
                cursor.execute("EXPLAIN " + sql)
                yield sql, "\n".join(row[0] for row in cursor.fetchall())


ADDRESSES = [
    *(f"tasks/task/?{query}" for query in TASK_PAGES),
    *(f"history/change/?{query}" for query in CHANGE_PAGES),
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_of_a_list_is_read_off_indexes(boss: Client, django_db_blocker: Any, address: str) -> None:
    with django_db_blocker.unblock(), CaptureQueriesContext(connection) as statements:
        assert boss.get(f"/admin/{address}").status_code == 200
        found = list(plans(statements))
        assert found
        for sql, plan in found:
            assert not WHOLE.search(plan), f"{sql}\n{plan}"


def test_the_lists_tell_an_estimate_as_one(boss: Client, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock():
        page = boss.get("/admin/tasks/task/").content.decode()
        assert re.search(r"about (59|60|61),000\s+tasks", page)
        assert "the first 10,000 can be paged through" in page
        assert "about" not in boss.get("/admin/tasks/task/?q=7777").content.decode().partition("tasks")[0]
