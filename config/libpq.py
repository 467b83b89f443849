"""Asks libpq, the library under psycopg2, about the options of a database URL before the first connection."""

import re
from typing import Any

import psycopg2
from psycopg2.extensions import make_dsn, parse_dsn

# Options that Django itself takes out before libpq sees the others.
OF_DJANGO = {"assume_role", "isolation_level"}
# libpq reads these only after it has a socket, so that a wrong one is found at the first connection.
INTEGERS = {
    *("connect_timeout", "keepalives", "keepalives_idle", "keepalives_interval", "keepalives_count"),
    "tcp_user_timeout",
}
ISOLATION_LEVELS = {1, 2, 3, 4}
LARGEST_INTEGER = 2**31 - 1
# No folder, so no server: libpq checks all options before it finds that out, and nothing leaves this machine.
NOWHERE = "/nowhere-to-connect-to"

HINTS = {
    "ssl": "write sslmode=require or sslmode=verify-full",
    "sslaccept": "write sslmode=require or sslmode=verify-full",
    "schema": "write currentSchema, or set search_path at the role",
}
OTHER_TOOL = "remove it if the URL was copied from the settings of another tool, such as Prisma"


class WrongOption(ValueError):
    """An option that libpq does not know, or a value that it does not take."""


def check_percent_signs(url: str) -> None:
    """Raises ValueError, without the text, where a `%` does not begin two hexadecimal digits of UTF-8."""
    try:
        parse_dsn(re.sub(r"^\w+", "postgresql", url.partition("?")[0]))
    except (psycopg2.ProgrammingError, UnicodeError):
        raise ValueError from None


def check_names(names: list[str]) -> None:
    """Raises WrongOption."""
    for name in names:
        if names.count(name) > 1:
            raise WrongOption(f"has the option {name!r} twice")
        if name not in OF_DJANGO and not _is_known(name):
            raise WrongOption(f"has the option {name!r}, which libpq does not know: {_hint(name)}")


def check_values(options: dict[str, Any], hosts: str) -> None:
    """Raises WrongOption. `options` have known names; those with a host in them belong to `hosts`."""
    for name in INTEGERS & options.keys():
        if not _is_integer(options[name]):
            raise WrongOption(f"has {name}={options[name]}, which must be an integer")
    if options.get("isolation_level", 1) not in ISOLATION_LEVELS:
        raise WrongOption("has an isolation_level that is not 1, 2, 3 or 4")
    if reason := _refusal(options, hosts):
        raise WrongOption(f"has an option that libpq does not take: {reason}")


def _is_known(name: str) -> bool:
    try:
        make_dsn(**{name: "1"})
    except psycopg2.ProgrammingError:
        return False
    return name.isidentifier()


def _hint(name: str) -> str:
    lower = name.lower()
    if lower != name and _is_known(lower):
        return f"write {lower}"
    return HINTS.get(lower, OTHER_TOOL)


def _is_integer(value: Any) -> bool:
    return bool(re.fullmatch(r"[+-]?\d{1,10}", str(value))) and abs(int(value)) <= LARGEST_INTEGER


def _refusal(options: dict[str, Any], hosts: str) -> str:
    """What libpq says of them; nothing where it gets as far as to look for the server."""
    chosen = {name: value for name, value in options.items() if name not in {*OF_DJANGO, "password"}}
    # An empty hostaddr keeps libpq from the one in the environment.
    elsewhere = {"host": ",".join(NOWHERE for _ in hosts.split(",")), "hostaddr": ""}
    try:
        psycopg2.connect(**{**chosen, **elsewhere})
    except psycopg2.Error as error:
        said = str(error).strip().partition("\n")[0]
        return "" if NOWHERE in said else said
    return ""
