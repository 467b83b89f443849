"""How a database URL becomes Django's settings, with what Neon and PgBouncer need."""

from typing import Any
from urllib.parse import SplitResult, parse_qsl, urlsplit

import certifi
import dj_database_url

from config import libpq

ENGINE = "apps.ops.postgresql"
POSTGRESQL_SCHEMES = {"postgres", "postgresql", "pgsql"}
# Of dj-database-url, which makes a libpq option of it.
SCHEMA_OPTION = "currentSchema"
# PostgreSQL's own limit, which Django checks at the first connection.
LONGEST_NAME = 63
FORM = "it should read postgresql://user:password@host/name, with every other character of the password as %XX"


# The engine tries again where these run out. A server that fell silent is given up after about ten seconds, whether
# it was asked (tcp_user_timeout, in milliseconds) or not (the keepalives).
PATIENCE: dict[str, Any] = {
    "connect_timeout": 3,
    "tcp_user_timeout": 10_000,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
}


class UnusableDatabaseUrl(ValueError):
    """Not a PostgreSQL URL. The message never holds the URL, for its password."""


def database_settings(url: str) -> dict[str, Any]:
    """An entry of Django's DATABASES. `url` decides over sslmode and every other libpq parameter it names.

    Raises UnusableDatabaseUrl.
    """
    parts = _parts(url)
    # Neon sleeps after five minutes and cuts its connections: keep ours for less. The engine looks before use.
    # A server-side cursor does not survive PgBouncer's transaction mode.
    config: dict[str, Any] = dict(
        dj_database_url.parse(url, engine=ENGINE, conn_max_age=60, disable_server_side_cursors=True)
    )
    if not 0 < len(config["NAME"]) <= LONGEST_NAME:
        raise UnusableDatabaseUrl(
            "names a database of more than 63 characters" if config["NAME"] else f"names no database: {FORM}"
        )
    names = [name for name, _ in parse_qsl(parts.query, keep_blank_values=True)]
    given = config.get("OPTIONS", {})
    try:
        libpq.check_names([name for name in names if name != SCHEMA_OPTION])
        config["OPTIONS"] = {**_defaults(config), **given}
        libpq.check_values(config["OPTIONS"], str(config["HOST"] or given.get("host", "")))
    except libpq.WrongOption as error:
        raise UnusableDatabaseUrl(str(error)) from None
    return config


def _parts(url: str) -> SplitResult:
    """Raises UnusableDatabaseUrl."""
    if "postgresql://" in url[1:] or "postgres://" in url[1:]:
        raise UnusableDatabaseUrl("holds more than a URL: leave out the quotes and the command before it")
    try:
        parts = urlsplit(url)
        _ = parts.port
        is_postgresql = parts.scheme in POSTGRESQL_SCHEMES
        if is_postgresql:
            libpq.check_percent_signs(url)
    except ValueError:
        raise UnusableDatabaseUrl(f"is malformed: {FORM}") from None
    if not is_postgresql:
        raise UnusableDatabaseUrl("is not a postgresql:// URL")
    if parts.fragment:
        raise UnusableDatabaseUrl(f"holds a '#': {FORM}")
    return parts


def databases(url: str, replica_url: str) -> dict[str, Any]:
    """Django's DATABASES; the replica only where there is one. Raises UnusableDatabaseUrl."""
    if not replica_url:
        return {"default": database_settings(url)}
    # Tests have one database.
    return {
        "default": database_settings(url),
        "replica": {**database_settings(replica_url), "TEST": {"MIRROR": "default"}},
    }


def database_name(url: str) -> str:
    """The name of the database that `url` points at. Raises UnusableDatabaseUrl."""
    return str(database_settings(url)["NAME"])


def _defaults(config: dict[str, Any]) -> dict[str, Any]:
    options: dict[str, Any] = dict(PATIENCE)
    chosen = config.get("OPTIONS", {})
    # Neon presents a publicly trusted certificate, so nothing less than a full check is needed there.
    mode = chosen.get("sslmode") or ("verify-full" if str(config["HOST"]).endswith(".neon.tech") else None)
    if mode:
        options["sslmode"] = mode
    if mode in {"verify-full", "verify-ca"}:
        # The libpq inside psycopg2-binary knows no system-wide store of roots.
        options["sslrootcert"] = certifi.where()
    return options
