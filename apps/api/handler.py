"""The one place that turns an exception into an answer.

Besides the API's own exceptions and DRF's:
a body that breaks off ..................................... 400
a passing database fault ................................... 503 with Retry-After
a foreign key that no longer holds (the caller was erased) .. 401
anything else .............................................. 500
"""

from typing import Any
from urllib.parse import quote

from django.core.exceptions import SuspiciousOperation
from django.db import DatabaseError, InterfaceError
from django.http import UnreadablePostError
from drf_standardized_errors.formatter import ExceptionFormatter
from drf_standardized_errors.handler import ExceptionHandler
from drf_standardized_errors.types import Error, ErrorResponse
from rest_framework import exceptions

from apps.api import problems
from apps.api.exceptions import (
    ContentTooLarge,
    InvalidHeader,
    InvalidParameter,
    MalformedJson,
    TokenRefused,
    Unavailable,
    UnsupportedEncoding,
)
from apps.api.responses import ApiResponse
from apps.ops import faults

# What these say where they are raised is meant for the client.
PLAIN_SPOKEN = MalformedJson | ContentTooLarge | UnsupportedEncoding | exceptions.MethodNotAllowed


class ProblemHandler(ExceptionHandler):
    """Keeps what the library does (rollback, WWW-Authenticate, Retry-After, reports) and adds our own domain."""

    def convert_known_exceptions(self, exc: Exception) -> Exception:
        if isinstance(exc, DatabaseError | InterfaceError):
            faults.log_fault(exc)
        if faults.is_passing(exc):
            return Unavailable()
        if isinstance(exc, UnreadablePostError):
            return MalformedJson("The body ended before its Content-Length.")
        if isinstance(exc, SuspiciousOperation):
            return exceptions.ParseError()
        if faults.is_orphan(exc):
            return self._refused()
        return super().convert_known_exceptions(exc)

    def get_response(  # type: ignore[override]  # the library speaks of DRF's
        self, exc: exceptions.APIException, data: dict[str, Any]
    ) -> ApiResponse:
        headers = {**self.get_headers(exc), **getattr(exc, "headers", {})}
        return ApiResponse(data, status=data["status"], headers=headers, content_type=problems.CONTENT_TYPE)

    def report_exception(self, exc: exceptions.APIException, response: Any) -> None:
        # A passing fault has its own log line; a traceback for each request of an outage would bury it.
        if not isinstance(exc, Unavailable):
            super().report_exception(exc, response)

    def _refused(self) -> TokenRefused:
        view, request = self.context["view"], self.context["request"]
        refused = TokenRefused()
        refused.auth_header = view.get_authenticate_header(request)  # type: ignore[attr-defined, arg-type]
        return refused


class ProblemFormatter(ExceptionFormatter):
    def format_error_response(self, error_response: ErrorResponse) -> dict[str, Any]:
        if isinstance(self.exc, exceptions.ValidationError):
            kind = problems.kind_for(422, getattr(self.exc, "slug", None))
            return problems.problem(kind, errors=[self._place(error) | _rule(error) for error in error_response.errors])
        code = self.exc.get_codes()
        kind = problems.kind_for(self.exc.status_code, code if isinstance(code, str) else None)
        return problems.problem(kind, self._own_words())

    def _place(self, error: Error) -> dict[str, str]:
        """Where the rule was broken: in a query parameter, in a header, or in the body."""
        if isinstance(self.exc, InvalidParameter):
            # Of a repeatable one, the path goes on to the place in the list.
            return {"parameter": problems.printable((error.attr or "").partition("\x1f")[0])}
        if isinstance(self.exc, InvalidHeader):
            return {"header": error.attr or ""}
        return {"pointer": json_pointer(error.attr)}

    def _own_words(self) -> str | None:
        """What was said where this exception was raised, if it says more than DRF's default of the class."""
        said = str(self.exc.detail)
        own = self.exc.status_code < 500 and said != str(self.exc.default_detail)
        return said if own and isinstance(self.exc, PLAIN_SPOKEN) else None


def _rule(error: Error) -> dict[str, str]:
    return {"code": error.code, "detail": error.detail}


def json_pointer(attr: str | None) -> str:
    """A JSON pointer in its URI fragment form (RFC 6901, section 6) from DRF's path; "#" is the whole body."""
    if attr is None or attr == "non_field_errors":
        return "#"
    steps = attr.removesuffix("\x1fnon_field_errors").split("\x1f")
    # A key may hold half a surrogate pair, which no JSON writer can encode.
    return "#/" + "/".join(
        quote(step.replace("~", "~0").replace("/", "~1"), safe="~!$&'()*+,;=:@", errors="replace") for step in steps
    )
