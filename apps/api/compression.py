"""gzip for answers that are long, by Django's own middleware for that (which hides their exact length: BREACH)."""

import re
from typing import Any

from django.http import HttpRequest
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import patch_vary_headers
from rest_framework.response import Response

# One answer of a few tasks is shorter than what it costs to compress it.
SHORTEST_BYTES = 1400


# Named, and not with a weight of nought (RFC 9110, section 12.5.3).
_GZIP = re.compile(r"(^|,)\s*gzip\s*(,|$|;\s*q=(?!0(\.0*)?\s*(,|$)))", re.IGNORECASE)


def _nothing(request: HttpRequest) -> Any:
    raise NotImplementedError


_gzip = GZipMiddleware(_nothing)


def compress(request: HttpRequest, response: Response) -> None:
    """Compresses `response` once it is rendered, where the client takes gzip and it pays."""
    patch_vary_headers(response, ["Accept-Encoding"])
    if _GZIP.search(request.META.get("HTTP_ACCEPT_ENCODING", "")):
        response.add_post_render_callback(
            lambda rendered: (
                _gzip.process_response(request, rendered) if len(rendered.content) >= SHORTEST_BYTES else rendered
            )
        )
