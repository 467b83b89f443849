"""A wrong environment stops the start with one line that names its variable, and no line tells a secret."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.env import (
    PUBLIC_BETTER_AUTH_SECRET,
    InvalidEnvironment,
    default_workers,
    load_environment,
    read_environment,
)
from tests.quickstart.checkout import Checkout

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
    *("JWT_ISSUER", "JWT_AUDIENCE", "ALLOWED_HOSTS", "CORS_ALLOWED_ORIGINS", "CSRF_TRUSTED_ORIGINS", "API_RATE_LIMIT"),
    *("TRUSTED_PROXIES", "CACHE_URL", "STAFF_SECOND_FACTOR", "STAFF_IDLE_MINUTES", "HISTORY_DAYS"),
    *("PORT", "WEB_CONCURRENCY", "WEB_THREADS", "DEBUG", "HTTPS", "LOG_LEVEL", "LOG_FORMAT"),
)
SECRETS = ("DATABASE_URL", "DATABASE_URL_UNPOOLED", "DJANGO_SECRET_KEY", "BETTER_AUTH_SECRET", "CACHE_URL")


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(f"{name}_FILE", raising=False)


@pytest.fixture
def dotenv(tmp_path: Path) -> Path:
    return tmp_path / ".env"


@pytest.fixture
def good(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def lines(dotenv: Path) -> list[str]:
    with pytest.raises(InvalidEnvironment) as caught:
        read_environment(dotenv)
    return caught.value.lines


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


@pytest.mark.parametrize("name", SECRETS)
@pytest.mark.parametrize("ending", ["", "\n", "\r\n", "\n\n"])
def test_a_secret_from_a_file(good: pytest.MonkeyPatch, dotenv: Path, tmp_path: Path, name: str, ending: str) -> None:
    value = {"DATABASE": "postgresql://other@host/tasks", "CACHE_UR": "redis://:p@host"}.get(name[:8], "f" * 64)
    (tmp_path / "secret").write_bytes((value + ending).encode())
    good.delenv(name, raising=False)
    good.setenv(f"{name}_FILE", str(tmp_path / "secret"))
    field = {"DJANGO_SECRET_KEY": "secret_key"}.get(name, name.lower())
    assert getattr(read_environment(dotenv), field) == value


def test_the_file_may_be_named_in_dotenv(good: pytest.MonkeyPatch, dotenv: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("f" * 64)
    good.delenv("BETTER_AUTH_SECRET")
    dotenv.write_text(f"BETTER_AUTH_SECRET_FILE={tmp_path / 'secret'}\n")
    assert read_environment(dotenv).better_auth_secret == "f" * 64


@pytest.mark.parametrize("name", SECRETS)
@pytest.mark.parametrize("content", [None, b"\xff\xfe" + b"x" * 64], ids=["missing", "not-utf-8"])
def test_a_file_that_cannot_be_read(
    good: pytest.MonkeyPatch, dotenv: Path, tmp_path: Path, name: str, content: bytes | None
) -> None:
    if content:
        (tmp_path / "secret").write_bytes(content)
    good.setenv(f"{name}_FILE", str(tmp_path / "secret"))
    assert lines(dotenv) == [f"{name}_FILE: names no file that can be read as UTF-8 text"]


def test_a_folder_in_place_of_a_file(good: pytest.MonkeyPatch, dotenv: Path, tmp_path: Path) -> None:
    good.setenv("DJANGO_SECRET_KEY_FILE", str(tmp_path))
    assert lines(dotenv) == ["DJANGO_SECRET_KEY_FILE: names no file that can be read as UTF-8 text"]


def test_an_empty_file_is_an_empty_value(good: pytest.MonkeyPatch, dotenv: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("\n")
    good.setenv("DJANGO_SECRET_KEY_FILE", str(tmp_path / "secret"))
    assert lines(dotenv) == ["DJANGO_SECRET_KEY: is required and is empty"]


@pytest.mark.parametrize("content", [b"PORT=\xff\n", None], ids=["not-utf-8", "a-folder"])
def test_a_dotenv_that_cannot_be_read(good: pytest.MonkeyPatch, dotenv: Path, content: bytes | None) -> None:
    if content is None:
        dotenv.mkdir()
    else:
        dotenv.write_bytes(content)
    assert lines(dotenv) == [".env: cannot be read as UTF-8 text"]


WRONG = [
    ("DATABASE_URL", None, "is required and is not set"),
    ("DATABASE_URL", "", "is required and is empty"),
    ("DATABASE_URL", f"mysql://app:{PASSWORD}@host/tasks", "is not a postgresql:// URL"),
    ("DATABASE_URL", PASSWORD, "is not a postgresql:// URL"),
    ("DATABASE_URL", f"postgresql://app:{PASSWORD}@host", "names no database"),
    ("DATABASE_URL", f"postgresql://app:{PASSWORD}@host/", "names no database"),
    ("DATABASE_URL", f"postgresql://app:{PASSWORD}@host:port/tasks", "is malformed"),
    ("DATABASE_URL", f"postgresql://app:{PASSWORD}@host:99999/tasks", "is malformed"),
    ("DATABASE_URL", f"postgresql://app:{PASSWORD}@[::1/tasks", "is malformed"),
    ("DATABASE_URL_UNPOOLED", f"mysql://app:{PASSWORD}@host/tasks", "is not a postgresql:// URL"),
    ("DATABASE_URL_UNPOOLED", f"postgresql://app:{PASSWORD}@host:port/tasks", "is malformed"),
    ("DATABASE_URL_UNPOOLED", f"postgresql://app:{PASSWORD}@host/other", "names another database than DATABASE_URL"),
    ("DATABASE_REPLICA_URL", f"mysql://app:{PASSWORD}@host/tasks", "is not a postgresql:// URL"),
    ("DATABASE_REPLICA_URL", f"postgresql://app:{PASSWORD}@host/other", "names another database than DATABASE_URL"),
    ("DATABASE_REPLICA_URL", GOOD["DATABASE_URL"], "is DATABASE_URL itself, which is no replica"),
    ("DJANGO_SECRET_KEY", None, "is required and is not set"),
    ("DJANGO_SECRET_KEY", "", "is required and is empty"),
    ("DJANGO_SECRET_KEY", PASSWORD, "has 15 characters and needs 50 or more"),
    ("DJANGO_SECRET_KEY", "k" * 49, "has 49 characters and needs 50 or more"),
    ("BETTER_AUTH_SECRET", PASSWORD, "has 15 characters and needs 32 or more"),
    ("BETTER_AUTH_SECRET", "s" * 31, "has 31 characters and needs 32 or more"),
    ("BETTER_AUTH_SECRET", PUBLIC_BETTER_AUTH_SECRET, "is Better Auth's public default"),
    ("BETTER_AUTH_URL", "auth.example.com", "'auth.example.com' is not an http or https URL"),
    ("BETTER_AUTH_URL", "ftp://auth.example.com", "'ftp://auth.example.com' is not an http or https URL"),
    ("BETTER_AUTH_URL", "https://", "'https://' is not an http or https URL"),
    ("BETTER_AUTH_URL", "https://auth.example.com:99999", "is not an http or https URL"),
    ("JWKS_URL", "auth.example.com/jwks", "is not an http or https URL"),
    ("JWKS_URL", "ftp://auth.example.com/jwks", "is not an http or https URL"),
    ("JWKS_URL", "file:///etc/passwd", "is not an http or https URL"),
    ("JWKS_URL", "https://auth.example.com/jwks", "needs BETTER_AUTH_URL"),
    ("ALLOWED_HOSTS", "https://api.example.com", "leave out the scheme"),
    ("ALLOWED_HOSTS", "api.example.com,other.example.com:8000", "leave out the scheme, the port"),
    ("ALLOWED_HOSTS", "api.example.com/path", "leave out the scheme, the port and the path"),
    ("CORS_ALLOWED_ORIGINS", "*", "'*' would let every site send credentials"),
    ("CORS_ALLOWED_ORIGINS", "https://*.example.com", "is not an origin"),
    ("CORS_ALLOWED_ORIGINS", "https://app.example.com/", "is not an origin"),
    ("CORS_ALLOWED_ORIGINS", "https://app.example.com,app.example.com", "'app.example.com' is not an origin"),
    ("CSRF_TRUSTED_ORIGINS", "*", "list the origins"),
    ("CSRF_TRUSTED_ORIGINS", "app.example.com", "is not an origin"),
    ("TRUSTED_PROXIES", "proxy.example.com", "is neither an address nor a network"),
    ("TRUSTED_PROXIES", "10.0.0.1/8", "is neither an address nor a network"),
    ("CACHE_URL", f"memcached://:{PASSWORD}@host", "is not a redis://"),
    ("CACHE_URL", PASSWORD, "is not a redis://"),
    ("API_RATE_LIMIT", "fast", "'fast' is neither 'none' nor a rate"),
    ("API_RATE_LIMIT", "0/min", "is neither 'none' nor a rate"),
    ("API_RATE_LIMIT", "600/fortnight", "is neither 'none' nor a rate"),
    ("API_RATE_LIMIT", "600", "is neither 'none' nor a rate"),
    ("API_RATE_LIMIT", "", "is neither 'none' nor a rate"),
    ("HISTORY_DAYS", "6", "Must be greater than or equal to 7"),
    ("HISTORY_DAYS", "for ever", "Not a valid integer"),
    ("PORT", "0", "Must be greater than or equal to 1"),
    ("PORT", "70000", "less than or equal to 65535"),
    ("PORT", "abc", "Not a valid integer"),
    ("PORT", "", "Not a valid integer"),
    ("WEB_CONCURRENCY", "0", "Must be greater than or equal to 1"),
    ("WEB_CONCURRENCY", "1.5", "Not a valid integer"),
    ("WEB_THREADS", "x", "Not a valid integer"),
    ("WEB_THREADS", "-1", "Must be greater than or equal to 1"),
    ("DEBUG", "maybe", "Not a valid boolean"),
    ("DEBUG", "2", "Not a valid boolean"),
    ("HTTPS", "", "Not a valid boolean"),
    ("HTTPS", "https", "Not a valid boolean"),
    ("LOG_LEVEL", "LOUD", "Must be one of: DEBUG, INFO, WARNING, ERROR, CRITICAL"),
    ("LOG_FORMAT", "xml", "Must be one of: json, console"),
]


@pytest.mark.parametrize(("name", "value", "said"), WRONG)
def test_one_line_names_the_variable(
    good: pytest.MonkeyPatch, dotenv: Path, name: str, value: str | None, said: str
) -> None:
    if value is None:
        good.delenv(name)
    else:
        good.setenv(name, value)
    (line,) = lines(dotenv)
    assert line.startswith(f"{name}: ")
    assert said in line
    assert "\n" not in line


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, value, _ in WRONG if name in SECRETS and value])
def test_no_line_tells_a_secret(good: pytest.MonkeyPatch, dotenv: Path, name: str, value: str) -> None:
    good.setenv(name, value)
    (line,) = lines(dotenv)
    assert not value.strip() or value not in line
    assert PASSWORD not in line


def test_some_source_of_tokens_is_needed(good: pytest.MonkeyPatch, dotenv: Path) -> None:
    good.delenv("BETTER_AUTH_SECRET")
    (line,) = lines(dotenv)
    assert line.startswith("BETTER_AUTH_URL or BETTER_AUTH_SECRET: set at least one")


def test_either_source_of_tokens_will_do(good: pytest.MonkeyPatch, dotenv: Path) -> None:
    good.delenv("BETTER_AUTH_SECRET")
    good.setenv("BETTER_AUTH_URL", "https://auth.example.com")
    assert read_environment(dotenv).better_auth_url == "https://auth.example.com"


def test_a_line_for_each_wrong_variable(good: pytest.MonkeyPatch, dotenv: Path) -> None:
    good.delenv("DATABASE_URL")
    good.setenv("PORT", "0")
    good.setenv("DEBUG", "maybe")
    assert [line.partition(":")[0] for line in lines(dotenv)] == ["DATABASE_URL", "PORT", "DEBUG"]


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("ALLOWED_HOSTS", " api.example.com , .example.org,, [::1]", ["api.example.com", ".example.org", "[::1]"]),
        ("ALLOWED_HOSTS", "*", ["*"]),
        ("CORS_ALLOWED_ORIGINS", "http://localhost:3000", ["http://localhost:3000"]),
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


def test_the_start_stops_with_the_lines(dotenv: Path) -> None:
    with pytest.raises(SystemExit) as stopped:
        load_environment(dotenv)
    assert [line.partition(":")[0] for line in str(stopped.value).splitlines()] == ["DATABASE_URL", "DJANGO_SECRET_KEY"]


@pytest.fixture(scope="module")
def clone() -> Iterator[Checkout]:
    checkout = Checkout(**GOOD)
    yield checkout
    checkout.remove()


COMMANDS = {"manage.py": ("manage.py", "check"), "gunicorn": ("-m", "gunicorn", "--config", "config/gunicorn.py")}


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", f"mysql://app:{PASSWORD}@host/tasks"),
        ("BETTER_AUTH_SECRET", PUBLIC_BETTER_AUTH_SECRET),
        ("DJANGO_SECRET_KEY_FILE", "/nowhere/secret"),
        ("PORT", "abc"),
    ],
)
def test_every_start_ends_with_one_line(clone: Checkout, command: tuple[str, ...], name: str, value: str) -> None:
    done = clone.run(*command, **{name: value})
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"{name}: ")
    assert PASSWORD not in line
