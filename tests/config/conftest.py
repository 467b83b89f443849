"""An environment of which nothing is set, or what must be; and a file that is not there yet."""

from pathlib import Path

import pytest

from tests.config.environments import GOOD, NAMES


@pytest.fixture
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(f"{name}_FILE", raising=False)


@pytest.fixture
def dotenv(_nothing_set: None, tmp_path: Path) -> Path:
    return tmp_path / ".env"


@pytest.fixture
def good(_nothing_set: None, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)
    return monkeypatch
