"""What the README says to alert on, tried by Prometheus' own tool on our series: each fires when it should."""

import json
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.servers import ROOT

PROGRAM = shutil.which("promtool")
needs_promtool = pytest.mark.skipif(
    PROGRAM is None, reason="promtool, of Debian's package prometheus, is not installed"
)

# Everything that a worker can count, as /metrics then tells it.
EXPOSE = """
import os, sys
os.environ["PROMETHEUS_MULTIPROC_DIR"] = sys.argv[1]
from prometheus_client import CollectorRegistry, generate_latest, multiprocess
from apps.ops.metrics.prometheus import Prometheus
recorder = Prometheus()
recorder.request_ended("GET", "api/tasks", 200, 0.1)
recorder.statement_ended(0.1)
recorder.database_failed("OperationalError")
recorder.connection_opened()
recorder.token_refused("expired")
recorder.keys_were_fetched(60)
recorder.replica_asked("behind")
recorder.feed_held_back(180, "other", "psql", "pid 7")
registry = CollectorRegistry()
multiprocess.MultiProcessCollector(registry)
print(generate_latest(registry).decode())
"""


def requests(status: str) -> str:
    return f'http_requests_total{{method="GET",route="api/tasks",status="{status}"}}'


def bucket(bound: str) -> str:
    return f'http_request_duration_seconds_bucket{{le="{bound}",route="api/tasks"}}'


STATEMENTS = "database_statement_duration_seconds"
ERRORS = 'database_errors_total{kind="OperationalError"}'
REPLICA = 'replica_reads_total{{outcome="{}"}}'
REFUSALS = 'token_refusals_total{cause="expired"}'
HELD_BACK = 'changes_feed_held_back_seconds{application="psql",database="other",holder="pid 7"}'
KEYS = 'key_set_fetched_timestamp_seconds{pid="7"}'


@dataclass(frozen=True)
class Scene:
    """Series, a sample a minute, in promtool's words ("0+6x20": 20 times 6 more). `number` is the expression's."""

    row: str
    fires: dict[str, str]
    is_silent: dict[str, str]
    number: int = 0
    at: str = "20m"


SCENES = [
    Scene("answers that are 500", {requests("500"): "3+1x20"}, {requests("500"): "3+0x20", requests("200"): "0+9x20"}),
    Scene("answers that are 500", {requests("500"): "_x18 1 1 1"}, {requests("503"): "_x18 1 1 1"}),
    Scene(
        "more than 1 % refused for want of a database",
        {requests("503"): "0+2x20", requests("200"): "0+98x20"},
        {requests("503"): "0+1x20", requests("200"): "0+999x20"},
    ),
    Scene(
        "slow",
        {bucket("1.0"): "0+90x20", bucket("2.5"): "0+100x20", bucket("+Inf"): "0+100x20"},
        {bucket("1.0"): "0+100x20", bucket("2.5"): "0+100x20", bucket("+Inf"): "0+100x20"},
    ),
    Scene(
        "the database is slow, or fails",
        {f"{STATEMENTS}_sum": "0+20x20", f"{STATEMENTS}_count": "0+100x20"},
        {f"{STATEMENTS}_sum": "0+1x20", f"{STATEMENTS}_count": "0+100x20"},
    ),
    Scene("the database is slow, or fails", {ERRORS: "0+90x20"}, {ERRORS: "0+30x20"}, number=1),
    Scene("connections near the limit", {"database_connections": "78x20"}, {"database_connections": "77x20"}),
    Scene(
        "the replica is away, or lags",
        {REPLICA.format("behind"): "0+90x20"},
        {REPLICA.format("answered"): "0+9000x20", REPLICA.format("behind"): "0+30x20"},
    ),
    Scene("tokens refused", {REFUSALS: "0+1x11000 11000+100x520"}, {REFUSALS: "0+1x11520"}, at="8d"),
    Scene(
        "a transaction has held the changes feed back for minutes; its labels and the log of `database` name it",
        {HELD_BACK: "0+60x20"},
        {HELD_BACK: "120x20"},
    ),
    Scene("keys of Better Auth are old", {KEYS: "60x180"}, {KEYS: "7200x180"}, at="3h"),
    Scene("keys of Better Auth are old", {KEYS: "60x180"}, {KEYS: "0x180"}, at="3h"),
]


def expressions() -> dict[str, list[str]]:
    """Of each row of the README's table."""
    table = (ROOT / "README.md").read_text().partition("| alert on | where |\n|---|---|\n")[2].partition("\n\n")[0]
    rows = [re.fullmatch(r"\| (.+?) \| (.+) \|", line) for line in table.splitlines()]
    assert rows
    return {row[1]: re.findall(r"`([^`]+)`", row[2]) for row in rows if row}


def promtool(*words: str) -> None:
    assert PROGRAM is not None
    done = subprocess.run([PROGRAM, *words], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """The table as Prometheus reads it: JSON is YAML."""
    alerts = [{"alert": row, "expr": text} for row, texts in expressions().items() for text in texts]
    path = tmp_path / "rules.yml"
    path.write_text(json.dumps({"groups": [{"name": "README", "rules": alerts}]}))
    return path


@needs_promtool
def test_they_are_rules(rules: Path) -> None:
    promtool("check", "rules", str(rules))


def trial(expression: str, series: dict[str, str], at: str, *, fires: bool) -> dict[str, object]:
    one = [{"labels": "{}", "value": 1}]
    return {
        "interval": "1m",
        "input_series": [{"series": name, "values": values} for name, values in series.items()],
        "promql_expr_test": [
            {"expr": f"clamp_max(count({expression}), 1)", "eval_time": at, "exp_samples": one if fires else []}
        ],
    }


@needs_promtool
def test_each_fires_when_it_should_and_else_is_silent(tmp_path: Path) -> None:
    texts = expressions()
    trials = []
    for scene in SCENES:
        text = texts[scene.row][scene.number]
        trials.append(trial(text, scene.fires, scene.at, fires=True))
        trials.append(trial(text, scene.is_silent, scene.at, fires=False))
    path = tmp_path / "trials.yml"
    path.write_text(json.dumps({"evaluation_interval": "1m", "tests": trials}))
    promtool("test", "rules", str(path))


def test_no_expression_goes_untried() -> None:
    written = {(row, number) for row, texts in expressions().items() for number in range(len(texts))}
    assert written == {(scene.row, scene.number) for scene in SCENES}


def test_the_series_are_those_that_we_expose(tmp_path: Path) -> None:
    """Else a metric of a new name would leave its alert silent for good."""
    done = subprocess.run(
        [sys.executable, "-c", EXPOSE, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    families = text_string_to_metric_families(done.stdout)
    exposed = {(sample.name, *sorted(sample.labels)) for family in families for sample in family.samples}
    for scene in SCENES:
        for series in {**scene.fires, **scene.is_silent}:
            name, _, labels = series.partition("{")
            assert (name, *re.findall(r'(\w+)="', labels)) in exposed, series
    # Nor does an expression ask for any other.
    names = {name for name, *_ in exposed}
    for texts in expressions().values():
        for text in texts:
            asked = set(re.findall(r"\b(?:[a-z]+_)+(?:total|bucket|sum|count|seconds|connections)\b", text))
            assert asked, text
            assert asked <= names, text
