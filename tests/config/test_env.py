"""The environment is read from the process and from a file, the process wins, and each value has its type."""

import os
from pathlib import Path

import pytest

from config.env import default_workers, read_environment
from tests.config.environments import GOOD


def test_defaults(good: pytest.MonkeyPatch, dotenv: Path) -> None:
    environment = read_environment(dotenv)
    assert environment.database_url == GOOD["DATABASE_URL"]
    assert environment.database_url_unpooled == environment.database_replica_url == ""
    assert (environment.better_auth_url, environment.jwks_url) == ("", "")
    assert (environment.jwt_issuer, environment.jwt_audience) == ("", "")
    assert environment.allowed_hosts == environment.cors_allowed_origins == environment.csrf_trusted_origins == []
    assert environment.api_rate_limit == "600/min"
    assert (environment.port, environment.web_threads) == (8000, 4)
    assert environment.web_concurrency == default_workers()
    assert (environment.debug, environment.https) == (False, True)
    assert (environment.log_level, environment.log_format) == ("INFO", "json")


@pytest.mark.parametrize(("cores", "workers"), [(1, 2), (3, 6), (4, 8), (64, 8)])
def test_two_workers_a_core_and_eight_at_most(monkeypatch: pytest.MonkeyPatch, cores: int, workers: int) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _: set(range(cores)))
    assert default_workers() == workers


def test_everything_from_the_file(dotenv: Path) -> None:
    dotenv.write_text("\n".join(f"{name}={value}" for name, value in {**GOOD, "PORT": "9000"}.items()))
    assert read_environment(dotenv).port == 9000


def test_the_process_wins_over_the_file(good: pytest.MonkeyPatch, dotenv: Path) -> None:
    dotenv.write_text("PORT=9000\nLOG_FORMAT=console\n")
    good.setenv("PORT", "9001")
    environment = read_environment(dotenv)
    assert (environment.port, environment.log_format) == (9001, "console")


def test_an_empty_variable_of_the_process_still_wins(good: pytest.MonkeyPatch, dotenv: Path) -> None:
    dotenv.write_text("JWT_ISSUER=https://example.com\n")
    good.setenv("JWT_ISSUER", "")
    assert read_environment(dotenv).jwt_issuer == ""


def test_reading_leaves_the_process_as_it_was(good: pytest.MonkeyPatch, dotenv: Path) -> None:
    dotenv.write_text("JWT_ISSUER=https://example.com\n")
    read_environment(dotenv)
    assert "JWT_ISSUER" not in os.environ


def test_either_source_of_tokens_will_do(good: pytest.MonkeyPatch, dotenv: Path) -> None:
    good.delenv("BETTER_AUTH_SECRET")
    good.setenv("BETTER_AUTH_URL", "https://auth.example.com")
    assert read_environment(dotenv).better_auth_url == "https://auth.example.com"


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("ALLOWED_HOSTS", " api.example.com , .example.org,, [::1]", ["api.example.com", ".example.org", "[::1]"]),
        ("ALLOWED_HOSTS", "*", ["*"]),
        ("CORS_ALLOWED_ORIGINS", "http://localhost:3000", ["http://localhost:3000"]),
        ("CORS_ALLOWED_HEADERS", "X-Client-Version, x-tenant", ["X-Client-Version", "x-tenant"]),
        ("TRUSTED_PROXIES", "10.0.0.0/8, ::1", ["10.0.0.0/8", "::1"]),
        ("CACHE_URL", "rediss://cache.example.com:6380/0", "rediss://cache.example.com:6380/0"),
        ("API_RATE_LIMIT", "none", "none"),
        ("API_RATE_LIMIT", "5/sec", "5/sec"),
        ("HISTORY_DAYS", "30", 30),
        ("PORT", "65535", 65535),
        ("DEBUG", "on", True),
        ("DEBUG", "true", True),
        ("HTTPS", "off", False),
        ("HTTPS", "0", False),
        ("LOG_LEVEL", "DEBUG", "DEBUG"),
        ("DATABASE_URL_UNPOOLED", "postgresql://a@direct/tasks", "postgresql://a@direct/tasks"),
        ("DATABASE_REPLICA_URL", "postgresql://a@replica/tasks", "postgresql://a@replica/tasks"),
    ],
)
def test_values_are_typed(good: pytest.MonkeyPatch, dotenv: Path, name: str, text: str, value: object) -> None:
    good.setenv(name, text)
    assert getattr(read_environment(dotenv), name.lower()) == value
