"""Pictures of the pages in both themes and at phone width: `python -m tests.browser.screenshots FOLDER`."""

import sys
from pathlib import Path

from tests import environment
from tests.browser.chromium import DESKTOP, PHONE, address, chromium, session_of, signed_in
from tests.browser.rows import BOSS, add_rows
from tests.servers import Gunicorn

PAGES = {
    "front": "",
    "tasks": "tasks/task/",
    "tasks-none": "tasks/task/?q=nosuchtask",
    "task": "tasks/task/{newest}/change/",
    "task-history": "tasks/task/{newest}/history/",
    "import": "tasks/task/import/",
    "history": "history/change/",
    "change": "history/change/{change}/change/",
}


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with Gunicorn() as server, chromium() as browser:
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
                    window.wait_for_timeout(300)
                    window.screenshot(path=folder / f"{name}-{theme}-{width}.png")
    environment.pytest_unconfigure()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
