"""Times in the back office are shown and typed in the zone of whoever looks, as their browser names it."""

import zoneinfo
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

COOKIE = "back_office_zone"


class TimeZoneMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith("/admin"):
            return self.get_response(request)
        with timezone.override(chosen_zone(request)):
            return self.get_response(request)


def chosen_zone(request: HttpRequest) -> zoneinfo.ZoneInfo:
    """UTC where the cookie is missing or names no zone."""
    name = request.COOKIES.get(COOKIE, "UTC")
    return zoneinfo.ZoneInfo(name if name in zoneinfo.available_timezones() else "UTC")
