"""What the API's statements cost the database as it fills: `python -m tests.benchmarks.growth [TASKS [PEOPLE]]`.

One person with TASKS tasks (a million, if left out), the newest, behind those of PEOPLE others (100,000) with 100 each;
beside the same person with 600 tasks in an empty database. 50 of theirs are rare in both. The middle page of a million
is the 10,000th. Medians of what EXPLAIN (ANALYZE, BUFFERS) tells: milliseconds, and pages of 8 KiB that were looked at.
"""

import json
import os
import statistics
import sys
from collections.abc import Callable
from typing import Any

# A million rows take longer than a statement of a request may: the limit is taken off below, for new connections.
os.environ["THROUGH_PGBOUNCER"] = "0"

from tests import environment

import django  # isort: skip

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.http import QueryDict  # noqa: E402

from apps.api.parameters import validated_parameters  # noqa: E402
from apps.tasks import changes, lists  # noqa: E402
from apps.tasks.lists import Span  # noqa: E402
from apps.tasks.models import Task  # noqa: E402
from apps.tasks.owned import OwnedTasks  # noqa: E402
from apps.tasks.queries import TaskQuerySerializer  # noqa: E402
from apps.tasks.views.pages import found_page  # noqa: E402

WHALE = "whale"
ROUNDS = 15
EACH = 100
FEW = 600
DEFAULTS = (1_000_000, 100_000)
SIZE = 50
FILL = """
    INSERT INTO accounts_user (subject, password, is_superuser, is_staff, is_active, name, email)
        SELECT 'other-' || n, '', false, false, true, '', '' FROM generate_series(1, %(people)s) AS n
        UNION ALL SELECT 'whale', '', false, false, true, '', '';
    INSERT INTO tasks_task (user_id, title, description, status, priority, tags)
        SELECT CASE WHEN n > %(others)s THEN 'whale' ELSE 'other-' || (1 + n %% %(people)s) END,
            'report ' || md5(n::text), CASE WHEN n %% (%(mine)s / 50) = 0 THEN 'rarity' ELSE 'plain words' END,
            (ARRAY['pending', 'in_progress', 'completed'])[1 + n %% 3], n %% 4,
            CASE WHEN n %% (%(mine)s / 50) = 0 THEN ARRAY['common', 'rare'] ELSE ARRAY['common'] END
        FROM generate_series(1, %(others)s + %(mine)s) AS n;
"""
CLEAN = "SELECT gin_clean_pending_list('tasks_task_search_keys'), gin_clean_pending_list('tasks_task_tags')"


def fill(mine: int, people: int) -> None:
    with connection.cursor() as cursor:
        # History would hold it all once more, and is not asked by the API.
        cursor.execute("ALTER TABLE tasks_task DISABLE TRIGGER history_task_recorded")
        cursor.execute(FILL, {"mine": mine, "people": people, "others": people * EACH})
        cursor.execute("ALTER TABLE tasks_task ENABLE TRIGGER history_task_recorded")
        cursor.execute(CLEAN)
        cursor.execute("VACUUM ANALYZE tasks_task")


def page(query: str = "", **span: Any) -> Callable[[], Any]:
    asked = validated_parameters(QueryDict(query), TaskQuerySerializer)
    given = Span(**{"limit": SIZE, "counts": False, "ordering": asked["ordering"], **span})
    return lambda: found_page(asked, WHALE, given)


def acts(deep: int) -> dict[str, Callable[[], Any]]:
    mine = OwnedTasks(WHALE)
    one, status = Task.objects.owned_by(WHALE).values_list("pk", "status")[deep]
    other = "pending" if status == "in_progress" else "in_progress"
    position = lists.page(Task.objects.owned_by(WHALE).alive(), Span(SIZE, offset=deep - 2 * SIZE, counts=False)).after
    return {
        "get": lambda: mine.get(one),
        "first page": page(),
        "the same, and how many in all": page(counts=True),
        "the middle page, by cursor": page(position=position),
        "the same by title": page("ordering=-title"),
        "filter": page("status=completed&priority=urgent"),
        "search, a word on every task": page("search=report"),
        "search, a rare word": page("search=rarity"),
        "the same, and how many in all ": page("search=rarity", counts=True),
        "search, no such word": page("search=nowhere"),
        "search and filter": page("search=rarity&status=completed"),
        "a rare tag": page("tags_all=rare"),
        "changes, the last": lambda: changes.since(WHALE, None, SIZE),
        "create": lambda: mine.create({"title": "One more", "description": "Some plain words"}),
        "update": lambda: mine.update(one, {"status": other}),
    }


def cost(act: Callable[[], Any]) -> tuple[float, float]:
    """Milliseconds and pages, the medians of ROUNDS."""
    said: list[tuple[str, Any]] = []

    def listen(execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
        said.append((sql, parameters))
        return execute(sql, parameters, many, context)

    with transaction.atomic(), connection.execute_wrapper(listen):
        act()
        transaction.set_rollback(True)
    rounds = [[_explained(sql, parameters) for sql, parameters in said] for _ in range(ROUNDS)]
    time, pages = (statistics.median(sum(each[part] for each in one) for one in rounds) for part in (0, 1))
    return time, pages


def _explained(sql: str, parameters: Any) -> tuple[float, float]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", parameters)
        (answer,) = cursor.fetchone()
        transaction.set_rollback(True)
    told = (json.loads(answer) if isinstance(answer, str) else answer)[0]
    top = told["Plan"]
    return told["Planning Time"] + told["Execution Time"], top["Shared Hit Blocks"] + top["Shared Read Blocks"]


def main(tasks: int, people: int) -> None:
    call_command("migrate", verbosity=0)
    _take_limits_off()
    fill(FEW, 0)
    small = {name: cost(act) for name, act in acts(FEW // 2).items()}
    _empty()
    fill(tasks, people)
    large = {name: cost(act) for name, act in acts(tasks // 2).items()}
    print(f"{'':32}{f'{FEW} tasks':>18}{f'{tasks:,} + {people * EACH:,}':>24}")
    for name, (few, few_pages) in small.items():
        many, many_pages = large[name]
        print(f"{name:32}{few:9.2f} ms{few_pages:6.0f}{many:15.2f} ms{many_pages:6.0f}   x {many / few:.2f}")


def _take_limits_off() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER ROLE CURRENT_USER IN DATABASE {connection.settings_dict['NAME']} RESET ALL")
    connection.close()


def _empty() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE tasks_task DISABLE TRIGGER history_task_recorded")
        cursor.execute("DELETE FROM tasks_task")
        cursor.execute("ALTER TABLE tasks_task ENABLE TRIGGER history_task_recorded")
        cursor.execute("DELETE FROM accounts_user")


if __name__ == "__main__":
    try:
        given = [int(number) for number in sys.argv[1:]]
        tasks, people = *given, *DEFAULTS[len(given) :]
        main(max(tasks, FEW), people)
    finally:
        environment.pytest_unconfigure()
