"""Which parser and which renderer: there is one of each, and what nearly every client sends names it."""

import re
from collections.abc import Iterable
from typing import Any

from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request

PLAIN_ACCEPTS = {"*/*", "application/json", "application/json, */*", "application/json, text/plain, */*"}
PLAIN_CONTENT_TYPES = {"application/json", "application/json; charset=utf-8", "application/json;charset=UTF-8"}
_WEIGHT = re.compile(r"0(\.\d*)?|1(\.0*)?")

MediaRange = tuple[str, int, float]


class PlainNegotiation(DefaultContentNegotiation):
    """DRF takes the headers apart at each request (20 us each); all others still go that way."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        if request._request.META.get("CONTENT_TYPE") in PLAIN_CONTENT_TYPES:
            return parsers[0]
        return super().select_parser(request, parsers)

    def select_renderer(self, request: Request, renderers: Iterable[Any], format_suffix: str | None = None) -> Any:
        """Of those that the client accepts, the one that it likes best. Raises NotAcceptable."""
        if request._request.META.get("HTTP_ACCEPT", "*/*") in PLAIN_ACCEPTS:
            renderer = next(iter(renderers))
            return renderer, renderer.media_type
        offered = list(renderers)
        ranges = [_media_range(text) for text in self.get_accept_list(request)] or [("*/*", 0, 1.0)]
        best = max(offered, key=lambda renderer: _weight(renderer.media_type, ranges))
        if not _weight(best.media_type, ranges):
            raise NotAcceptable(available_renderers=offered)
        return best, best.media_type


def _media_range(text: str) -> MediaRange:
    """The range, how many parameters make it more specific, and its weight."""
    media_type, *parameters = (part.strip().lower() for part in text.split(";"))
    weights = [name[2:] for name in parameters if name.startswith("q=")]
    # What is no weight is taken for none.
    weight = float(weights[0]) if weights and _WEIGHT.fullmatch(weights[0]) else 1.0
    return media_type, len(parameters) - len(weights), weight


def _weight(media_type: str, ranges: list[MediaRange]) -> float:
    """By the most specific range that holds `media_type` (RFC 9110, section 12.5.1); 0 where none does."""
    levels = {"*/*": 0, media_type.partition("/")[0] + "/*": 1, media_type: 2}
    found = [(levels[name], count, weight) for name, count, weight in ranges if name in levels]
    return max(found, default=(0, 0, 0.0))[2]
