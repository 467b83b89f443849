"""System checks of the door, by id."""

from typing import Any

import pytest
from django.core.checks import run_checks


def ids() -> list[str | None]:
    return [
        message.id for message in run_checks(include_deployment_checks=True) if str(message.id).startswith("accounts.")
    ]


def test_a_sound_configuration_is_silent() -> None:
    assert ids() == []


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        (
            {"BETTER_AUTH_SECRET": "s" * 20 + "0123456789" * 4, "SECRET_KEY": "s" * 20 + "0123456789" * 4},
            "accounts.E001",
        ),
        ({"BETTER_AUTH_SECRET": "ab" * 20}, "accounts.W001"),
        ({"HTTPS": True, "TRUSTED_PROXIES": []}, "accounts.I001"),
        ({"BETTER_AUTH_URL": "http://auth.example.com"}, "accounts.W002"),
        ({"BETTER_AUTH_URL": "https://a.example", "JWKS_URL": "http://a.example/keys"}, "accounts.W002"),
        ({"BETTER_AUTH_URL": "https://a.example", "JWT_ISSUER": "https://a.example/"}, "accounts.W003"),
    ],
)
def test_a_weak_one_is_named(settings: Any, changed: dict[str, Any], found: str) -> None:
    for name, value in changed.items():
        setattr(settings, name, value)
    assert ids() == [found]


def test_a_key_server_on_this_machine_may_do_without_https(settings: Any) -> None:
    settings.BETTER_AUTH_URL = "http://localhost:3000"
    assert ids() == []
