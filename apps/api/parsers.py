"""Bodies as RFC 8259 has them, of a bounded size."""

import json
from collections.abc import Mapping
from typing import Any, NoReturn

from rest_framework.parsers import BaseParser

from apps.api.exceptions import ContentTooLarge, MalformedJson


class StrictJSONParser(BaseParser):
    """UTF-8 JSON; NaN and Infinity are no JSON. Raises ContentTooLarge, MalformedJson."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        limit = (parser_context or {})["view"].body_limit_bytes
        body = stream.read(limit + 1)
        if len(body) > limit:
            raise ContentTooLarge(f"The body is larger than {limit} bytes.")
        try:
            return DECODER.decode(body.decode("utf-8"))
        # RecursionError: brackets nested deeper than the interpreter's stack.
        except (ValueError, RecursionError) as error:
            raise MalformedJson(f"The body is not JSON: {_reason(error)}.") from None


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a JSON value")


# json.loads() would make one at each call that names a parse_constant.
DECODER = json.JSONDecoder(parse_constant=_refuse)


def _reason(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg}, line {error.lineno} column {error.colno}"
    if isinstance(error, UnicodeDecodeError):
        return "it is not UTF-8"
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    return str(error) if "JSON value" in str(error) else "a number in it is too long"
