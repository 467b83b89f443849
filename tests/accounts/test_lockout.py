"""Repeated failures lock the account and the address, however either is written, at the API and the back office."""

from datetime import timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.test import Client
from rest_framework.test import APIClient

from apps.accounts.models import User
from tests.factories import PASSWORD, local_account
from tests.hashers import Hasher
from tests.servers import Gunicorn

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def account(settings: Any) -> User:
    settings.AXES_FAILURE_LIMIT, settings.ACCOUNT_FAILURE_LIMIT, settings.ADDRESS_FAILURE_LIMIT = 3, 7, 5
    return local_account("local@example.com", is_staff=True)


def sign_in(email: str, password: str, address: str = "1.1.1.1", **headers: str) -> Any:
    client = APIClient(REMOTE_ADDR=address)
    return client.post("/api/auth/token", {"email": email, "password": password}, headers=headers)


def spray(count: int, address: str = "1.1.1.1", **headers: str) -> None:
    logins = [f"nobody{number}@example.com" for number in range(count)]
    assert {sign_in(login, "wrong", address, **headers).status_code for login in logins[:-1]} == {401}
    assert sign_in(logins[-1], "wrong", address, **headers).status_code == 429


def test_a_login_is_locked_at_one_address_and_open_at_others() -> None:
    spellings = ("local@example.com", "LOCAL@example.com", "Local@Example.Com", "local@example.com")
    assert [sign_in(email, "wrong").status_code for email in spellings] == [401, 401, 429, 429]
    answer = sign_in("local@example.com", PASSWORD)
    assert answer.status_code == 429
    assert answer.json()["type"] == "/problems/quota-exceeded"
    assert int(answer["Retry-After"]) > 0
    assert sign_in("local@example.com", PASSWORD, "2.2.2.2").status_code == 200


@pytest.mark.parametrize(("addresses", "guesses"), [(1, 3), (2, 6), (3, 7), (20, 7)])
def test_guesses_at_an_account_are_bounded_however_many_addresses(addresses: int, guesses: int, settings: Any) -> None:
    hashed = 0
    for _ in range(4):
        for number in range(addresses):
            before = Hasher.runs
            sign_in("local@example.com", "wrong", f"1.1.1.{number}")
            hashed += Hasher.runs - before
    assert hashed == guesses
    is_open = sign_in("local@example.com", PASSWORD, "2.2.2.2").status_code == 200
    assert is_open is (guesses < settings.ACCOUNT_FAILURE_LIMIT)


def test_an_address_is_locked_for_every_account() -> None:
    spray(5)
    assert sign_in("local@example.com", PASSWORD).status_code == 429
    assert sign_in("local@example.com", PASSWORD, "2.2.2.2").status_code == 200


def test_a_network_of_ipv6_is_one_address() -> None:
    statuses = [sign_in("local@example.com", "wrong", f"2001:db8::{number}").status_code for number in range(4)]
    assert statuses == [401, 401, 429, 429]
    assert sign_in("local@example.com", PASSWORD, "2001:db8:0:1::1").status_code == 200


def test_an_account_of_ones_own_buys_no_guesses() -> None:
    local_account("attacker@example.com")
    statuses = []
    for _ in range(4):
        statuses.append(sign_in("local@example.com", "wrong").status_code)
        sign_in("attacker@example.com", PASSWORD)
    assert statuses == [401, 401, 429, 429]


def test_tries_while_locked_make_it_no_longer() -> None:
    for _ in range(3):
        sign_in("local@example.com", "wrong")
    locked_at = AccessAttempt.objects.get().attempt_time
    for _ in range(3):
        assert sign_in("local@example.com", "wrong").status_code == 429
    attempt = AccessAttempt.objects.get()
    assert (attempt.attempt_time, attempt.failures_since_start) == (locked_at, 3)
    AccessAttempt.objects.update(attempt_time=locked_at - timedelta(minutes=15))
    assert sign_in("local@example.com", PASSWORD).status_code == 200


def test_a_forged_forwarded_for_evades_nothing() -> None:
    for number in range(5):
        sign_in(f"nobody{number}@example.com", "wrong", **{"X-Forwarded-For": f"9.9.9.{number}"})
    assert sign_in("local@example.com", PASSWORD, **{"X-Forwarded-For": "8.8.8.8"}).status_code == 429


def test_behind_a_trusted_proxy_the_client_is_locked_and_not_the_proxy(settings: Any) -> None:
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    spray(5, "10.0.0.1", **{"X-Forwarded-For": "9.9.9.9"})
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
    assert sign_in("local@example.com", PASSWORD, "3.3.3.3").status_code == 429


def test_workers_count_together(live: Gunicorn) -> None:
    body = {"email": "nobody@example.com", "password": "wrong"}
    statuses = [live.call("POST", "/api/auth/token", body=body).status for _ in range(12)]
    assert statuses == [401] * 9 + [429] * 3
