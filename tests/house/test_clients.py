"""Clients that four generators make of the running server's schema, driven against it; and what linters say of it.

That of openapi-typescript is tested in `test_frontend`.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers import Gunicorn
from tests.tokens import shared_secret_token

FOLDER = Path(__file__).resolve().parent.parent / "clients"
UV = Path(sys.executable).parent / "uv"
PYTHON_CLIENT = "openapi-python-client==0.29.1"

pytestmark = [
    pytest.mark.skipif(not shutil.which("node"), reason="Node is not installed"),
    pytest.mark.skipif(
        not (FOLDER / "node_modules").exists(), reason="The generators are not installed: npm ci in tests/clients"
    ),
]


class Workshop:
    """A folder with the schema of one server and what is made of it."""

    def __init__(self, folder: Path, server: Gunicorn) -> None:
        self.folder, self.server = folder, server
        shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("node_modules"), dirs_exist_ok=True)
        (folder / "node_modules").symlink_to(FOLDER / "node_modules")
        (folder / "openapi.json").write_bytes(server.call("GET", "/openapi.json").body)

    def run(self, *words: str, **environment: str) -> str:
        """Its output. Fails where the program fails."""
        done = subprocess.run(
            words, cwd=self.folder, env={**os.environ, **environment}, capture_output=True, text=True, timeout=300
        )
        said = done.stdout + done.stderr
        assert done.returncode == 0, said[-6000:]
        return said

    def npm(self, program: str, *words: str, **environment: str) -> str:
        return self.run(f"node_modules/.bin/{program}", *words, **environment)

    def drive(self, *words: str) -> None:
        """Runs a program that calls the server, as a person of its own."""
        address = f"http://127.0.0.1:{self.server.port}"
        self.run(*words, API=address, TOKEN=shared_secret_token(f"clients-{words[-1]}"))


@pytest.fixture(scope="module")
def workshop(live: Gunicorn, tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    return Workshop(tmp_path_factory.mktemp("clients"), live)


@pytest.fixture(scope="module")
def typescript(workshop: Workshop) -> Workshop:
    """Generated and compiled: the compiler reads what was generated and the programs that use it."""
    plugins = ("@hey-api/client-fetch", "@hey-api/typescript", "@hey-api/sdk")
    workshop.npm("openapi-ts", "--input", "openapi.json", "--output", "hey_api", "--plugins", *plugins)
    workshop.npm("orval", "--config", "orval.config.cjs")
    workshop.npm("tsc", "--project", "tsconfig.json")
    return workshop


@pytest.mark.parametrize("name", ["hey_api", "orval"])
def test_a_client_in_typescript(typescript: Workshop, name: str) -> None:
    options = ("--bundle", "--platform=node", "--format=esm", f"--outfile={name}.mjs")
    typescript.npm("esbuild", f"{name}.ts", *options)
    typescript.drive("node", f"{name}.mjs")


def test_a_client_in_python(workshop: Workshop) -> None:
    run = (str(UV), "run", "-q", "--no-project", "--python", sys.executable, "--with", PYTHON_CLIENT)
    generate = ("openapi-python-client", "generate", "--path", "openapi.json", "--meta", "none")
    workshop.run(*run, *generate, "--output-path", "tasks_api_client", "--overwrite")
    workshop.drive(*run, "python", "python_client.py")


def test_redocly_finds_nothing(workshop: Workshop) -> None:
    said = workshop.npm("redocly", "lint", "--config", "redocly.yaml", "openapi.json")
    assert "Your API description is valid" in said
    assert "warning" not in said.partition("validating")[2].lower()


def test_spectral_finds_nothing(workshop: Workshop) -> None:
    workshop.npm("spectral", "lint", "--ruleset", ".spectral.yaml", "--fail-severity", "warn", "openapi.json")
