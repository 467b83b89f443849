"""Query parameters, typed and checked by a serializer whose fields they are."""

from functools import lru_cache
from typing import Any

from django.http import QueryDict
from rest_framework import serializers

from apps.api.exceptions import InvalidParameter


@lru_cache(maxsize=64)
def names_of(serializer: type[serializers.Serializer[Any]]) -> tuple[str, ...]:
    return tuple(serializer().fields)


def validated_parameters(query: QueryDict, serializer: type[serializers.Serializer[Any]]) -> dict[str, Any]:
    """The validated data of `query`. A field of a list is repeatable, no other. Raises InvalidParameter."""
    reader = serializer()
    lists = {name for name, field in reader.fields.items() if isinstance(field, serializers.ListField)}
    if repeated := [name for name in query if name not in lists and len(query.getlist(name)) > 1]:
        raise InvalidParameter(dict.fromkeys(repeated, "This may be given once."), "repeated")
    given = {name: query.getlist(name) if name in lists else query[name] for name in query}
    try:
        values: dict[str, Any] = reader.run_validation(given)
    except serializers.ValidationError as error:
        raise InvalidParameter.of(error) from None
    return values
