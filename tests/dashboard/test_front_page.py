"""The front page answers questions: each figure is right, links to the list behind it, and costs few statements."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from apps.accounts.models import Refusal, User
from apps.backoffice.estimates import Amount
from apps.dashboard import figures
from apps.dashboard.models import Day
from apps.tasks.models import Task
from tests.colleagues import staff_with, superuser
from tests.factories import PersonFactory, TaskFactory
from tests.forms import save

pytestmark = pytest.mark.django_db

FRONT = "/admin/"


def days_ago(number: int) -> datetime:
    return timezone.now() - timedelta(days=number)


@pytest.fixture(autouse=True)
def _statistics_of_an_empty_table(db: None) -> None:
    """Other tests fill these tables and roll back; what they told the planner stays."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE accounts_user, tasks_task")


@pytest.fixture
def tasks(alice: User) -> dict[str, Task]:
    """By age; one is completed, one in the trash."""
    made = {name: TaskFactory.create(user=alice, title=name) for name in ("new", "young", "old", "done", "gone")}
    for name, age in (("young", 3), ("old", 100), ("done", 10), ("gone", 10)):
        Task.objects.filter(pk=made[name].pk).update(created_at=days_ago(age))
    Task.objects.filter(pk=made["done"].pk).update(status="completed")
    Task.objects.filter(pk=made["gone"].pk).update(deleted_at=timezone.now())
    return made


def cards(client: Client) -> dict[str, tuple[str, str]]:
    return {card["title"]: (str(card["figure"]), card["link"]) for card in client.get(FRONT).context["cards"]}


def behind(client: Client, link: str) -> set[str]:
    answer = client.get(link)
    assert answer.status_code == 200
    return {str(row) for row in answer.context["cl"].result_list}


def test_each_card_leads_to_what_it_counts(tasks: dict[str, Task]) -> None:
    client = superuser()
    for title, (figure, link) in cards(client).items():
        assert len(behind(client, unescape(link))) == int(figure), title
    assert {title: figure for title, (figure, _) in cards(client).items()} == {
        "People": "2",
        "New people in 7 days": "2",
        "Tasks": "5",
        "Tasks created in 7 days": "2",
        "Tasks completed in 7 days": "1",
    }


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/Los_Angeles"])
def test_each_number_is_that_of_its_list_in_any_zone(alice: User, zone: str) -> None:
    """Days are of UTC, and so are the lists behind them, whatever zone the reader's times are shown in."""
    today = datetime.combine(timezone.now().astimezone(UTC).date(), datetime.min.time(), UTC)
    for hours in (-1, 1, 23, -24 * 6 + 1, -24 * 6 - 1):
        task = TaskFactory.create(user=alice)
        Task.objects.filter(pk=task.pk).update(created_at=today + timedelta(hours=hours))
    client = superuser()
    client.cookies["back_office_zone"] = zone
    for title, (figure, link) in cards(client).items():
        assert len(behind(client, unescape(link))) == int(figure), title
    page = unescape(client.get(FRONT).content.decode())
    numbers = re.findall(r'href="([^"]*\?created_at_from=[^"]*)">(\d+)</a>', page)
    assert len(numbers) == figures.SHOWN_DAYS
    for link, number in [(link, number) for link, number in numbers if number != "0"] + numbers[-1:]:
        assert len(behind(client, link)) == int(number), link


def test_the_most_active_lead_to_their_changes(api: Any, alice: User, bob: User) -> None:
    for _ in range(3):
        api.post("/api/tasks", {"title": "New"})
    client = superuser()
    save(client, "/admin/accounts/user/alice/change/", name="Alicia")
    ((link, number),) = re.findall(
        r'<li><a class="office-link" href="([^"]*who=[^"]*)">[^<]*</a><span>(\d+)<', client.get(FRONT).content.decode()
    )
    assert len(behind(client, unescape(link))) == int(number) == 3


def test_refusals_and_actions_lead_to_their_lists(task: Task) -> None:
    Refusal.objects.create(subject="mallory", proved=False, reason="InvalidSignatureError", times=3)
    Refusal.objects.create(subject="other", proved=False, reason="expired", times=1)
    boss = superuser()
    boss.post("/admin/tasks/task/", {"action": "complete", "_selected_action": [task.pk]})
    page = unescape(boss.get(FRONT).content.decode())
    assert ">wrong signature (InvalidSignatureError)</a>" in page
    assert behind(boss, "/admin/accounts/refusal/?q=mallory") == {"wrong signature (InvalidSignatureError)"}
    for link in ("/admin/accounts/refusal/?q=mallory", "/admin/accounts/refusal/", "/admin/admin/logentry/"):
        assert f'href="{link}"' in page
        assert behind(boss, link)


def test_open_tasks_by_age_lead_to_them(tasks: dict[str, Task]) -> None:
    client = superuser()
    found = {label: (number, behind(client, link)) for label, number, link in client.get(FRONT).context["ages"]}
    assert found == {
        "Less than a day": ("1", {"new"}),
        "1 to 7 days": ("1", {"young"}),
        "7 to 30 days": ("0", set()),
        "30 to 90 days": ("0", set()),
        "More than 90 days": ("1", {"old"}),
    }


def test_many_open_tasks_are_told_to_be_more(tasks: dict[str, Task], monkeypatch: pytest.MonkeyPatch) -> None:
    TaskFactory.create_batch(2, user=tasks["new"].user)
    monkeypatch.setattr(figures, "COUNTED", 2)
    assert superuser().get(FRONT).context["ages"][0][1] == "more than 2"


def test_the_days_of_the_chart_are_counted(tasks: dict[str, Task]) -> None:
    days = {row.day: row for row in superuser().get(FRONT).context["days"]}
    today = timezone.now().astimezone(UTC).date()
    assert len(days) == 30
    assert [days[today - timedelta(days=age)].tasks_created for age in (0, 3, 10)] == [1, 1, 2]
    assert (days[today].tasks_completed, days[today].people_created) == (1, 2)


def test_a_day_that_is_over_is_counted_once(tasks: dict[str, Task], alice: User) -> None:
    client = superuser()
    client.get(FRONT)
    assert Day.objects.count() == figures.KEPT_DAYS
    Day.objects.filter(day=days_ago(3).date()).update(tasks_created=77)
    days = {row.day: row.tasks_created for row in client.get(FRONT).context["days"]}
    assert days[days_ago(3).date()] == 77
    TaskFactory.create(user=alice)
    days = {row.day: row.tasks_created for row in client.get(FRONT).context["days"]}
    assert days[timezone.now().astimezone(UTC).date()] == 2


@pytest.mark.parametrize(
    ("rows", "before", "trend"),
    [
        (5, 0, "none in the week before"),
        (0, 0, "none in the week before"),
        (5, 5, "as many as in the week before"),
        (6, 4, "+50 % against the week before"),
        (1, 4, "-75 % against the week before"),
    ],
)
def test_a_trend_is_told_in_words(rows: int, before: int, trend: str) -> None:
    assert figures.Week(rows, before).trend == trend


@pytest.mark.parametrize(("rows", "told"), [(812_345, "about 812,000"), (1_000_000, "about 1,000,000")])
def test_an_estimate_says_so(rows: int, told: str) -> None:
    assert str(Amount(rows, exact=False, digits=3)) == told


def test_the_most_active_people_come_first(api: Any, alice: User, bob: User) -> None:
    for _ in range(3):
        api.post("/api/tasks", {"title": "New"})
    assert figures.most_active() == [("alice", "Alice", 3)]


def test_refusals_and_actions_of_staff_are_shown(task: Task) -> None:
    Refusal.objects.create(subject="mallory", proved=False, reason="bad signature", address="192.0.2.1", times=3)
    boss = superuser()
    boss.post("/admin/tasks/task/", {"action": "complete", "_selected_action": [task.pk]})
    page = unescape(boss.get(FRONT).content.decode())
    assert "bad signature</a>, from 192.0.2.1, of mallory, 3 times" in page
    assert re.search(r"Alice's task</a>\. Completed\.", page)


@pytest.mark.parametrize(
    ("rights", "there", "missing"),
    [
        ((), set(), {"cards", "chart", "ages", "active", "refusals"}),
        (("view_task",), {"cards", "chart", "ages"}, {"active", "refusals"}),
        (("view_user",), {"cards", "active"}, {"chart", "ages", "refusals"}),
        (("view_refusal",), {"refusals"}, {"cards", "active"}),
    ],
)
def test_each_sees_what_they_may_see(
    tasks: dict[str, Task], rights: tuple[str, ...], there: set[str], missing: set[str]
) -> None:
    answer = staff_with(*rights).get(FRONT)
    assert answer.status_code == 200
    assert {name for name in there | missing if name in answer.context} == there


def test_an_empty_back_office_says_what_comes(db: None) -> None:
    page = superuser().get(FRONT).content.decode()
    assert "Nobody has changed a task yet." in page
    assert "Nobody was refused." in page


@pytest.mark.parametrize("rights", [None, ("view_task", "view_user", "view_change", "view_refusal")])
def test_it_costs_fewer_than_ten_queries(
    tasks: dict[str, Task], rights: tuple[str, ...] | None, django_assert_max_num_queries: Any
) -> None:
    client = superuser() if rights is None else staff_with(*rights)
    PersonFactory.create_batch(3)
    with django_assert_max_num_queries(9):
        assert client.get(FRONT).status_code == 200


def test_no_figure_reads_a_table_whole(tasks: dict[str, Task]) -> None:
    """As it is planned where the tables are large."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        statements: list[tuple[str, Any]] = [
            (figures.DAYS, {"today": timezone.now().date(), "kept": figures.KEPT_DAYS}),
            (figures.ACTIVE, [figures.NEWEST_CHANGES]),
        ]
        for sql, parameters in statements:
            cursor.execute(f"EXPLAIN {sql}", parameters)
            plan = "\n".join(row[0] for row in cursor.fetchall())
            assert not re.search(r"Seq Scan on (tasks_task|accounts_user|history_change)", plan), plan
