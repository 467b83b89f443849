"""The answers of the API."""

from typing import Any

from django.http import HttpResponse

from apps.api.renderers import dumps


class ApiResponse(HttpResponse):
    """`data` as JSON, None as an empty body.

    Written at once: DRF's own is a template that waits for its renderer to be chosen, and here there is one (9 us).
    """

    def __init__(
        self,
        data: Any = None,
        status: int = 200,
        headers: dict[str, str] | None = None,
        content_type: str = "application/json",
    ) -> None:
        super().__init__(dumps(data), content_type=content_type, status=status)
        self.data = data
        if data is None:
            del self.headers["Content-Type"]
        for name, value in (headers or {}).items():
            self.headers[name] = value
