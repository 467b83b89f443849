"""Each role's way in and first steps in a real browser, with a real authenticator; axe-core finds nothing serious."""

import base64
import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.chromium import EXECUTABLE, MISSING, PHONE, chromium
from tests.browser.steps import show_import, wait_until_finished
from tests.servers import Gunicorn
from tests.staff.cast import Member
from tests.staff.screens import Screen

pytestmark = pytest.mark.skipif(EXECUTABLE is None, reason=MISSING)


@pytest.fixture(scope="module")
def server() -> Iterator[Gunicorn]:
    with Gunicorn(STAFF_SECOND_FACTOR="on", WEB_CONCURRENCY="1") as server:
        yield server


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def screen(browser: Any, server: Gunicorn) -> Iterator[Screen]:
    screen = Screen(browser, server)
    yield screen
    screen.close()


def sign_in(screen: Screen, member: Member, path: str = "/admin/") -> Screen:
    screen.give_password(member.login, member.password, path)
    screen.give_code(member.code())
    return screen


def test_a_newcomer_enrols_by_the_key_on_the_page(screen: Screen, server: Gunicorn) -> None:
    member = Member(server, "Support", enrolled=False)
    screen.give_password(member.login, member.password)
    screen.page.wait_for_url("**/admin/second-factor/enrol/")
    expect(screen.page.get_by_role("img", name=re.compile("QR code"))).to_be_visible()
    shown = screen.page.locator(".select-all").inner_text()
    member.key = base64.b32decode(shown.replace(" ", "")).hex()
    assert screen.serious_violations() == []
    screen.give_code(member.code(), "Set it up")
    codes = screen.page.get_by_label("Recovery codes").get_by_role("listitem").all_inner_texts()
    assert len(codes) == 10
    assert screen.serious_violations() == []
    screen.page.get_by_role("link", name="I have kept them").click()
    screen.page.wait_for_url("**/admin/")


def test_a_recovery_code_stands_in_for_the_phone(screen: Screen, browser: Any, server: Gunicorn) -> None:
    member = Member(server, "Superuser")
    sign_in(screen, member, "/admin/security/codes/")
    screen.give_code(member.code(), "Make ten new codes")
    code = screen.page.get_by_label("Recovery codes").get_by_role("listitem").first.inner_text()
    elsewhere = Screen(browser, server)
    elsewhere.give_password(member.login, member.password)
    elsewhere.give_code(code)
    elsewhere.page.wait_for_url("**/admin/")
    elsewhere.close()


def test_a_wrong_code_says_so_and_a_right_one_leads_to_the_page(screen: Screen, server: Gunicorn) -> None:
    member = Member(server, "Support")
    screen.give_password(member.login, member.password, "/admin/accounts/user/?q=ada")
    screen.page.wait_for_url("**/admin/second-factor/")
    screen.give_code("000000")
    expect(screen.page.get_by_text("This code is wrong").first).to_be_visible()
    assert screen.serious_violations() == []
    screen.page.wait_for_timeout(1200)
    screen.give_code(member.code())
    screen.page.wait_for_url(re.compile(r"/admin/accounts/user/\?q=ada$"))
    expect(screen.page.get_by_role("link", name="ada", exact=True)).to_be_visible()


def test_supports_day(screen: Screen, server: Gunicorn) -> None:
    """Finds a person by a few letters, sees what went wrong, edits a task, and is not offered more."""
    sign_in(screen, Member(server, "Support"), "/admin/accounts/user/?q=love")
    screen.page.get_by_role("link", name="ada", exact=True).click()
    page = screen.page
    expect(page.get_by_text("Last token accepted")).to_be_visible()
    expect(page.get_by_text("InvalidSignatureError")).to_be_visible()
    expect(page.get_by_role("link", name="Erase")).to_have_count(0)
    page.get_by_role("region", name="Summary").get_by_role("link", name="2").first.click()
    page.get_by_role("link", name="Note 0 on the engine").click()
    page.get_by_label("Title").fill("Note 0, as Ada wanted it")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("was changed successfully").first).to_be_visible()
    screen.open("/admin/accounts/user/ada/erase/")
    expect(page.get_by_role("heading", name="You may not do this")).to_be_visible()
    assert screen.serious_violations() == []


def test_operations_day(screen: Screen, server: Gunicorn, tmp_path: Path) -> None:
    """Deactivates somebody with a reason and exports all that is kept of somebody else."""
    sign_in(screen, Member(server, "Operations"), "/admin/accounts/user/grace/deactivate/")
    page = screen.page
    expect(page.get_by_text("refused within five seconds")).to_be_visible()
    assert screen.serious_violations() == []
    page.get_by_label("Reason").fill("Asked to, by letter of 1 November")
    page.get_by_role("button", name="Deactivate").click()
    screen.page.wait_for_url("**/admin/accounts/user/grace/change/")
    expect(page.get_by_text("Asked to, by letter of 1 November").first).to_be_visible()
    screen.open("/admin/accounts/user/ada/export/")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    download.value.save_as(tmp_path / "ada.json")
    document = json.loads((tmp_path / "ada.json").read_text())
    assert document["person"]["email"] == "ada@example.net"
    assert len(document["tasks"]) == 5


def test_operations_take_tasks_out_and_bring_them_back(screen: Screen, server: Gunicorn) -> None:
    """Exports the filtered list, opens the file, and imports it with a mistake in it."""
    sign_in(screen, Member(server, "Operations"), "/admin/tasks/task/?q=engine&status__exact=in_progress")
    page = screen.page
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV", exact=True).click()
    (task,) = csv.DictReader(download.value.path().read_text("utf-8-sig").splitlines())
    assert (task["status"], task["user_id"]) == ("in_progress", "ada")
    rows = [{"id": task["id"], "tags": ["imported"]}, {"id": 999_999}, {"id": task["id"], "status": "done"}]
    show_import(page, "tasks.json", json.dumps(rows))
    expect(page.get_by_text("there is no task '999999'")).to_be_visible()
    expect(page.get_by_role("heading", name="Refused: 2")).to_be_visible()
    page.get_by_role("button", name="Import 1 row").click()
    wait_until_finished(page)
    screen.open(f"/admin/tasks/task/{task['id']}/history/")
    expect(page.get_by_text("(import)")).to_be_visible()
    expect(page.locator("ins", has_text="imported")).to_be_visible()
    expect(page.get_by_text("Operations", exact=True)).to_be_visible()


def test_an_auditors_day(screen: Screen, server: Gunicorn) -> None:
    """Reads a history and the refusals, and finds no way to change anything."""
    sign_in(screen, Member(server, "Auditor"), "/admin/accounts/refusal/")
    page = screen.page
    expect(page.get_by_text("ada (claimed)")).to_be_visible()
    assert screen.serious_violations() == []
    screen.open("/admin/accounts/user/ada/history/")
    expect(page.get_by_role("heading", name="Created").first).to_be_visible()
    screen.open("/admin/history/change/?whose=lovelace&kind__exact=person")
    page.locator("#result_list").get_by_role("link").first.click()
    expect(page.locator("dl.office-diff").get_by_text("Ada Lovelace")).to_be_visible()
    screen.open("/admin/admin/logentry/")
    expect(page.get_by_role("button", name="Save", exact=True)).to_have_count(0)
    screen.open("/admin/accounts/user/ada/change/")
    expect(page.get_by_role("button", name="Save", exact=True)).to_have_count(0)
    screen.open("/admin/tasks/task/")
    expect(page.get_by_label("Select action to run")).to_have_count(0)


def test_a_superusers_day(screen: Screen, browser: Any, server: Gunicorn) -> None:
    """Erases a person, and lets a colleague who lost the phone enrol anew."""
    boss, colleague = Member(server, "Superuser"), Member(server, "Support")
    theirs = sign_in(Screen(browser, server), colleague)
    sign_in(screen, boss, "/admin/accounts/user/mary/erase/")
    page = screen.page
    assert screen.serious_violations() == []
    page.get_by_label("To confirm, type: erase mary@example.net").fill("erase somebody")
    page.get_by_role("button", name="Erase for good").click()
    expect(page.get_by_text("This is not: erase mary@example.net")).to_be_visible()
    page.get_by_label("To confirm, type: erase mary@example.net").fill("erase mary@example.net")
    page.get_by_role("button", name="Erase for good").click()
    expect(page.get_by_text("The log knows the person as erased:").first).to_be_visible()
    screen.open(f"/admin/accounts/user/?q={colleague.login}")
    page.locator("#result_list a[href*='/change/']").first.click()
    page.get_by_role("link", name="Reset second factor").click()
    page.get_by_role("button", name="Reset", exact=True).click()
    theirs.open("/admin/")
    theirs.page.wait_for_url("**/admin/login/**")
    theirs.give_password(colleague.login, colleague.password)
    theirs.page.wait_for_url("**/admin/second-factor/enrol/")
    theirs.close()


def test_signing_out_everywhere_ends_the_other_browser(screen: Screen, browser: Any, server: Gunicorn) -> None:
    member = Member(server, "Support")
    other = sign_in(Screen(browser, server), member)
    sign_in(screen, member, "/admin/security/")
    assert screen.serious_violations() == []
    screen.page.get_by_role("button", name="Sign out everywhere").click()
    expect(screen.page.get_by_text("You are signed out everywhere").first).to_be_visible()
    other.open("/admin/")
    other.page.wait_for_url("**/admin/login/**")
    other.close()


PAGES = [
    "/admin/accounts/user/",
    "/admin/accounts/user/ada/change/",
    "/admin/accounts/user/ada/erase/",
    "/admin/accounts/refusal/",
    "/admin/security/",
    "/admin/no/such/page/",
]


@pytest.fixture(scope="module")
def boss(server: Gunicorn) -> Member:
    return Member(server, "Superuser")


@pytest.mark.parametrize("size", ["desktop", "phone"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_serious_in_either_theme_or_at_phone_width(
    browser: Any, server: Gunicorn, theme: str, size: str
) -> None:
    options = {"color_scheme": theme} | ({"viewport": PHONE} if size == "phone" else {})
    screen = Screen(browser, server, **options)
    screen.open("/admin/login/")
    found = {"/admin/login/": screen.serious_violations()}
    sign_in(screen, Member(server, "Superuser"))
    for path in PAGES:
        found[path] = screen.open(path).serious_violations()
        width = screen.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert width <= 0, f"{path} is wider than the screen"
    screen.close()
    assert {path: violations for path, violations in found.items() if violations} == {}


def test_the_way_in_works_without_scripts(browser: Any, server: Gunicorn) -> None:
    screen = Screen(browser, server, java_script_enabled=False)
    member = Member(server, "Support")
    sign_in(screen, member, "/admin/security/")
    screen.page.wait_for_url("**/admin/security/")
    expect(
        screen.open("/admin/no/such/page/").page.get_by_role("heading", name="There is nothing here")
    ).to_be_visible()
    screen.close()
