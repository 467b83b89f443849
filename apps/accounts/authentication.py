"""DRF's door: `Authorization: Bearer <JWT>`, and nothing else."""

import logging

from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from apps.accounts.claims import Expired, KeysUnavailable, Refused
from apps.accounts.roster import roster
from apps.accounts.verifiers import verify
from apps.api.exceptions import ExpiredToken, TokenRefused, Unavailable
from apps.api.request import Caller
from apps.ops import context

logger = logging.getLogger("accounts.refusals")


class BearerAuthentication(BaseAuthentication):
    """RFC 6750. Every refusal has one log line with its reason, and the same words for the caller."""

    def authenticate(self, request: Request) -> tuple[Caller, None]:
        try:
            claims = verify(bearer_token(request.META.get("HTTP_AUTHORIZATION", "")))
            context.subject.set(claims.subject)
            roster.admit(claims)
        except Expired as error:
            _log(error.reason)
            raise ExpiredToken from error
        except Refused as error:
            _log(error.reason)
            raise TokenRefused from error
        except KeysUnavailable as error:
            _log(error.reason)
            raise Unavailable from error
        return Caller(claims.subject, claims.email, claims.name), None

    def authenticate_header(self, request: Request) -> str:
        """RFC 6750, section 3: no error code where no token came."""
        missing = not request.META.get("HTTP_AUTHORIZATION")
        return 'Bearer realm="api"' if missing else 'Bearer realm="api", error="invalid_token"'


def bearer_token(header: str) -> str:
    """The token of an Authorization header (RFC 6750, section 2.1). Raises Refused."""
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer":
        raise Refused("no Authorization header" if not header else "the Authorization header is not Bearer")
    if not token or not token.isascii() or any(mark in token for mark in " ,\t"):
        raise Refused("the Authorization header holds not one token")
    return token


def _log(reason: str) -> None:
    logger.warning("token refused: %s", reason, extra={"reason": reason})
