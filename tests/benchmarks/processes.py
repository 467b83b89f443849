"""A contender's server with a database of its own, from its start to the end of its last process."""

import os
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

from tests.benchmarks.contenders import Contender
from tests.benchmarks.wrk import LoadFailed
from tests.servers import Database, call, free_port

START_SECONDS = 60
END_SECONDS = 15


class Server:
    """`with Server(contender, folder) as server:` gives an answering server; its log is in `folder`."""

    def __init__(self, contender: Contender, folder: Path, **environment: str) -> None:
        self.name = contender.name
        self.port = free_port()
        self._contender = contender
        self._log = folder / f"{contender.name}.log"
        self._database = Database()
        self._environment = {**os.environ, **self._database.environment, "PORT": str(self.port), **environment}
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        try:
            self._prepare()
            self._start()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def family(self) -> list[psutil.Process]:
        """The process that was started, and all that grew from it."""
        assert self._process is not None
        first = psutil.Process(self._process.pid)
        return [first, *first.children(recursive=True)]

    def cpu_seconds(self) -> float:
        """User's and system's, of the whole family so far."""
        times = [process.cpu_times() for process in self.family()]
        return sum(each.user + each.system for each in times)

    def log_end(self) -> str:
        return self._log.read_text(errors="replace")[-2000:]

    def _prepare(self) -> None:
        done = subprocess.run(
            self._contender.prepare,
            cwd=self._contender.folder,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=4 * START_SECONDS,
        )
        if done.returncode:
            raise LoadFailed(f"{self.name} cannot make its tables: {(done.stdout + done.stderr)[-2000:]}")

    def _start(self) -> None:
        words = [word.format(port=self.port) for word in self._contender.serve]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                words, cwd=self._contender.folder, env=self._environment, stdout=log, stderr=log
            )
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise LoadFailed(f"{self.name} does not start:\n{self.log_end()}")
            time.sleep(0.1)

    def _answers(self) -> bool:
        try:
            return call(self.port, "GET", "/health").status == 200
        except OSError:
            return False

    def _end(self) -> None:
        if self._process is not None and self._process.poll() is None:
            family = self.family()
            self._process.terminate()
            _, alive = psutil.wait_procs(family, END_SECONDS)
            for process in alive:
                process.kill()
            self._process.wait(END_SECONDS)
        self._database.drop()
