"""A sign-in halfway: the password was right, the second factor is awaited.

Nobody is signed in by then: the session holds whom to ask, and no other page reads that.
"""

import time
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from apps.accounts.models import User

KEY = "staff_pending"
SECONDS = 300


@dataclass(frozen=True)
class Pending:
    person: User
    backend: str
    next: str


def begin(request: HttpRequest, person: User, next_address: str) -> None:
    # A new session: whoever planted the old one must not enrol a device of theirs in the other's name.
    request.session.flush()
    request.session[KEY] = {
        "person": person.pk,
        "backend": getattr(person, "backend", ""),
        "hash": person.get_session_auth_hash(),
        "at": time.time(),
        "next": next_address,
    }


def current(request: HttpRequest) -> Pending | None:
    """None where no password was given within SECONDS, or the person may not enter, or has a new password since."""
    begun: dict[str, Any] | None = request.session.get(KEY)
    if begun is None or not 0 <= time.time() - begun["at"] <= SECONDS:
        return None
    person = User.objects.filter(pk=begun["person"], is_active=True, is_staff=True).first()
    if person is None or not constant_time_compare(begun["hash"], person.get_session_auth_hash()):
        return None
    return Pending(person, begun["backend"], begun["next"])


def forget(request: HttpRequest) -> None:
    request.session.pop(KEY, None)
