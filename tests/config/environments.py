"""An environment that is good, and how a test reads one that is not."""

from pathlib import Path

import pytest

from config.env import InvalidEnvironment, read_environment

PASSWORD = "hunter2-hunter2"
SECRET_KEY = "k" * 50
SHARED_SECRET = "s" * 32
GOOD = {
    "DATABASE_URL": f"postgresql://app:{PASSWORD}@db.example.com/tasks",
    "DJANGO_SECRET_KEY": SECRET_KEY,
    "BETTER_AUTH_SECRET": SHARED_SECRET,
}
NAMES = (
    *(
        "DATABASE_URL",
        "DATABASE_URL_UNPOOLED",
        "DATABASE_REPLICA_URL",
        "DJANGO_SECRET_KEY",
        "BETTER_AUTH_SECRET",
        "BETTER_AUTH_URL",
        "JWKS_URL",
    ),
    *(
        "JWT_ISSUER",
        "JWT_AUDIENCE",
        "ALLOWED_HOSTS",
        "CORS_ALLOWED_ORIGINS",
        "CORS_ALLOWED_HEADERS",
        "CSRF_TRUSTED_ORIGINS",
        "API_RATE_LIMIT",
    ),
    *("TRUSTED_PROXIES", "CACHE_URL", "STAFF_SECOND_FACTOR", "STAFF_IDLE_MINUTES", "HISTORY_DAYS"),
    *("PORT", "WEB_CONCURRENCY", "WEB_THREADS", "DEBUG", "HTTPS", "LOG_LEVEL", "LOG_FORMAT"),
)
SECRETS = ("DATABASE_URL", "DATABASE_URL_UNPOOLED", "DJANGO_SECRET_KEY", "BETTER_AUTH_SECRET", "CACHE_URL")


def lines(dotenv: Path) -> list[str]:
    with pytest.raises(InvalidEnvironment) as caught:
        read_environment(dotenv)
    return caught.value.lines
