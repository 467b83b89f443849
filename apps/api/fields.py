"""Fields that take what JSON says and nothing like it."""

from typing import Any

from rest_framework import serializers


class WordField(serializers.ChoiceField):
    """One of a few words. Never says the input again: no JSON writer can encode half a surrogate pair."""

    default_error_messages = {"invalid_choice": "This is none of the words that are known here."}

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str):
            self.fail("invalid_choice")
        return super().to_internal_value(data)


class StringField(serializers.CharField):
    """A JSON string; DRF's own field would also take a number and keep its digits."""

    default_error_messages = {"invalid": "This is not a string."}

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)
