"""The trace that a request belongs to, as its caller tells (W3C Trace Context, section 3.2)."""

import re

# Version 00; a later one may append fields.
_TRACEPARENT = re.compile(r"(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-.*)?")
_NOUGHT = "0" * 32


def trace_id_of(traceparent: str) -> str | None:
    """32 hexadecimal digits; None where the header is not what the standard says."""
    parts = _TRACEPARENT.fullmatch(traceparent)
    if not parts or parts[1] == _NOUGHT or parts[2] == _NOUGHT[:16]:
        return None
    return parts[1]
