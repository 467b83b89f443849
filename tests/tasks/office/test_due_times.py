"""Due times in forms: what the clocks skip, what they show twice, and the ends of the calendar."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from apps.backoffice.models import Job
from apps.tasks.models import Task
from tests.forms import untouched
from tests.tasks.office.pages import TASKS, browser_form, page_of, written_columns

pytestmark = pytest.mark.django_db

REFUSED = [
    ("Europe/Berlin", "2026-03-29", "02:30", "2026-03-29 02:30:00 does not exist in Europe/Berlin"),
    ("Australia/Lord_Howe", "2026-10-04", "02:15", "does not exist"),
    ("Pacific/Apia", "2011-12-30", "12:00", "does not exist"),
    ("Europe/Berlin", "2026-10-25", "02:30", "Write the time as 02:30:00+02:00 or as 02:30:00+01:00"),
    ("Australia/Lord_Howe", "2026-04-05", "01:45", "Write the time as 01:45:00+11:00 or as 01:45:00+10:30"),
    ("Etc/GMT+12", "9999-12-31", "23:59", "not in the years 1 to 9999"),
    ("America/New_York", "9999-12-29", "23:59", "must be from 0001-01-03 to 9999-12-29"),
    ("Pacific/Kiritimati", "9999-12-31", "00:00", "must be from 0001-01-03 to 9999-12-29"),
    ("UTC", "9999-12-31", "23:59:59", "must be from 0001-01-03 to 9999-12-29"),
    ("Asia/Tokyo", "0001-01-01", "00:00", "not in the years 1 to 9999"),
    ("UTC", "0001-01-02", "23:59", "must be from 0001-01-03 to 9999-12-29"),
    ("UTC", "2026-01-31", "09:30+24:00", "less than 24 hours"),
    ("UTC", "2026-01-31", "09:30+1", "Enter a valid time."),
    ("UTC", "2026-01-31", "", "Enter a valid time."),
    ("UTC", "", "09:30", "Enter a valid date."),
]
TAKEN = [
    ("Europe/Berlin", "2026-10-25", "02:30+02:00", "2026-10-25T00:30:00+00:00"),
    ("Europe/Berlin", "2026-10-25", "02:30:00 +01:00", "2026-10-25T01:30:00+00:00"),
    ("Australia/Lord_Howe", "2026-04-05", "01:45+10:30", "2026-04-04T15:15:00+00:00"),
    ("Europe/Berlin", "2026-10-25", "03:00", "2026-10-25T02:00:00+00:00"),
    ("Asia/Kathmandu", "2026-01-31", "09:30", "2026-01-31T03:45:00+00:00"),
    ("Pacific/Kiritimati", "9999-12-30", "13:59:59", "9999-12-29T23:59:59+00:00"),
    ("UTC", "0001-01-03", "00:00", "0001-01-03T00:00:00+00:00"),
]


def due_of(task: Task) -> datetime | None:
    return Task.objects.values_list("due_at", flat=True).get(pk=task.pk)


def bulk_answer(client: Client, task: Task, day: str, clock: str) -> Any:
    """A draft of a bulk change of the task, previewed."""
    job = client.post(TASKS, {"action": "edit_many", "_selected_action": [task.pk]})["Location"]
    return client.post(job, {"do": "preview", "due_at_0": day, "due_at_1": clock})


@pytest.mark.parametrize(("zone", "day", "clock", "sentence"), REFUSED)
def test_what_cannot_be_is_told_and_writes_nothing(
    boss: Client, task: Task, zone: str, day: str, clock: str, sentence: str
) -> None:
    boss.cookies["back_office_zone"] = zone
    body = {**browser_form(boss, task), "due_at_0": day, "due_at_1": clock}
    answer = boss.post(page_of(task), body)
    assert answer.status_code == 200
    assert sentence in str(answer.context["adminform"].form.errors["due_at"])
    assert sentence in str(bulk_answer(boss, task, day, clock).context["form"].errors["due_at"])
    assert (due_of(task), Job.objects.get().values) == (None, {})


@pytest.mark.parametrize(("zone", "day", "clock", "instant"), TAKEN)
def test_a_time_is_stored_as_its_instant(
    boss: Client, task: Task, zone: str, day: str, clock: str, instant: str
) -> None:
    boss.cookies["back_office_zone"] = zone
    body = {**browser_form(boss, task), "due_at_0": day, "due_at_1": clock}
    assert written_columns(boss, task, body) == [{"due_at"}]
    assert due_of(task) == datetime.fromisoformat(instant)
    assert bulk_answer(boss, task, day, clock).status_code == 200
    assert datetime.fromisoformat(Job.objects.get().values["due_at"]) == datetime.fromisoformat(instant)


@pytest.mark.parametrize("instant", ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00.123456Z", "2026-10-25T02:30:00Z"])
def test_a_task_due_in_the_hour_that_occurs_twice_is_saved(boss: Client, task: Task, instant: str) -> None:
    boss.cookies["back_office_zone"] = "Europe/Berlin"
    Task.objects.update(due_at=instant)
    before = due_of(task)
    form = browser_form(boss, task)
    assert written_columns(boss, task, form) == []
    assert written_columns(boss, task, {**form, "title": "Another title"}) == [{"title"}]
    assert due_of(task) == before
    # The other of the two hours is another time.
    if "+" in form["due_at_1"]:
        other = "02:30:00+01:00" if form["due_at_1"] == "02:30:00+02:00" else "02:30:00+02:00"
        assert written_columns(boss, task, {**browser_form(boss, task), "due_at_1": other}) == [{"due_at"}]
        assert due_of(task) != before


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Etc/GMT+12", "America/Juneau", "Asia/Manila"])
@pytest.mark.parametrize("instant", ["0001-01-03T00:00:00Z", "9999-12-29T23:59:59Z", "1850-01-01T00:00:00Z"])
def test_any_stored_time_is_shown_and_kept(boss: Client, task: Task, zone: str, instant: str) -> None:
    boss.cookies["back_office_zone"] = zone
    Task.objects.update(due_at=instant)
    before = due_of(task)
    assert written_columns(boss, task, {**browser_form(boss, task), "title": "Another title"}) == [{"title"}]
    assert due_of(task) == before


@pytest.mark.parametrize("planned", ["9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+09:00", "9999-12-31T23:59:59Z"])
def test_a_bulk_change_planned_before_the_bounds_comes_to_the_nearest(boss: Client, task: Task, planned: str) -> None:
    bulk_answer(boss, task, "2026-01-31", "09:30")
    Job.objects.update(values={"due_at": planned})
    job = f"{TASKS}bulk/{Job.objects.get().pk}/"
    assert boss.get(job).status_code == 200
    boss.post(job, {"do": "start"})
    assert boss.post(job, {"do": "step"}).status_code == 302
    assert str(due_of(task)) in {"9999-12-29 23:59:59.999999+00:00", "0001-01-03 00:00:00+00:00"}


def test_the_form_of_a_new_task_and_of_a_bulk_change_take_the_same(boss: Client, task: Task) -> None:
    page = boss.get(f"{TASKS}add/").content.decode()
    assert {"due_at_0", "due_at_1"} <= untouched(page, "task_form").keys()
    assert "A time that the clocks show twice needs its offset from UTC" in page


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Etc/GMT+12", "UTC"])
@pytest.mark.parametrize("page", ["tasks/task/?created_at", "tasks/task/?completed_at", "history/change/?at"])
def test_a_range_of_days_may_reach_the_ends_of_the_calendar(boss: Client, task: Task, zone: str, page: str) -> None:
    boss.cookies["back_office_zone"] = zone
    Task.objects.update(status="completed")
    for day in ("9999-12-31", "9999-12-31Z", "0001-01-01", "0001-01-01Z"):
        rows = {end: boss.get(f"/admin/{page}_{end}={day}").context["cl"].result_count for end in ("from", "to")}
        everything = boss.get(f"/admin/{page.partition('?')[0]}").context["cl"].result_count
        assert rows == ({"from": 0, "to": everything} if day.startswith("9") else {"from": everything, "to": 0})
