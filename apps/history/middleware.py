"""In the back office, history is told which member of staff writes."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from apps.history.notes import written_by
from apps.ops import context


class BackOfficeHistoryMiddleware:
    """Stands behind AuthenticationMiddleware. Any other path passes as it is."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith("/admin"):
            return self.get_response(request)
        with written_by("admin"):
            return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        if request.path_info.startswith("/admin") and request.user.is_authenticated:
            context.subject.set(str(request.user.pk))
