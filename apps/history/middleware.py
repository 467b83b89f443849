"""In the back office, history is told which member of staff writes."""

from typing import Any

from django.http import HttpRequest

from apps.history.notes import written_by
from apps.ops import context
from apps.ops.page_middleware import PageMiddleware


class BackOfficeHistoryMiddleware(PageMiddleware):
    """Stands behind AuthenticationMiddleware. Any other path passes as it is."""

    def on_page(self, request: HttpRequest) -> Any:
        if not request.path_info.startswith("/admin"):
            return self.get_response(request)
        with written_by("admin"):
            return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        if request.path_info.startswith("/admin") and request.user.is_authenticated:
            context.subject.set(str(request.user.pk))
