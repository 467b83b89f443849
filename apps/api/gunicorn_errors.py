"""Requests that gunicorn refuses before Django sees them: the same documents in place of its HTML."""

import json
import socket

from gunicorn import util

from apps.api import problems
from apps.ops import context


def install() -> None:
    """For a worker process. gunicorn (27.0) has one function for all such answers, and no setting for it."""
    util.write_error = write_problem


def write_problem(client: socket.socket, status: int, reason: str, message: str) -> None:
    """`message` quotes the request, so it is left out. Takes the arguments of `gunicorn.util.write_error`."""
    kind = problems.kind_for(status)
    request_id = context.chosen_request_id("")
    body = json.dumps({**problems.problem(kind), "instance": request_id}).encode()
    head = (
        f"HTTP/1.1 {kind.status} {kind.title}\r\nConnection: close\r\nContent-Type: {problems.CONTENT_TYPE}\r\n"
        f"X-Request-ID: {request_id}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    util.write_nonblock(client, head.encode("latin1") + body)
