"""A database URL becomes settings that Neon and PgBouncer can live with."""

import socket

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
    "query",
    [
        "sslmode=require&channel_binding=require",
        "application_name=my%20app&connect_timeout=4&keepalives=0",
        "options=-c%20search_path%3Dtasks",
        "target_session_attrs=read-write&gssencmode=disable",
        "currentSchema=tasks",
        "isolation_level=2",
        "assume_role=owner",
        "sslmode=",
        "host=a,b&port=5432,6432",
    ],
)
def test_options_that_libpq_django_and_the_parser_know(query: str) -> None:
    host = "" if "host=" in query else "db.example.com"
    assert database_settings(f"postgresql://app@{host}/tasks?{query}")["NAME"] == "tasks"


def test_the_schema_is_an_option_of_the_session() -> None:
    options = database_settings("postgresql://app@host/tasks?currentSchema=tasks")["OPTIONS"]
    assert options["options"] == "-c search_path=tasks"


def test_an_address_of_the_environment_is_not_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setenv("PGHOSTADDR", "127.0.0.1")
        monkeypatch.setenv("PGPORT", str(server.getsockname()[1]))
        assert database_settings("postgresql://app@host/tasks")["NAME"] == "tasks"
        server.setblocking(False)
        with pytest.raises(BlockingIOError):
            server.accept()


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("pgbouncer=true", "'pgbouncer', which libpq does not know: remove it if the URL was copied"),
        ("pgbouncer", "'pgbouncer', which libpq does not know"),
        ("schema=public", "'schema', which libpq does not know: write currentSchema"),
        ("connection_limit=5", "'connection_limit', which"),
        ("pool_timeout=10", "'pool_timeout', which"),
        ("statement_cache_size=0", "'statement_cache_size', which"),
        ("conn_max_age=60", "'conn_max_age', which"),
        ("pool=true", "'pool', which"),
        ("async=1", "'async', which"),
        ("sslaccept=strict", "'sslaccept', which libpq does not know: write sslmode="),
        ("ssl=true", "'ssl', which libpq does not know: write sslmode="),
        ("SSLMODE=require", "'SSLMODE', which libpq does not know: write sslmode"),
        ("sslmode=disable%20x&application_name%20y=1", "'application_name y', which"),
        ("sslmode=require&pgbouncer=true", "'pgbouncer', which"),
        ("sslmode=require&sslmode=disable", "'sslmode' twice"),
        ("sslmode=required", 'invalid sslmode value: "required"'),
        ("channel_binding=maybe", 'invalid channel_binding value: "maybe"'),
        ("target_session_attrs=writable", 'invalid target_session_attrs value: "writable"'),
        ("port=abc", 'invalid integer value "abc" for connection option "port"'),
        ("connect_timeout=abc", "connect_timeout=abc, which must be an integer"),
        ("connect_timeout=99999999999", "connect_timeout=99999999999, which must be an integer"),
        ("keepalives_idle=1.5", "keepalives_idle=1.5, which must be an integer"),
        ("tcp_user_timeout=true", "tcp_user_timeout=True, which must be an integer"),
        ("isolation_level=serializable", "isolation_level that is not 1, 2, 3 or 4"),
    ],
)
def test_an_option_that_would_fail_at_the_first_connection(query: str, said: str) -> None:
    with pytest.raises(UnusableDatabaseUrl) as caught:
        database_settings(f"postgresql://app:secret@db.example.com/tasks?{query}")
    assert said in str(caught.value)
    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "postgresql://a:secret%zz@h/t",
        "postgresql://a:secret%@h/t",
        "postgresql://a:secret%ff@h/t",
        "postgresql://a:secret%00@h/t",
        "postgresql://a:secret@h/t#1",
        "postgresql://a:secret@h/" + "t" * 64,
        "'postgresql://a:secret@h/t'",
        '"postgres://a:secret@h/t"',
        "psql 'postgresql://a:secret@h/t?sslmode=require'",
        "postgresql+psycopg2://a:secret@h/t",
        "mysql://a:secret@h/t",
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
