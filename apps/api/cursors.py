"""Where a reader of a list or a feed goes on: opaque, and of use to the caller alone whom it was given to."""

import base64
import hmac
from typing import Any

import orjson
from django.conf import settings

MAC_BYTES = 16


class ForeignCursor(ValueError):
    """Not a cursor that this caller was given for this purpose."""


def issue(purpose: str, subject: str, position: list[Any]) -> str:
    """A cursor that holds `position`, made of what JSON can hold. `purpose` keeps one list's cursors from another's."""
    content = orjson.dumps(position)
    return _text(_mac(purpose, subject, content) + content)


def read(purpose: str, subject: str, cursor: str) -> Any:
    """The position that `issue` was given. Raises ForeignCursor."""
    try:
        signed = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    except ValueError:
        raise ForeignCursor from None
    mac, content = signed[:MAC_BYTES], signed[MAC_BYTES:]
    # The decoder passes over what is not of its alphabet; a cursor has one spelling.
    if _text(signed) != cursor or not hmac.compare_digest(mac, _mac(purpose, subject, content)):
        raise ForeignCursor
    return orjson.loads(content)


def _text(signed: bytes) -> str:
    """Base64url without padding (RFC 4648, section 5)."""
    return base64.urlsafe_b64encode(signed).rstrip(b"=").decode()


def _mac(purpose: str, subject: str, content: bytes) -> bytes:
    """HMAC-SHA256, truncated (RFC 2104, section 5). Neither a subject nor JSON holds a NUL."""
    message = b"\0".join((purpose.encode(), subject.encode(), content))
    return hmac.digest(settings.CURSOR_KEY, message, "sha256")[:MAC_BYTES]
