"""Local accounts: sign in, use, refresh once, sign out; and each refusal."""

from typing import Any

import jwt
import pytest
from django.conf import settings as django_settings
from rest_framework.test import APIClient

from apps.accounts.models import User
from tests.factories import PASSWORD, local_account
from tests.tokens import shared_secret_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def account() -> User:
    return local_account("local@example.com", name="Local")


@pytest.fixture
def pair(account: User, anonymous: APIClient) -> dict[str, str]:
    answer = anonymous.post("/api/auth/token", {"email": "Local@Example.com", "password": PASSWORD})
    assert answer.status_code == 200
    tokens: dict[str, str] = answer.json()
    return tokens


def me(token: str) -> Any:
    return APIClient().get("/api/auth/me", HTTP_AUTHORIZATION=f"Bearer {token}")


def test_an_access_token_tells_who_i_am(account: User, pair: dict[str, str]) -> None:
    assert me(pair["access"]).json() == {"user_id": account.subject, "email": "local@example.com", "name": "Local"}


def test_tokens_have_a_key_issuer_and_audience_of_their_own(pair: dict[str, str]) -> None:
    header = jwt.get_unverified_header(pair["access"])
    payload = jwt.decode(pair["access"], options={"verify_signature": False})
    assert header["alg"] == "HS512"
    assert payload["iss"] == "urn:tasks-backend:local"
    assert payload["aud"] == "urn:tasks-backend:api"
    assert django_settings.SIMPLE_JWT["SIGNING_KEY"] not in {
        django_settings.SECRET_KEY,
        django_settings.BETTER_AUTH_SECRET,
    }


def test_signing_in_is_noted(account: User, pair: dict[str, str]) -> None:
    account.refresh_from_db()
    assert account.last_login is not None


@pytest.mark.parametrize(
    ("email", "password"),
    [("local@example.com", "wrong"), ("nobody@example.com", PASSWORD), ("local@example.com", PASSWORD.upper())],
)
def test_wrong_credentials_are_refused_alike(account: User, anonymous: APIClient, email: str, password: str) -> None:
    answer = anonymous.post("/api/auth/token", {"email": email, "password": password})
    assert answer.status_code == 401
    assert answer.json()["type"] == "/problems/invalid-credentials"
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_people_of_better_auth_have_no_password_to_guess(alice: User, anonymous: APIClient) -> None:
    answer = anonymous.post("/api/auth/token", {"email": alice.email, "password": "!"})
    assert answer.status_code == 401


@pytest.mark.parametrize("body", [{}, {"email": "a@example.com"}, {"email": 5, "password": []}, {"x": 1}, []])
def test_a_wrong_body_is_a_422(anonymous: APIClient, body: Any) -> None:
    assert anonymous.post("/api/auth/token", body).status_code == 422


def test_a_refresh_token_rotates_and_the_old_one_dies(pair: dict[str, str], anonymous: APIClient) -> None:
    answer = anonymous.post("/api/auth/token/refresh", {"refresh": pair["refresh"]})
    assert answer.status_code == 200
    assert me(answer.json()["access"]).status_code == 200
    assert anonymous.post("/api/auth/token/refresh", {"refresh": answer.json()["refresh"]}).status_code == 200
    assert anonymous.post("/api/auth/token/refresh", {"refresh": pair["refresh"]}).status_code == 401


def test_logout_ends_the_refresh_token(pair: dict[str, str], anonymous: APIClient) -> None:
    assert anonymous.post("/api/auth/logout", {"refresh": pair["refresh"]}).status_code == 204
    assert anonymous.post("/api/auth/token/refresh", {"refresh": pair["refresh"]}).status_code == 401
    assert anonymous.post("/api/auth/logout", {"refresh": pair["refresh"]}).status_code == 401


@pytest.mark.parametrize("path", ["/api/auth/token/refresh", "/api/auth/logout"])
@pytest.mark.parametrize("kind", ["access", "foreign", "nonsense"])
def test_only_a_refresh_token_refreshes(pair: dict[str, str], anonymous: APIClient, path: str, kind: str) -> None:
    token = {"access": pair["access"], "foreign": shared_secret_token(), "nonsense": "abc"}[kind]
    answer = anonymous.post(path, {"refresh": token})
    assert answer.status_code == 401
    assert answer.json()["type"] == "/problems/authentication"


def test_a_refresh_token_is_no_access_token(pair: dict[str, str]) -> None:
    assert me(pair["refresh"]).status_code == 401


def test_an_expired_refresh_token_says_so(account: User, anonymous: APIClient) -> None:
    from datetime import timedelta

    from rest_framework_simplejwt.tokens import RefreshToken

    refresh = RefreshToken.for_user(account)
    refresh.set_exp(lifetime=-timedelta(minutes=1))
    answer = anonymous.post("/api/auth/token/refresh", {"refresh": str(refresh)})
    assert answer.status_code == 401
    assert answer.json()["type"] == "/problems/token-expired"


def test_a_deactivated_account_can_do_nothing(account: User, pair: dict[str, str], anonymous: APIClient) -> None:
    User.objects.filter(pk=account.pk).update(is_active=False)
    assert me(pair["access"]).status_code == 401
    assert anonymous.post("/api/auth/token/refresh", {"refresh": pair["refresh"]}).status_code == 401
    credentials = {"email": "local@example.com", "password": PASSWORD}
    assert anonymous.post("/api/auth/token", credentials).status_code == 401


def test_an_erased_account_cannot_refresh(account: User, pair: dict[str, str], anonymous: APIClient) -> None:
    account.delete()
    assert anonymous.post("/api/auth/token/refresh", {"refresh": pair["refresh"]}).status_code == 401


def test_a_login_is_taken_once() -> None:
    from django.db import IntegrityError, transaction

    local_account("one@example.com")
    with pytest.raises(IntegrityError), transaction.atomic():
        local_account("ONE@example.com")
