"""The answers to requests that gunicorn refuses before Django sees them: the same documents, in place of its HTML."""

from functools import partial

from corsheaders.middleware import CorsMiddleware
from django.http import HttpRequest, HttpResponse

from apps.api import problems
from apps.ops.middleware import RequestLogMiddleware

# A preflight is as long as the request it asks for. Were it refused, no page could read why.
TOO_LONG = {414, 431}


def answer(request: HttpRequest, status: int) -> HttpResponse:
    """With a request id, a line in the log, and what a browser needs to show it to a page of a listed origin."""
    return RequestLogMiddleware(partial(_problem, status=status))(request)


def _problem(request: HttpRequest, status: int) -> HttpResponse:
    cors = CorsMiddleware(lambda _: HttpResponse())
    preflight = cors.check_preflight(request) if status in TOO_LONG else None
    response = preflight or problems.problem_response(problems.kind_for(status))
    response["Cache-Control"] = "no-store"
    return cors.add_response_headers(request, response)  # type: ignore[return-value]  # it is the one given
