"""A wrong environment stops the start with one line that names its variable, and no line tells a secret."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from config.env import PUBLIC_BETTER_AUTH_SECRET, load_environment
from tests.config.environments import GOOD, PASSWORD, SECRETS, lines
from tests.quickstart.checkout import Checkout

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
    (
        "DATABASE_URL",
        f"postgresql://app:{PASSWORD}@host/tasks?pgbouncer=true",
        "'pgbouncer', which libpq does not know",
    ),
    ("DATABASE_URL", f"postgresql://app:{PASSWORD}@host/tasks?sslmode=required", "invalid sslmode value"),
    ("DATABASE_URL", f"postgresql://app:{PASSWORD}%zz@host/tasks", "is malformed"),
    ("DATABASE_URL", f"psql 'postgresql://app:{PASSWORD}@host/tasks'", "leave out the quotes and the command"),
    ("DATABASE_URL_UNPOOLED", f"postgresql://app:{PASSWORD}@host/tasks?schema=public", "'schema', which"),
    ("DATABASE_REPLICA_URL", f"postgresql://app:{PASSWORD}@replica/tasks?connection_limit=5", "'connection_limit'"),
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
    ("CORS_ALLOWED_HEADERS", "*", "list the headers"),
    ("CORS_ALLOWED_HEADERS", "x-good, X Bad", "'X Bad' is not the name of a header"),
    ("CORS_ALLOWED_HEADERS", "x-good; x-bad", "is not the name of a header"),
    ("CORS_ALLOWED_HEADERS", "x-naïve", "is not the name of a header"),
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


def test_a_line_for_each_wrong_variable(good: pytest.MonkeyPatch, dotenv: Path) -> None:
    good.delenv("DATABASE_URL")
    good.setenv("PORT", "0")
    good.setenv("DEBUG", "maybe")
    assert [line.partition(":")[0] for line in lines(dotenv)] == ["DATABASE_URL", "PORT", "DEBUG"]


def test_the_start_stops_with_the_lines(dotenv: Path) -> None:
    with pytest.raises(SystemExit) as stopped:
        load_environment(dotenv)
    assert [line.partition(":")[0] for line in str(stopped.value).splitlines()] == ["DATABASE_URL", "DJANGO_SECRET_KEY"]


@pytest.fixture(scope="module")
def clone() -> Iterator[Checkout]:
    checkout = Checkout(**GOOD)
    yield checkout
    checkout.remove()


COMMANDS = {
    "check": ("manage.py", "check"),
    "migrate": ("manage.py", "migrate", "--check"),
    "serve": ("manage.py", "serve"),
    "gunicorn": ("-m", "gunicorn", "--config", "config/gunicorn.py"),
}


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", f"mysql://app:{PASSWORD}@host/tasks"),
        ("DATABASE_URL", f"postgresql://app:{PASSWORD}@host/tasks?pgbouncer=true"),
        ("DATABASE_URL_UNPOOLED", f"postgresql://app:{PASSWORD}@host/tasks?sslmode=required"),
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
