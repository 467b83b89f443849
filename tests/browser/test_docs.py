"""The pages that show the schema work under their Content-Security-Policy, and ask no other host for anything."""

import pytest
from playwright.sync_api import Page

from tests.browser.chromium import EXECUTABLE, MISSING

pytestmark = pytest.mark.skipif(EXECUTABLE is None, reason=MISSING)


def test_swagger_ui_shows_the_operations_and_calls_them(page: Page) -> None:
    page.goto("/docs")
    operation = page.locator("#operations-service-health")
    operation.wait_for()
    operation.locator("button.opblock-summary-control").click()
    operation.get_by_role("button", name="Try it out").click()
    operation.get_by_role("button", name="Execute").click()
    operation.locator(".live-responses-table .response-col_status", has_text="200").wait_for()


def test_redoc_shows_the_operations(page: Page, faults: list[str]) -> None:
    """Its code names its maker's logo on another host, and has no option for that: the policy stops the request."""
    page.goto("/redoc")
    page.get_by_role("heading", name="Create a task").first.wait_for()
    assert [fault for fault in faults if "logo-mini.svg" not in fault] == []
    assert not any(fault.startswith("asked") for fault in faults)
    faults.clear()
