"""Times in the back office are shown and typed in the zone of whoever looks, as their browser names it."""

import zoneinfo
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from apps.ops.page_middleware import PageMiddleware

COOKIE = "back_office_zone"


class TimeZoneMiddleware(PageMiddleware):
    def on_page(self, request: HttpRequest) -> Any:
        if not request.path_info.startswith("/admin"):
            return self.get_response(request)
        with timezone.override(chosen_zone(request)):
            return self.get_response(request)


def chosen_zone(request: HttpRequest) -> zoneinfo.ZoneInfo:
    """UTC where the cookie is missing or names no zone."""
    name = request.COOKIES.get(COOKIE, "UTC")
    return zoneinfo.ZoneInfo(name if name in zoneinfo.available_timezones() else "UTC")
