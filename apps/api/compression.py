"""gzip for answers that are long, by Django's own middleware for that (which hides their exact length: BREACH)."""

import re
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import patch_vary_headers

# One answer of a few tasks is shorter than what it costs to compress it.
SHORTEST_BYTES = 1400


# Named, and not with a weight of nought (RFC 9110, section 12.5.3).
_GZIP = re.compile(r"(^|,)\s*gzip\s*(,|$|;\s*q=(?!0(\.0*)?\s*(,|$)))", re.IGNORECASE)


def _nothing(request: HttpRequest) -> Any:
    raise NotImplementedError


_gzip = GZipMiddleware(_nothing)


def compress(request: HttpRequest, response: HttpResponse) -> None:
    """Compresses `response`, where the client takes gzip and it pays."""
    patch_vary_headers(response, ["Accept-Encoding"])
    if len(response.content) >= SHORTEST_BYTES and _GZIP.search(request.META.get("HTTP_ACCEPT_ENCODING", "")):
        _gzip.process_response(request, response)
