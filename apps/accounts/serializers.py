"""Bodies of the token endpoints."""

from typing import Any

from django.contrib.auth import authenticate
from django.contrib.auth.models import update_last_login
from rest_framework import serializers
from rest_framework_simplejwt.serializers import TokenRefreshSerializer
from rest_framework_simplejwt.tokens import RefreshToken

from apps.accounts.models import User
from apps.api.exceptions import InvalidCredentials
from apps.api.fields import StringField
from apps.api.serializers import StrictSerializer


class CredentialsSerializer(StrictSerializer):
    """A local account's e-mail address and password."""

    email = StringField(max_length=254)
    password = StringField(max_length=1024, trim_whitespace=False, style={"input_type": "password"})

    def validate(self, attrs: dict[str, Any]) -> dict[str, str]:
        """A token pair. Raises InvalidCredentials, the same for an unknown address and a wrong password."""
        person = authenticate(self.context["request"], username=attrs["email"], password=attrs["password"])
        if not isinstance(person, User):
            raise InvalidCredentials
        update_last_login(User, person)
        refresh = RefreshToken.for_user(person)
        refresh["email"], refresh["name"] = person.email, person.name
        return {"access": str(refresh.access_token), "refresh": str(refresh)}


class RefreshSerializer(StrictSerializer, TokenRefreshSerializer):
    """A refresh token, to be used once."""

    # simplejwt's validate() rotates, and raises its TokenError.

    refresh = StringField(max_length=8192)
    access = None  # DRF's way to leave an inherited field out


class LogoutSerializer(StrictSerializer):
    """The refresh token to end."""

    refresh = StringField(max_length=8192)


class TokenPairSerializer(serializers.Serializer[Any]):
    """A fresh pair of tokens."""

    access = serializers.CharField(help_text="For the Authorization header; lives 15 minutes.")
    refresh = serializers.CharField(help_text="For the next pair; lives 14 days, and dies when it is used.")


class MeSerializer(serializers.Serializer[Any]):
    """The caller, in the words of the token."""

    user_id = serializers.CharField(source="subject")
    email = serializers.CharField(allow_null=True)
    name = serializers.CharField(allow_null=True)
