"""One request under a key, however often it is sent (draft-ietf-httpapi-idempotency-key-header-07).

The key is held by a lock of the transaction that does the work, and its answer is written there too. So a worker that
dies between the write and the answer leaves both or neither, and a retry on any machine finds which.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import connection, transaction
from django.db.models.functions import Now

from apps.idempotency.models import StoredAnswer

KEPT = timedelta(hours=24)


class StillRunning(Exception):
    """Another request under the key has not ended."""


class KeyReused(Exception):
    """The key has answered another request."""


@dataclass(frozen=True)
class Answer:
    """`body` is JSON, None where there is none. `is_replayed` where it was given before."""

    status: int
    headers: dict[str, str]
    body: str | None
    is_replayed: bool = field(default=False, compare=False)


@dataclass(frozen=True)
class Fingerprint:
    """What tells one request from another. An earlier release may have stored the digest of `formerly_of`."""

    of: bytes
    formerly_of: bytes

    def __str__(self) -> str:
        return hashlib.sha256(self.of).hexdigest()

    def fits(self, stored: str) -> bool:
        return stored in {str(self), hashlib.sha256(self.formerly_of).hexdigest()}


def once(subject: str, key: str, request: Fingerprint, act: Callable[[], Answer]) -> Answer:
    """The answer of `act`, or the one that it gave before under `key` to the same `request`.

    What `act` raises undoes what it did and keeps nothing: a corrected request may use the key. Raises StillRunning,
    KeyReused.
    """
    with transaction.atomic():
        _hold(subject, key)
        # A statement of its own, behind the lock: it sees what the last holder has committed.
        stored = StoredAnswer.objects.filter(user_id=subject, key=key, created_at__gt=Now() - KEPT).first()
        if stored is None:
            answer = act()
            _store(subject, key, str(request), answer)
            return answer
    if not request.fits(stored.fingerprint):
        raise KeyReused
    return Answer(stored.status, stored.headers, stored.body, is_replayed=True)


def _hold(subject: str, key: str) -> None:
    """Until the transaction ends, which PgBouncer keeps on one connection. Raises StillRunning."""
    with connection.cursor() as cursor:
        # Neither holds the separator.
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"{subject}\x1f{key}"])
        (is_held,) = cursor.fetchone()
    if not is_held:
        raise StillRunning


def _store(subject: str, key: str, fingerprint: str, answer: Answer) -> None:
    given = {"fingerprint": fingerprint, "status": answer.status, "headers": answer.headers, "body": answer.body}
    # One that is there has outlived its day.
    StoredAnswer.objects.bulk_create(
        [StoredAnswer(user_id=subject, key=key, created_at=Now(), **given)],
        update_conflicts=True,
        unique_fields=["user", "key"],
        update_fields=[*given, "created_at"],
    )
