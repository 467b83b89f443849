"""What tokens this API takes, and why it would refuse one."""

import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from apps.accounts.claims import KeysUnavailable, Refused
from apps.accounts.keys import FetchFailed, fetch, parse_keys
from apps.accounts.verifiers import default_jwks_url, origin_of, verify


class Command(BaseCommand):
    help = "Shows who may sign tokens, fetches the keys, and judges a token given on standard input."

    def handle(self, *args: Any, **options: Any) -> str | None:
        for line in (*_shared_secret(), *_better_auth(), *_local_accounts()):
            self.stdout.write(line)
        token = "" if sys.stdin.isatty() else sys.stdin.read().strip()
        return f"\n{_judgement(token.removeprefix('Bearer '))}" if token else None


def _shared_secret() -> list[str]:
    if not settings.BETTER_AUTH_SECRET:
        return ["Shared secret: off (BETTER_AUTH_SECRET is not set)"]
    return [
        "Shared secret: HS256",
        f"  issuer    {settings.JWT_ISSUER or 'not checked'}",
        f"  audience  {settings.JWT_AUDIENCE or 'not checked'}",
    ]


def _better_auth() -> list[str]:
    if not settings.BETTER_AUTH_URL:
        return ["Better Auth: off (BETTER_AUTH_URL is not set)"]
    url = settings.JWKS_URL or default_jwks_url(settings.BETTER_AUTH_URL)
    origin = origin_of(settings.BETTER_AUTH_URL)
    return [
        f"Better Auth: {url}",
        f"  issuer    {settings.JWT_ISSUER or origin}",
        f"  audience  {settings.JWT_AUDIENCE or origin}",
        *_keys(url),
    ]


def _keys(url: str) -> list[str]:
    try:
        keys = parse_keys(fetch(url))
    except FetchFailed as error:
        return [f"  keys      cannot be fetched: {error}"]
    by_id: dict[str, list[str]] = {}
    for key_id, algorithm in keys:
        by_id.setdefault(key_id, []).append(algorithm)
    return [f"  key       {key_id}  {', '.join(algorithms)}  fetched just now" for key_id, algorithms in by_id.items()]


def _local_accounts() -> list[str]:
    own = settings.SIMPLE_JWT
    return [f"Local accounts: {own['ALGORITHM']}", f"  issuer    {own['ISSUER']}", f"  audience  {own['AUDIENCE']}"]


def _judgement(token: str) -> str:
    """One sentence."""
    try:
        claims = verify(token)
    except Refused as error:
        return f"This token would be refused: {error.reason}."
    except KeysUnavailable as error:
        return f"This token cannot be judged: {error.reason}."
    return f"This token is good: its caller is {claims.subject!r}."
