"""Each kind of page of the back office: axe-core finds nothing serious, and a phone never scrolls sideways."""

import json
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.chromium import DESKTOP, EXECUTABLE, MISSING, PHONE, address
from tests.browser.chromium import violations as found
from tests.browser.rows import story
from tests.browser.steps import (
    open_bulk_change,
    open_conflict,
    preview_priority,
    save,
    show_import,
    wait_until_finished,
)
from tests.servers import Gunicorn

pytestmark = pytest.mark.skipif(EXECUTABLE is None, reason=MISSING)

PAGES = {
    "overview": "",
    "tasks": "tasks/task/",
    "no task": "tasks/task/?q=nosuchtask",
    "people": "accounts/user/",
    "nobody": "accounts/user/?q=nobody&is_active__exact=0",
    "refusals, none yet": "accounts/refusal/",
    "changes": "history/change/",
    "a change": "history/change/1/change/",
    "actions of staff": "admin/logentry/",
    "a task": "tasks/task/1/change/",
    "a new task": "tasks/task/add/",
    "a task's history": "tasks/task/{task}/history/",
    "a restoration": "tasks/task/{task}/restore/{change}/",
    "a person": "accounts/user/person-1/change/",
    "a restoration of a person": "accounts/user/person-3/restore/{person_change}/",
    "an erasure that is paused": "accounts/user/erasing/{erasure}/",
    "an export": "accounts/user/person-1/export/",
    "an import": "tasks/task/import/",
}


@pytest.fixture(params=["light", "dark"])
def theme(request: Any) -> str:
    return str(request.param)


def judged(page: Page) -> list[str]:
    """At both widths."""
    problems = []
    for size in (DESKTOP, PHONE):
        page.set_viewport_size(size)  # type: ignore[arg-type]  # Playwright has a type of its own for two numbers
        problems += found(page)
    wide = page.evaluate("document.documentElement.scrollWidth")
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    return problems + ([f"{wide} pixels wide on a phone"] if wide > PHONE["width"] else [])


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_a_page_is_accessible(page: Page, office: Gunicorn, path: str) -> None:
    answer = page.goto(address(path.format(**story(office))))
    assert answer is not None
    assert answer.status == 200
    assert judged(page) == []


def test_a_bulk_change_is_accessible_from_choice_to_result(page: Page) -> None:
    open_bulk_change(page, q="Costa")
    assert judged(page) == []
    preview_priority(page, "2")
    assert judged(page) == []
    page.get_by_role("button", name="Change 20 tasks").click()
    wait_until_finished(page)
    assert judged(page) == []


def test_the_choice_of_columns_is_accessible(page: Page) -> None:
    show_import(page, "tasks.csv", "content,notes\nBuy milk,soon\n")
    page.get_by_label("Title (title)").wait_for()
    assert judged(page) == []


def test_an_import_is_accessible_from_file_to_result(page: Page) -> None:
    rows = [{"title": "New", "user_id": "person-1"}, {"id": 1, "tags": ["a"]}, {"id": 999_999, "title": "x"}]
    show_import(page, "tasks.json", json.dumps(rows))
    page.get_by_text("there is no task '999999'").wait_for()
    assert judged(page) == []
    page.get_by_role("button", name="Import").click()
    wait_until_finished(page)
    assert judged(page) == []


def test_a_conflict_is_accessible(page: Page, theme: str) -> None:
    open_conflict(page, 44, theme)
    assert judged(page) == []


def test_a_form_whose_row_is_gone_is_accessible(page: Page, office: Gunicorn) -> None:
    ((number,),) = office.database.rows(
        "INSERT INTO tasks_task (title, user_id) VALUES ('Short-lived', 'person-1') RETURNING id"
    )
    page.goto(address(f"tasks/task/{number}/change/"))
    page.locator("#id_description").fill("Typed with care")
    office.database.rows(f"DELETE FROM tasks_task WHERE id = {number}")
    save(page)
    page.get_by_text("Typed with care").wait_for()
    assert judged(page) == []
