"""A day's work on tasks in a real browser: find, change many, take a file away, bring one back, read a history."""

import csv
import io

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from tests.browser.chromium import EXECUTABLE, MISSING, PHONE, address, violations
from tests.browser.rows import STORIED
from tests.browser.steps import LIST, open_bulk_change, preview_priority, show_import, wait_until_finished
from tests.servers import Gunicorn

pytestmark = pytest.mark.skipif(EXECUTABLE is None, reason=MISSING)


def test_the_front_page_leads_to_the_lists(page: Page) -> None:
    page.goto(address(""))
    expect(page.get_by_role("heading", name="Open tasks by age")).to_be_visible()
    assert page.locator("canvas.chart").bounding_box()
    page.get_by_role("link", name="More than 90 days").click()
    expect(page.locator("#result_list tbody tr").first).to_be_visible()
    assert "open=older" in page.url


def test_a_view_is_saved_with_its_columns(page: Page) -> None:
    page.goto(LIST + "?status__exact=in_progress")
    page.get_by_text("Columns, save view").click()
    page.get_by_label("Tags", exact=True).check()
    page.get_by_label("Name", exact=True).fill("Under way")
    page.get_by_role("button", name="Save this view").click()
    expect(page.get_by_role("link", name="Under way")).to_have_attribute("aria-current", "page")
    expect(page.locator("th", has_text="Tags")).to_be_visible()
    page.get_by_role("button", name="Delete the view Under way").click()
    expect(page.get_by_role("link", name="Under way")).to_have_count(0)


@pytest.mark.parametrize("kind", ["CSV", "XLSX"])
def test_a_download_opens(page: Page, office: Gunicorn, kind: str) -> None:
    page.goto(LIST + "?priority__exact=2")
    with page.expect_download() as download:
        page.get_by_role("link", name=kind, exact=True).click()
    content = download.value.path().read_bytes()
    if kind == "CSV":
        rows = list(csv.DictReader(io.StringIO(content.decode())))
        assert {row["priority"] for row in rows} == {"2"}
    else:
        rows = list(openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(min_row=2, values_only=True))
        assert {row[4] for row in rows} == {2}
    # Other tests of this server may have changed some meanwhile.
    assert [(len(rows),)] == office.database.rows("SELECT count(*) FROM tasks_task WHERE priority = 2")


def test_many_tasks_are_changed_with_a_preview(page: Page, office: Gunicorn) -> None:
    open_bulk_change(page, q="Costa", status__exact="pending")
    preview_priority(page, "3")
    page.get_by_role("button", name="Change 7 tasks").click()
    wait_until_finished(page)
    urgent = office.database.rows(
        "SELECT count(*) FROM tasks_task WHERE user_id = 'person-2' AND status = 'pending' AND priority = 3"
    )
    assert urgent == [(7,)]


def test_an_import_with_errors_runs(page: Page, office: Gunicorn) -> None:
    show_import(page, "tasks.csv", "id,title,status\n2,Imported,pending\n999999,Nobody's,pending\n3,Other,done\n")
    expect(page.get_by_text("id: there is no task '999999'.")).to_be_visible()
    expect(page.get_by_text("status: Select a valid choice.")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="Import 1 row").click()
    wait_until_finished(page)
    expect(page.locator("#job-refused")).to_have_text("2")
    assert office.database.rows("SELECT title FROM tasks_task WHERE id = 2") == [("Imported",)]


def test_a_history_is_read_and_an_earlier_state_restored(page: Page, office: Gunicorn) -> None:
    page.goto(address(f"tasks/task/{STORIED}/history/"))
    expect(page.get_by_text("Write the report").first).to_be_visible()
    time = page.locator("article time").first
    # In the browser's zone, and exactly on hover.
    assert "Europe/Berlin" in str(time.get_attribute("title"))
    page.get_by_role("link", name="Restore this state").last.click()
    page.get_by_role("button", name="Restore").click()
    expect(page.get_by_text("Restored: ").first).to_be_visible()
    ((title,),) = office.database.rows(f"SELECT title FROM tasks_task WHERE id = {STORIED}")
    assert title.startswith("Write report 19")


def test_ctrl_k_finds_a_task(page: Page) -> None:
    page.goto(address(""))
    # The key is heard once the page's scripts run, and the field is there a moment later.
    page.wait_for_load_state("networkidle")
    page.keyboard.press("Control+k")
    page.wait_for_selector("input:focus")
    page.keyboard.type("Costa", delay=30)
    expect(page.get_by_role("link", name="Write report").first).to_be_visible(timeout=60_000)


@pytest.mark.parametrize("path", ["", "tasks/task/", "tasks/task/import/", "history/change/", "tasks/task/add/"])
def test_a_phone_scrolls_down_and_never_sideways(page: Page, path: str) -> None:
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # Playwright has a type of its own for two numbers
    page.goto(address(path))
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
