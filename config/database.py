"""How a database URL becomes Django's settings, with what Neon and PgBouncer need."""

from typing import Any
from urllib.parse import urlsplit

import certifi
import dj_database_url

ENGINE = "apps.ops.postgresql"
POSTGRESQL_SCHEMES = {"postgres", "postgresql", "pgsql"}


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
    try:
        parts = urlsplit(url)
        _ = parts.port
        if parts.scheme not in POSTGRESQL_SCHEMES:
            raise UnusableDatabaseUrl("is not a postgresql:// URL")
        # Neon sleeps after five minutes and cuts its connections: keep ours for less. The engine looks before use.
        # A server-side cursor does not survive PgBouncer's transaction mode.
        config: dict[str, Any] = dict(
            dj_database_url.parse(url, engine=ENGINE, conn_max_age=60, disable_server_side_cursors=True)
        )
    except UnusableDatabaseUrl:
        raise
    except ValueError:
        raise UnusableDatabaseUrl("is malformed: it should read postgresql://user:password@host/name") from None
    if not config["NAME"]:
        raise UnusableDatabaseUrl("names no database: it should read postgresql://user:password@host/name")
    config["OPTIONS"] = {**_defaults(config), **config.get("OPTIONS", {})}
    return config


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
