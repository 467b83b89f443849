"""What a member of staff does at a browser: signs in with a real authenticator's code, opens pages."""

from pathlib import Path
from typing import Any

from tests.browser.chromium import DESKTOP, violations
from tests.servers import Gunicorn


class Screen:
    """One person at one browser, whose cookies nobody else has."""

    def __init__(self, browser: Any, server: Gunicorn, **options: Any) -> None:
        self.base = f"http://127.0.0.1:{server.port}"
        self.context = browser.new_context(**{"viewport": DESKTOP, "base_url": self.base, **options})
        self.context.set_default_timeout(60_000)
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
        return violations(self.page)

    def picture(self, folder: Path, name: str) -> None:
        self.page.screenshot(path=folder / f"{name}.png", full_page=True)

    def close(self) -> None:
        self.context.close()
