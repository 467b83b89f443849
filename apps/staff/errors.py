"""Pages of refusals and faults that people read. The API's answers are problem documents, which it writes itself.

They need no database, no script and no other file, so that they stand while everything else fails.
"""

import sys
from typing import Any

from django.core.exceptions import BadRequest, RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from apps.ops import context, faults

BACK_OFFICE = "/admin"
# Title and explanation by status.
WORDS = {
    400: (
        "This cannot be read",
        "The address or the form holds a value that cannot be. Nothing was changed. Go back and correct it, or open "
        "the page from the menu.",
    ),
    403: (
        "You may not do this",
        "Your role does not cover this page or this step, or the person is a colleague, whom only a superuser looks "
        "after. Nothing was changed. If you need it for your work, ask a superuser for another role.",
    ),
    404: ("There is nothing here", "The address is wrong, or what stood here was erased or deleted."),
    405: (
        "This address is not used in this way",
        "It belongs to a button of another page. Nothing was changed. Open that page and use the button.",
    ),
    413: (
        "This form is too large",
        "It has more data or more fields than are taken at once. Nothing was changed. Go back and send it in parts.",
    ),
    500: (
        "Something went wrong on our side",
        "It is in the log. Whether your change was made, the page will show when you open it again.",
    ),
    503: (
        "Just a moment",
        "The database does not answer, or took too long. Try again in a few seconds.",
    ),
}


class ErrorPage(HttpResponse):
    pass


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        return _page(request, 413, *WORDS[413])
    title, explanation = WORDS[400]
    # What a view says to people; other exceptions speak to developers.
    return _page(request, 400, title, str(exception) if isinstance(exception, BadRequest) else explanation)


def as_page(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """An answer that Django or a view made without a page, such as a 405: its status and headers, on a page."""
    title, explanation = WORDS.get(response.status_code, WORDS[400])
    page = _page(request, response.status_code, title, explanation)
    for name, value in response.items():
        if name.lower() not in {"content-type", "content-length", "content-encoding"}:
            page[name] = value
    page.cookies = response.cookies
    return page


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 403, *WORDS[403])


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _page(
        request,
        403,
        "This form is too old",
        "You have signed in or out since the page was opened, or your browser sends no cookies. Nothing was changed. "
        "Go back, reload the page and send the form again.",
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 404, *WORDS[404])


def fault(request: HttpRequest) -> HttpResponse:
    error = sys.exc_info()[1]
    if error is not None and faults.is_passing(error):
        return unavailable(request)
    return _page(request, 500, *WORDS[500])


def unavailable(request: HttpRequest) -> HttpResponse:
    response = _page(request, 503, *WORDS[503])
    response["Retry-After"] = str(faults.RETRY_AFTER_SECONDS)
    return response


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
    # Half a surrogate pair, which an odd address may hold, cannot be encoded.
    content = render_to_string("staff/error.html", page).encode(errors="replace")
    return ErrorPage(content, status=status)
