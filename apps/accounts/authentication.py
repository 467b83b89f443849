"""DRF's door: `Authorization: Bearer <JWT>`, and nothing else."""

from django.conf import settings
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import APIException, Throttled
from rest_framework.request import Request

from apps.accounts import refusals
from apps.accounts.claims import Claims, Expired, KeysUnavailable, Refused, TooLong, Withdrawn
from apps.accounts.gate import gate
from apps.accounts.roster import roster
from apps.accounts.verifiers import memory, verify
from apps.api.exceptions import ExpiredToken, HeadersTooLarge, TokenRefused, Unavailable
from apps.api.request import Caller
from apps.ops import context
from apps.ops.addresses import client_address


class BearerAuthentication(BaseAuthentication):
    """RFC 6750. Every refusal has one log line with its reason, and the same words for the caller."""

    def authenticate(self, request: Request) -> tuple[Caller, None]:
        header = request.META.get("HTTP_AUTHORIZATION", "")
        token = ""
        try:
            token = bearer_token(header)
            claims = memory.recall(token) or self._verified_anew(request, token)
            context.subject.set(claims.subject)
            roster.admit(claims)
        except (Refused, KeysUnavailable) as error:
            memory.forget(token)
            refusals.log(error.reason, request._request, token)
            if token and isinstance(error, Refused) and not isinstance(error, Expired | Withdrawn):
                gate.count_refusal(client_address(request._request))
            raise _answer(error) from error
        return Caller(claims.subject, claims.email, claims.name), None

    def _verified_anew(self, request: Request, token: str) -> Claims:
        """A token that is not remembered; from an address that sent too many bad ones, it is not looked at."""
        if usage := gate.closed(client_address(request._request)):
            request.parser_context["view"].usage = usage
            raise Throttled(usage.resets_in)
        return verify(token)

    def authenticate_header(self, request: Request) -> str:
        """RFC 6750, section 3: no error code where no token came."""
        missing = not request.META.get("HTTP_AUTHORIZATION")
        return 'Bearer realm="api"' if missing else 'Bearer realm="api", error="invalid_token"'


def bearer_token(header: str) -> str:
    """The token of an Authorization header (RFC 6750, section 2.1). Raises Refused, TooLong."""
    if len(header) > settings.API_TOKEN_LIMIT_BYTES:
        raise TooLong("the Authorization header is too long")
    scheme, _, token = header.partition(" ")
    token = token.lstrip(" ")
    if scheme.lower() != "bearer":
        raise Refused("no Authorization header" if not header else "the Authorization header is not Bearer")
    if not token or not token.isascii() or any(mark in token for mark in " ,\t"):
        raise Refused("the Authorization header holds not one token")
    return token


def _answer(error: Refused | KeysUnavailable) -> APIException:
    if isinstance(error, KeysUnavailable):
        return Unavailable()
    if isinstance(error, TooLong):
        return HeadersTooLarge()
    return ExpiredToken() if isinstance(error, Expired) else TokenRefused()
