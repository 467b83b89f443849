"""The running server against its own schema: schemathesis, every check that applies, a bounded number of examples."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.servers import Gunicorn
from tests.tokens import shared_secret_token

EXAMPLES = os.environ.get("SCHEMATHESIS_EXAMPLES", "25")


@pytest.fixture
def server(django_db_setup: None, django_db_blocker: Any) -> Iterator[Gunicorn]:
    """One of its own: a fuzzer that guesses passwords locks its address out."""
    with django_db_blocker.unblock(), Gunicorn() as running:
        yield running


def test_the_server_keeps_to_its_schema(server: Gunicorn, tmp_path: Path) -> None:
    done = subprocess.run(
        [
            str(Path(sys.executable).parent / "st"),
            "--config-file",
            str(Path(__file__).parent / "schemathesis.toml"),
            "run",
            f"http://127.0.0.1:{server.port}/openapi.json",
            "--header",
            f"Authorization: Bearer {shared_secret_token('fuzzer')}",
            "--max-examples",
            EXAMPLES,
            # A gate says the same of the same code; a longer run may draw its own.
            *(["--seed", "1"] if EXAMPLES == "25" else []),
            "--suppress-health-check",
            "all",
            "--no-color",
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
