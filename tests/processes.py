"""How `-n auto` spreads the tests over processes, one for each core (a pytest plugin, see pyproject.toml)."""

import pytest

from tests.environment import GIVEN_URL

# By what it imports, a module is known that waits for servers to start, to end and to give up.
SERVERS = ("Checkout", "Database", "Gunicorn", "House", "PrivatePostgres")


@pytest.hookimpl(tryfirst=True)
def pytest_xdist_auto_num_workers() -> int | None:
    """On one given server they would hold each other up: then no others. Else it is decided elsewhere."""
    return 0 if GIVEN_URL else None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """At random, but for this: a slow file that is begun last keeps one process busy, and the others idle."""
    items.sort(key=lambda item: not _is_slow(item))


def _is_slow(item: pytest.Item) -> bool:
    return any(hasattr(getattr(item, "module", None), name) for name in SERVERS)
