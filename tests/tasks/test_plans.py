"""What the database does for each list, at a size where it matters: an index read from where the page begins."""

import itertools
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict

from apps.accounts.models import User
from apps.api.parameters import validated_parameters
from apps.tasks import changes, lists, replica
from apps.tasks.lists import Span
from apps.tasks.orderings import ORDERINGS
from apps.tasks.owned import OwnedTasks
from apps.tasks.queries import TaskQuerySerializer
from apps.tasks.views.pages import found_page
from tests.filling import UNHURRIED

WHALE = "whale"
TASKS_OF_WHALE = 4_000

# One person with many tasks, the newest ones, behind many with few. A word and a tag are on every task, others rare.
FILL = f"""
INSERT INTO accounts_user (subject, password, is_superuser, is_staff, is_active, name, email)
    SELECT subject, '', false, false, true, '', ''
    FROM (SELECT '{WHALE}' UNION ALL SELECT 'p' || n FROM generate_series(0, 399) AS n) AS person (subject);
INSERT INTO tasks_task (user_id, title, description, status, priority, due_at, tags, created_at, updated_at)
    SELECT
        CASE WHEN n > {4 * TASKS_OF_WHALE} THEN '{WHALE}' ELSE 'p' || (n % 400) END,
        'report ' || md5(n::text),
        CASE WHEN n % 5000 < 2 THEN 'rarity' WHEN n <= {4 * TASKS_OF_WHALE} THEN 'strange' || n ELSE 'plain' END,
        CASE WHEN n % 500 < 2 THEN 'in_progress' WHEN n % 2 = 0 THEN 'pending' ELSE 'completed' END,
        n % 4,
        CASE WHEN n % 2 = 0 THEN now() + (n % 1000 - 500) * interval '1 hour' END,
        CASE WHEN n % 5000 < 2 THEN ARRAY['common', 'rare'] ELSE ARRAY['common'] END,
        now() - n * interval '1 minute', now() - n * interval '1 second'
    FROM generate_series(1, {5 * TASKS_OF_WHALE}) AS n;
SELECT gin_clean_pending_list('tasks_task_search_keys'), gin_clean_pending_list('tasks_task_tags');
ANALYZE tasks_task, accounts_user;
"""
SEARCHES = [
    "status=pending",
    "search=rarity",
    "search=report",
    "search=report%20rar",
    "search=nowhere",
    "tags_all=rare",
    "tags_all=common&tags_all=rare",
    "tags_any=rare&tags_any=nowhere",
    "tags_any=common",
    "overdue=true",
]


@pytest.fixture
def whale(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(UNHURRIED)
        cursor.execute(FILL)


def plan_of(act: Callable[[], Any], options: str = "") -> str:
    """How the database came by the answers to the statements of `act`."""
    said: list[tuple[str, Any]] = []

    def listen(execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
        said.append((sql, parameters))
        return execute(sql, parameters, many, context)

    with connection.execute_wrapper(listen):
        act()
    lines = []
    with connection.cursor() as cursor:
        for sql, parameters in said:
            cursor.execute(f"EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF{options}) {sql}", parameters)
            lines += [row[0] for row in cursor.fetchall()]
    return "\n".join(lines)


def pages_read(act: Callable[[], Any]) -> int:
    """Of the index of words, 8 KiB each."""
    plan = plan_of(act, ", BUFFERS")
    (number,) = re.findall(
        r"Bitmap Index Scan on tasks_task_search_keys.*?Buffers: shared hit=([0-9]+)", plan, re.DOTALL
    )
    return int(number)


def rows_read(plan: str) -> int:
    """The most rows that any step of the plan gave or threw away."""
    numbers = re.findall(r"(?:actual rows=|Rows Removed by [A-Za-z ]+: )([0-9]+)", plan)
    return max(int(number) for number in numbers)


def page(query: str = "", subject: str = WHALE, **span: Any) -> Callable[[], lists.Page]:
    asked = validated_parameters(QueryDict(query), TaskQuerySerializer)
    given = Span(**{"limit": 50, "counts": False, "ordering": asked["ordering"], **span})
    return lambda: found_page(asked, subject, given)


def test_a_list_reads_no_more_than_it_gives(whale: None) -> None:
    """First pages and pages deep inside, in every order, and the feed: as many rows as the page has.

    A word or a tag that everybody uses, or hardly anybody: for one with many tasks and for one with few.
    """
    acts: dict[str, tuple[str, int, Callable[[], Any]]] = {
        "feed": ("tasks_task_changes", 51, lambda: changes.since(WHALE, None, 50))
    }
    for word in [sign + name for name in ORDERINGS for sign in ("", "-")]:
        index = f"tasks_task_by_{word.removeprefix('-')}".replace("by_title", "by_folded_title")
        deep = page(f"ordering={word}", offset=TASKS_OF_WHALE // 2)().after
        acts[word] = (index, 51, page(f"ordering={word}"))
        acts[f"{word}, deep"] = (index, 51, page(f"ordering={word}", position=deep))
    acts["a rare tag"] = ("tasks_task_tags", 51, page("tags_all=rare"))
    acts["a rare status"] = ("tasks_task_by_status", 51, page("status=in_progress"))
    for query, subject in itertools.product(SEARCHES, (WHALE, "p1")):
        acts[f"{query} {subject}"] = ("Index", 500, page(query, subject))
    for what, (index, most_rows, act) in acts.items():
        plan = plan_of(act)
        assert index in plan, f"{what}\n{plan}"
        assert "Seq Scan on tasks_task" not in plan, f"{what}\n{plan}"
        assert rows_read(plan) <= most_rows, f"{what}\n{plan}"


def test_a_search_reads_nothing_of_other_people(whale: None) -> None:
    """Nearly all of them have words that begin so. Other conditions, a place in a list and a count change nothing."""
    for more in ("", "&status=pending", "&created_after=2001-01-01T00:00:00Z", "&due_before=2101-01-01T00:00:00Z"):
        for word, ordering in itertools.product(("rarity", "report", "nowhere"), ("id", "-created_at", "status")):
            query = f"search={word}&ordering={ordering}{more}"
            deep = page(f"ordering={ordering}", offset=2_000)().after
            for act in (page(query, counts=True), page(query, position=deep, counts=True)):
                plan = plan_of(act)
                # Whatever is looked up, it is with the owner, or the mark that stands for one in the index of words.
                for looked_up in re.findall("Index Cond: .*", plan):
                    assert re.search(rf"'{WHALE}'|'@[0-9a-f]{{8}}{word}'", looked_up), f"{query}\n{plan}"
                assert "Seq Scan on tasks_task" not in plan, f"{query}\n{plan}"
    assert pages_read(page("search=strange")) == pages_read(page("search=nowhere"))
    assert pages_read(page("search=str%20rar")) == pages_read(page("search=now%20rar"))


def test_words_alone_are_looked_up_in_their_index_alone(whale: None) -> None:
    """A second index would be read for all that its owner has: the rest is asked of what was found."""
    looked_up = plan_of(page("search=rarity", counts=True)).partition("WindowAgg")[2]
    assert re.findall(r"Index Scan (?:on|using) (\w+)", looked_up) == ["tasks_task_search_keys"]
    assert "Subquery Scan on tasks_task" in looked_up


def test_a_search_starts_no_parallel_workers(whale: None) -> None:
    """Which take twenty times as long to start as the index takes to answer. Here they are as good as free."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SET LOCAL parallel_setup_cost = 0; SET LOCAL parallel_tuple_cost = 0;"
            "SET LOCAL min_parallel_table_scan_size = 0; SET LOCAL min_parallel_index_scan_size = 0"
        )
    plan = plan_of(page("search=rarity"))
    assert "tasks_task_search_keys" in plan
    assert "Gather" not in plan


@pytest.mark.usefixtures("whale")
def test_the_newest_write_is_the_end_of_an_index() -> None:
    plan = plan_of(lambda: replica._newest(WHALE))
    assert "tasks_task_changes" in plan
    assert rows_read(plan) == 1


def test_a_task_is_found_by_its_id_where_nothing_is_known_of_the_table(alice: User, bob: User) -> None:
    """Which is what the table of a new installation is, until it is looked through for the first time."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO tasks_task (user_id, title) SELECT 'bob', n FROM generate_series(1, 2000) n")
    tasks = OwnedTasks(alice.subject)
    number = tasks.create({"title": "x"})["id"]
    acts: list[Callable[[], Any]] = [
        lambda: tasks.get(number),
        lambda: tasks.update(number, {"title": "x"}),
        lambda: tasks.update(number, {"title": "y"}),
        lambda: tasks.move_to_trash(number),
        lambda: tasks.restore(number),
        lambda: tasks.delete_from_trash(number),
    ]
    for act in acts:
        plan = plan_of(act)
        # By its id, in the primary key or past the three statuses of an index of the back office: a few pages each way.
        looked_up = re.findall(r"Index Cond: \((.*)\)", plan)
        assert looked_up, plan
        assert set(looked_up) <= {f"id = {number}", f"id = '{number}'::bigint"}, plan
        assert "Seq Scan on tasks_task" not in plan, plan
        assert rows_read(plan) <= 1, plan
