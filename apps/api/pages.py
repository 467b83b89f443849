"""What a page of a list says of itself, and of the pages beside it."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

DEFAULT_LIMIT = 50
LARGEST_LIMIT = 200
# The largest whole number that every JSON reader keeps exactly (RFC 8259, section 6).
LARGEST_OFFSET = 2**53 - 1


class PageSerializer(serializers.Serializer[Any]):
    """A page; its subclass adds `results`."""

    count = serializers.IntegerField(allow_null=True, help_text="How many match in all; null where nobody asked.")
    next = serializers.URLField(allow_null=True, help_text="The address of the next page.")
    previous = serializers.URLField(allow_null=True, help_text="The address of the page before.")
    next_cursor = serializers.CharField(allow_null=True, help_text="For `cursor`, to go on from here.")
    previous_cursor = serializers.CharField(allow_null=True, help_text="For `cursor`, to go back from here.")


def address(request: Request, **changes: Any) -> str:
    """The address of `request` with some query parameters in another way; None takes one out."""
    query = request.query_params.copy()
    for name, value in changes.items():
        if value is None:
            query.pop(name, None)
        else:
            query[name] = str(value)
    words = query.urlencode()
    return request.build_absolute_uri(f"{request.path}?{words}" if words else request.path)
