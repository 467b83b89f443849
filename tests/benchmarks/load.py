"""The API under load, beside others on the same machine: `python -m tests.benchmarks.load`; `--help` tells the rest.

Two processes each, and a database of its own each on one PostgreSQL. They take turns in short slices, so that the
machine's drift falls on all alike; the figures are medians of the rounds. PostgreSQL's CPU and wrk's are left out.
"""

import argparse
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from tests.benchmarks import contenders, figures, plot, surroundings, table, wrk
from tests.benchmarks.contenders import Contender
from tests.benchmarks.ending import ended_in_order
from tests.benchmarks.figures import Figures
from tests.benchmarks.operations import OPERATIONS, prepared, requests_of
from tests.benchmarks.processes import Server
from tests.benchmarks.report import caption, written
from tests.benchmarks.wrk import LoadFailed, Request

WARM_UP_SECONDS = 1


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.load", description=__doc__)
    parser.add_argument("--against", metavar="COMMIT", help="the project at this commit, too")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3, help="length of a slice")
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--ops", type=operations, default=list(OPERATIONS), help="of " + ",".join(OPERATIONS))
    parser.add_argument("--plot", type=Path, metavar="FILE.svg", help="draw the ratios")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write figures and ratios")
    parser.add_argument("--markdown", action="store_true", help="print the README's table as well")
    return parser.parse_args()


def operations(words: str) -> list[str]:
    chosen = words.split(",")
    if unknown := set(chosen) - set(OPERATIONS):
        raise argparse.ArgumentTypeError(f"unknown: {', '.join(sorted(unknown))}")
    return chosen


def all_contenders(against: str | None, folder: Path, stack: ExitStack) -> list[Contender]:
    rival = contenders.fastapi(folder)
    chosen = [contenders.project(), contenders.floor(), *([rival] if rival else [])]
    if against:
        name = surroundings.short_name(against)
        checkout = stack.enter_context(surroundings.checkout(name, folder / "checkout"))
        chosen.append(contenders.commit(name, checkout, folder))
    return chosen


def slice_of(server: Server, requests: Sequence[Request], seconds: int, connections: int) -> Figures:
    before = server.cpu_seconds()
    load = wrk.put(server.port, requests, seconds, connections)
    spent = server.cpu_seconds() - before
    if load.refused or load.broken or not load.requests:
        told = f"{load.refused} refusals, {load.broken} socket errors in {load.requests} requests"
        raise LoadFailed(f"{server.name}, {requests[0].method} {requests[0].path}: {told}\n{server.log_end()}")
    return figures.of_slice(load, spent)


def measured(servers: Sequence[Server], options: argparse.Namespace) -> dict[str, dict[str, Figures]]:
    tasks = {server.name: prepared(server.port) for server in servers}
    medians: dict[str, dict[str, Figures]] = {}
    for operation in options.ops:
        requests = {name: requests_of(operation, task_ids) for name, task_ids in tasks.items()}
        slices: dict[str, list[Figures]] = {name: [] for name in tasks}
        for server in servers:
            slice_of(server, requests[server.name], WARM_UP_SECONDS, options.connections)
        for _ in range(options.rounds):
            for server in servers:
                turn = slice_of(server, requests[server.name], options.seconds, options.connections)
                slices[server.name].append(turn)
        medians[operation] = {name: figures.medians(turns) for name, turns in slices.items()}
        print(table.text({operation: medians[operation]}), flush=True)
    return medians


def run(options: argparse.Namespace) -> None:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tasks-load-")))
        chosen = all_contenders(options.against, folder, stack)
        servers = [stack.enter_context(Server(contender, folder)) for contender in chosen]
        medians = measured(servers, options)
    print(caption(options))
    if options.markdown:
        print(table.markdown(medians))
    if options.json:
        options.json.write_text(written(medians, options))
    if options.plot:
        plot.draw(medians, caption(options), options.plot)


if __name__ == "__main__":
    chosen_options = arguments()
    wrk.demand()
    with ended_in_order():
        run(chosen_options)
