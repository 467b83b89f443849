"""What a slice of load tells, the medians of many, and how one server's stand to another's."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass

from tests.benchmarks.contenders import PROJECT
from tests.benchmarks.wrk import Slice


@dataclass(frozen=True)
class Figures:
    """Requests a second, milliseconds, and CPU microseconds of the server's processes a request; or ratios of them."""

    rate: float
    p50: float
    p95: float
    p99: float
    cpu: float

    def to(self, other: "Figures") -> "Figures":
        return Figures(*(mine / theirs for mine, theirs in zip(astuple(self), astuple(other), strict=True)))


# By operation, then by contender.
Table = Mapping[str, Mapping[str, Figures]]


def of_slice(load: Slice, cpu_seconds: float) -> Figures:
    rate, cpu = load.requests / load.seconds, cpu_seconds / load.requests * 1e6
    return Figures(rate, load.p50, load.p95, load.p99, cpu)


def medians(slices: Sequence[Figures]) -> Figures:
    return Figures(*(statistics.median(column) for column in zip(*map(astuple, slices), strict=True)))


def ratios(table: Table) -> dict[str, dict[str, Figures]]:
    """The project to each of the others, by operation."""
    return {
        operation: {name: by_name[PROJECT].to(other) for name, other in by_name.items() if name != PROJECT}
        for operation, by_name in table.items()
    }
