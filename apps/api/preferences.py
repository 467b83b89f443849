"""`Prefer: return=minimal` (RFC 7240, section 4.2): a client that knows what it wrote need not read it again."""

import re

from rest_framework.request import Request
from rest_framework.response import Response

_MINIMAL = re.compile(r'(^|,)\s*return\s*=\s*"?minimal"?\s*(,|;|$)', re.IGNORECASE)


def written(request: Request, data: object, status: int, headers: dict[str, str]) -> Response:
    """The answer to a write: what was written, or nothing but the headers where the client prefers that."""
    if not _MINIMAL.search(request.META.get("HTTP_PREFER", "")):
        return Response(data, status=status, headers=headers)
    # 201 keeps its meaning without a body; 200 without one is 204.
    applied = {**headers, "Preference-Applied": "return=minimal"}
    return Response(status=204 if status == 200 else status, headers=applied)
