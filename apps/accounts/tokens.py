"""Tokens of the shared secret, for trying the API by hand."""

import time

import jwt
from django.conf import settings

from apps.accounts.verifiers import SHARED_SECRET_ALGORITHM

LIFETIME_SECONDS = 3600


def shared_secret_token(subject: str, email: str | None = None, name: str | None = None) -> str:
    """A token that lives an hour. Raises ValueError where BETTER_AUTH_SECRET is not set."""
    if not settings.BETTER_AUTH_SECRET:
        raise ValueError("BETTER_AUTH_SECRET is not set: tokens come from BETTER_AUTH_URL alone")
    now = int(time.time())
    claims = {
        "sub": subject,
        "email": email,
        "name": name,
        "iat": now,
        "exp": now + LIFETIME_SECONDS,
        "iss": settings.JWT_ISSUER,
        "aud": settings.JWT_AUDIENCE,
    }
    told = {claim: value for claim, value in claims.items() if value}
    return jwt.encode(told, settings.BETTER_AUTH_SECRET, algorithm=SHARED_SECRET_ALGORITHM)
