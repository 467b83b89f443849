"""Tokens of local accounts, and who the caller is."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework_simplejwt.exceptions import ExpiredTokenError, TokenError
from rest_framework_simplejwt.tokens import RefreshToken

from apps.accounts.models import User
from apps.accounts.serializers import (
    CredentialsSerializer,
    LogoutSerializer,
    MeSerializer,
    RefreshSerializer,
    TokenPairSerializer,
)
from apps.api.exceptions import ExpiredToken, InvalidCredentials, TokenRefused
from apps.api.views import StrictAPIView

logger = logging.getLogger("accounts.refusals")


class CredentialsView(StrictAPIView):
    """A view whose body is what proves the caller."""

    authentication_classes = []
    permission_classes = [AllowAny]

    def get_authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'

    @contextmanager
    def refusals(self) -> Iterator[None]:
        """Turns every way in which credentials can be bad into an answer and a log line."""
        try:
            yield
        except ExpiredTokenError as error:
            logger.warning("refresh token refused: expired", extra={"reason": "expired"})
            raise ExpiredToken from error
        except (TokenError, User.DoesNotExist) as error:
            logger.warning("refresh token refused: %s", error, extra={"reason": str(error)})
            raise TokenRefused from error
        except InvalidCredentials:
            logger.warning("credentials refused", extra={"reason": "invalid credentials"})
            raise


@extend_schema(tags=["auth"])
class TokenView(CredentialsView):
    @extend_schema(
        operation_id="obtainToken",
        summary="Sign in",
        request=CredentialsSerializer,
        responses=TokenPairSerializer,
        auth=[],
        description="Signs a local account in.",
    )
    def post(self, request: Request) -> Response:
        body = CredentialsSerializer(data=request.data, context={"request": request._request})
        with self.refusals():
            body.is_valid(raise_exception=True)
        return Response(body.validated_data)


@extend_schema(tags=["auth"])
class RefreshView(CredentialsView):
    @extend_schema(
        operation_id="refreshToken",
        summary="Refresh",
        request=RefreshSerializer,
        responses=TokenPairSerializer,
        auth=[],
        description="A new pair for a refresh token, which dies by it.",
    )
    def post(self, request: Request) -> Response:
        body = RefreshSerializer(data=request.data)
        with self.refusals():
            body.is_valid(raise_exception=True)
        return Response(body.validated_data)


@extend_schema(tags=["auth"])
class LogoutView(CredentialsView):
    @extend_schema(
        operation_id="logout",
        summary="Sign out",
        request=LogoutSerializer,
        responses={204: None},
        auth=[],
        description="Ends a refresh token. An access token that is out lives on until it expires, 15 minutes at most.",
    )
    def post(self, request: Request) -> Response:
        body = LogoutSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        with self.refusals():
            RefreshToken(body.validated_data["refresh"]).blacklist()
        return Response(status=204)


@extend_schema(tags=["auth"])
class MeView(StrictAPIView):
    @extend_schema(
        operation_id="me", summary="Who am I", responses=MeSerializer, description="Who the token says is calling."
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return Response(MeSerializer(self.request.user).data)
