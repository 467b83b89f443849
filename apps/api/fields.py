"""Fields that take what JSON and RFC 3339 say, and nothing like it."""

from datetime import datetime
from typing import Any

from rest_framework import serializers
from rest_framework.validators import ProhibitSurrogateCharactersValidator

from apps.values import times

# Beyond it, two whole numbers are the same float.
LARGEST_EXACT = 2**53


def whole_number(value: Any) -> int | None:
    """The integer that a JSON number is, 7.0 included (JSON Schema, section 6.1.1); None where it is none."""
    if type(value) is float and value.is_integer() and abs(value) < LARGEST_EXACT:
        return int(value)
    return value if type(value) is int else None


class WordField(serializers.ChoiceField):
    """One of a few words. Never says the input again: no JSON writer can encode half a surrogate pair."""

    default_error_messages = {"invalid_choice": "This is none of the words that are known here."}

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str):
            self.fail("invalid_choice")
        return super().to_internal_value(data)


class SurrogateValidator(ProhibitSurrogateCharactersValidator):
    """DRF's, which takes 50 us for 2,000 characters, one by one: only for what UTF-8 cannot write either."""

    def __call__(self, value: Any) -> None:
        try:
            str(value).encode()
        except UnicodeEncodeError:
            super().__call__(value)


class StringField(serializers.CharField):
    """A JSON string; DRF's own field would also take a number and keep its digits.

    `pattern` is for the schema, where the field has rules of its own.
    """

    pattern: str | None = None
    default_error_messages = {"invalid": "This is not a string."}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        slow = ProhibitSurrogateCharactersValidator()
        self.validators = [SurrogateValidator() if each == slow else each for each in self.validators]

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class InstantField(serializers.DateTimeField):
    """An RFC 3339 timestamp, as a datetime in UTC. One without an offset would mean another instant in each place."""

    default_error_messages = {"invalid": times.NOT_RFC_3339}
    read = staticmethod(times.instant)

    def to_internal_value(self, value: Any) -> datetime:
        if not isinstance(value, str):
            self.fail("invalid")
        try:
            return self.read(value)
        except times.NotATime as error:
            raise serializers.ValidationError(str(error), error.code) from None


class StoredInstantField(InstantField):
    """One that the table keeps."""

    read = staticmethod(times.writable_instant)


class FlagField(serializers.BooleanField):
    """`true` or `false`, as JSON and query strings write them."""

    default_error_messages = {"invalid": "This must be true or false."}

    def to_internal_value(self, data: Any) -> bool:
        if data not in ("true", "false"):
            self.fail("invalid")
        return bool(data == "true")


class WholeNumberField(serializers.IntegerField):
    """Digits of a query string; DRF's own field would also take "+5", " 5" and "5.0"."""

    default_error_messages = {"invalid": "This is not a whole number."}

    def to_internal_value(self, data: Any) -> int:
        # 16 digits hold the largest number that every JSON reader keeps exactly (RFC 8259, section 6).
        if not (isinstance(data, str) and data.isascii() and data.isdigit() and len(data) <= 16):
            self.fail("invalid")
        return int(data)
