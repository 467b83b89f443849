"""Pages by limit and offset, within bounds."""

from typing import Any

from rest_framework.pagination import LimitOffsetPagination
from rest_framework.request import Request

from apps.api.exceptions import InvalidParameter

# The largest whole number that every JSON reader keeps exactly (RFC 8259, section 6).
LARGEST_OFFSET = 2**53 - 1


class BoundedPagination(LimitOffsetPagination):
    """`limit` 1-200 (50 if left out), `offset` from 0. Anything else is a 422 that names the parameter."""

    default_limit = 50
    max_limit = 200

    def get_limit(self, request: Request) -> int:
        return _whole_number(request, "limit", self.default_limit, 1, self.max_limit)

    def get_offset(self, request: Request) -> int:
        return _whole_number(request, "offset", 0, 0, LARGEST_OFFSET)

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": ["string", "null"], "format": "uri"}
        properties = {
            "count": {"type": "integer", "example": 120},
            "next": {**link, "example": "https://api.example.com/api/tasks?limit=50&offset=50"},
            "previous": {**link, "example": None},
            "results": schema,
        }
        return {"type": "object", "properties": properties, "required": list(properties)}

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        return [
            _parameter("limit", "How many tasks at most.", minimum=1, maximum=self.max_limit, default=50),
            _parameter("offset", "How many tasks to pass over.", minimum=0, maximum=LARGEST_OFFSET, default=0),
        ]


def _whole_number(request: Request, name: str, default: int, least: int, most: int) -> int:
    given = request.query_params.getlist(name)
    if not given:
        return default
    text = given[0]
    # 16 digits hold the largest offset; int() alone would also take "+5", " 5" and "5_0".
    if len(given) == 1 and text.isascii() and text.isdigit() and len(text) <= 16 and least <= int(text) <= most:
        return int(text)
    raise InvalidParameter({name: f"This must be one whole number from {least} to {most}."})


def _parameter(name: str, description: str, **schema: int) -> dict[str, Any]:
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": description,
        "schema": {"type": "integer", **schema},
    }
