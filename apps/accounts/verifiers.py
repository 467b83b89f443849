"""Who signed a token: one verifier for each kind, chosen by configuration and by `alg`, on simplejwt's backends."""

from collections.abc import Mapping
from functools import lru_cache, partial
from typing import Any, Protocol
from urllib.parse import urlsplit

import jwt
from django.conf import settings
from django.core.signals import setting_changed
from rest_framework_simplejwt.backends import TokenBackend
from rest_framework_simplejwt.exceptions import ExpiredTokenError, TokenBackendError, TokenBackendExpiredToken
from rest_framework_simplejwt.exceptions import TokenError as LocalTokenError
from rest_framework_simplejwt.tokens import AccessToken

from apps.accounts.archive import archive
from apps.accounts.claims import SESSION_CLAIM, Claims, Expired, Refused, claims_from
from apps.accounts.compact import checked_header
from apps.accounts.keys import KeySet
from apps.accounts.memory import Remembered, TokenMemory

SHARED_SECRET_ALGORITHM = "HS256"  # noqa: S105 - a name, no secret
KEY_SET_ALGORITHMS = ("EdDSA", "ES256", "ES512", "RS256", "PS256")

# What PyJWT lets through where a claim has an odd type, such as an `exp` of Infinity, or brackets without end.
ODD_CLAIMS = (TypeError, ValueError, OverflowError, RecursionError, AttributeError)


memory = TokenMemory()


class Verifier(Protocol):
    def payload(self, token: str) -> Mapping[str, Any]:
        """The claims of a token whose signature, time, issuer and audience hold. Raises TokenError."""

    def current_key(self, header: Mapping[str, Any]) -> Any:
        """What stands for the key of that header while it is in use; never waits."""


def verify(token: str) -> Claims:
    """The claims of a good access token, which is remembered. Raises Refused, Expired, KeysUnavailable."""
    try:
        header = checked_header(token)
        verifier = verifiers().get(str(header.get("alg")))
        if verifier is None:
            raise Refused("no verifier takes this alg")
        claims = claims_from(verifier.payload(token))
    except (TokenBackendExpiredToken, ExpiredTokenError):
        raise Expired from None
    except (TokenBackendError, LocalTokenError, jwt.InvalidTokenError) as error:
        raise Refused(_reason(error)) from error
    except ODD_CLAIMS as error:
        raise Refused(f"odd claims: {type(error).__name__}") from error
    current_key = partial(verifier.current_key, header)
    until = claims.expires_at + settings.JWT_LEEWAY_SECONDS
    memory.keep(token, Remembered(claims, until, current_key, current_key()))
    return claims


@lru_cache(maxsize=1)
def verifiers() -> Mapping[str, Verifier]:
    """The verifier for each `alg`. No `alg` has two, so that no key is ever tried for another kind."""
    chosen: dict[str, Verifier] = {str(settings.SIMPLE_JWT["ALGORITHM"]): LocalVerifier()}
    if settings.BETTER_AUTH_SECRET:
        chosen[SHARED_SECRET_ALGORITHM] = SharedSecretVerifier(settings.BETTER_AUTH_SECRET)
    if settings.BETTER_AUTH_URL:
        keys = KeySet(jwks_url(), archive=archive)
        chosen |= {algorithm: KeySetVerifier(algorithm, keys) for algorithm in KEY_SET_ALGORITHMS}
    return chosen


def _forget_verifiers(**_: Any) -> None:
    verifiers.cache_clear()
    memory.forget_all()


setting_changed.connect(_forget_verifiers)


class SharedSecretVerifier:
    """HS256 under BETTER_AUTH_SECRET; `iss` and `aud` are checked where JWT_ISSUER and JWT_AUDIENCE are set."""

    def __init__(self, secret: str) -> None:
        self._backend = TokenBackend(
            SHARED_SECRET_ALGORITHM,
            signing_key=secret,
            issuer=settings.JWT_ISSUER or None,
            audience=settings.JWT_AUDIENCE or None,
            leeway=settings.JWT_LEEWAY_SECONDS,
        )

    def payload(self, token: str) -> Mapping[str, Any]:
        decoded: dict[str, Any] = self._backend.decode(token)
        return decoded

    def current_key(self, header: Mapping[str, Any]) -> Any:
        return self


class KeySetVerifier:
    """One asymmetric algorithm under the keys of Better Auth; `iss` and `aud` must be there and equal."""

    def __init__(self, algorithm: str, keys: KeySet) -> None:
        origin = origin_of(settings.BETTER_AUTH_URL)
        self._backend = KeySetBackend(
            algorithm,
            issuer=settings.JWT_ISSUER or origin,
            audience=settings.JWT_AUDIENCE or origin,
            leeway=settings.JWT_LEEWAY_SECONDS,
        )
        self._backend.keys = keys

    def payload(self, token: str) -> Mapping[str, Any]:
        decoded: dict[str, Any] = self._backend.decode(token)
        return decoded

    def current_key(self, header: Mapping[str, Any]) -> Any:
        return self._backend.keys.known(header["kid"], self._backend.algorithm)


class KeySetBackend(TokenBackend):
    """simplejwt's backend with our keys: its own JWKS client refuses everyone while the key server is away."""

    keys: KeySet

    def get_verifying_key(self, token: Any) -> Any:
        key_id = jwt.get_unverified_header(token).get("kid")
        if not isinstance(key_id, str):
            raise Refused("no kid")
        return self.keys.find(key_id, self.algorithm)


class LocalVerifier:
    """Access tokens of local accounts, signed by simplejwt with a key of our own; a refresh token is none."""

    def payload(self, token: str) -> Mapping[str, Any]:
        decoded: dict[str, Any] = AccessToken(token).payload
        if SESSION_CLAIM not in decoded:
            raise Refused("no session")
        return decoded

    def current_key(self, header: Mapping[str, Any]) -> Any:
        return self


def origin_of(url: str) -> str:
    """Scheme, host and port, as Better Auth writes `iss` and `aud`: no path, no slash (RFC 6454, section 6.2)."""
    parts = urlsplit(url)
    port = "" if parts.port in {None, {"http": 80, "https": 443}[parts.scheme]} else f":{parts.port}"
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"{parts.scheme}://{host}{port}"


def jwks_url() -> str:
    """Where the keys of Better Auth are."""
    return str(settings.JWKS_URL or default_jwks_url(settings.BETTER_AUTH_URL))


def default_jwks_url(url: str) -> str:
    """Where Better Auth's JWT plugin publishes its keys; `url` may already end in its base path."""
    return url.rstrip("/").removesuffix("/api/auth") + "/api/auth/jwks"


def _reason(error: Exception) -> str:
    """PyJWT's words, which simplejwt wraps twice."""
    cause: BaseException = error
    while not isinstance(cause, jwt.PyJWTError) and cause.__cause__:
        cause = cause.__cause__
    return f"{type(cause).__name__}: {cause}"
