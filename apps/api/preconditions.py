"""Conditional requests (RFC 9110, section 13) on resources whose strong entity tag is a version number in quotes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rest_framework.request import Request

from apps.api.exceptions import InvalidHeader

_TAG = re.compile(r'(W/)?"([\x21\x23-\x7e\x80-\xff]*)"')
# A list may have empty elements (section 5.6.1).
_LIST = re.compile(rf"[\s,]*{_TAG.pattern}(\s*,[\s,]*{_TAG.pattern})*[\s,]*")
_VERSION = re.compile(r"[1-9][0-9]{0,17}")


def entity_tag(version: int) -> str:
    return f'"{version}"'


@dataclass(frozen=True)
class Preconditions:
    """Of a request to change something: the versions it must have (None: any), and those that it may not have.

    `forbids_any` is `If-None-Match: *`: the resource may not be there at all.
    """

    required: tuple[int, ...] | None = None
    forbidden: tuple[int, ...] = ()
    forbids_any: bool = False


UNCONDITIONAL = Preconditions()


def preconditions(headers: Mapping[str, Any]) -> Preconditions:
    """Of a request's META. `If-Match` compares strongly (section 13.1.1): a weak tag, or no tag, matches nothing."""
    match, none_match = headers.get("HTTP_IF_MATCH"), headers.get("HTTP_IF_NONE_MATCH")
    if match is None and none_match is None:
        return UNCONDITIONAL
    return Preconditions(
        required=None if match is None or match.strip() == "*" else _versions(match, weak=False),
        forbidden=_versions(none_match or "", weak=True),
        forbids_any=(none_match or "").strip() == "*",
    )


def refuse_preconditions(headers: Mapping[str, Any], *, is_read: bool) -> None:
    """For an address whose answers have no ETag: a condition that nobody checks must not seem to hold.

    `If-None-Match` of a read is left alone: without an ETag it is true. Raises InvalidHeader.
    """
    for name in ("If-Match",) if is_read else ("If-Match", "If-None-Match"):
        if "HTTP_" + name.upper().replace("-", "_") in headers:
            sentence = "This address has no ETag to compare with; send the request without this header."
            raise InvalidHeader(name, sentence, "not_supported")


def is_not_modified(request: Request, version: int) -> bool:
    """`If-None-Match` of a read compares weakly (section 13.1.2): a proxy may have weakened our tag."""
    header = request.META.get("HTTP_IF_NONE_MATCH")
    return header is not None and (header.strip() == "*" or version in _versions(header, weak=True))


def _versions(header: str, *, weak: bool) -> tuple[int, ...]:
    if not _LIST.fullmatch(header):
        return ()
    tags = (found.groups() for found in _TAG.finditer(header))
    return tuple(int(tag) for weakness, tag in tags if (weak or not weakness) and _VERSION.fullmatch(tag))
