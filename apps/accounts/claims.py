"""What a verified token says, checked for type: a signature proves who wrote a claim, not what it is."""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from apps.values.text import name_in

SESSION_CLAIM = "local_session"
# Characters that str.isprintable() accepts although nobody can see them. Those of BLANKS look like a space.
BLANKS = " \u2800\u3164\uffa0"
INVISIBLE = re.compile(
    r"[ \u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]*"
)


class TokenError(Exception):
    """Why no caller could be told from a request.

    TokenError
    ├── Refused ........... the token is bad; `reason` is for the log alone
    │   ├── Expired ....... the token was good once
    │   ├── TooLong ....... the header is longer than this server reads
    │   └── Withdrawn ..... the token is good, its person or session no longer
    └── KeysUnavailable ... the keys that would tell cannot be reached
    """


class Refused(TokenError):
    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Expired(Refused):
    def __init__(self) -> None:
        super().__init__("expired")


class TooLong(Refused):
    pass


class Withdrawn(Refused):
    pass


class KeysUnavailable(TokenError):
    """`reason` is for the log alone."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Claims:
    """The claims that mean something here (RFC 7519, section 4.1). `email` and `name` prove nothing."""

    subject: str
    email: str | None
    name: str | None
    issued_at: float
    expires_at: float
    # Of a local account: the sign-in that the token comes from.
    session: str | None = None


def claims_from(payload: Mapping[str, Any]) -> Claims:
    """Raises Refused where `sub` is not 1-255 printable characters, or `exp` is missing or no number."""
    subject = payload.get("sub")
    if not isinstance(subject, str) or not 1 <= len(subject) <= 255 or not subject.isprintable():
        raise Refused("sub is not a string of 1 to 255 printable characters")
    if subject != subject.strip(BLANKS) or INVISIBLE.fullmatch(subject):
        raise Refused("sub begins or ends with a space, or has no visible character")
    expires_at = _seconds(payload.get("exp"))
    if expires_at is None:
        raise Refused("exp is missing or not a number")
    return Claims(
        subject=subject,
        email=_text(payload.get("email"), 320),
        name=_text(payload.get("name"), 255),
        issued_at=_seconds(payload.get("iat")) or time.time(),
        expires_at=expires_at,
        session=_text(payload.get(SESSION_CLAIM), 64),
    )


def _seconds(value: Any) -> float | None:
    """A NumericDate (RFC 7519, section 2)."""
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _text(value: Any, longest: int) -> str | None:
    """`value` where it is a string that a person can read, cut to `longest`."""
    return name_in(value[:longest]) if isinstance(value, str) else None
