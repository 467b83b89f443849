"""Servers under load in turns: each round asks one after the other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.benchmarks import figures, wrk
from tests.benchmarks.figures import Figures
from tests.benchmarks.operations import requests_of
from tests.benchmarks.processes import Server
from tests.benchmarks.wrk import LoadFailed, Request

WARM_UP_SECONDS = 1


@dataclass(frozen=True)
class Turns:
    rounds: int
    seconds: int
    connections: int

    def measure(self, operation: str, tasks: Mapping[Server, Sequence[int]]) -> dict[str, Figures]:
        """Medians by the server's name. `tasks` are the ids that each server has given."""
        requests = {server: requests_of(operation, task_ids) for server, task_ids in tasks.items()}
        for server in tasks:
            self._slice(server, requests[server], WARM_UP_SECONDS)
        rounds = [
            {server: self._slice(server, requests[server], self.seconds) for server in tasks}
            for _ in range(self.rounds)
        ]
        return {server.name: figures.medians([turns[server] for turns in rounds]) for server in tasks}

    def _slice(self, server: Server, requests: Sequence[Request], seconds: int) -> Figures:
        before = server.cpu_seconds()
        load = wrk.put(server.port, requests, seconds, self.connections)
        spent = server.cpu_seconds() - before
        if load.refused or load.broken or not load.requests:
            told = f"{load.refused} refusals, {load.broken} socket errors in {load.requests} requests"
            raise LoadFailed(f"{server.name}, {requests[0].method} {requests[0].path}: {told}\n{server.log_end()}")
        return figures.of_slice(load, spent)
