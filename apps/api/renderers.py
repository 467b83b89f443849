"""Answers as JSON, written by orjson: ten times faster than the standard library's writer."""

from collections.abc import Mapping
from typing import Any

import orjson
from rest_framework.renderers import BaseRenderer

# Times in UTC end in Z; DRF's own fields write the same.
OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS


class FastJSONRenderer(BaseRenderer):
    media_type = "application/json"
    format = "json"
    # JSON is UTF-8 and names no charset (RFC 8259, section 11).
    charset = None

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        return dumps(data)


def dumps(data: Any) -> bytes:
    """Nothing where `data` is None."""
    return b"" if data is None else orjson.dumps(data, default=str, option=OPTIONS)
