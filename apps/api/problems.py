"""The error documents of RFC 9457: each kind of error has one type, one title and one status."""

from dataclasses import dataclass
from typing import Any

from django.http import JsonResponse

from apps.ops import context

CONTENT_TYPE = "application/problem+json"


@dataclass(frozen=True)
class Kind:
    """A row of the error contract. `slug` and `status` stay stable; programs rely on them."""

    slug: str
    status: int
    title: str
    detail: str

    @property
    def type(self) -> str:
        return f"/problems/{self.slug}"


HEADERS_TOO_LARGE = (
    "A header is too long. A token may have 16 KiB: leave pictures out of it, in Better Auth by definePayload of the"
    " jwt plugin."
)

KINDS = (
    Kind("bad-request", 400, "Bad request", "The request could not be understood."),
    Kind("malformed-json", 400, "Malformed JSON", "The body is not JSON."),
    Kind("authentication", 401, "Authentication required", "The access token is missing or not valid."),
    Kind("token-expired", 401, "Token expired", "The access token has expired."),
    Kind("invalid-credentials", 401, "Invalid credentials", "No active account has these credentials."),
    Kind("permission-denied", 403, "Permission denied", "You may not do this."),
    Kind("not-found", 404, "Not found", "There is nothing at this address."),
    Kind("method-not-allowed", 405, "Method not allowed", "This address does not take that method."),
    Kind("not-acceptable", 406, "Not acceptable", "Answers are application/json; the Accept header excludes that."),
    Kind("still-running", 409, "Still running", "A request with this Idempotency-Key is still running; try again."),
    Kind("cursor-gone", 410, "Cursor gone", "The changes no longer reach back to this cursor; read all anew."),
    Kind("length-required", 411, "Length required", "A body needs a Content-Length; chunked bodies are not read."),
    Kind("precondition-failed", 412, "Precondition failed", "It has changed meanwhile; ETag names what it is now."),
    Kind("content-too-large", 413, "Content too large", "The body is larger than this address takes."),
    Kind("uri-too-long", 414, "URI too long", "The address is longer than this server takes."),
    Kind("unsupported-media-type", 415, "Unsupported media type", "A body must be application/json."),
    Kind("expectation-failed", 417, "Expectation failed", "Of the Expect header only 100-continue is understood."),
    Kind("validation", 422, "Validation failed", "The request breaks a rule; `errors` says which."),
    Kind(
        "idempotency-key-reused",
        422,
        "Idempotency-Key reused",
        "Another request was made with this Idempotency-Key; a new request needs a new one.",
    ),
    Kind("quota-exceeded", 429, "Too many requests", "You have sent too many requests; try again later."),
    Kind("headers-too-large", 431, "Headers too large", HEADERS_TOO_LARGE),
    Kind("internal", 500, "Internal error", "Something went wrong on our side. The instance finds it in our logs."),
    Kind("not-implemented", 501, "Not implemented", "A body is not read in this transfer coding; send it without."),
    Kind("unavailable", 503, "Temporarily unavailable", "The service cannot answer just now; try again shortly."),
)
_BY_SLUG = {kind.slug: kind for kind in KINDS}
_BY_STATUS = {kind.status: kind for kind in reversed(KINDS)}


def kind_for(status: int, slug: str | None = None) -> Kind:
    """The kind named `slug`, else the plain one of `status`, else the plain one of its class (400 or 500)."""
    if slug in _BY_SLUG:
        return _BY_SLUG[slug]
    return _BY_STATUS.get(status) or _BY_STATUS[500 if status >= 500 else 400]


def problem(kind: Kind, detail: str | None = None, errors: list[dict[str, str]] | None = None) -> dict[str, Any]:
    """A problem document (RFC 9457, section 3.1); `instance` is the request id."""
    document: dict[str, Any] = {
        "type": kind.type,
        "title": kind.title,
        "status": kind.status,
        "detail": detail or kind.detail,
        "instance": context.request_id.get() or "",
    }
    if errors is not None:
        document["errors"] = errors
    return document


def problem_response(kind: Kind, detail: str | None = None) -> JsonResponse:
    return JsonResponse(problem(kind, detail), status=kind.status, content_type=CONTENT_TYPE)


def printable(text: str) -> str:
    """`text` as UTF-8 can carry it."""
    return text.encode("utf-8", "replace").decode()
