"""Pictures of the pages of staff and people, to look at: `python -m tests.staff.pictures FOLDER`."""

import sys
from pathlib import Path

from tests import environment

import django  # isort: skip

django.setup()

from tests.servers import Gunicorn  # noqa: E402
from tests.staff.cast import Member  # noqa: E402
from tests.staff.screens import DESKTOP, PHONE, Screen, chromium  # noqa: E402

PAGES = {
    "people": "/admin/accounts/user/",
    "person": "/admin/accounts/user/ada/change/",
    "deactivate": "/admin/accounts/user/ada/deactivate/",
    "erase": "/admin/accounts/user/ada/erase/",
    "export": "/admin/accounts/user/ada/export/",
    "refusals": "/admin/accounts/refusal/",
    "security": "/admin/security/",
    "codes": "/admin/security/codes/",
    "missing": "/admin/no/such/page/",
}
LOOKS = {
    "light": {"viewport": DESKTOP, "color_scheme": "light"},
    "dark": {"viewport": DESKTOP, "color_scheme": "dark"},
    "phone": {"viewport": PHONE, "color_scheme": "light"},
}


def take(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with Gunicorn(STAFF_SECOND_FACTOR="on") as server, chromium() as browser:
        for look, options in LOOKS.items():
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
            screen.close()


if __name__ == "__main__":
    take(Path(sys.argv[1]))
    environment.pytest_unconfigure()
