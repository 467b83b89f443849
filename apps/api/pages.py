"""What a page of a list says of itself, and of the pages beside it."""

from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlencode

from rest_framework import serializers
from rest_framework.request import Request

from apps.api.parameters import query_of

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
    here = f"{request.scheme}://{request.get_host()}{quote(request.path)}"
    return here + _changed(request._request.META.get("QUERY_STRING", ""), tuple(changes.items()))


@lru_cache(maxsize=1024)
def _changed(query: str, changes: tuple[tuple[str, Any], ...]) -> str:
    """Worked out once (10 us): what comes again and again is the first page."""
    named = dict(changes)
    kept = [(name, value) for name, values in query_of(query).lists() if name not in named for value in values]
    words = urlencode(kept + [(name, value) for name, value in changes if value is not None])
    return f"?{words}" if words else ""
