"""A database URL becomes settings that Neon and PgBouncer can live with."""

import certifi
import pytest

from config.database import PATIENCE, UnusableDatabaseUrl, database_name, database_settings, databases

NEON = "postgresql://app:secret@ep-cool-pooler.eu-central-1.aws.neon.tech/tasks"


def test_what_neon_and_pgbouncer_need() -> None:
    config = database_settings(NEON)
    assert config["ENGINE"] == "apps.ops.postgresql"
    assert config["CONN_MAX_AGE"] == 60
    assert config["CONN_HEALTH_CHECKS"] is False
    assert config["DISABLE_SERVER_SIDE_CURSORS"] is True
    assert config["OPTIONS"]["connect_timeout"] == 3


def test_neon_is_checked_in_full() -> None:
    options = database_settings(NEON)["OPTIONS"]
    assert (options["sslmode"], options["sslrootcert"]) == ("verify-full", certifi.where())


@pytest.mark.parametrize("mode", ["verify-full", "verify-ca"])
@pytest.mark.parametrize("host", ["db.example.com", "ep-cool.eu-central-1.aws.neon.tech"])
def test_a_mode_that_checks_gets_roots(host: str, mode: str) -> None:
    options = database_settings(f"postgresql://app@{host}/tasks?sslmode={mode}")["OPTIONS"]
    assert (options["sslmode"], options["sslrootcert"]) == (mode, certifi.where())


@pytest.mark.parametrize("host", ["db.example.com", "ep-cool.eu-central-1.aws.neon.tech"])
def test_the_url_decides_over_the_mode(host: str) -> None:
    options = database_settings(f"postgresql://app@{host}/tasks?sslmode=require&channel_binding=require")["OPTIONS"]
    assert options == {**PATIENCE, "sslmode": "require", "channel_binding": "require"}


def test_the_url_decides_over_roots_and_patience() -> None:
    options = database_settings(NEON + "?sslrootcert=/roots.pem&connect_timeout=4")["OPTIONS"]
    assert (options["sslrootcert"], int(options["connect_timeout"])) == ("/roots.pem", 4)


@pytest.mark.parametrize("host", ["localhost", "db.example.com", "neon.tech.example.com"])
def test_elsewhere_the_mode_is_libpqs_own(host: str) -> None:
    assert database_settings(f"postgresql://app@{host}/tasks")["OPTIONS"] == PATIENCE


def test_a_replica_is_there_only_where_one_is_named() -> None:
    assert databases(NEON, "") == {"default": database_settings(NEON)}
    both = databases(NEON, NEON.replace("cool", "copy"))
    assert both["default"] == database_settings(NEON)
    assert both["replica"]["HOST"].startswith("ep-copy-pooler.")
    assert both["replica"]["TEST"] == {"MIRROR": "default"}


def test_a_socket_folder() -> None:
    config = database_settings("postgresql://postgres:@/postgres?host=/run/postgresql")
    host = config["HOST"] or config["OPTIONS"]["host"]
    assert (host, config["NAME"]) == ("/run/postgresql", "postgres")


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "pgsql"])
def test_the_schemes(scheme: str) -> None:
    assert database_name(f"{scheme}://app@host/tasks") == "tasks"


def test_percent_signs_are_decoded() -> None:
    config = database_settings("postgresql://app:p%40ss%2Fword@host:6432/tasks")
    assert (config["PASSWORD"], config["HOST"], config["PORT"]) == ("p@ss/word", "host", 6432)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "secret",
        "sqlite:///secret",
        "postgresql://a:secret@h",
        "postgresql://a:secret@h:x/t",
        "postgresql://[secret",
    ],
)
def test_an_unusable_url_is_not_repeated(url: str) -> None:
    with pytest.raises(UnusableDatabaseUrl) as caught:
        database_settings(url)
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None
