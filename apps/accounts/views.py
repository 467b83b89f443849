"""Tokens of local accounts, and who the caller is."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.contrib.auth import authenticate, user_logged_in
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import Throttled
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.serializers import Serializer
from rest_framework_simplejwt.exceptions import ExpiredTokenError, TokenError

from apps.accounts import refusals, sessions
from apps.accounts.claims import Refused
from apps.accounts.models import User
from apps.accounts.serializers import CredentialsSerializer, MeSerializer, RefreshSerializer, TokenPairSerializer
from apps.api.exceptions import ExpiredToken, InvalidCredentials, TokenRefused
from apps.api.responses import ApiResponse
from apps.api.views import StrictAPIView


class CredentialsView(StrictAPIView):
    """A view whose body is what proves the caller."""

    authentication_classes = []
    permission_classes = [AllowAny]
    serializer_class: type[Serializer[Any]]
    # RFC 6749, section 5.1.
    cache_control = "no-store"

    def get_authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'

    def body(self, request: Request) -> dict[str, str]:
        body = self.serializer_class(data=request.data)
        body.is_valid(raise_exception=True)
        values: dict[str, str] = body.validated_data
        return values


@extend_schema(tags=["auth"])
class TokenView(CredentialsView):
    serializer_class = CredentialsSerializer

    @extend_schema(
        operation_id="obtainToken",
        summary="Sign in",
        responses=TokenPairSerializer,
        auth=[],
        description="Signs a local account in. After too many failures of an account or an address: 429 for a while.",
    )
    def post(self, request: Request) -> ApiResponse:
        body = self.body(request)
        person = authenticate(request._request, username=body["email"], password=body["password"])
        if getattr(request._request, "axes_locked_out", False):
            # Else its middleware puts an answer of its own in the place of ours.
            request._request.axes_locked_out = False  # type: ignore[attr-defined]
            refusals.log("locked out", request._request, "")
            raise Throttled(settings.AXES_COOLOFF_TIME.total_seconds())
        if not isinstance(person, User):
            refusals.log("invalid credentials", request._request, "")
            raise InvalidCredentials
        # Notes the last login, and tells django-axes to count anew.
        user_logged_in.send(User, request=request._request, user=person)
        return ApiResponse(TokenPairSerializer(sessions.start(person)).data)


class RefreshTokenView(CredentialsView):
    serializer_class = RefreshSerializer

    @contextmanager
    def refresh_token(self, request: Request) -> Iterator[str]:
        """The body's refresh token; every way in which it can be bad becomes an answer and a log line."""
        token = self.body(request)["refresh"]
        try:
            yield token
        except ExpiredTokenError as error:
            refusals.log("expired", request._request, token)
            raise ExpiredToken from error
        except (TokenError, Refused) as error:
            refusals.log(str(error), request._request, token)
            raise TokenRefused from error


@extend_schema(tags=["auth"])
class RefreshView(RefreshTokenView):
    @extend_schema(
        operation_id="refreshToken",
        summary="Refresh",
        responses=TokenPairSerializer,
        auth=[],
        description="A new pair for a refresh token, which dies by it. One that is used again ends its session.",
    )
    def post(self, request: Request) -> ApiResponse:
        with self.refresh_token(request) as token:
            pair = sessions.rotate(token)
        return ApiResponse(TokenPairSerializer(pair).data)


@extend_schema(tags=["auth"])
class LogoutView(RefreshTokenView):
    @extend_schema(
        operation_id="logout",
        summary="Sign out",
        responses={204: None},
        auth=[],
        description="Ends the session of a refresh token, its access tokens within five seconds.",
    )
    def post(self, request: Request) -> ApiResponse:
        with self.refresh_token(request) as token:
            sessions.end(token)
        return ApiResponse(status=204)


@extend_schema(tags=["auth"])
class MeView(StrictAPIView):
    @extend_schema(
        operation_id="me", summary="Who am I", responses=MeSerializer, description="Who the token says is calling."
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> ApiResponse:
        return ApiResponse(MeSerializer(self.request.user).data)
