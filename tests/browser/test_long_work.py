"""Long work goes on while its page is open; where the session of whoever opened it ends, the page says so."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Route, expect

from tests.browser.chromium import EXECUTABLE, MISSING, give_session, session_of, signed_in
from tests.browser.rows import BOSS
from tests.browser.steps import open_bulk_change, preview_priority, wait_until_finished
from tests.servers import Gunicorn

pytestmark = pytest.mark.skipif(EXECUTABLE is None, reason=MISSING)
# Behind five tries with pauses in between.
GIVEN_UP = 30_000
URGENT = "SELECT count(*) FROM tasks_task WHERE user_id = 'person-1' AND status = 'completed' AND priority = 3"


@pytest.fixture
def own_session(office: Gunicorn) -> str:
    """The other tests' is not to end."""
    return session_of(office, BOSS)


@pytest.fixture
def context(browser: Browser, office: Gunicorn, own_session: str) -> Iterator[BrowserContext]:
    opened = signed_in(browser, office, own_session)
    yield opened
    opened.close()


def test_work_whose_session_ended_says_so_and_goes_on_after_a_new_sign_in(
    context: BrowserContext, office: Gunicorn, own_session: str
) -> None:
    page = context.new_page()
    before = office.database.rows(URGENT)

    def end_session(route: Route) -> None:
        if route.request.headers["accept"] == "application/json":
            office.database.rows(f"DELETE FROM django_session WHERE session_key = '{own_session}'")
        route.continue_()

    open_bulk_change(page, q="Berg", status__exact="completed")
    preview_priority(page, "3")
    page.route("**/bulk/*/", end_session)
    page.get_by_role("button", name="Change 6 tasks").click()
    problem = page.get_by_role("alert")
    expect(problem).to_contain_text("your session has ended, sign in in another tab", timeout=GIVEN_UP)
    expect(problem).to_contain_text("Nothing is lost")
    assert office.database.rows(URGENT) == before
    page.unroute("**/bulk/*/")
    give_session(context, office, session_of(office, BOSS))
    page.reload()
    wait_until_finished(page)
    assert office.database.rows(URGENT) == [(6,)]
