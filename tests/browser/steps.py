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


def open_conflict(page: Page, number: int, word: str = "weekly") -> None:
    """Edits a task in two windows, and saves behind the other window. `word` is in no value of the task before."""
    other = page.context.new_page()
    for window in (page, other):
        window.goto(address(f"tasks/task/{number}/change/"))
    fill_task(other, f"Their {word} report", f"Their {word}\nlines", f"home\n{word}")
    other.locator("#id_status").select_option("completed")
    save(other)
    other.wait_for_url(f"**{LIST}*")
    other.close()
    fill_task(page, f"Your {word} report", f"Your {word} line", f"{word}\nurgent")
    page.locator("#id_priority").select_option("3")
    save(page)
    page.get_by_role("heading", name="Somebody else changed this task").wait_for()


def fill_task(page: Page, title: str, description: str, tags: str) -> None:
    page.locator("#id_title").fill(title)
    page.locator("#id_description").fill(description)
    page.locator("#id_tags").fill(tags)


def save(page: Page) -> None:
    page.get_by_role("button", name="Save", exact=True).click()
