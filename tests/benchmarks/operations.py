"""What is asked of each server: the four plain operations, on the tasks of one person."""

import json
import time
from collections.abc import Sequence
from itertools import product
from typing import Any

from tests.benchmarks.wrk import LoadFailed, Request
from tests.servers import Answer, call
from tests.tokens import shared_secret_token

READER, WRITER = "reader", "writer"
PAGE = 50
TASK = {"title": "Write the quarterly report", "description": "Figures from finance, words from us, by Friday noon."}
STATUSES = ("pending", "in_progress", "completed")
OPERATIONS = ("get", "list", "create", "update")
DAY_SECONDS = 86400


def requests_of(operation: str, task_ids: Sequence[int]) -> list[Request]:
    """Another person creates, so that the page stays what it was."""
    reader, writer = token(READER), token(WRITER)
    if operation == "get":
        return [Request("GET", f"/api/tasks/{task_id}", reader) for task_id in task_ids]
    if operation == "list":
        return [Request("GET", f"/api/tasks?limit={PAGE}", reader)]
    if operation == "create":
        return [Request("POST", "/api/tasks", writer, json.dumps(TASK))]
    # Each task gets another status each time.
    return [
        Request("PUT", f"/api/tasks/{task_id}", reader, json.dumps({"status": status}))
        for status, task_id in product(STATUSES, task_ids)
    ]


def token(subject: str) -> str:
    return shared_secret_token(subject, exp=int(time.time()) + DAY_SECONDS)


def prepared(port: int) -> list[int]:
    """The ids of the reader's tasks, a page of them, once the server answers all four operations as asked."""
    task_ids = [_asked(port, 201, "POST", "/api/tasks", TASK)["id"] for _ in range(PAGE)]
    page = _asked(port, 200, "GET", f"/api/tasks?limit={PAGE}")["results"]
    changed = _asked(port, 200, "PUT", f"/api/tasks/{task_ids[0]}", {"status": "completed"})
    got = _asked(port, 200, "GET", f"/api/tasks/{task_ids[0]}")
    wanted = {**TASK, "status": "completed", "user_id": READER}
    if [task["id"] for task in page] != task_ids or got != changed or {**got, **wanted} != got:
        raise LoadFailed("the server answers something else than what was asked")
    return task_ids


def _asked(port: int, status: int, method: str, path: str, body: Any = None) -> Any:
    answer: Answer = call(port, method, path, token=token(READER), body=body)
    if answer.status != status:
        raise LoadFailed(f"{method} {path} is a {answer.status}: {answer.body[:300]!r}")
    return answer.json
