"""Before the settings load: an .env is written once, and a database is sought only where none is named."""

import os
import signal
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from apps.quickstart import bootstrap, embedded
from apps.quickstart.bootstrap import STOP_SIGNALS, names_database, prepare, write_dotenv

URL = "postgresql://app@host/tasks"


@pytest.fixture(autouse=True)
def _no_database_named(monkeypatch: pytest.MonkeyPatch) -> None:
    # Set first, so that whatever a test leaves behind is undone.
    for name in ("DATABASE_URL", "DATABASE_URL_FILE"):
        monkeypatch.setenv(name, "")


@pytest.fixture
def _signals() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in STOP_SIGNALS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The folders in which a server was asked for."""
    folders: list[Path] = []

    def start(folder: Path) -> str:
        folders.append(folder)
        return URL

    monkeypatch.setattr(embedded, "start", start)
    return folders


def test_an_env_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        write_dotenv(tmp_path / ".env")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / ".env").stat().st_mode) == 0o600


def test_each_env_has_secrets_of_its_own(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_dotenv(tmp_path / name)
    one, other = ((tmp_path / name).read_text().splitlines() for name in ("a", "b"))
    different = {line.partition("=")[0] for line in set(one) ^ set(other)}
    assert different == {"DJANGO_SECRET_KEY", "BETTER_AUTH_SECRET"}


def test_no_env_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("mine")
    with pytest.raises(FileExistsError):
        write_dotenv(tmp_path / ".env")
    assert (tmp_path / ".env").read_text() == "mine"


@pytest.mark.parametrize("name", ["DATABASE_URL", "DATABASE_URL_FILE"])
def test_the_process_names_a_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, URL)
    assert names_database(tmp_path / ".env")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", False),
        (b"DATABASE_URL=\n", False),
        (b"#DATABASE_URL=x\n", False),
        (b"DATABASE_URL=x\n", True),
        (b"DATABASE_URL_FILE=/run/url\n", True),
        (b"\xff", True),
    ],
)
def test_the_file_names_a_database(tmp_path: Path, content: bytes, expected: bool) -> None:
    (tmp_path / ".env").write_bytes(content)
    assert names_database(tmp_path / ".env") is expected


def test_no_file_names_none(tmp_path: Path) -> None:
    assert not names_database(tmp_path / ".env")


@pytest.mark.usefixtures("_signals")
def test_serving_writes_an_env_and_starts_a_database(tmp_path: Path, started: list[Path]) -> None:
    prepare(tmp_path, serving=True)
    assert (tmp_path / ".env").exists()
    assert started == [tmp_path / ".data" / "postgres"]
    assert os.environ["DATABASE_URL"] == URL


@pytest.mark.parametrize("serving", [True, False])
def test_a_named_database_is_enough(
    tmp_path: Path, started: list[Path], monkeypatch: pytest.MonkeyPatch, serving: bool
) -> None:
    monkeypatch.setenv("DATABASE_URL", URL)
    monkeypatch.setattr(embedded, "running_url", lambda _: pytest.fail("looked for a server"))
    (tmp_path / ".data" / "postgres").mkdir(parents=True)
    prepare(tmp_path, serving=serving)
    assert started == []
    assert (tmp_path / ".env").exists() is serving


@pytest.mark.parametrize(("running", "expected"), [(URL, URL), (None, "")])
def test_other_commands_look_for_a_running_one(
    tmp_path: Path, started: list[Path], monkeypatch: pytest.MonkeyPatch, running: str | None, expected: str
) -> None:
    monkeypatch.setattr(embedded, "running_url", lambda _: running)
    (tmp_path / ".data" / "postgres").mkdir(parents=True)
    prepare(tmp_path, serving=False)
    assert os.environ["DATABASE_URL"] == expected
    assert (started, (tmp_path / ".env").exists()) == ([], False)


def test_other_commands_look_only_where_one_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "running_url", lambda _: pytest.fail("looked for a server"))
    prepare(tmp_path, serving=False)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("_signals")
def test_a_database_that_cannot_start_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(folder: Path) -> str:
        raise embedded.EmbeddedDatabaseError("it cannot start")

    monkeypatch.setattr(embedded, "start", refuse)
    with pytest.raises(SystemExit, match="it cannot start"):
        prepare(tmp_path, serving=True)


@pytest.mark.usefixtures("_signals")
@pytest.mark.parametrize("number", STOP_SIGNALS)
def test_a_signal_waits_until_the_start_is_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    finished: list[bool] = []

    def start(folder: Path) -> str:
        signal.raise_signal(number)
        finished.append(True)
        return URL

    monkeypatch.setattr(embedded, "start", start)
    with pytest.raises(SystemExit) as stopped:
        prepare(tmp_path, serving=True)
    assert (stopped.value.code, finished) == (128 + number, [True])


@pytest.mark.usefixtures("_signals", "started")
@pytest.mark.parametrize("number", STOP_SIGNALS)
def test_a_signal_after_it_is_an_orderly_exit(tmp_path: Path, number: signal.Signals) -> None:
    prepare(tmp_path, serving=True)
    with pytest.raises(SystemExit) as stopped:
        signal.raise_signal(number)
    assert stopped.value.code == 128 + number


@pytest.mark.parametrize(("words", "serving"), [(["serve"], True), (["check"], False), ([], False)])
def test_the_command_line_says_whether_it_serves(
    monkeypatch: pytest.MonkeyPatch, words: list[str], serving: bool
) -> None:
    import manage

    seen: list[Any] = []
    monkeypatch.setattr(sys, "argv", ["manage.py", *words])
    monkeypatch.setattr(manage, "prepare", lambda root, serving: seen.append(serving))
    monkeypatch.setattr("django.core.management.execute_from_command_line", seen.append)
    manage.main()
    assert seen == [serving, ["manage.py", *words]]
    assert bootstrap.DOTENV.count("{") == 2
