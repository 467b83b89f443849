"""Pictures of the pages of staff and people, from the sign-in on; part of `python -m tests.browser.screenshots`."""

from pathlib import Path
from typing import Any

from tests.servers import Gunicorn
from tests.staff.cast import Member
from tests.staff.screens import Screen

PAGES = {
    "people": "/admin/accounts/user/",
    "person": "/admin/accounts/user/ada/change/",
    "deactivate": "/admin/accounts/user/ada/deactivate/",
    "erase": "/admin/accounts/user/ada/erase/",
    "export": "/admin/accounts/user/ada/export/",
    "people-none": "/admin/accounts/user/?q=nosuchperson",
    "refusals": "/admin/accounts/refusal/",
    "person-history": "/admin/accounts/user/ada/history/",
    "person-add": "/admin/accounts/user/add/",
    "security": "/admin/security/",
    "codes": "/admin/security/codes/",
    "missing": "/admin/no/such/page/",
}


def take(browser: Any, folder: Path, looks: dict[str, dict[str, Any]]) -> None:
    with Gunicorn(STAFF_SECOND_FACTOR="on") as server:
        for look, options in looks.items():
            screen = Screen(browser, server, **options)
            screen.open("/admin/").picture(folder, f"login-{look}")
            newcomer, boss = Member(server, "Support", enrolled=False), Member(server, "Superuser")
            screen.give_password(newcomer.login, newcomer.password)
            screen.page.get_by_label("Code").wait_for()
            screen.picture(folder, f"enrol-{look}")
            screen.context.clear_cookies()
            screen.give_password(boss.login, boss.password)
            screen.page.get_by_label("Code").wait_for()
            screen.picture(folder, f"second-factor-{look}")
            screen.give_code(boss.code())
            screen.page.wait_for_url("**/admin/")
            for name, path in PAGES.items():
                screen.open(path).picture(folder, f"{name}-{look}")
            screen.context.clear_cookies()
            support = Member(server, "Support")
            screen.give_password(support.login, support.password, "/admin/accounts/user/ada/erase/")
            screen.give_code(support.code())
            screen.page.get_by_role("heading", name="You may not do this").wait_for()
            screen.picture(folder, f"forbidden-{look}")
            screen.close()
