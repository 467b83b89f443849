"""The benchmark of load reads what wrk prints and makes its tables of it; the load itself is no test."""

import shutil
from argparse import ArgumentTypeError
from dataclasses import astuple, replace
from itertools import pairwise
from pathlib import Path

import pytest

from tests.benchmarks import figures, options, table, wrk
from tests.benchmarks.contenders import FLOOR, PROJECT
from tests.benchmarks.figures import Figures
from tests.benchmarks.operations import OPERATIONS, STATUSES, requests_of
from tests.benchmarks.wrk import LoadFailed, Request
from tests.servers import free_port

PRINTED = """Running 1s test @ http://127.0.0.1:36711
  1 threads and 32 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency    25.51ms   15.70ms 134.91ms   82.27%
  1132 requests in 2.00s, 612.30KB read
Requests/sec:    566.00
figures {"requests": 1132, "seconds": 2.0, "p50": 19.75, "p95": 101.21, "p99": 134.91, "refused": 3, "broken": 1}
"""
OURS = Figures(1000, 10, 20, 30, 600)
FLOORS = Figures(2000, 5, 10, 20, 300)
MEASURED = {"get": {PROJECT: OURS, FLOOR: FLOORS}, "list": {PROJECT: OURS, FLOOR: OURS}}


def test_what_wrk_prints_is_read() -> None:
    load = wrk.parsed(PRINTED)
    assert (load.requests, load.seconds, load.p95, load.refused, load.broken) == (1132, 2.0, 101.21, 3, 1)
    assert astuple(figures.of_slice(load, cpu_seconds=1.132)) == (566, 19.75, 101.21, 134.91, pytest.approx(1000))


def test_output_without_figures_is_said_to_be_so() -> None:
    with pytest.raises(LoadFailed, match="unable to connect"):
        wrk.parsed("unable to connect to 127.0.0.1:1 Connection refused")


@pytest.mark.skipif(not shutil.which("wrk"), reason="wrk is not installed")
def test_a_server_that_is_not_there_is_no_figure() -> None:
    with pytest.raises(LoadFailed, match="Connection refused"):
        wrk.put(free_port(), [Request("GET", "/health", "none")], seconds=1, connections=1)


def test_medians_are_each_figures_own() -> None:
    slow = replace(OURS, rate=1, p95=90)
    assert figures.medians([OURS, slow, replace(OURS, rate=2, p95=80)]) == replace(OURS, rate=2, p95=80)


def test_ratios_are_the_projects_to_each_other() -> None:
    assert figures.ratios(MEASURED) == {
        "get": {FLOOR: Figures(0.5, 2, 2, 1.5, 2)},
        "list": {FLOOR: Figures(1, 1, 1, 1, 1)},
    }


def test_the_table_has_each_server_and_its_ratio() -> None:
    head, ours, floors, ratio, *_ = (line.split() for line in table.text(MEASURED).splitlines())
    assert head == ["requests/s", "p50", "ms", "p95", "ms", "p99", "ms", "CPU", "us"]
    assert ours == ["get", "project", "1000", "10.00", "20.00", "30.00", "600"]
    assert floors == ["get", "the", "floor", "2000", "5.00", "10.00", "20.00", "300"]
    assert ratio[-10:] == ["x", "0.50", "x", "2.00", "x", "2.00", "x", "1.50", "x", "2.00"]


def test_the_readmes_table_is_markdown() -> None:
    assert table.markdown(MEASURED).splitlines() == [
        "| the project | requests a second | p50 | p95 | p99 | CPU a request |",
        "|---|---|---|---|---|---|",
        "| `get`, to the floor | 0.50 | 2.00 | 2.00 | 1.50 | 2.00 |",
        "| `list`, to the floor | 1.00 | 1.00 | 1.00 | 1.00 | 1.00 |",
    ]


def test_an_update_is_another_status_each_time() -> None:
    updates = requests_of("update", [7, 8])
    turns = [update.body for update in updates * 2 if update.path == "/api/tasks/7"]
    assert len(set(turns)) == len(STATUSES)
    assert all(before != after for before, after in pairwise(turns))


def test_an_operation_that_is_none_is_refused() -> None:
    assert options.operations(",".join(OPERATIONS)) == list(OPERATIONS)
    with pytest.raises(ArgumentTypeError, match="remove"):
        options.operations("get,remove")


@pytest.mark.parametrize("word", ["0", "-1", "1.5", "many"])
def test_a_number_of_nothing_is_refused(word: str) -> None:
    with pytest.raises(ArgumentTypeError, match=word):
        options.positive(word)


def test_a_file_that_could_not_be_written_is_refused_at_once(tmp_path: Path) -> None:
    assert options.file(str(tmp_path / "load.svg")) == tmp_path / "load.svg"
    with pytest.raises(ArgumentTypeError, match="no folder"):
        options.file(str(tmp_path / "missing" / "load.svg"))
