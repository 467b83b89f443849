"""A request id and one log line for each request, and what no request may hold."""

import logging
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest

from apps.ops import context

logger = logging.getLogger("access")


class RequestLogMiddleware:
    """Stands first, so that its id and its line cover what every other layer does."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        request_id = context.chosen_request_id(request.META.get("HTTP_X_REQUEST_ID", ""))
        context.request_id.set(request_id)
        context.subject.set(None)
        response = self.get_response(request)
        response["X-Request-ID"] = request_id
        logger.info(
            "%s %s %s",
            request.method,
            request.path,
            response.status_code,
            extra={
                "method": request.method,
                "path": request.path,
                "status": response.status_code,
                "duration_ms": round((time.perf_counter() - started) * 1000, 2),
            },
        )
        return response


class NulMiddleware:
    """A NUL in a query is a 400: no text of PostgreSQL holds one, and the filters of Django's admin crash on it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "%00" in request.META.get("QUERY_STRING", "") and request.path_info.startswith("/admin"):
            return HttpResponseBadRequest("The address holds a NUL character.")
        return self.get_response(request)
