"""`Prefer: return=minimal` (RFC 7240, section 4.2): a client that knows what it wrote need not read it again."""

import re

from rest_framework.request import Request

from apps.api.responses import ApiResponse

_PREFERENCE = re.compile(r'(?:[^,"]|"(?:\\.|[^"\\])*")+')


def written(request: Request, data: object, status: int, headers: dict[str, str]) -> ApiResponse:
    """The answer to a write: what was written, or nothing but the headers where the client prefers that."""
    if not _is_minimal(request._request.META.get("HTTP_PREFER", "")):
        return ApiResponse(data, status=status, headers=headers)
    # Of an empty 201, OpenAPI cannot say that it is empty, and generated clients fail on it after the write.
    return ApiResponse(status=204, headers={**headers, "Preference-Applied": "return=minimal"})


def _is_minimal(header: str) -> bool:
    """Of a preference that is named twice, the first counts (section 2)."""
    for preference in _PREFERENCE.findall(header):
        name, _, value = preference.partition(";")[0].partition("=")
        if name.strip().lower() == "return":
            return bool(value.strip().strip('"').lower() == "minimal")
    return False
