"""A request id and one log line for each request, and the hosts that it may be meant for."""

import logging
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse

from apps.ops import bounds, context, metrics
from apps.ops.tracing import trace_id_of

logger = logging.getLogger("access")

READING = {"GET", "HEAD"}
DEFAULT_PORTS = {"http": 80, "https": 443}


class RequestLogMiddleware:
    """Stands first, so that its id and its line cover what every other layer does."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        request_id = context.chosen_request_id(request.META.get("HTTP_X_REQUEST_ID", ""))
        context.request_id.set(request_id)
        context.subject.set(None)
        traceparent = request.META.get("HTTP_TRACEPARENT")
        context.trace_id.set(trace_id_of(traceparent) if traceparent else None)
        context.is_reading.set(request.method in READING)
        bounds.begin_request()
        try:
            response = self.get_response(request)
        finally:
            bounds.end_request()
        response["X-Request-ID"] = request_id
        seconds = time.perf_counter() - started
        route = request.resolver_match.route if request.resolver_match else ""
        metrics.recorder.request_ended(str(request.method), route, response.status_code, seconds)
        logger.info(
            "%s %s %s",
            request.method,
            request.path,
            response.status_code,
            extra={
                "method": request.method,
                "path": request.path,
                "status": response.status_code,
                "duration_ms": round(seconds * 1000, 2),
            },
        )
        return response


class AllowedHostMiddleware:
    """A host that is not one of ALLOWED_HOSTS is a 400, for every path; Django looks only where it needs the name.

    So is a target that names another host, and HTTP/1.1 without a host (RFC 9112, sections 3.2 and 3.2.2).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.get_host()
        sent = request.META
        # Servers give the target as it was sent; Django's test client does not.
        target = sent.get("RAW_URI")
        if target and (target[0] != "/" or "HTTP_HOST" not in sent):
            if target == "*" and request.method == "OPTIONS":
                return HttpResponse(status=204)
            _check_target(target, sent.get("HTTP_HOST"), str(sent["SERVER_PROTOCOL"]))
        # gunicorn reads some codings that nobody here takes off the body (RFC 9112, section 6.1).
        if "HTTP_TRANSFER_ENCODING" in sent and sent["HTTP_TRANSFER_ENCODING"].strip(" \t,").lower() != "chunked":
            return HttpResponse(status=501)
        return self.get_response(request)


def _check_target(target: str, host: str | None, protocol: str) -> None:
    """Raises BadRequest."""
    if host is None and protocol != "HTTP/1.0":
        raise BadRequest("no Host")
    if target[0] != "/" and _authority(target) != _authority(f"{target.partition(':')[0]}://{host}"):
        raise BadRequest("the target names another host than Host")


def _authority(url: str) -> tuple[str | None, int]:
    """Host and port. Raises BadRequest where it is no URL of HTTP, or names a user."""
    try:
        parts = urlsplit(url)
        port = parts.port or DEFAULT_PORTS[parts.scheme]
    except (ValueError, KeyError):
        raise BadRequest("the target is malformed") from None
    if parts.username is not None:
        raise BadRequest("the target names a user")
    return parts.hostname, port
