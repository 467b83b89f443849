"""Deny by default: every address under /api refuses a caller without a token, unless it is listed here."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.test import APIClient

PUBLIC = {"api/auth/token", "api/auth/token/refresh", "api/auth/logout"}
VERBS = ("get", "post", "put", "patch", "delete", "options", "head")


def addresses(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[str]:
    for entry in (resolver or get_resolver()).url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield path
        else:
            yield from addresses(entry, path)


PROTECTED = [path for path in addresses() if path.startswith("api/") and path not in PUBLIC]


def test_the_walk_finds_the_api() -> None:
    assert {"api/tasks", "api/tasks/<int:id>", "api/auth/me"} <= set(PROTECTED)
    assert set(addresses()) >= PUBLIC


@pytest.mark.django_db
@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("path", PROTECTED)
def test_every_address_is_refused_without_a_token(anonymous: APIClient, path: str, verb: str) -> None:
    answer: Any = getattr(anonymous, verb)("/" + path.replace("<int:id>", "1"))
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")
