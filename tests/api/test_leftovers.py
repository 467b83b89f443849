"""An answered request is gone with its last reference: nothing of it waits for the garbage collector."""

import gc
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.http import HttpResponse
from django.test import RequestFactory
from rest_framework.request import Request
from rest_framework.views import APIView

from apps.tasks.models import Task
from tests.tokens import shared_secret_token

KINDS = (APIView, Request, WSGIRequest, HttpResponse)


@pytest.fixture
def _one_connection() -> Iterator[None]:
    """That of the test, with its transaction, which Django would close around each request."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def _no_collector() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/api/tasks/{id}", None, 200),
        ("GET", "/api/tasks", None, 200),
        ("POST", "/api/tasks", {"title": "Call"}, 201),
        ("PUT", "/api/tasks/{id}", {"status": "completed"}, 200),
        ("PATCH", "/api/tasks/{id}", {"title": "Alice's task"}, 200),
        ("DELETE", "/api/tasks/{id}", None, 204),
        ("POST", "/api/tasks/bulk", {"create": [{"title": "Call"}]}, 200),
        ("GET", "/api/tasks?search=task&ordering=-due_at", None, 200),
        ("GET", "/api/tasks/changes", None, 200),
        ("GET", "/api/tasks/tags", None, 200),
        ("GET", "/api/tasks/trash", None, 200),
        ("GET", "/api/auth/me", None, 200),
        ("HEAD", "/api/tasks", None, 200),
        ("OPTIONS", "/api/tasks", None, 204),
        ("GET", "/api/tasks/1{id}", None, 404),
        ("PUT", "/api/tasks", {}, 405),
        ("GET", "/api/tasks?x=1", None, 422),
        ("POST", "/api/tasks", {"title": ""}, 422),
    ],
)
@pytest.mark.usefixtures("api", "_one_connection", "_no_collector")
def test_nothing_is_left_of_a_request(task: Task, method: str, path: str, body: Any, status: int) -> None:
    before = kept()
    assert answered(method, path.format(id=task.pk), body) == status
    assert kept() == before


def answered(method: str, path: str, body: Any) -> int:
    """The status. Past the test client, which keeps things itself."""
    statuses: list[int] = []

    def start_response(
        status: str, headers: list[tuple[str, str]], failure: Any = None, /
    ) -> Callable[[bytes], object]:
        statuses.append(int(status[:3]))
        return len

    request = RequestFactory().generic(
        method,
        path,
        b"" if body is None else json.dumps(body).encode(),
        content_type="application/json",
        headers={"authorization": f"Bearer {shared_secret_token('alice')}"},
    )
    response = WSGIHandler()(request.environ, start_response)
    b"".join(response)
    response.close()
    return statuses[0]


def kept() -> list[str]:
    return sorted(type(each).__name__ for each in gc.get_objects() if issubclass(type(each), KINDS))
