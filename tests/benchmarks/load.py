"""The API under load, beside others on the same machine: `python -m tests.benchmarks.load`; `--help` tells the rest.

Two processes each, and a database of its own each on one PostgreSQL. They take turns in short slices, so that the
machine's drift falls on all alike; the figures are medians of the rounds. PostgreSQL's CPU and wrk's are left out.
"""

import argparse
import tempfile
from contextlib import ExitStack
from pathlib import Path

from tests.benchmarks import contenders, options, plot, report, surroundings, table, wrk
from tests.benchmarks.contenders import Contender
from tests.benchmarks.ending import ended_in_order
from tests.benchmarks.figures import Figures
from tests.benchmarks.operations import prepared
from tests.benchmarks.processes import Server
from tests.benchmarks.turns import Turns


def all_contenders(against: str | None, folder: Path, stack: ExitStack) -> list[Contender]:
    chosen = [contenders.project(), contenders.floor()]
    if against:
        name = surroundings.short_name(against)
        checkout = stack.enter_context(surroundings.checkout(name, folder / "checkout"))
        chosen.append(contenders.commit(name, checkout, folder))
    rival = contenders.fastapi(folder)
    return [*chosen, rival] if rival else chosen


def measure(chosen: argparse.Namespace) -> dict[str, dict[str, Figures]]:
    turns, medians = Turns(chosen.rounds, chosen.seconds, chosen.connections), {}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tasks-load-")))
        all_of_them = all_contenders(chosen.against, folder, stack)
        servers = [stack.enter_context(Server(contender, folder)) for contender in all_of_them]
        tasks = {server: prepared(server.port) for server in servers}
        for operation in chosen.ops:
            medians[operation] = turns.measure(operation, tasks)
            print(table.text({operation: medians[operation]}), flush=True)
    return medians


def main(chosen: argparse.Namespace) -> None:
    # Of the code that is measured, whatever is committed meanwhile.
    caption = report.caption(chosen)
    medians = measure(chosen)
    print(caption)
    if chosen.markdown:
        print(table.markdown(medians))
    if chosen.json:
        chosen.json.write_text(report.written(medians, caption))
    if chosen.plot:
        plot.draw(medians, caption, chosen.plot)


if __name__ == "__main__":
    given = options.parser(__doc__).parse_args()
    wrk.demand()
    with ended_in_order():
        main(given)
