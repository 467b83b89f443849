"""Pictures of the pages in both themes and at phone width: `python -m tests.browser.screenshots FOLDER`."""

import sys
from pathlib import Path

from playwright.sync_api import Browser

from tests import environment

import django  # isort: skip

django.setup()

from tests.browser.chromium import DESKTOP, PHONE, address, chromium, session_of, signed_in  # noqa: E402
from tests.browser.rows import BOSS, add_rows  # noqa: E402
from tests.servers import Gunicorn  # noqa: E402
from tests.staff import pictures  # noqa: E402

PAGES = {
    "front": "",
    "tasks": "tasks/task/",
    "tasks-none": "tasks/task/?q=nosuchtask",
    "task": "tasks/task/{newest}/change/",
    "history-none": "history/change/?who=nobody",
    "task-history": "tasks/task/{newest}/history/",
    "import": "tasks/task/import/",
    "history": "history/change/",
    "change": "history/change/{change}/change/",
}


# Milliseconds, behind which a chart has drawn itself.
SETTLED = 1200


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with chromium() as browser:
        take(browser, folder)
        pictures.take(browser, folder)
    environment.pytest_unconfigure()


def take(browser: Browser, folder: Path) -> None:
    with Gunicorn() as server:
        add_rows(server)
        session = session_of(server, BOSS)
        ((newest, change),) = server.database.rows(
            "SELECT (SELECT max(id) FROM tasks_task), (SELECT max(id) FROM history_change)"
        )
        for theme in ("light", "dark"):
            for width, size in (("desktop", DESKTOP), ("phone", PHONE)):
                window = signed_in(browser, server, session, viewport=size, color_scheme=theme).new_page()
                for name, path in PAGES.items():
                    window.goto(address(path.format(newest=newest, change=change)))
                    window.wait_for_timeout(SETTLED)
                    window.screenshot(path=folder / f"{name}-{theme}-{width}.png")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
