"""A request id and one log line for each request, and the hosts that it may be meant for."""

import logging
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from apps.ops import bounds, clients, context, metrics
from apps.ops.tracing import trace_id_of

logger = logging.getLogger("access")

READING = {"GET", "HEAD"}


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
        is_reading = request.method in READING
        context.is_reading.set(is_reading)
        # Only a write is left undone for a client that is gone: asking its socket costs a little.
        clients.expect(None if is_reading else request.META.get("gunicorn.socket"))
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
    """A host that is not one of ALLOWED_HOSTS is a 400, for every path; Django looks only where it needs the name."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.get_host()
        return self.get_response(request)
