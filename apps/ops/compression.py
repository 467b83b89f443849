"""gzip for long answers, by Django's own middleware (which hides their exact length against BREACH)."""

import re
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import patch_vary_headers

# A single task is shorter than what compressing it costs.
SHORTEST_BYTES = 1400
COMPRESSIBLE = re.compile(
    r"text/|application/(javascript|json|problem\+json|vnd\.oai\.openapi(\+json)?|manifest\+json)|image/svg\+xml"
)

# gzip is named, and not with a weight of zero (RFC 9110, section 12.5.3).
_GZIP = re.compile(r"(^|,)\s*gzip\s*(,|$|;\s*q=(?!0(\.0*)?\s*(,|$)))", re.IGNORECASE)


def _nothing(request: HttpRequest) -> Any:
    raise NotImplementedError


_gzip = GZipMiddleware(_nothing)


def compress(request: HttpRequest, response: HttpResponseBase) -> None:
    """Compresses `response` if the client takes gzip and the body is long enough, and names the header in `Vary`."""
    patch_vary_headers(response, ["Accept-Encoding"])
    if _length(response) >= SHORTEST_BYTES and _GZIP.search(request.META.get("HTTP_ACCEPT_ENCODING", "")):
        _gzip.process_response(request, response)


def compress_page(request: HttpRequest, response: HttpResponseBase) -> None:
    """The same for pages and static files. Parts of a file, downloads, images and fonts stay as they are."""
    is_download = response.get("Content-Disposition", "").startswith("attachment")
    if response.status_code == 304 or (COMPRESSIBLE.match(response.get("Content-Type", "")) and not is_download):
        patch_vary_headers(response, ["Accept-Encoding"])
    if "Accept-Encoding" in response.get("Vary", "") and response.status_code == 200 and request.method != "HEAD":
        compress(request, response)
        # whitenoise does not know the weak form that gzip makes of its ETag; browsers then ask by the date of the file.
        if response.streaming and response.get("ETag", "").startswith("W/"):
            del response["ETag"]


def _length(response: HttpResponseBase) -> int:
    """In bytes; 0 for a body whose length is not known beforehand."""
    if response.streaming:
        return int(response.get("Content-Length", "0"))
    return len(response.content)  # type: ignore[attr-defined]  # only a streaming response has none
