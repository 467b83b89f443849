"""A JWS in its compact form (RFC 7515, section 7.1), read strictly and before any key is looked for."""

import json
import math
import re
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from typing import Any, NoReturn

from apps.accounts.claims import Refused

# Three parts of base64url without padding, white space or line breaks (RFC 7515, section 2).
_COMPACT = re.compile(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.[A-Za-z0-9_-]+")
# Better Auth leaves `typ` out; its session cache names one of its own (RFC 8725, section 3.11; RFC 9068, section 2.1).
ACCESS_TOKEN_TYPES = {"jwt", "at+jwt", "application/at+jwt"}
TIMES = ("exp", "nbf", "iat")


def checked_header(token: str) -> dict[str, Any]:
    """The header of a token whose form is that of an access token. Nothing that it says is proved. Raises Refused."""
    parts = _COMPACT.fullmatch(token)
    if parts is None:
        raise Refused("not three parts of base64url without padding")
    header, payload = (_members(part, name) for part, name in zip(parts.groups(), ("header", "payload"), strict=True))
    _check_header(header)
    for name in TIMES:
        if name in payload and not _is_numeric_date(payload[name]):
            raise Refused(f"{name} is not a number of seconds")
    return header


def _check_header(header: Mapping[str, Any]) -> None:
    # We understand no extension, so each that must be understood is a reason to refuse (RFC 7515, section 4.1.11).
    if "crit" in header:
        raise Refused("crit names an extension that is not understood here")
    if header.get("b64", True) is not True:
        raise Refused("b64 asks for a payload that is not encoded (RFC 7797)")
    if "cty" in header and str(header["cty"]).lower() in ACCESS_TOKEN_TYPES:
        raise Refused("cty says that the payload is another token")
    if str(header.get("typ", "JWT")).lower() not in ACCESS_TOKEN_TYPES:
        raise Refused("typ names another kind of token")


def _members(part: str, name: str) -> dict[str, Any]:
    try:
        # Its alphabet has been checked; the decoder needs the padding that the compact form leaves out.
        members = _DECODER.decode(urlsafe_b64decode(part + "=" * (-len(part) % 4)).decode())
    except (ValueError, RecursionError):
        raise Refused(f"the {name} is not JSON") from None
    if not isinstance(members, dict):
        raise Refused(f"the {name} is not a JSON object")
    return members


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """One parser takes the first of two members of a name, another takes the last (RFC 7515, section 4)."""
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Refused("a name stands twice in the JSON")
    return members


def _refuse(constant: str) -> NoReturn:
    raise Refused(f"{constant} is not a JSON value")


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_refuse)


def _is_numeric_date(value: Any) -> bool:
    """RFC 7519, section 2."""
    try:
        return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    except OverflowError:  # an integer beyond any float
        return False
