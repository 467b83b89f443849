"""What every request body of the API keeps to."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from apps.api.problems import printable


@lru_cache(maxsize=64)
def reader(serializer: type[serializers.Serializer[Any]]) -> serializers.Serializer[Any]:
    """The one instance of a serializer that only reads: `reader(S).run_validation(data)`, from any thread.

    DRF copies every field for each instance, at 10-20 us a field. Validation keeps nothing in it; a rule that depends
    on the request is told by a context variable, since a context would be everybody's.
    """
    return serializer()


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses a field that it does not declare, by its name and together with the other errors of the body."""

    default_error_messages = {"invalid": "The body must be a JSON object."}

    def to_internal_value(self, data: Any) -> Any:
        refused = self._refused(data) if isinstance(data, Mapping) else {}
        try:
            values = super().to_internal_value(data)
        except serializers.ValidationError as error:
            if refused and isinstance(error.detail, dict):
                error.detail.update(refused)
            raise
        if refused:
            raise serializers.ValidationError(refused)
        return values

    def refusal(self, name: str, value: Any) -> ErrorDetail | None:
        """Why the undeclared field `name` may not be sent with `value`; None where it may."""
        return ErrorDetail(f"There is no field {printable(name)!r} here.", "unknown")

    def _refused(self, data: Mapping[str, Any]) -> dict[str, Any]:
        undeclared = {name: self.refusal(name, value) for name, value in data.items() if name not in self.fields}
        return {name: [refusal] for name, refusal in undeclared.items() if refusal}
