"""Sessions of local accounts on simplejwt's tokens: a refresh token works once, and a replayed one ends its session.

RFC 9700, section 4.14.2: whoever presents a used refresh token is a thief or the robbed, and nobody can tell which.
"""

import uuid
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken
from rest_framework_simplejwt.tokens import RefreshToken

from apps.accounts.claims import SESSION_CLAIM, Refused
from apps.accounts.compact import checked_header
from apps.accounts.models import Session, User


@dataclass(frozen=True)
class TokenPair:
    access: str
    refresh: str


class Replayed(Refused):
    """A refresh token of ours that was used before."""

    def __init__(self, session: str) -> None:
        super().__init__("refresh token replayed")
        self.session = session


class SessionToken(RefreshToken):
    """simplejwt's refresh token. It enters the blacklist when it is used; one that still works is stored nowhere."""

    def verify(self) -> None:
        super().verify()
        if not _is_uuid(self.get(SESSION_CLAIM)):
            raise Refused("no session")

    def check_blacklist(self) -> None:
        if BlacklistedToken.objects.filter(token__jti=self["jti"]).exists():
            raise Replayed(str(self[SESSION_CLAIM]))

    def renew(self) -> None:
        self.blacklist()
        self.set_jti()
        self.set_exp()
        self.set_iat()


def start(person: User) -> TokenPair:
    """Signs a person in, whose credentials have been checked."""
    token = SessionToken()
    told = {"sub": person.subject, "email": person.email, "name": person.name}
    for claim, value in {**told, SESSION_CLAIM: str(Session.objects.create(user=person).pk)}.items():
        token[claim] = value
    return _pair(token)


def rotate(refresh: str) -> TokenPair:
    """The next pair; `refresh` is used up. Raises simplejwt's TokenError, or Refused."""
    token = _unused(refresh)
    try:
        with transaction.atomic():
            _alive(token)
            # Of two uses at once, the second has waited for the row, and finds the token used.
            token.check_blacklist()
            token.renew()
    except Replayed as error:
        _end(error.session)
        raise
    return _pair(token)


def end(refresh: str) -> None:
    """Signs out: the session ends, with its access tokens. Raises simplejwt's TokenError, or Refused."""
    token = _unused(refresh)
    with transaction.atomic():
        _alive(token)
        token.blacklist()
        _end(token[SESSION_CLAIM])


def _unused(refresh: str) -> Any:
    checked_header(refresh)
    try:
        return SessionToken(refresh)
    except Replayed as error:
        _end(error.session)
        raise


def _is_uuid(value: Any) -> bool:
    try:
        return bool(uuid.UUID(value))
    except (ValueError, TypeError, AttributeError):
        return False


def _alive(token: Any) -> None:
    """Takes the session's row. Raises Refused where it has ended, or its person may not sign in."""
    session = Session.objects.filter(pk=token[SESSION_CLAIM], ended_at=None, user__is_active=True)
    if not session.update(used_at=Now()):
        raise Refused("session ended")


def _end(session: str) -> None:
    Session.objects.filter(pk=session, ended_at=None).update(ended_at=Now())


def _pair(token: Any) -> TokenPair:
    return TokenPair(access=str(token.access_token), refresh=str(token))
