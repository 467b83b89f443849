"""Bodies of the token endpoints."""

from typing import Any

from rest_framework import serializers

from apps.api.fields import StringField
from apps.api.serializers import StrictSerializer


class CredentialsSerializer(StrictSerializer):
    """A local account's e-mail address and password."""

    email = StringField(max_length=254)
    password = StringField(max_length=1024, trim_whitespace=False, style={"input_type": "password"})


class RefreshSerializer(StrictSerializer):
    """A refresh token."""

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
