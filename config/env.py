"""The environment, read once and typed: a wrong value stops the start with a line that names its variable."""

import os
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from environs import EnvValidationError, FileAwareEnv, ValidationError, validate

from config.database import UnusableDatabaseUrl, database_name, database_settings

# Better Auth signs with this where nobody chose a secret (better-auth, packages/better-auth/src/utils/constants.ts).
PUBLIC_BETTER_AUTH_SECRET = "better-auth-secret-12345678901234567890"  # noqa: S105 - refused, never used


class InvalidEnvironment(Exception):
    """Carries `lines`, one for each variable that is missing or malformed; no line holds the value of a secret."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


@dataclass(frozen=True)
class Environment:
    """Every setting that an operator chooses. README, "The environment", says what each means."""

    database_url: str
    database_url_unpooled: str
    database_replica_url: str
    secret_key: str
    better_auth_secret: str
    better_auth_url: str
    jwks_url: str
    jwt_issuer: str
    jwt_audience: str
    allowed_hosts: list[str]
    script_name: str
    cors_allowed_origins: list[str]
    cors_allowed_headers: list[str]
    csrf_trusted_origins: list[str]
    trusted_proxies: list[str]
    cache_url: str
    api_rate_limit: str
    statement_seconds: int
    staff_second_factor: bool
    staff_idle_minutes: int
    history_days: int
    port: int
    web_concurrency: int
    web_threads: int
    drain_seconds: int
    metrics_host: str
    metrics_port: int
    metrics_token: str
    debug: bool
    https: bool
    log_level: str
    log_format: str


class _Reader(FileAwareEnv):
    """Says which variable's file it could not read, and nothing of what is in it."""

    def _get_value(self, env_key: str, default: Any) -> Any:
        try:
            return super()._get_value(env_key, default)
        except (OSError, ValueError):
            raise InvalidEnvironment([f"{env_key}_FILE: names no file that can be read as UTF-8 text"]) from None


def load_environment(dotenv: Path) -> Environment:
    """The environment of this process, `dotenv` filling the gaps. Where it is wrong: lines on stderr, exit status 1."""
    try:
        return read_environment(dotenv)
    except InvalidEnvironment as error:
        sys.exit("\n".join(error.lines))


def read_environment(dotenv: Path) -> Environment:
    """Raises InvalidEnvironment. `NAME_FILE` names a file that holds the value of `NAME`."""
    env = _Reader(eager=False, strip_whitespace=True)
    try:
        env.read_env(dotenv, recurse=False)
    except (OSError, ValueError):
        raise InvalidEnvironment([f"{dotenv.name}: cannot be read as UTF-8 text"]) from None
    values = _declared(env)
    try:
        env.seal()
    except EnvValidationError as error:
        raise InvalidEnvironment(_lines(error.error_messages)) from None
    environment = Environment(**values)
    if conflicts := _conflicts(environment):
        raise InvalidEnvironment(conflicts)
    return environment


def _declared(env: FileAwareEnv) -> dict[str, Any]:
    return {
        "database_url": env.str("DATABASE_URL", validate=[_is_set, _is_postgresql]),
        "database_url_unpooled": env.str("DATABASE_URL_UNPOOLED", "", validate=_is_postgresql),
        "database_replica_url": env.str("DATABASE_REPLICA_URL", "", validate=_is_postgresql),
        "secret_key": env.str("DJANGO_SECRET_KEY", validate=[_is_set, _at_least(50)]),
        "better_auth_secret": env.str("BETTER_AUTH_SECRET", "", validate=[_at_least(32), _is_secret]),
        "better_auth_url": env.str("BETTER_AUTH_URL", "", validate=_is_http_url),
        "jwks_url": env.str("JWKS_URL", "", validate=_is_http_url),
        "jwt_issuer": env.str("JWT_ISSUER", ""),
        "jwt_audience": env.str("JWT_AUDIENCE", ""),
        "allowed_hosts": _words(env, "ALLOWED_HOSTS", _is_host),
        "script_name": env.str("SCRIPT_NAME", "", validate=_is_path_prefix),
        "cors_allowed_origins": _words(env, "CORS_ALLOWED_ORIGINS", _is_origin),
        "cors_allowed_headers": _words(env, "CORS_ALLOWED_HEADERS", _is_header_name),
        "csrf_trusted_origins": _words(env, "CSRF_TRUSTED_ORIGINS", _is_origin),
        "trusted_proxies": _words(env, "TRUSTED_PROXIES", _is_network),
        "cache_url": env.str("CACHE_URL", "", validate=_is_redis_url),
        "api_rate_limit": env.str("API_RATE_LIMIT", "600/min", validate=_is_rate),
        "statement_seconds": env.int("STATEMENT_SECONDS", 10, validate=validate.Range(1, 600)),
        "staff_second_factor": env.bool("STAFF_SECOND_FACTOR", True),
        "staff_idle_minutes": env.int("STAFF_IDLE_MINUTES", 30, validate=validate.Range(1, 720)),
        # The table itself lets nothing younger than a week go.
        "history_days": env.int("HISTORY_DAYS", 400, validate=validate.Range(7, 36500)),
        "port": env.int("PORT", 8000, validate=validate.Range(1, 65535)),
        "web_concurrency": env.int("WEB_CONCURRENCY", default_workers(), validate=validate.Range(1, 1024)),
        "web_threads": env.int("WEB_THREADS", 4, validate=validate.Range(1, 1024)),
        "drain_seconds": env.int("DRAIN_SECONDS", 0, validate=validate.Range(0, 600)),
        "metrics_host": env.str("METRICS_HOST", "127.0.0.1"),
        "metrics_port": env.int("METRICS_PORT", 0, validate=validate.Range(0, 65535)),
        "metrics_token": env.str("METRICS_TOKEN", "", validate=_at_least(32)),
        "debug": env.bool("DEBUG", False),
        "https": env.bool("HTTPS", True),
        "log_level": env.str(
            "LOG_LEVEL", "INFO", validate=validate.OneOf(["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"])
        ),
        "log_format": env.str("LOG_FORMAT", "json", validate=validate.OneOf(["json", "console"])),
    }


def default_workers() -> int:
    """Two processes for each core that this process may use, eight at most."""
    return min(8, 2 * len(os.sched_getaffinity(0)))


def _words(env: FileAwareEnv, name: str, check: Callable[[str], None]) -> list[str]:
    """A comma-separated list, blanks around and between the commas allowed."""

    def check_each(text: str) -> None:
        for word in _split(text):
            check(word)

    return _split(env.str(name, "", validate=check_each) or "")


def _split(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _conflicts(environment: Environment) -> list[str]:
    lines = []
    if not environment.better_auth_secret and not environment.better_auth_url:
        lines.append("BETTER_AUTH_URL or BETTER_AUTH_SECRET: set at least one, else no token can be good")
    if environment.jwks_url and not environment.better_auth_url:
        lines.append("JWKS_URL: needs BETTER_AUTH_URL, whose origin is the issuer of its tokens")
    here, replica = environment.database_url, environment.database_replica_url
    for name, url in (("DATABASE_URL_UNPOOLED", environment.database_url_unpooled), ("DATABASE_REPLICA_URL", replica)):
        if url and database_name(url) != database_name(here):
            lines.append(f"{name}: names another database than DATABASE_URL")
    if replica == here:
        lines.append("DATABASE_REPLICA_URL: is DATABASE_URL itself, which is no replica")
    return lines


def _lines(messages: Any) -> list[str]:
    """One line a variable; `messages` is the library's {name: [sentence]}."""
    unset = "Environment variable not set."
    return [
        f"{name}: {'is required and is not set' if unset in texts else ' '.join(map(str, texts))}"
        for name, texts in messages.items()
    ]


def _is_set(value: str) -> None:
    if not value:
        raise ValidationError("is required and is empty")


def _at_least(length: int) -> Any:
    def check(value: str) -> None:
        if value and len(value) < length:
            raise ValidationError(f"has {len(value)} characters and needs {length} or more")

    return check


def _is_secret(value: str) -> None:
    if value == PUBLIC_BETTER_AUTH_SECRET:
        raise ValidationError("is Better Auth's public default, with which anyone can sign a token; choose another")


def _is_postgresql(value: str) -> None:
    if value:
        try:
            database_settings(value)
        except UnusableDatabaseUrl as error:
            raise ValidationError(str(error)) from error


def _is_http_url(value: str) -> None:
    try:
        url = urlsplit(value)
        usable = not value or (url.scheme in {"http", "https"} and bool(url.hostname) and (url.port or 1) > 0)
    except ValueError:
        usable = False
    if not usable:
        raise ValidationError(f"{value!r} is not an http or https URL")


def _is_origin(value: str) -> None:
    if value == "*":
        raise ValidationError("'*' would let every site send credentials; list the origins")
    if not re.fullmatch(r"https?://[^/\s?#@*]+", value):
        raise ValidationError(f"{value!r} is not an origin such as https://app.example.com")


def _is_header_name(value: str) -> None:
    if value == "*":
        raise ValidationError("'*' means no other header where credentials are sent; list the headers")
    if not re.fullmatch(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+", value):
        raise ValidationError(f"{value!r} is not the name of a header such as X-Client-Version")


def _is_host(value: str) -> None:
    if not re.fullmatch(r"\*|\.?[A-Za-z0-9_.-]+|\[[0-9A-Fa-f:.]+\]", value):
        raise ValidationError(f"{value!r} is not a host name; leave out the scheme, the port and the path")


def _is_path_prefix(value: str) -> None:
    if value and not re.fullmatch(r"(/[A-Za-z0-9_.~-]+)+", value):
        raise ValidationError(f"{value!r} is not a path such as /tasks, with a slash before it and none behind it")


def _is_network(value: str) -> None:
    try:
        ip_network(value)
    except ValueError as error:
        raise ValidationError(f"{value!r} is neither an address nor a network such as 10.0.0.0/8") from error


def _is_redis_url(value: str) -> None:
    if value and not re.match(r"(redis|rediss|unix)://.", value):
        raise ValidationError("is not a redis://, rediss:// or unix:// URL")


def _is_rate(value: str) -> None:
    if not re.fullmatch(r"none|[1-9][0-9]{0,8}/(sec|min|hour|day)", value):
        raise ValidationError(f"{value!r} is neither 'none' nor a rate such as 600/min (sec, min, hour, day)")
