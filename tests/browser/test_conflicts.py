"""The page on which a person chooses between two values works by keyboard, and without scripts."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.chromium import EXECUTABLE, MISSING, signed_in
from tests.browser.steps import open_conflict, save
from tests.servers import Gunicorn

pytestmark = pytest.mark.skipif(EXECUTABLE is None, reason=MISSING)
# No other test of this server edits it.
NUMBER = 45


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def scripts(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def context(browser: Browser, office: Gunicorn, session: str, scripts: bool) -> Iterator[BrowserContext]:
    opened = signed_in(browser, office, session, java_script_enabled=scripts)
    yield opened
    opened.close()


def choose_by_keyboard(page: Page, field: str, value: str) -> None:
    page.get_by_role("group", name=field, exact=True).get_by_role("radio", name=value).focus()
    page.keyboard.press("Space")


def test_each_field_is_chosen_by_keyboard(context: BrowserContext, office: Gunicorn, scripts: bool) -> None:
    page, word = context.new_page(), "scripted" if scripts else "plain"
    open_conflict(page, NUMBER, word)
    expect(page.get_by_role("alert").first).to_contain_text("Nothing was saved yet.")
    expect(page.get_by_role("group", name="Title", exact=True)).to_contain_text("Changed by Bo Boss")
    choose_by_keyboard(page, "Title", "Your value")
    choose_by_keyboard(page, "Description", "Their value")
    # The browser itself asks for the third.
    save(page)
    expect(page.get_by_role("heading", name="Somebody else changed this task")).to_be_visible()
    choose_by_keyboard(page, "Tags", "Their value")
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/tasks/task/*")
    columns = "title, description, tags, status, priority"
    assert office.database.rows(f"SELECT {columns} FROM tasks_task WHERE id = {NUMBER}") == [
        (f"Your {word} report", f"Their {word}\nlines", ["home", word], "completed", 3)
    ]
