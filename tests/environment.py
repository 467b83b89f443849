"""The environment of a test run, in place before Django's settings load (a pytest plugin, see pyproject.toml).

With DATABASE_URL set, the tests run on that server; else on a throw-away embedded PostgreSQL. Where PgBouncer is
installed, all of them reach it through one in transaction mode, as on Neon; THROUGH_PGBOUNCER=0 goes direct.
"""

import os
import shutil
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from apps.quickstart import embedded
from tests import pgbouncer
from tests.pgbouncer import PgBouncer

SHARED_SECRET = "a-shared-secret-of-the-tests-0123456789"

VARIABLES = {
    "DATABASE_URL_UNPOOLED": os.environ.get("DATABASE_URL_UNPOOLED", ""),
    "DATABASE_REPLICA_URL": "",
    "DJANGO_SECRET_KEY": "a-secret-key-of-the-tests-that-is-long-enough-0123456789",
    "BETTER_AUTH_SECRET": SHARED_SECRET,
    "BETTER_AUTH_URL": "",
    "JWKS_URL": "",
    "JWT_ISSUER": "",
    "JWT_AUDIENCE": "",
    "ALLOWED_HOSTS": "testserver,localhost,127.0.0.1",
    "CORS_ALLOWED_ORIGINS": "https://app.example.com",
    "CORS_ALLOWED_HEADERS": "",
    "CSRF_TRUSTED_ORIGINS": "",
    "TRUSTED_PROXIES": "",
    "CACHE_URL": "",
    "API_RATE_LIMIT": "none",
    "STATEMENT_SECONDS": "10",
    "STAFF_SECOND_FACTOR": "off",
    "STAFF_IDLE_MINUTES": "30",
    "PORT": "8000",
    "WEB_CONCURRENCY": "2",
    "WEB_THREADS": "4",
    "DRAIN_SECONDS": "0",
    "METRICS_HOST": "127.0.0.1",
    "METRICS_PORT": "0",
    "METRICS_TOKEN": "",
    "DEBUG": "off",
    "HTTPS": "off",
    "LOG_LEVEL": "INFO",
    "LOG_FORMAT": "json",
}
os.environ.update(VARIABLES)

# Told on to the processes of pytest-xdist. Each has a server of its own, for what is one to all databases of a server:
# a transaction that is open in one of them holds up the feed of changes in the others.
GIVEN_URL = os.environ.setdefault("TESTS_DATABASE_URL", os.environ.get("DATABASE_URL", ""))

_folder: Path | None = None
if GIVEN_URL:
    os.environ["DATABASE_URL"] = GIVEN_URL
else:
    _folder = Path(tempfile.mkdtemp(prefix="tasks-tests-"))
    os.environ["DATABASE_URL"] = embedded.start(_folder / "postgres")

_pooler: PgBouncer | None = None
if os.environ.get("THROUGH_PGBOUNCER", "1" if pgbouncer.PROGRAM else "0") != "0":
    _direct = os.environ["DATABASE_URL"]
    _pooler = PgBouncer(_direct)
    _pooler.start()
    os.environ["DATABASE_URL_UNPOOLED"] = _direct
    os.environ["DATABASE_URL"] = _pooler.url(urlsplit(_direct).path.lstrip("/"))


def pytest_unconfigure() -> None:
    """The server itself stops at exit; its files go first."""
    if _pooler is not None:
        _pooler.stop()
    if _folder is not None:
        embedded.stop(_folder / "postgres")
        shutil.rmtree(_folder, ignore_errors=True)
