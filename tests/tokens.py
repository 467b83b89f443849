"""Real signed tokens of each kind, good and bad."""

import time
from typing import Any

import jwt

from tests.environment import SHARED_SECRET


def claims(subject: Any = "alice", **changed: Any) -> dict[str, Any]:
    """Claims of a good token; a value of None leaves the claim out."""
    now = int(time.time())
    payload = {"sub": subject, "iat": now, "exp": now + 600, **changed}
    return {name: value for name, value in payload.items() if value is not None}


def shared_secret_token(subject: Any = "alice", secret: str = SHARED_SECRET, **changed: Any) -> str:
    # PyJWT checks `sub` when it signs too; a forger does not.
    return jwt.PyJWS().encode(_json(claims(subject, **changed)), secret, algorithm="HS256")


def _json(payload: dict[str, Any]) -> bytes:
    import json

    return json.dumps(payload).encode()
