"""Each kind of page of the back office: axe-core finds nothing serious, and a phone never scrolls sideways."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.chromium import DESKTOP, EXECUTABLE, MISSING, PHONE, address, chromium, session_of, signed_in
from tests.browser.chromium import violations as found
from tests.browser.rows import BOSS, add_rows
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
    "a task": "tasks/task/1/change/",
    "a new task": "tasks/task/add/",
    "a task's history": "tasks/task/{newest}/history/",
    "a restoration": "tasks/task/{newest}/restore/{change}/",
    "a person": "accounts/user/person-1/change/",
    "an export": "accounts/user/person-1/export/",
    "an import": "tasks/task/import/",
}


@pytest.fixture(scope="module")
def office(django_db_setup: None, django_db_blocker: Any) -> Iterator[Gunicorn]:
    with django_db_blocker.unblock(), Gunicorn() as server:
        add_rows(server)
        yield server


@pytest.fixture(scope="module")
def session(office: Gunicorn) -> str:
    return session_of(office, BOSS)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture(params=["light", "dark"])
def page(request: Any, browser: Browser, office: Gunicorn, session: str) -> Iterator[Page]:
    context = signed_in(browser, office, session, color_scheme=request.param)
    yield context.new_page()
    context.close()


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
    ((newest, change),) = office.database.rows(
        "SELECT max(object_id::int), min(id) FROM history_change WHERE kind = 'task' AND object_id ="
        " (SELECT max(id)::text FROM tasks_task)"
    )
    answer = page.goto(address(path.format(newest=newest, change=change)))
    assert answer is not None
    assert answer.status == 200
    assert judged(page) == []


def test_a_bulk_change_is_accessible_from_choice_to_result(page: Page) -> None:
    page.goto(address("tasks/task/", q="Costa"))
    page.locator("#action-toggle").check()
    page.locator("select[name=action]").select_option("edit_many")
    page.locator("button[name=index]").click()
    assert judged(page) == []
    page.get_by_label("Priority").select_option("2")
    page.get_by_role("button", name="Preview").click()
    assert judged(page) == []
    page.get_by_role("button", name="Change 20 tasks").click()
    page.locator("#job[data-state=finished]").wait_for()
    assert judged(page) == []


def test_an_import_is_accessible_from_file_to_result(page: Page) -> None:
    rows = [{"title": "New", "user_id": "person-1"}, {"id": 1, "tags": ["a"]}, {"id": 999_999, "title": "x"}]
    page.goto(address("tasks/task/import/"))
    page.locator("input[type=file]").set_input_files(
        {"name": "tasks.json", "mimeType": "application/json", "buffer": json.dumps(rows).encode()}
    )
    page.get_by_role("button", name="Show what it would do").click()
    page.get_by_text("there is no task '999999'").wait_for()
    assert judged(page) == []
    page.get_by_role("button", name="Import").click()
    page.locator("#job[data-state=finished]").wait_for()
    assert judged(page) == []
