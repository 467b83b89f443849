"""The running server against its own schema: schemathesis, every check that applies, a bounded number of examples."""

import os
import subprocess
import sys
from pathlib import Path

from tests.servers import Gunicorn
from tests.tokens import shared_secret_token

EXAMPLES = os.environ.get("SCHEMATHESIS_EXAMPLES", "25")


def test_the_server_keeps_to_its_schema(live: Gunicorn, tmp_path: Path) -> None:
    done = subprocess.run(
        [
            str(Path(sys.executable).parent / "st"),
            "run",
            f"http://127.0.0.1:{live.port}/openapi.json",
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
