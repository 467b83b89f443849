"""Below a path of its own (SCRIPT_NAME), every address that is given out leads there."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.servers import Gunicorn, manage
from tests.tokens import shared_secret_token

LOGIN = "ada@example.com"
PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def server(django_db_setup: None, django_db_blocker: Any) -> Iterator[Gunicorn]:
    with django_db_blocker.unblock(), Gunicorn(SCRIPT_NAME="/to-do", WEB_CONCURRENCY="1") as started:
        environment = {**started.environment, "DJANGO_SUPERUSER_PASSWORD": PASSWORD}
        manage(environment, "createsuperuser", "--no-input", "--login", LOGIN)
        yield started


def test_a_sign_in_leads_to_the_back_office(server: Gunicorn) -> None:
    asked = server.call("GET", "/to-do/admin/")
    assert asked.status == 302
    login = asked.headers["Location"]
    assert login == "/to-do/admin/login/?next=/to-do/admin/"
    page = server.call("GET", login)
    secret = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.body.decode())
    assert secret
    form = f"csrfmiddlewaretoken={secret[1]}&username={LOGIN}&password={PASSWORD}&next=/to-do/admin/".replace(" ", "+")
    cookie = str(page.headers["Set-Cookie"]).partition(";")[0]
    entered = server.call(
        "POST", login, body=form.encode(), Content_Type="application/x-www-form-urlencoded", Cookie=cookie
    )
    assert (entered.status, entered.headers["Location"]) == (302, "/to-do/admin/")
    cookies = "; ".join(str(line).partition(";")[0] for line in entered.headers.get_all("Set-Cookie", []))
    assert server.call("GET", "/to-do/admin/", Cookie=cookies).status == 200


def test_the_files_of_a_page_are_found(server: Gunicorn) -> None:
    page = server.call("GET", "/to-do/admin/login/").body.decode()
    files = re.findall(r'(?:src|href)="(/[^"]+\.(?:js|css))"', page)
    assert files
    assert {server.call("GET", file).status for file in files} == {200}


def test_the_api_gives_out_addresses_below_the_path(server: Gunicorn) -> None:
    made = server.call("POST", "/to-do/api/tasks", token=shared_secret_token("alice"), body={"title": "One"})
    assert made.headers["Location"].startswith("/to-do/api/tasks/")
    links = server.call("GET", "/to-do/").json["links"]
    assert {re.sub(r"^http://[^/]+/to-do/.*", "below", link) for link in links.values()} == {"below"}


def test_a_proxy_may_take_the_path_off(server: Gunicorn) -> None:
    assert server.call("GET", "/health").status == 200
    assert server.call("GET", "/admin/").headers["Location"] == "/to-do/admin/login/?next=/to-do/admin/"


def test_a_path_that_only_begins_alike_is_not_below_it(server: Gunicorn) -> None:
    assert server.call("GET", "/to-dolist/health").status == 404


def test_generated_clients_call_below_the_path(server: Gunicorn) -> None:
    assert server.call("GET", "/to-do/openapi.json").json["servers"][0]["url"] == "/to-do"


def test_a_browser_can_read_what_the_server_itself_refuses(server: Gunicorn) -> None:
    origin = "https://app.example.com"
    refused = server.call("GET", f"/to-do/api/tasks?search={'x' * 9000}", Origin=origin)
    assert (refused.status, refused.headers["Access-Control-Allow-Origin"]) == (414, origin)


def test_a_page_of_an_error_leads_back(server: Gunicorn) -> None:
    refused = server.call("POST", "/to-do/admin/login/", body=b"", Content_Type="application/x-www-form-urlencoded")
    assert refused.status == 403
    assert b'href="/to-do/admin/"' in refused.body
