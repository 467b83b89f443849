"""Production is the default and passes Django's own review; what .env.example lists is what is read."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from tests.quickstart.checkout import Checkout
from tests.servers import ROOT

PRODUCTION = {
    "DATABASE_URL": "postgresql://app@127.0.0.1:1/tasks",
    "DJANGO_SECRET_KEY": "MWbn0a6EJ5OAAt9yWn3EbxvVZL1BQDmYFGCqvmtKbO2RHkW8h9d5uLw",
    "BETTER_AUTH_SECRET": "lIXbV0n7HTgqv2dU4sD9YB6kZx3eRm1c",
    "ALLOWED_HOSTS": "example.com",
}
FLAGS = (
    *("DEBUG", "SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS", "SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_HSTS_PRELOAD"),
    *("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_PROXY_SSL_HEADER"),
)


@pytest.fixture(scope="module")
def clone() -> Iterator[Checkout]:
    checkout = Checkout(**PRODUCTION)
    yield checkout
    checkout.remove()


def test_djangos_review_finds_nothing(clone: Checkout) -> None:
    done = clone.manage("check", "--deploy", "--fail-level", "WARNING", HTTPS="on", TRUSTED_PROXIES="10.0.0.1")
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "System check identified no issues (0 silenced)."


@pytest.mark.parametrize(
    ("https", "expected"),
    [
        ("", [False, True, 31536000, True, True, True, True, ["HTTP_X_FORWARDED_PROTO", "https"]]),
        ("off", [False, False, 0, False, False, False, False, None]),
    ],
    ids=["production", "https-off"],
)
def test_https_is_the_default(clone: Checkout, https: str, expected: list[object]) -> None:
    code = f"import json; from config import settings; print(json.dumps([getattr(settings, n) for n in {FLAGS}]))"
    done = clone.run("-c", code, **({"HTTPS": https} if https else {}))
    assert json.loads(done.stdout) == expected, done.stderr


def test_headers_may_be_added_to_those_that_a_browser_may_send(clone: Checkout) -> None:
    code = "from config import settings; print(' '.join(settings.CORS_ALLOW_HEADERS))"
    done = clone.run("-c", code, CORS_ALLOWED_HEADERS="X-Client-Version, x-tenant")
    assert {"x-client-version", "x-tenant", "authorization", "traceparent"} <= set(done.stdout.split()), done.stderr


@pytest.mark.parametrize("path", ["/health", "/health/"])
def test_a_probe_is_not_sent_to_https(settings: Any, path: str) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert Client().get(path).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/ready", "/ready/"])
def test_a_probe_of_the_database_is_not_either(settings: Any, path: str) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert Client().get(path).status_code == 200


@pytest.mark.parametrize("path", ["/", "/api/tasks", "/admin/", "/healthy", "/api/health"])
def test_everything_else_is(settings: Any, path: str) -> None:
    settings.SECURE_SSL_REDIRECT = True
    response = Client().get(path)
    assert (response.status_code, response["Location"]) == (301, f"https://testserver{path}")


def test_the_example_lists_what_is_read() -> None:
    example = re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    read = re.findall(r"(?:env\.\w+\(|_words\(env, )\s*\"([A-Z_]+)\"", (ROOT / "config/env.py").read_text())
    assert "DATABASE_URL" in read
    assert sorted(example) == sorted(read)
