"""One server with rows, and one Chromium, for all tests of the folder.

A test fails where a page of it has an error of a script, loads something that its Content-Security-Policy forbids, or
asks another host for anything.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.chromium import chromium, note_faults, session_of, signed_in
from tests.browser.rows import BOSS, add_rows
from tests.servers import Gunicorn


@pytest.fixture(scope="package")
def office(django_db_setup: None, django_db_blocker: Any) -> Iterator[Gunicorn]:
    with django_db_blocker.unblock(), Gunicorn() as server:
        add_rows(server)
        yield server


@pytest.fixture(scope="package")
def session(office: Gunicorn) -> str:
    return session_of(office, BOSS)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture
def theme() -> str:
    return "light"


@pytest.fixture
def faults() -> list[str]:
    """Of the page; a test that expects some takes them out."""
    return []


@pytest.fixture
def page(browser: Browser, office: Gunicorn, session: str, theme: str, faults: list[str]) -> Iterator[Page]:
    """Of a superuser."""
    context = signed_in(browser, office, session, color_scheme=theme)
    opened = context.new_page()
    note_faults(opened, faults)
    yield opened
    context.close()
    assert not faults
