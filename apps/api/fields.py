"""Fields that take what JSON says and nothing like it."""

from typing import Any

from rest_framework import serializers


class StringField(serializers.CharField):
    """A JSON string; DRF's own field would also take a number and keep its digits."""

    default_error_messages = {"invalid": "This is not a string."}

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)
