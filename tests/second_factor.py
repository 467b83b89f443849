"""Staff with an authenticator, as a test reads one: real codes of a real key."""

import time
from typing import Any

from django.test import Client
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from apps.accounts.models import User
from tests.factories import PASSWORD, local_account

LOGIN = "/admin/login/"
SECOND_FACTOR = "/admin/second-factor/"
# Seconds that a code may take from here to the page that looks at it.
ON_ITS_WAY = 5
ENROL = "/admin/second-factor/enrol/"


def enrolled(login: str = "staff@example.com", **fields: Any) -> User:
    """A staff member with an authenticator."""
    person = local_account(login, **{"is_staff": True, **fields})
    TOTPDevice.objects.create(user=person, name="authenticator", confirmed=True)
    return person


def code_of(person: User, steps: int | None = None) -> str:
    """The next code that has not been used: an app's clock may be a step off either way."""
    device = TOTPDevice.objects.get(user=person)
    now = int(time.time()) // device.step
    step = now + steps if steps is not None else max(oldest_step(), device.last_t + 1)
    return code_at(device.key, step * device.step)


def oldest_step() -> int:
    """The oldest whose code is good now, and still will be when it arrives."""
    return int(time.time() + ON_ITS_WAY) // 30 - 1


def code_at(key: str, seconds: float) -> str:
    return f"{totp(bytes.fromhex(key), t0=0, step=30, digits=6, drift=int(seconds // 30) - int(time.time() // 30)):06}"


def give_password(client: Client, person: User, **query: str) -> Any:
    return client.post(LOGIN, {"username": person.login, "password": PASSWORD}, query_params=query)


def give_code(client: Client, code: str) -> Any:
    return client.post(SECOND_FACTOR, {"code": code})


def signed_in(person: User) -> Client:
    """With password and code."""
    client = Client()
    give_password(client, person)
    answer = give_code(client, code_of(person))
    assert answer.status_code == 302, answer.content
    return client


def half_signed_in(person: User) -> Client:
    """With the password alone."""
    client = Client()
    assert give_password(client, person).status_code == 302
    return client
