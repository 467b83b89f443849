"""Every answer bears a request id: the caller's where it is harmless, else a new one."""

import pytest
from django.test import Client

from apps.ops.context import chosen_request_id
from tests.servers import Gunicorn

GOOD = ["a", "A-z.0_9", "x" * 64, "0f8fad5b-d9cb-469f-a165-70867728950e"]
BAD = ["", "x" * 65, "two words", " ", "é", "名", "a\n", "a\x00", "a;b", "<script>", "٣"]


@pytest.mark.parametrize("offered", GOOD)
def test_a_good_one_is_kept(offered: str) -> None:
    assert chosen_request_id(offered) == offered
    assert Client().get("/health", headers={"X-Request-ID": offered})["X-Request-ID"] == offered


@pytest.mark.parametrize("offered", BAD)
def test_a_bad_one_is_replaced(offered: str) -> None:
    assert_new(chosen_request_id(offered))
    assert_new(Client().get("/health", headers={"X-Request-ID": offered})["X-Request-ID"])


def test_each_request_has_its_own() -> None:
    assert len({Client().get("/health")["X-Request-ID"] for _ in range(5)}) == 5


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", "/", {}, 200),
        ("GET", "/health", {}, 200),
        ("GET", "/ready", {}, 200),
        ("GET", "/nowhere", {}, 404),
        ("GET", "/api/nowhere", {}, 404),
        ("GET", "/api/tasks", {}, 401),
        ("POST", "/health", {}, 405),
        ("GET", "/admin/", {}, 302),
        ("GET", "/admin/nowhere/", {}, 302),
        ("GET", "/static/admin/css/base.css", {}, 200),
        ("GET", "/static/nowhere.css", {}, 404),
        ("GET", "/", {"Host": "evil.example.com"}, 400),
        ("OPTIONS", "/api/tasks", {"Origin": "https://app.example.com", "Access-Control-Request-Method": "GET"}, 200),
    ],
)
def test_every_answer_has_it(live: Gunicorn, method: str, path: str, headers: dict[str, str], status: int) -> None:
    answer = live.call(method, path, X_Request_ID="from-the-caller", **headers)
    assert (answer.status, answer.headers.get_all("X-Request-ID")) == (status, ["from-the-caller"])


def assert_new(request_id: str) -> None:
    assert len(request_id) == 32
    assert set(request_id) <= set("0123456789abcdef")
