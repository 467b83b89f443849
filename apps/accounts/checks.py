"""System checks of the door: one function an id."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, Warning, register

LOCAL_HOSTS = {"localhost", "127.0.0.1", "::1"}
FEWEST_DIFFERENT_CHARACTERS = 8


@register("security")
def check_secrets_differ(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """accounts.E001"""
    if settings.BETTER_AUTH_SECRET and settings.BETTER_AUTH_SECRET == settings.SECRET_KEY:
        hint = "Whoever signs tokens with the one could forge sessions of the back office with the other."
        return [Error("BETTER_AUTH_SECRET equals DJANGO_SECRET_KEY.", hint=hint, id="accounts.E001")]
    return []


@register("security")
def check_shared_secret_is_random(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """accounts.W001"""
    secret = settings.BETTER_AUTH_SECRET
    if secret and len(set(secret)) < FEWEST_DIFFERENT_CHARACTERS:
        hint = 'Draw one: python3 -c "import secrets; print(secrets.token_urlsafe(32))"'
        return [Warning("BETTER_AUTH_SECRET repeats few characters.", hint=hint, id="accounts.W001")]
    return []


@register("security")
def check_keys_come_by_https(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """accounts.W002"""
    url = urlsplit(settings.JWKS_URL or settings.BETTER_AUTH_URL)
    if url.scheme == "http" and url.hostname not in LOCAL_HOSTS:
        hint = "Whoever sits on the way could put a key of their own among them."
        return [Warning("The keys of Better Auth are fetched by plain HTTP.", hint=hint, id="accounts.W002")]
    return []


@register("security")
def check_issuer_is_no_page(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """accounts.W003"""
    names = [
        name
        for name in ("JWT_ISSUER", "JWT_AUDIENCE")
        if settings.BETTER_AUTH_URL and urlsplit(getattr(settings, name)).scheme and getattr(settings, name)[-1] == "/"
    ]
    hint = "Better Auth writes an origin there, without a slash at its end, and they are compared exactly."
    return [Warning(f"{name} ends in a slash.", hint=hint, id="accounts.W003") for name in names]


@register("security", deploy=True)
def check_proxies_are_known(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """accounts.I001"""
    if settings.HTTPS and not settings.TRUSTED_PROXIES:
        hint = "HTTPS ends at a proxy. If its address is not named, all callers have it, and lock each other out."
        return [Info("TRUSTED_PROXIES names no proxy.", hint=hint, id="accounts.I001")]
    return []
