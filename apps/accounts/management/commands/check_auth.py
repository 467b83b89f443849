"""What tokens this API takes, and why it would refuse one."""

import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import DatabaseError, InterfaceError

from apps.accounts import archive
from apps.accounts.claims import KeysUnavailable, Refused
from apps.accounts.jwks import Keys, parse_keys, unusable_keys
from apps.accounts.key_server import FetchFailed, fetch
from apps.accounts.keys import KEPT_SECONDS
from apps.accounts.verifiers import jwks_url, origin_of, verify


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
    url = jwks_url()
    origin = origin_of(settings.BETTER_AUTH_URL)
    return [
        f"Better Auth: {url}",
        f"  issuer    {settings.JWT_ISSUER or origin}",
        f"  audience  {settings.JWT_AUDIENCE or origin}",
        *_keys(url),
    ]


def _keys(url: str) -> list[str]:
    """What the key server says now, beside what the workers last fetched and would serve on with in an outage."""
    (published, now, unusable), (archived, then) = _published(url), _archived(url)
    lines = [f"  not used  {key_id}  {flaw}" for key_id, flaw in unusable]
    for key_id in dict.fromkeys(key_id for key_id, _ in (*published, *archived)):
        algorithms = [algorithm for known, algorithm in {**archived, **published} if known == key_id]
        places = [place for place, keys in (("published", published), ("archived", archived)) if _holds(keys, key_id)]
        lines.append(f"  key       {key_id}  {', '.join(algorithms)}  {' and '.join(places)}")
    return [f"  keys now  {now}", f"  archive   {then}", *lines]


def _published(url: str) -> tuple[Keys, str, list[tuple[str, str]]]:
    unusable: list[tuple[str, str]] = []
    try:
        fetched = fetch(url)
        unusable = unusable_keys(fetched)
        return parse_keys(fetched), "fetched just now", unusable
    except FetchFailed as error:
        return {}, f"cannot be fetched: {error}", unusable


def _archived(url: str) -> tuple[Keys, str]:
    try:
        found = archive.read(url)
        if found is None:
            return {}, "empty: no worker has fetched keys yet"
        return parse_keys(found.text), _age(found.age_seconds)
    except (DatabaseError, InterfaceError, FetchFailed) as error:
        return {}, f"cannot be read: {type(error).__name__}"


def _age(seconds: float) -> str:
    fetched = f"fetched by a worker {_span(seconds)} ago"
    left = KEPT_SECONDS - seconds
    return f"{fetched}, serves {_span(left)} more in an outage" if left > 0 else f"{fetched}, too old to serve"


def _span(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s" if minutes else f"{rest} s"


def _holds(keys: Keys, key_id: str) -> bool:
    return any(known == key_id for known, _ in keys)


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
