"""The environment of a test run, in place before Django's settings load (a pytest plugin, see pyproject.toml).

With DATABASE_URL set, the tests run on that server; else on a throw-away embedded PostgreSQL.
"""

import os
import shutil
import tempfile
from pathlib import Path

from apps.quickstart import embedded

SHARED_SECRET = "a-shared-secret-of-the-tests-0123456789"

VARIABLES = {
    "DATABASE_URL_UNPOOLED": os.environ.get("DATABASE_URL_UNPOOLED", ""),
    "DJANGO_SECRET_KEY": "a-secret-key-of-the-tests-that-is-long-enough-0123456789",
    "BETTER_AUTH_SECRET": SHARED_SECRET,
    "BETTER_AUTH_URL": "",
    "JWKS_URL": "",
    "JWT_ISSUER": "",
    "JWT_AUDIENCE": "",
    "ALLOWED_HOSTS": "testserver,localhost,127.0.0.1",
    "CORS_ALLOWED_ORIGINS": "https://app.example.com",
    "CSRF_TRUSTED_ORIGINS": "",
    "TRUSTED_PROXIES": "",
    "CACHE_URL": "",
    "API_RATE_LIMIT": "none",
    "STAFF_SECOND_FACTOR": "off",
    "STAFF_IDLE_MINUTES": "30",
    "PORT": "8000",
    "WEB_CONCURRENCY": "2",
    "WEB_THREADS": "4",
    "DEBUG": "off",
    "HTTPS": "off",
    "LOG_LEVEL": "INFO",
    "LOG_FORMAT": "json",
}
os.environ.update(VARIABLES)

_folder: Path | None = None
if not os.environ.get("DATABASE_URL"):
    _folder = Path(tempfile.mkdtemp(prefix="tasks-tests-"))
    os.environ["DATABASE_URL"] = embedded.start(_folder / "postgres")


def pytest_unconfigure() -> None:
    """The server itself stops at exit; its files go first."""
    if _folder is not None:
        embedded.stop(_folder / "postgres")
        shutil.rmtree(_folder, ignore_errors=True)
