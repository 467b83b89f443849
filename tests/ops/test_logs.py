"""A line for each request finds it again, and no line holds a token, a body, a query string or a row."""

import io
import json
import logging
import time
from collections.abc import Iterator
from typing import Any

import psycopg2
import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client

from apps.accounts.models import User
from apps.ops import context
from apps.ops.faults import is_passing, log_fault
from apps.ops.logs import ConsoleFormatter, ContextFilter, JsonFormatter, without_row_contents
from tests.servers import Gunicorn
from tests.tokens import shared_secret_token

POISON = "a-title-that-the-table-refuses"
PRIVATE = "line one of a diary\nline two of a diary\nDETAIL: none"


def line_of(live: Gunicorn, request_id: str) -> dict[str, Any]:
    (line,) = [line for line in live.log_lines() if line.get("request_id") == request_id and line["logger"] == "access"]
    return line


def test_a_request_has_one_line(live: Gunicorn) -> None:
    answer = live.call("GET", "/api/tasks", token=shared_secret_token("lena"))
    line = line_of(live, answer.headers["X-Request-ID"])
    assert line["subject"] == "lena"
    assert (line["method"], line["path"], line["status"]) == ("GET", "/api/tasks", 200)
    assert (line["level"], line["logger"], line["message"]) == ("INFO", "access", "GET /api/tasks 200")
    assert 0 < line["duration_ms"] < 30_000
    assert line["timestamp"]


@pytest.mark.parametrize(("path", "status"), [("/health", 200), ("/nowhere", 404), ("/api/tasks", 401)])
def test_nobody_has_no_subject(live: Gunicorn, path: str, status: int) -> None:
    live.call("GET", "/api/tasks", token=shared_secret_token("lena"))
    line = line_of(live, live.call("GET", path).headers["X-Request-ID"])
    assert (line["subject"], line["status"]) == (None, status)


def test_what_the_caller_sends_is_not_logged(live: Gunicorn) -> None:
    token = shared_secret_token("lena")
    live.call("POST", "/api/tasks?q=word-of-the-query", token=token, body={"title": "word-of-the-title"})
    live.call("POST", "/api/tasks", token=token, body={"title": "word-of-the-title", "colour": "word-of-the-body"})
    live.call("POST", "/api/tasks", token=token, body=b"{word-of-the-body")
    live.call("GET", "/api/tasks", token=token + "forged", Cookie="sessionid=word-of-a-cookie")
    live.call("POST", "/api/auth/token", body={"email": "a@example.com", "password": "word-of-the-password"})
    log = live.log.read_text()
    assert "word-of" not in log
    assert token.split(".")[1] not in log
    assert token.split(".")[2] not in log


def test_a_crash_tells_its_request_and_no_row(live: Gunicorn) -> None:
    token = shared_secret_token("lena")
    task = live.call("POST", "/api/tasks", token=token, body={"title": "A diary", "description": PRIVATE}).json
    live.database.rows(f"ALTER TABLE tasks_task ADD CONSTRAINT no_poison CHECK (title <> '{POISON}')")
    try:
        answer = live.call("PATCH", f"/api/tasks/{task['id']}", token=token, body={"title": POISON})
    finally:
        live.database.rows("ALTER TABLE tasks_task DROP CONSTRAINT no_poison")
    assert (answer.status, answer.json["type"]) == (500, "/problems/internal")
    request_id = answer.headers["X-Request-ID"]
    lines = [line for line in live.log_lines() if line.get("request_id") == request_id]
    (crash,) = [line for line in lines if "exc_info" in line]
    assert (crash["level"], crash["subject"]) == ("ERROR", "lena")
    assert "Traceback" in crash["exc_info"]
    assert 'violates check constraint "no_poison"' in crash["exc_info"]
    (fault,) = [line for line in lines if line["logger"] == "database"]
    assert (fault["error"], fault["sqlstate"], fault["constraint"]) == ("IntegrityError", "23514", "no_poison")
    assert "diary" not in live.log.read_text()
    assert POISON not in live.log.read_text()


@pytest.fixture
def error(alice: User) -> DatabaseError:
    """A refused INSERT, whose message holds the row that was refused."""
    with pytest.raises(IntegrityError) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO tasks_task (title, description, status, user_id) VALUES (%s, %s, 'lost', 'alice')",
            ["Private title", PRIVATE],
        )
    assert "line two of a diary" in str(caught.value)
    return caught.value


@pytest.mark.parametrize("formatter", [JsonFormatter(), ConsoleFormatter()])
def test_a_traceback_keeps_the_first_line_alone(formatter: logging.Formatter, error: DatabaseError) -> None:
    text = formatter.formatException((type(error), error, error.__traceback__))
    assert text.count("violates check constraint") == 2
    assert "psycopg2.errors.CheckViolation" in text
    assert "diary" not in text
    assert "Private" not in text
    assert "DETAIL" not in text


def test_an_error_that_repeats_it(error: DatabaseError) -> None:
    outer = RuntimeError(f"while saving: {error}")
    outer.__context__ = error
    assert "diary" not in without_row_contents(f"RuntimeError: {outer}", outer)


def test_no_error_no_change() -> None:
    assert without_row_contents("NoneType: None", None) == "NoneType: None"


def test_a_loop_of_errors_ends(error: DatabaseError) -> None:
    assert error.__cause__ is not None
    error.__cause__.__context__ = error
    assert "diary" not in without_row_contents(str(error), error)


def test_a_fault_is_told_without_its_row(error: DatabaseError, caplog: pytest.LogCaptureFixture) -> None:
    log_fault(error)
    (record,) = caplog.records
    assert record.getMessage() == "database error: CheckViolation"
    assert (record.__dict__["sqlstate"], record.__dict__["constraint"]) == ("23514", "tasks_task_status_known")
    assert "diary" not in JsonFormatter().format(record)


def test_a_fault_of_django_itself(caplog: pytest.LogCaptureFixture) -> None:
    log_fault(DatabaseError("Save with update_fields did not affect any rows."))
    log_fault(KeyError("not the database's"))
    (record,) = caplog.records
    assert record.getMessage() == "database error: DatabaseError"


def test_a_refusal_does_not_pass_by_itself(error: DatabaseError) -> None:
    assert not is_passing(error)
    assert not is_passing(psycopg2.OperationalError())


@pytest.fixture
def handler() -> Iterator[logging.StreamHandler[io.StringIO]]:
    """Writes what gunicorn's own handler would write."""
    handler = logging.StreamHandler(io.StringIO())
    handler.setFormatter(JsonFormatter())
    handler.addFilter(ContextFilter())
    logging.getLogger().addHandler(handler)
    yield handler
    logging.getLogger().removeHandler(handler)


def test_a_crash_below_the_api(handler: logging.StreamHandler[io.StringIO], monkeypatch: pytest.MonkeyPatch) -> None:
    def crash() -> None:
        raise ZeroDivisionError("the inside")

    monkeypatch.setattr("apps.ops.views.timezone.now", crash)
    response = Client(raise_request_exception=False).get("/health", headers={"X-Request-ID": "crash-1"})
    assert (response.status_code, response.json()["instance"]) == (500, "crash-1")
    assert "the inside" not in response.content.decode()
    lines = [json.loads(line) for line in handler.stream.getvalue().splitlines()]
    (crashed,) = [line for line in lines if "exc_info" in line]
    assert crashed["request_id"] == "crash-1"
    assert crashed["exc_info"].endswith("ZeroDivisionError: the inside")
    assert "request" not in crashed


def test_the_console_form(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "localtime", time.gmtime)
    record = logging.makeLogRecord({"name": "access", "levelname": "INFO", "msg": "GET /a\n\x1b[31mb é", "created": 0})
    context.request_id.set("r-1")
    context.subject.set("alice")
    ContextFilter().filter(record)
    assert ConsoleFormatter().format(record).endswith(r"INFO    access GET /a\n\x1b[31mb é [r-1 alice]")
