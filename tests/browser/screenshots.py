"""Pictures of the pages in both themes and at phone width: `python -m tests.browser.screenshots FOLDER`."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from tests import environment

import django  # isort: skip

django.setup()

from tests.browser.chromium import DESKTOP, PHONE, address, chromium, session_of, signed_in  # noqa: E402
from tests.browser.rows import BOSS, add_rows, story  # noqa: E402
from tests.browser.steps import open_bulk_change, open_conflict, preview_priority, show_import, wait_until_finished  # noqa: E402
from tests.servers import Gunicorn  # noqa: E402
from tests.staff import pictures  # noqa: E402

PAGES = {
    "front": "",
    "tasks": "tasks/task/",
    "tasks-none": "tasks/task/?q=nosuchtask",
    "tasks-refused": "tasks/task/?priority__exact=urgent&created_at_from=31.01.2099&colour=red",
    "task": "tasks/task/{task}/change/",
    "task-add": "tasks/task/add/",
    "task-history": "tasks/task/{task}/history/",
    "task-restore": "tasks/task/{task}/restore/{change}/",
    "person-restore": "accounts/user/person-3/restore/{person_change}/",
    "erasure": "accounts/user/erasing/{erasure}/",
    "import": "tasks/task/import/",
    "history": "history/change/",
    "history-none": "history/change/?who=nobody",
    "change": "history/change/{change}/change/",
    "refusals-none": "accounts/refusal/",
    "actions": "admin/logentry/",
    "groups": "auth/group/",
    "not-found": "no/such/page/",
    "bad-request": "tasks/task/export/?format=csv&trash=maybe",
    "not-allowed": "tasks/task/views/save/",
}
LOOKS = {
    "light-desktop": {"viewport": DESKTOP, "color_scheme": "light"},
    "dark-desktop": {"viewport": DESKTOP, "color_scheme": "dark"},
    "light-phone": {"viewport": PHONE, "color_scheme": "light"},
    "dark-phone": {"viewport": PHONE, "color_scheme": "dark"},
}
FILE = """id,title,status,priority,tags
1,A new title for {look},completed,2,home
2,Write report 1 of Ada Berg,pending,1,
999999,Of nobody,pending,1,
3,,done,9,
"""
# Milliseconds, behind which a chart has drawn itself.
SETTLED = 900

Picture = Callable[[str], None]


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with chromium() as browser:
        take(browser, folder)
        pictures.take(browser, folder, LOOKS)
    environment.pytest_unconfigure()
    print(f"{len(list(folder.glob('*.png')))} pictures in {folder}")


def take(browser: Browser, folder: Path) -> None:
    with Gunicorn() as server:
        add_rows(server)
        session, numbers = session_of(server, BOSS), story(server)
        for look, options in LOOKS.items():
            window = signed_in(browser, server, session, **options).new_page()

            def picture(name: str, window: Page = window, look: str = look) -> None:
                window.wait_for_timeout(SETTLED)
                window.screenshot(path=folder / f"{name}-{look}.png", full_page=True)

            for name, path in PAGES.items():
                window.goto(address(path.format(**numbers)))
                picture(name)
            take_steps(window, look, picture)
            take_faults(server, window, picture)


def take_steps(window: Page, look: str, picture: Picture) -> None:
    """What more than an address leads to."""
    window.goto(address("tasks/task/"))
    window.get_by_text("Columns, save view").click()
    picture("tasks-views")
    open_bulk_change(window, q="Costa")
    preview_priority(window, "3")
    picture("bulk-preview")
    window.get_by_role("button", name="Change 20 tasks").click()
    wait_until_finished(window)
    picture("bulk-finished")
    show_import(window, "tasks.csv", FILE.format(look=look))
    picture("import-dry-run")
    window.get_by_role("button", name="Import").click()
    wait_until_finished(window)
    picture("import-finished")
    open_conflict(window, 43, look)
    picture("conflict")
    window.get_by_role("link", name="Open the page again, save nothing").click()
    window.goto(address(""))
    window.keyboard.press("Control+k")
    window.wait_for_selector("input:focus")
    window.keyboard.type("Berg", delay=30)
    picture("search")


def take_faults(server: Gunicorn, window: Page, picture: Picture) -> None:
    """A table is away for a moment: a real fault."""
    server.database.rows("ALTER TABLE tasks_task RENAME TO tasks_away")
    window.goto(address("tasks/task/"))
    picture("fault")
    server.database.rows("ALTER TABLE tasks_away RENAME TO tasks_task")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
