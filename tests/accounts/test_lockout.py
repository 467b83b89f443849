"""Repeated failures lock the account and the address, however either is written, at the API and the back office."""

from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from apps.accounts.models import User
from tests.factories import PASSWORD, local_account

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def account(settings: Any) -> User:
    settings.AXES_FAILURE_LIMIT = 3
    return local_account("local@example.com", is_staff=True)


def sign_in(email: str, password: str, address: str = "1.1.1.1", **headers: str) -> Any:
    client = APIClient(REMOTE_ADDR=address)
    return client.post("/api/auth/token", {"email": email, "password": password}, headers=headers)


def test_an_account_is_locked_from_every_address() -> None:
    spellings = ("local@example.com", "LOCAL@example.com", "Local@Example.Com", "local@example.com")
    statuses = [sign_in(email, "wrong", f"1.1.1.{number}").status_code for number, email in enumerate(spellings)]
    assert statuses == [401, 401, 429, 429]
    answer = sign_in("local@example.com", PASSWORD, "2.2.2.2")
    assert answer.status_code == 429
    assert answer.json()["type"] == "/problems/quota-exceeded"
    assert int(answer["Retry-After"]) > 0


def test_an_address_is_locked_for_every_account() -> None:
    for number in range(3):
        sign_in(f"nobody{number}@example.com", "wrong")
    assert sign_in("local@example.com", PASSWORD).status_code == 429
    assert sign_in("local@example.com", PASSWORD, "2.2.2.2").status_code == 200


def test_a_forged_forwarded_for_evades_nothing() -> None:
    for number in range(3):
        sign_in(f"nobody{number}@example.com", "wrong", **{"X-Forwarded-For": f"9.9.9.{number}"})
    assert sign_in("local@example.com", PASSWORD, **{"X-Forwarded-For": "8.8.8.8"}).status_code == 429


def test_behind_a_trusted_proxy_the_client_is_locked_and_not_the_proxy(settings: Any) -> None:
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    for number in range(3):
        sign_in(f"nobody{number}@example.com", "wrong", "10.0.0.1", **{"X-Forwarded-For": "9.9.9.9"})
    assert sign_in("local@example.com", PASSWORD, "10.0.0.1", **{"X-Forwarded-For": "9.9.9.9"}).status_code == 429
    assert sign_in("local@example.com", PASSWORD, "10.0.0.1", **{"X-Forwarded-For": "7.7.7.7"}).status_code == 200


def test_a_success_starts_the_count_anew() -> None:
    for _ in range(2):
        sign_in("local@example.com", "wrong")
    assert sign_in("local@example.com", PASSWORD).status_code == 200
    assert sign_in("local@example.com", "wrong").status_code == 401


def test_the_back_office_counts_along() -> None:
    client = Client(REMOTE_ADDR="3.3.3.3")
    for _ in range(3):
        answer = client.post("/admin/login/", {"username": "Local@example.com", "password": "wrong"})
    assert answer.status_code == 429
    assert sign_in("local@example.com", PASSWORD).status_code == 429
