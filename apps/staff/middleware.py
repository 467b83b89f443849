"""No address under /admin answers a session that lacks the second factor, has lain idle or is too old."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django_otp.middleware import OTPMiddleware

from apps.ops import context, faults
from apps.ops.page_middleware import PageMiddleware
from apps.staff import errors, sessions

BACK_OFFICE = "/admin"
# The steps of a sign-in; each looks for itself what has been proved.
OPEN_PAGES = ("login", "logout", "second_factor", "enrol")


class ErrorPages(PageMiddleware):
    """Whatever is refused or fails under /admin is a page that people can read."""

    def on_page(self, request: HttpRequest) -> Any:
        if not request.path_info.startswith(BACK_OFFICE):
            return self.get_response(request)
        response: Any = _unreadable(request) or self.get_response(request)
        # A view that answers with a template has a page of its own.
        if response.status_code < 400 or isinstance(response, errors.ErrorPage | TemplateResponse):
            return response
        return errors.as_page(request, response)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A traceback for each request of an outage would bury everything else in the log."""
        if not request.path_info.startswith(BACK_OFFICE) or not faults.is_passing(exception):
            return None
        faults.log_fault(exception)
        return errors.unavailable(request)


def _unreadable(request: HttpRequest) -> HttpResponse | None:
    # No text of PostgreSQL holds a NUL, and a session key is text.
    if any("\0" in value for value in request.COOKIES.values()):
        return errors.bad_request(
            request, BadRequest("A cookie holds a NUL character. Delete the cookies of this site.")
        )
    return None


class StaffMiddleware(PageMiddleware):
    """Denies by default, whoever wrote the view. Does nothing for the API."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        super().__init__(get_response)
        self._with_factor = OTPMiddleware(self._guarded)

    def on_page(self, request: HttpRequest) -> Any:
        if not request.path_info.startswith(BACK_OFFICE):
            return self.get_response(request)
        return self._with_factor(request)

    def _guarded(self, request: HttpRequest) -> Any:
        if request.user.is_authenticated:
            _end_or_touch(request)
        if request.user.is_authenticated:
            context.subject.set(str(request.user.pk))
        if not _is_open(request) and not admin.site.has_permission(request):
            return redirect_to_login(request.get_full_path(), reverse("admin:login"))
        return self.get_response(request)


def _end_or_touch(request: HttpRequest) -> None:
    if sessions.has_ended(request):
        logout(request)
        messages.warning(request, "You were signed out, since nothing happened for a while or the day was over.")
    elif lacks_factor(request):
        # From before the setting was on, or before the person's factor was reset.
        logout(request)
        messages.warning(request, "Sign in again: your session lacks the second factor.")
    else:
        sessions.touch(request)


def lacks_factor(request: HttpRequest) -> bool:
    """`is_verified` is django-otp's: the session's device still exists and is the person's own."""
    return settings.STAFF_SECOND_FACTOR and not request.user.is_verified()  # type: ignore[union-attr]


def _is_open(request: HttpRequest) -> bool:
    return request.path in {reverse(f"admin:{page}") for page in OPEN_PAGES}
