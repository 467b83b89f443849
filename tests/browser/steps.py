"""Steps of staff at the list of tasks that take more than an address."""

from playwright.sync_api import Page

from tests.browser.chromium import address

LIST = address("tasks/task/")


def open_bulk_change(page: Page, **query: str) -> None:
    """For all that the first page of the list shows at `query`."""
    page.goto(address("tasks/task/", **query))
    page.locator("#action-toggle").check()
    page.locator("select[name=action]").select_option("edit_many")
    page.locator("button[name=index]").click()


def preview_priority(page: Page, value: str) -> None:
    page.get_by_label("Priority").select_option(value)
    page.get_by_role("button", name="Preview").click()


def show_import(page: Page, name: str, content: str) -> None:
    """Gives a file and sees what it would do. Its name says of what kind it is."""
    kind = {"csv": "text/csv", "json": "application/json"}[name.rpartition(".")[2]]
    page.goto(address("tasks/task/import/"))
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": kind, "buffer": content.encode()})
    page.get_by_role("button", name="Show what it would do").click()


def wait_until_finished(page: Page) -> None:
    page.locator("#job[data-state=finished]").wait_for()
