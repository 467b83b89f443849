"""A real Chromium on a real gunicorn: what staff see and do, with codes of a real authenticator, judged by axe-core.

`python -m tests.staff.pictures FOLDER` takes pictures of the pages of staff and people.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.servers import Gunicorn

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
SERIOUS = {"serious", "critical"}

needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="no chromium: apt-get install chromium")


@contextmanager
def chromium() -> Iterator[Any]:
    """Django forbids its database where an event loop runs, and Playwright's runs in this thread."""
    from playwright.sync_api import sync_playwright

    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
            yield browser
            browser.close()
    finally:
        if before is None:
            del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


class Screen:
    """One person at one browser, whose cookies nobody else has."""

    def __init__(self, browser: Any, server: Gunicorn, **options: Any) -> None:
        self.base = f"http://127.0.0.1:{server.port}"
        self.context = browser.new_context(**{"viewport": DESKTOP, "base_url": self.base, **options})
        self.context.set_default_timeout(15_000)
        self.page = self.context.new_page()

    def open(self, path: str) -> "Screen":
        self.page.goto(path)
        return self

    @property
    def path(self) -> str:
        return str(self.page.url).removeprefix(self.base)

    def give_password(self, login: str, password: str, path: str = "/admin/") -> None:
        self.open(path)
        self.page.get_by_label("Login").fill(login)
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_role("button", name="Log in").click()

    def give_code(self, code: str, button: str = "Sign in") -> None:
        self.page.get_by_label("Code").fill(code)
        self.page.get_by_role("button", name=button).click()

    def serious_violations(self) -> list[str]:
        """What axe-core calls serious or critical on the page as it is now: rule, and where."""
        found = Axe().run(self.page).response["violations"]
        return [
            f"{one['id']}: {node['html'][:160]}" for one in found if one["impact"] in SERIOUS for node in one["nodes"]
        ]

    def picture(self, folder: Path, name: str) -> None:
        self.page.screenshot(path=folder / f"{name}.png", full_page=True)

    def close(self) -> None:
        self.context.close()
