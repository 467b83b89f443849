"""Refusals and faults of the back office are pages that people read, and stand while everything else fails."""

import logging
import re
from typing import Any

import pytest
from django.core.exceptions import BadRequest, RequestDataTooBig
from django.db import DataError, OperationalError, connection
from django.test import Client, RequestFactory

from apps.accounts.models import User
from apps.ops import faults, metrics
from apps.ops.metrics.recorder import Silence
from apps.staff import errors
from apps.tasks.admin import TaskAdmin
from apps.tasks.models import Task
from tests.factories import local_account
from tests.second_factor import enrolled, give_password, signed_in

pytestmark = pytest.mark.django_db

BROKEN = "django.contrib.admin.sites.AdminSite.get_app_list"


def text_of(answer: Any) -> str:
    assert answer["Content-Type"].startswith("text/html")
    return " ".join(answer.content.decode().split())


def test_a_page_that_one_may_not_open_says_so(staff: User) -> None:
    answer = signed_in(enrolled("new@example.com")).get("/admin/accounts/user/")
    assert answer.status_code == 403
    assert "You may not do this" in text_of(answer)


def test_an_address_without_a_page_says_so(staff: User) -> None:
    answer = signed_in(staff).get("/admin/no/such/page/")
    assert (answer.status_code, "There is nothing here" in text_of(answer)) == (404, True)


def test_a_fault_says_so_and_names_the_request(staff: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("a secret of the inside")

    client = signed_in(staff)
    client.raise_request_exception = False
    monkeypatch.setattr(BROKEN, fail)
    answer = client.get("/admin/")
    assert answer.status_code == 500
    assert f"name the request {answer['X-Request-ID']}" in text_of(answer)
    assert "secret" not in text_of(answer)


def test_a_database_that_is_away_is_a_moment(staff: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise OperationalError

    client = signed_in(staff)
    client.raise_request_exception = False
    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.load", fail)
    answer = client.get("/admin/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "2")
    assert "Just a moment" in text_of(answer)


@pytest.mark.parametrize("error", [OperationalError, faults.OutOfTime])
def test_a_database_that_fails_on_a_page_is_a_moment(
    staff: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: type[Exception]
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise error

    client = signed_in(staff)
    monkeypatch.setattr(BROKEN, fail)
    answer = client.get("/admin/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "2")
    assert "Just a moment" in text_of(answer)
    assert "Traceback" not in caplog.text
    assert "database error" in caplog.text


@pytest.mark.parametrize(
    "statement",
    ["SET LOCAL statement_timeout = 10; SELECT pg_sleep(1)", "DO $$ BEGIN RAISE lock_not_available; END $$"],
)
def test_a_statement_that_takes_too_long_is_a_moment(
    staff: User, monkeypatch: pytest.MonkeyPatch, statement: str
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement)

    client = signed_in(staff)
    monkeypatch.setattr(BROKEN, fail)
    answer = client.get("/admin/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "2")
    assert "Just a moment" in text_of(answer)


class Counted(Silence):
    def __init__(self) -> None:
        self.statuses: list[int] = []

    def request_ended(self, method: str, route: str, status: int, seconds: float) -> None:
        self.statuses.append(status)


@pytest.mark.parametrize("error", [ValueError, OverflowError, DataError, TypeError, UnicodeError])
@pytest.mark.parametrize(
    ("page", "method"), [("", "person"), ("{}/change/", "get_fields"), ("{}/history/", "restorable")]
)
def test_a_bug_of_ours_is_a_500_that_is_logged_and_counted(
    staff: User,
    task: Task,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: type[Exception],
    page: str,
    method: str,
) -> None:
    def fail(*_: Any, **__: Any) -> str:
        raise error("a bug that was planted")

    counted = Counted()
    client = signed_in(staff)
    client.raise_request_exception = False
    monkeypatch.setattr(metrics, "recorder", counted)
    monkeypatch.setattr(TaskAdmin, method, fail)
    with caplog.at_level(logging.ERROR):
        answer = client.get(f"/admin/tasks/task/{page.format(task.pk)}")
    assert (answer.status_code, counted.statuses) == (500, [500])
    assert "Something went wrong on our side" in text_of(answer)
    assert any(record.exc_info and record.exc_info[0] is error for record in caplog.records)


@pytest.mark.parametrize("path", ["views/save/", "views/1/delete/"])
def test_a_button_of_another_page_says_so(staff: User, path: str) -> None:
    answer = signed_in(staff).get(f"/admin/tasks/task/{path}")
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "This address is not used in this way" in text_of(answer)


def test_a_form_that_is_too_large_says_so(staff: User, settings: Any) -> None:
    client = signed_in(staff)
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
    answer = client.post("/admin/tasks/task/views/save/", "x" * 100, content_type="application/x-www-form-urlencoded")
    assert (answer.status_code, "This form is too large" in text_of(answer)) == (413, True)


def test_a_form_with_too_many_fields_says_so(staff: User) -> None:
    client = signed_in(staff)
    for path in ("?" + "&".join(f"a{number}" for number in range(1_500)), "views/save/"):
        answer = client.post(f"/admin/tasks/task/{path}", {f"a{number}": "" for number in range(1_500)})
        assert (answer.status_code, "This form is too large" in text_of(answer)) == (413, True)


def test_a_form_that_breaks_off_says_so(staff: User) -> None:
    answer = signed_in(staff).post("/admin/tasks/task/views/save/", b"--", content_type="multipart/form-data")
    assert (answer.status_code, "This cannot be read" in text_of(answer)) == (400, True)


def test_a_reason_may_hold_what_cannot_be_encoded() -> None:
    answer = errors.bad_request(RequestFactory().get("/admin/"), BadRequest("\ud800 <b>"))
    assert "? &lt;b&gt;" in text_of(answer)
    assert errors.bad_request(RequestFactory().get("/admin/"), RequestDataTooBig()).status_code == 413


def test_the_lockout_says_what_to_do(settings: Any) -> None:
    settings.AXES_FAILURE_LIMIT = 2
    person = local_account("staff@example.com", is_staff=True)
    client = Client()
    for _ in range(2):
        answer = client.post("/admin/login/", {"username": person.login, "password": "wrong"})
    assert (answer.status_code, "Locked for a while" in text_of(answer)) == (429, True)
    assert give_password(client, person).status_code == 429


def test_a_form_from_before_the_sign_in_says_so(staff: User) -> None:
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/admin/login/", {"username": "x", "password": "y"})
    assert (answer.status_code, "This form is too old" in text_of(answer)) == (403, True)


@pytest.mark.parametrize(
    "page", ["bad_request", "forbidden", "not_found", "fault", "csrf_failed", "locked_out", "unavailable"]
)
def test_a_page_needs_nothing_but_itself(page: str, django_assert_num_queries: Any) -> None:
    request = RequestFactory().get("/admin/x/")
    with django_assert_num_queries(0):
        answer = getattr(errors, page)(request)
    text = text_of(answer)
    assert "<script" not in text
    assert not re.search(r"""(src|href)=["'](?!/admin/)""", text)
    assert 'lang="en"' in text


@pytest.mark.parametrize("path", ["/api/no-such-thing", "/no/such/page"])
def test_elsewhere_errors_stay_problem_documents(client: Client, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
