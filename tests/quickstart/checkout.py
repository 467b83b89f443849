"""A copy of the tree in a folder of its own, as a newcomer's fresh clone, and the processes that run in it."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from tests.servers import ROOT, call, free_port

SHIPPED = ("manage.py", "apps", "config")
SECONDS = 180


class Checkout:
    """Its folder is no child of pytest's own, which only pytest's user may enter: PostgreSQL runs as another."""

    def __init__(self, user: str | None = None, python: str = sys.executable, **environment: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="tasks-clone-"))
        self.port = free_port()
        self.login = ""
        self._user, self._python = user, python
        self._begun: list[Served] = []
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "PORT": str(self.port),
            **environment,
        }
        for name in SHIPPED:
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
            copy(ROOT / name, self.folder / name)
        if user:
            for path in (self.folder, *self.folder.rglob("*")):
                shutil.chown(path, user)

    def command(self, *words: str) -> list[str]:
        return [self._python, *words]

    def run(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """The interpreter with these words, in the folder, to its end."""
        return subprocess.run(
            self.command(*words),
            cwd=self.folder,
            env={**self.environment, **environment},
            user=self._user,
            extra_groups=[] if self._user else None,
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )

    def manage(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return self.run("manage.py", *words, **environment)

    @contextmanager
    def served(self, **environment: str) -> Iterator["Served"]:
        """`manage.py serve` up to its welcome; whatever is left of it is killed afterwards."""
        try:
            yield self.serve(**environment)
        finally:
            self.kill()

    def serve(self, **environment: str) -> "Served":
        served = self.begin(**environment)
        served.wait_for_welcome()
        return served

    def begin(self, **environment: str) -> "Served":
        """`manage.py serve`, not yet answering."""
        log = self.folder / f"serve-{len(self._begun)}.log"
        self._begun.append(
            Served(self.command("manage.py", "serve"), {**self.environment, **environment}, self._user, log)
        )
        return self._begun[-1]

    def processes(self, name: str | None = None) -> list[psutil.Process]:
        """All that work in this folder, PostgreSQL included, or those of this name."""
        return [process for process in psutil.process_iter() if self._is_home_of(process, name)]

    def kill(self, name: str | None = None) -> None:
        """SIGKILL, as a crash would; until none is left, for gunicorn may be about to fork another worker."""
        deadline = time.monotonic() + SECONDS
        while processes := self.processes(name):
            assert time.monotonic() < deadline, processes
            for process in processes:
                with suppress(psutil.NoSuchProcess):
                    process.kill()
        for served in self._begun:
            served.process.wait(SECONDS)

    def remove(self) -> None:
        self.kill()
        shutil.rmtree(self.folder)

    def _is_home_of(self, process: psutil.Process, name: str | None) -> bool:
        try:
            is_here = process.status() != psutil.STATUS_ZOMBIE and Path(process.cwd()).is_relative_to(self.folder)
            return is_here and name in {None, process.name()}
        except (psutil.NoSuchProcess, psutil.AccessDenied, FileNotFoundError):
            return False


class Served:
    def __init__(self, command: list[str], environment: dict[str, str], user: str | None, log: Path) -> None:
        self.port = int(environment["PORT"])
        self.log = log
        with log.open("wb") as written:
            self.process = subprocess.Popen(
                command,
                cwd=log.parent,
                env=environment,
                user=user,
                extra_groups=[] if user else None,
                stdout=written,
                stderr=written,
                start_new_session=True,
            )

    @property
    def output(self) -> str:
        return self.log.read_text()

    def line(self, word: str) -> str:
        """The line of the welcome that begins with `word`, without it."""
        return next(line.strip().removeprefix(word).strip() for line in self.output.splitlines() if word in line)

    def interrupt(self) -> int:
        """Ctrl-C: the terminal tells the whole process group."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(SECONDS)

    def terminate(self) -> int:
        self.process.terminate()
        return self.process.wait(SECONDS)

    def wait_for_welcome(self) -> None:
        deadline = time.monotonic() + SECONDS
        while "Ctrl-C stops it all." not in self.output:
            assert self.process.poll() is None, self.output
            assert time.monotonic() < deadline, self.output
            time.sleep(0.05)

    def is_answering(self) -> bool:
        try:
            return call(self.port, "GET", "/health").status == 200
        except OSError:
            return False


def quiet(checkout: Checkout, seconds: float = 60) -> bool:
    """True as soon as no process is left in the folder."""
    deadline = time.monotonic() + seconds
    while checkout.processes():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
