"""What a page needs of middleware, and a call of the API by a token does not: a session, its person, messages, a zone.

Such middleware stands side by side in MIDDLEWARE; under /api all of it is passed by in one step.
"""

from collections.abc import Callable
from typing import Any

from csp.constants import SELF, UNSAFE_EVAL
from csp.middleware import CSPMiddleware, PolicyParts
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest
from django.middleware.common import CommonMiddleware
from django.utils.deprecation import MiddlewareMixin
from whitenoise.middleware import WhiteNoiseMiddleware

from apps.ops.compression import compress_page

API = "/api/"
BACK_OFFICE = "/admin"


class AsideFromApi:
    """Stands before the middleware that it keeps out of the API."""

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        super().__init__(get_response)  # type: ignore[call-arg]  # of the middleware behind it
        # Django wraps each layer by functools.wraps, which hands on the attributes of what it wraps.
        self.past_pages = getattr(get_response, "past_pages", get_response)

    def __call__(self, request: HttpRequest) -> Any:
        if request.path_info.startswith(API):
            return self.past_pages(request)
        return self.on_page(request)

    def on_page(self, request: HttpRequest) -> Any:
        return super().__call__(request)  # type: ignore[misc]


class PageMiddleware(AsideFromApi, MiddlewareMixin):
    """For middleware of our own, which has `on_page` in place of `__call__`."""


class ContentSecurityPolicy(AsideFromApi, CSPMiddleware):
    """settings.CONTENT_SECURITY_POLICY. The theme of the back office uses Alpine.js, which evaluates attributes."""

    def get_policy_parts(self, request: HttpRequest, response: Any, report_only: bool = False) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if request.path_info.startswith(BACK_OFFICE):
            parts.update = {"script-src": [SELF, UNSAFE_EVAL]}
        return parts


class Compression(PageMiddleware):
    """gzip for pages and static files; the views of the API choose for themselves."""

    def on_page(self, request: HttpRequest) -> Any:
        response: Any = self.get_response(request)
        compress_page(request, response)
        return response


class StaticFiles(AsideFromApi, WhiteNoiseMiddleware):  # type: ignore[misc]  # without type information
    pass


class Sessions(AsideFromApi, SessionMiddleware):
    pass


class Common(AsideFromApi, CommonMiddleware):
    pass


class Authentication(AsideFromApi, AuthenticationMiddleware):
    pass


class Messages(AsideFromApi, MessageMiddleware):
    pass
