"""Query parameters, typed and checked by a serializer whose fields they are."""

from functools import lru_cache
from typing import Any

from django.http import QueryDict
from rest_framework import serializers

from apps.api.exceptions import InvalidParameter
from apps.api.serializers import reader


@lru_cache(maxsize=64)
def names_of(serializer: type[serializers.Serializer[Any]]) -> tuple[str, ...]:
    return tuple(reader(serializer).fields)


def query_of(raw: str) -> QueryDict:
    """As WSGI hands it over: bytes, in the guise of Latin-1 (PEP 3333)."""
    return QueryDict(raw.encode("latin-1"))


@lru_cache(maxsize=1024)
def unknown_names(query: str, serializer: type[serializers.Serializer[Any]] | None) -> tuple[str, ...]:
    """Those of a raw query string that are no parameters. Most queries have come before: looked at once."""
    known = names_of(serializer) if serializer else ()
    return tuple(name for name in query_of(query) if name not in known)


@lru_cache(maxsize=64)
def repeatable(serializer: type[serializers.Serializer[Any]]) -> frozenset[str]:
    fields = reader(serializer).fields.items()
    return frozenset(name for name, field in fields if isinstance(field, serializers.ListField))


def validated_parameters(query: QueryDict, serializer: type[serializers.Serializer[Any]]) -> dict[str, Any]:
    """The validated data of `query`. A field of a list is repeatable, no other. Raises InvalidParameter."""
    lists = repeatable(serializer)
    if repeated := [name for name in query if name not in lists and len(query.getlist(name)) > 1]:
        raise InvalidParameter(dict.fromkeys(repeated, "This may be given once."), "repeated")
    given = {name: query.getlist(name) if name in lists else query[name] for name in query}
    try:
        values: dict[str, Any] = reader(serializer).run_validation(given)
    except serializers.ValidationError as error:
        raise InvalidParameter.of(error) from None
    return values
