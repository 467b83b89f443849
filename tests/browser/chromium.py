"""Debian's headless Chromium, driven by Playwright against a real gunicorn."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.servers import Gunicorn, manage

EXECUTABLE = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
MISSING = "no chromium here: apt-get install chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


@contextmanager
def chromium() -> Iterator[Browser]:
    """Django forbids its database where an event loop runs, and Playwright's runs in this thread."""
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=EXECUTABLE, args=ARGUMENTS)
            yield browser
            browser.close()
    finally:
        if before is None:
            del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


def session_of(server: Gunicorn, login: str) -> str:
    """The key of a session of the back office: `login` signed in on the server's own database."""
    code = (
        "from django.contrib.sessions.backends.db import SessionStore\n"
        "from apps.accounts.models import User\n"
        f"person = User.objects.get(login={login!r})\n"
        "session = SessionStore()\n"
        "session.update({'_auth_user_id': person.pk, '_auth_user_hash': person.get_session_auth_hash(),\n"
        "    '_auth_user_backend': 'django.contrib.auth.backends.ModelBackend'})\n"
        "session.save()\n"
        "print('key=' + session.session_key)\n"
    )
    output = manage(server.environment, "shell", "-v", "0", "-c", code).stdout
    return output.rpartition("key=")[2].strip()


def signed_in(browser: Browser, server: Gunicorn, session: str, **options: Any) -> BrowserContext:
    """A window of its own; `options` are Playwright's."""
    context = browser.new_context(
        base_url=f"http://127.0.0.1:{server.port}",
        **{"viewport": DESKTOP, "timezone_id": "Europe/Berlin", "accept_downloads": True, **options},
    )
    context.set_default_timeout(60_000)
    give_session(context, server, session)
    return context


def give_session(context: BrowserContext, server: Gunicorn, session: str) -> None:
    context.add_cookies([{"name": "sessionid", "value": session, "url": f"http://127.0.0.1:{server.port}"}])


def note_faults(page: Page, faults: list[str]) -> None:
    """Adds each error of a script, each violation of the page's policy and each request to another host."""

    def on_request(request: Any) -> None:
        is_own = request.url.startswith(("http://127.0.0.1:", "data:", "blob:"))
        if not is_own and request.failure != "csp":
            faults.append(f"asked {request.url}: {request.failure}")

    def on_console(message: Any) -> None:
        if "Content Security Policy" in message.text:
            faults.append(message.text)

    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("requestfinished", on_request)
    page.on("requestfailed", on_request)
    page.on("console", on_console)


def address(path: str, **query: str) -> str:
    return f"/admin/{path}" + (f"?{urlencode(query)}" if query else "")


def violations(page: Any) -> list[str]:
    """What axe-core finds that is serious or worse."""
    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {node['target']} {node['html'][:200]}"
        for one in found
        if one["impact"] in {"serious", "critical"}
        for node in one["nodes"]
    ]
