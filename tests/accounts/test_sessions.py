"""Sessions of local accounts: one use of each refresh token, and an end that reaches every token of the session."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connections
from rest_framework.test import APIClient
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken

from apps.accounts import sessions
from apps.accounts.claims import Refused
from apps.accounts.models import Session, User
from apps.accounts.roster import roster
from tests.factories import PASSWORD, local_account
from tests.tokens import raw_token


@pytest.fixture
def account(db: None) -> User:
    return local_account("local@example.com")


def sign_in() -> dict[str, str]:
    pair: dict[str, str] = (
        APIClient().post("/api/auth/token", {"email": "local@example.com", "password": PASSWORD}).json()
    )
    return pair


def refresh(token: str) -> Any:
    return APIClient().post("/api/auth/token/refresh", {"refresh": token})


def status_of(access: str) -> int:
    # What the background reader does within two seconds.
    roster._read_withdrawals()
    return int(APIClient().get("/api/auth/me", HTTP_AUTHORIZATION=f"Bearer {access}").status_code)


def test_a_replayed_refresh_token_ends_its_session(account: User) -> None:
    first, other = sign_in(), sign_in()
    second = refresh(first["refresh"]).json()
    assert status_of(second["access"]) == 200
    assert refresh(first["refresh"]).status_code == 401
    assert refresh(second["refresh"]).status_code == 401
    assert status_of(second["access"]) == 401
    assert status_of(other["access"]) == 200
    assert refresh(other["refresh"]).status_code == 200


@pytest.mark.parametrize("behind", ["=", "==", ".", "%3D"])
def test_a_refresh_token_that_is_written_differently_is_refused(account: User, behind: str) -> None:
    pair = sign_in()
    assert refresh(pair["refresh"] + behind).status_code == 401
    assert refresh(pair["refresh"]).status_code == 200


def test_logout_ends_the_access_token_too(account: User) -> None:
    pair, other = sign_in(), sign_in()
    assert status_of(pair["access"]) == 200
    assert APIClient().post("/api/auth/logout", {"refresh": pair["refresh"]}).status_code == 204
    assert status_of(pair["access"]) == 401
    assert status_of(other["access"]) == 200


def test_a_changed_password_ends_every_session(account: User) -> None:
    pairs = [sign_in(), sign_in()]
    assert [status_of(pair["access"]) for pair in pairs] == [200, 200]
    account.set_password("another good password")
    account.save()
    assert [status_of(pair["access"]) for pair in pairs] == [401, 401]
    assert [refresh(pair["refresh"]).status_code for pair in pairs] == [401, 401]


def test_a_living_refresh_token_is_stored_nowhere(account: User) -> None:
    pair = sign_in()
    assert not OutstandingToken.objects.exists()
    refresh(pair["refresh"])
    assert [row.token for row in OutstandingToken.objects.all()] == [pair["refresh"]]


@pytest.mark.parametrize("session", ["not-a-uuid", "00000000-0000-0000-0000-000000000000", None])
def test_a_token_of_no_session_is_refused(account: User, session: str | None) -> None:
    token = sessions.SessionToken()
    token["sub"] = account.subject
    if session:
        token["local_session"] = session
    assert status_of(str(token.access_token)) == 401
    assert refresh(str(token)).status_code == 401


@pytest.mark.django_db(transaction=True)
def test_of_uses_at_once_one_wins_and_the_session_ends() -> None:
    token = sessions.start(local_account()).refresh

    def use(_: int) -> bool:
        try:
            sessions.rotate(token)
        except Refused:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(use, range(8))) == 1
    assert Session.objects.get().ended_at is not None


@pytest.mark.parametrize("lifetime", [timedelta(days=14), timedelta(seconds=-5)])
def test_a_used_refresh_token_never_works_again_after_a_purge(account: User, lifetime: timedelta) -> None:
    """The second one has ended, but tokens are accepted for ten seconds longer."""
    token = sessions.SessionToken()
    token["sub"], token["local_session"] = account.subject, str(Session.objects.create(user=account).pk)
    token.set_exp(lifetime=lifetime)
    assert refresh(str(token)).status_code == 200
    call_command("purge")
    assert refresh(str(token)).status_code == 401
    assert Session.objects.get().ended_at is not None


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["exp", "nbf", "iat"])
@pytest.mark.parametrize("path", ["/api/auth/token/refresh", "/api/auth/logout"])
def test_a_time_of_400_digits_is_no_fault_of_ours(name: str, path: str) -> None:
    token = raw_token({"alg": "HS512"}, f'{{"{name}": 1{"0" * 400}}}'.encode(), lambda signed: b"x" * 64)
    assert APIClient().post(path, {"refresh": token}).status_code == 401
