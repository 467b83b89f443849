"""Requests that gunicorn refuses before Django sees them: each has an answer, a request id and log lines of its own."""

import contextlib
import logging
import re
import time
from collections.abc import Callable
from email.utils import formatdate
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from gunicorn.http.errors import (
    ExpectationFailed,
    ForbiddenProxyRequest,
    InvalidResponseHeader,
    InvalidResponseHeaderName,
    LimitRequestHeaders,
    LimitRequestLine,
    ParseException,
    UnsupportedTransferCoding,
)

from apps.ops import context
from apps.ops.serving.arrivals import HEAD_END
from apps.ops.wsgi import stripped_path

logger = logging.getLogger("gunicorn.error")

STATUSES: dict[type[BaseException], int] = {
    ForbiddenProxyRequest: 403,
    LimitRequestLine: 414,
    ExpectationFailed: 417,
    LimitRequestHeaders: 431,
    InvalidResponseHeader: 500,
    InvalidResponseHeaderName: 500,
    UnsupportedTransferCoding: 501,
}
# For the rest of a head to come, once its beginning has been refused.
REST_SECONDS = 1.0
PIECE_BYTES = 64 * 1024
MOST_BYTES = 4 * 1024 * 1024
LONGEST_PATH = 200
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
_NAME = re.compile(r"[A-Za-z0-9-]+")


def _plain(request: HttpRequest, status: int) -> HttpResponse:
    return HttpResponse(status=status)


_answer: Callable[[HttpRequest, int], HttpResponse] = _plain


def answer_with(answer: Callable[[HttpRequest, int], HttpResponse]) -> None:
    """From here on `answer` makes the answers, and their line in the log."""
    global _answer  # noqa: PLW0603 - a fact about the process
    _answer = answer


def status_of(error: BaseException) -> int:
    """400 for all other errors of gunicorn's parser; 500 for those of the application."""
    return STATUSES.get(type(error), 400 if isinstance(error, ParseException) else 500)


def refuse(client: Any, address: Any, error: BaseException) -> None:
    """Answers on the socket. The error's own words quote the request, a token included: they are not logged."""
    request, status = request_from(_whole_head(client)), status_of(error)
    # A request that fails on its way out of Django has an id already.
    chosen = context.request_id.get() or context.chosen_request_id(request.META.get("HTTP_X_REQUEST_ID", ""))
    request.META["HTTP_X_REQUEST_ID"] = chosen
    context.request_id.set(chosen)
    if status == 500:
        logger.error("The request could not be answered", exc_info=error)
    else:
        where = {"error": type(error).__name__, "address": address[0] if address else None}
        logger.warning("Invalid request: %s", type(error).__name__, extra=where)
    response = _answer(request, status)
    response["Connection"] = "close"
    response["Date"] = formatdate(time.time(), usegmt=True)
    response["Content-Length"] = str(len(response.content))
    with contextlib.suppress(OSError):
        client.sendall(_written(response, with_body=request.method != "HEAD"))


def request_from(head: bytes) -> HttpRequest:
    """What can be read of a head that is malformed or not all there: a last line that may go on is left out."""
    lines = head.lstrip(b"\r\n").partition(HEAD_END)[0].decode("latin1").split("\r\n")
    if HEAD_END not in head:
        lines = [lines[0], *lines[1:-1]]
    method, _, target = lines[0].partition(" ")
    request = HttpRequest()
    request.method = method if method in METHODS else ""
    request.path = _path_of(target.partition(" ")[0])
    request.path_info = stripped_path(request.path, settings.FORCE_SCRIPT_NAME)
    for line in lines[1:]:
        name, _, value = line.partition(":")
        value = value.strip(" \t")
        if _NAME.fullmatch(name) and value.isprintable():
            request.META.setdefault("HTTP_" + name.upper().replace("-", "_"), value)
    return request


def _written(response: HttpResponse, *, with_body: bool) -> bytes:
    line = f"HTTP/1.1 {response.status_code} {response.reason_phrase}\r\n".encode("latin1")
    return line + response.serialize_headers() + b"\r\n\r\n" + (response.content if with_body else b"")


def _path_of(target: str) -> str:
    try:
        return urlsplit(target).path[:LONGEST_PATH]
    except ValueError:
        return ""


def _whole_head(client: Any) -> bytes:
    """What was read of the head, and its rest where that comes soon: `Origin` may stand after what is too long."""
    head: bytearray | None = getattr(client, "head", None)
    if head is None:
        return b""
    # No more of it is kept there, nor counted.
    client.head, looked_through = None, 0
    with contextlib.suppress(OSError):
        client.settimeout(REST_SECONDS)
        while head.find(HEAD_END, looked_through) < 0 and len(head) < MOST_BYTES:
            looked_through = max(len(head) - len(HEAD_END), 0)
            if not (piece := client.recv(PIECE_BYTES)):
                break
            head += piece
        client.settimeout(None)
    return bytes(head)
