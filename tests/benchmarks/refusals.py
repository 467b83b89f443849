"""Time of each kind of refusal, with production's password hasher: `python -m tests.benchmarks.refusals`.

Reports medians; the work itself is compared in tests/accounts/test_enumeration.py.
"""

import logging
import random
import statistics
import time
from collections.abc import Callable
from typing import Any

from tests import environment

import django  # isort: skip

django.setup()

from axes.models import AccessAttempt  # noqa: E402
from django.test.utils import setup_databases, teardown_databases  # noqa: E402
from rest_framework.test import APIClient  # noqa: E402

from apps.accounts.models import User  # noqa: E402
from tests.factories import PASSWORD, local_account  # noqa: E402
from tests.tokens import shared_secret_token  # noqa: E402

ROUNDS = 41
WRONG_SECRET = "another-secret-of-forty-characters-here!"


def sign_in(email: str, password: str) -> Callable[[], Any]:
    return lambda: APIClient().post("/api/auth/token", {"email": email, "password": password})


def ask(subject: str) -> Callable[[], Any]:
    token = shared_secret_token(subject, secret=WRONG_SECRET)
    return lambda: APIClient().get("/api/auth/me", HTTP_AUTHORIZATION=f"Bearer {token}")


def milliseconds(kinds: dict[str, Callable[[], Any]]) -> dict[str, float]:
    """The median of ROUNDS for each; they take turns in any order, so that what slows the machine slows them all."""
    spent: dict[str, list[float]] = {name: [] for name in kinds}
    for _ in range(ROUNDS):
        for name, send in random.sample(list(kinds.items()), len(kinds)):
            AccessAttempt.objects.all().delete()
            started = time.perf_counter()
            status = send().status_code
            spent[name].append((time.perf_counter() - started) * 1000)
            if status != 401:
                raise SystemExit(f"{name}: {status} in place of 401")
    return {name: statistics.median(times) for name, times in spent.items()}


def main() -> None:
    logging.disable()
    databases = setup_databases(verbosity=0, interactive=False)
    User.objects.create(subject="known")
    User.objects.create(subject="deactivated", is_active=False)
    local_account("local@example.com")
    local_account("gone@example.com", is_active=False)
    User.objects.create_user("keyless@example.com", None)
    kinds = {
        "sign-in, unknown login": sign_in("nobody@example.com", PASSWORD),
        "sign-in, wrong password": sign_in("local@example.com", "wrong"),
        "sign-in, deactivated": sign_in("gone@example.com", PASSWORD),
        "sign-in, no usable password": sign_in("keyless@example.com", PASSWORD),
    }
    tokens = {f"bad signature, {subject}": ask(subject) for subject in ("known", "deactivated", "unknown")}
    for name, median in (milliseconds(kinds) | milliseconds(tokens)).items():
        print(f"{name:30}{median:10.2f} ms")
    teardown_databases(databases, verbosity=0)
    environment.pytest_unconfigure()


if __name__ == "__main__":
    main()
