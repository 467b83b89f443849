"""What surrounds the API's views: the same errors from Django as from DRF, and forgiving addresses."""

from collections.abc import Callable
from typing import Any

from corsheaders.middleware import CorsMiddleware
from django.http import HttpRequest, HttpResponse

from apps.api import problems
from apps.ops import faults

API = "/api/"
BACK_OFFICE = "/admin"


class ProblemMiddleware:
    """Turns the error pages that Django makes itself (404, 405, 400, 500) into problem documents.

    The back office keeps its pages: people read them.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        # Else gunicorn would send it in chunks. Those two have no body, and no length of one (RFC 9110, section 8.6).
        if not response.streaming and response.status_code not in {204, 304}:
            response.headers["Content-Length"] = str(len(response.content))
        if response.status_code < 400 or response.get("Content-Type") == problems.CONTENT_TYPE:
            return response
        if request.path_info.startswith(BACK_OFFICE):
            return response
        return _as_problem(response)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A database that is away is a 503 with Retry-After, wherever it was missed."""
        if not faults.is_passing(exception):
            return None
        faults.log_fault(exception)
        response = problems.problem_response(problems.kind_for(503))
        response["Retry-After"] = str(faults.RETRY_AFTER_SECONDS)
        return response


class CrossOriginMiddleware(CorsMiddleware):
    """django-cors-headers, for requests that come from a browser; under /api the views name `Origin` in `Vary`."""

    def __call__(self, request: HttpRequest) -> Any:
        if "HTTP_ORIGIN" not in request.META and request.path_info.startswith(API):
            return self.get_response(request)
        return super().__call__(request)


class TrailingSlashMiddleware:
    """`/api/tasks/` means `/api/tasks`. Answers in place: a redirect would turn a POST into a GET."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        path = request.path_info
        if len(path) > 1 and path[-1] == "/" and path[-2] != "/" and not path.startswith(BACK_OFFICE):
            request.path_info = path[:-1]
        return self.get_response(request)


def _as_problem(response: HttpResponse) -> HttpResponse:
    answer = problems.problem_response(problems.kind_for(response.status_code))
    for name, value in response.items():
        if name.lower() not in {"content-type", "content-length", "content-encoding"}:
            answer[name] = value
    answer.cookies = response.cookies
    return answer
