"""Pages of refusals and faults that people read. The API's answers are problem documents, which it writes itself.

They need no database, no script and no other file, so that they stand while everything else fails.
"""

import sys
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from apps.ops import context, faults

BACK_OFFICE = "/admin"


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(
        request, 400, "This cannot be", "The address or the form holds a value that cannot be. Go back and correct it."
    )


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(
        request,
        403,
        "You may not do this",
        "Your role does not cover this page or this step, or the person is a colleague, whom only a superuser looks "
        "after. Nothing was changed. If you need it for your work, ask a superuser for another role.",
    )


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _page(
        request,
        403,
        "This form is too old",
        "You have signed in or out since the page was opened, or your browser sends no cookies. Nothing was changed. "
        "Go back, reload the page and send the form again.",
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(
        request, 404, "There is nothing here", "The address is wrong, or what stood here was erased or deleted."
    )


def fault(request: HttpRequest) -> HttpResponse:
    error = sys.exc_info()[1]
    if error is not None and faults.is_passing(error):
        response = _page(request, 503, "Just a moment", "The database does not answer. Try again in a few seconds.")
        response["Retry-After"] = str(faults.RETRY_AFTER_SECONDS)
        return response
    return _page(
        request,
        500,
        "Something went wrong on our side",
        "It is in the log. Whether your change was made, the page will show when you open it again.",
    )


def locked_out(request: HttpRequest, response: Any = None, credentials: Any = None) -> HttpResponse:
    """django-axes asks this for its answer."""
    return _page(
        request,
        429,
        "Locked for a while",
        "There were too many wrong passwords or codes for this login or from this address. Wait a quarter of an hour "
        "and try again. If it was not you who tried, tell a superuser.",
    )


def _page(request: HttpRequest, status: int, title: str, explanation: str) -> HttpResponse:
    if not request.path_info.startswith(BACK_OFFICE):
        return HttpResponse(status=status)
    page = {"status": status, "title": title, "explanation": explanation, "request_id": context.request_id.get()}
    return HttpResponse(render_to_string("staff/error.html", page), status=status)
