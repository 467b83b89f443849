"""The ratios as a picture, drawn by matplotlib in an environment of its own."""

import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

from tests.benchmarks.figures import Table, ratios
from tests.benchmarks.surroundings import INSTALL_SECONDS, UV

CHART = Path(__file__).with_name("chart.py")
MATPLOTLIB = "matplotlib==3.11.2"


def draw(table: Table, caption: str, picture: Path) -> None:
    """An SVG. Where matplotlib cannot be had: a line on stderr, and no picture."""
    bars = {
        operation: {name: asdict(ratio) for name, ratio in compared.items()}
        for operation, compared in ratios(table).items()
    }
    program = ["python", str(CHART), str(picture.absolute())]
    done = subprocess.run(
        [UV, "run", "--quiet", "--no-project", "--isolated", "--with", MATPLOTLIB, *program],
        input=json.dumps({"caption": caption, "ratios": bars}),
        capture_output=True,
        text=True,
        timeout=INSTALL_SECONDS,
    )
    if done.returncode:
        print(f"no picture: {done.stderr[-500:]}", file=sys.stderr)
