"""What operators are told of a refused token: enough to find the cause, never the token."""

import logging
from typing import Any

import jwt
from django.conf import settings
from django.http import HttpRequest

from apps.accounts.journal import Refused, journal
from apps.accounts.verifiers import KEY_SET_ALGORITHMS, SHARED_SECRET_ALGORITHM
from apps.ops import context, metrics
from apps.ops.addresses import client_address

logger = logging.getLogger("accounts.refusals")

LONGEST = 128
EXPIRED = "expired"

_KINDS = {
    SHARED_SECRET_ALGORITHM: "shared secret",
    str(settings.SIMPLE_JWT["ALGORITHM"]): "local account",
    **dict.fromkeys(KEY_SET_ALGORITHMS, "Better Auth"),
}


def log(reason: str, request: HttpRequest, token: str) -> None:
    """One line, with what the token says of itself; nothing of that is proved. All refusals pass here."""
    metrics.recorder.token_refused(cause_of(reason))
    header, payload = _unverified(token)
    kind, address = _KINDS.get(str(header.get("alg"))), client_address(request)
    logger.warning(
        "token refused: %s",
        reason[:LONGEST],
        extra={
            "reason": reason[:LONGEST],
            "cause": cause_of(reason),
            "kind": kind,
            "alg": _short(header.get("alg")),
            "kid": _short(header.get("kid")),
            "iss": _short(payload.get("iss")),
            "address": address,
        },
    )
    # A token is looked at for its end only once its signature has held.
    proved = context.subject.get() is not None or reason == EXPIRED
    claimed = _short(payload.get("sub"), 255) or ""
    journal.note_refusal(
        Refused(context.subject.get() or claimed, proved, cause_of(reason)[:200], kind or "", (address or "")[:64])
    )


def cause_of(reason: str) -> str:
    """The kind of a reason, of which there are few, for counters: what follows its colon may quote a token."""
    return reason.partition(":")[0]


def _unverified(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    try:
        parts = jwt.decode_complete(token, options={"verify_signature": False})
    # Whatever is wrong with it has been said in the reason.
    except (jwt.PyJWTError, TypeError, ValueError, OverflowError, RecursionError):
        return {}, {}
    return parts["header"], parts["payload"]


def _short(value: Any, longest: int = LONGEST) -> str | None:
    return value[:longest] if isinstance(value, str) and value.isprintable() else None
