"""A frontend in TypeScript: types out of the running server's schema, compiled strictly, and driven against it."""

import json
import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.servers import Gunicorn
from tests.tokens import shared_secret_token

FOLDER = Path(__file__).resolve().parent.parent / "frontend"
TESTS = sorted(file.name.removesuffix(".test.ts") for file in FOLDER.glob("*.test.ts"))
README = (FOLDER.parent.parent / "README.md").read_text().partition("### Types for the frontend")[2]
README_ADDRESS = "http://127.0.0.1:8000"
EXPECTED = re.compile(r"// @ts-expect-error (TS\d+): ")
REPORTED = re.compile(r"^reasons\.ts\((\d+),\d+\): error (TS\d+): ", re.MULTILINE)

pytestmark = [
    pytest.mark.skipif(not shutil.which("node"), reason="Node is not installed"),
    pytest.mark.skipif(
        not (FOLDER / "node_modules").exists(), reason="openapi-typescript is not installed: npm ci in tests/frontend"
    ),
]


class Frontend:
    """A copy of the TypeScript in a folder of its own, the README's program with it, and the types of one server."""

    def __init__(self, folder: Path, server: Gunicorn) -> None:
        self.folder, self.server = folder, server
        shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("node_modules"), dirs_exist_ok=True)
        (folder / "node_modules").symlink_to(FOLDER / "node_modules")
        (folder / "readme.ts").write_text(self.of_readme(r"```ts\n(.*?)```"))
        done = self.run(*shlex.split(self.of_readme(r"\n(npx openapi-typescript .*?)\n")))
        assert done.returncode == 0, done.stdout + done.stderr

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.port}"

    def of_readme(self, pattern: str) -> str:
        """What the README has there, for this server's address."""
        found = re.search(pattern, README, re.DOTALL)
        assert found
        return found[1].replace(README_ADDRESS, self.address)

    def run(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            words, cwd=self.folder, env={**os.environ, **environment}, capture_output=True, text=True, timeout=300
        )

    def compile(self, project: str = "tsconfig.json") -> str:
        """What the compiler says; it writes JavaScript to `build`."""
        return self.run("node_modules/.bin/tsc", "--project", project).stdout


@pytest.fixture(scope="module")
def frontend(live: Gunicorn, tmp_path_factory: pytest.TempPathFactory) -> Frontend:
    """Compiled; that no type is amiss is half of what is tested here."""
    frontend = Frontend(tmp_path_factory.mktemp("frontend"), live)
    assert frontend.compile() == ""
    return frontend


@pytest.mark.parametrize("name", TESTS)
def test_it_drives_the_server(frontend: Frontend, name: str) -> None:
    done = frontend.run(
        "node",
        "--test",
        f"build/{name}.test.js",
        API=frontend.address,
        TOKEN=shared_secret_token(f"frontend-{name}"),
        STRANGERS_TOKEN=shared_secret_token(f"frontend-{name}-stranger"),
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]


def test_the_program_of_the_readme(frontend: Frontend, live: Gunicorn) -> None:
    token = shared_secret_token("frontend-readme")
    for printed in ("[]\n", "[ 'Still to do' ]\n"):
        done = frontend.run("node", "build/readme.js", TOKEN=token)
        assert (done.stdout, done.stderr) == (printed, "")
        live.call("POST", "/api/tasks", token=token, body={"title": "Still to do"})
    tasks = live.call("GET", "/api/tasks?status=completed", token=token).json["results"]
    assert [(task["title"], task["priority"]) for task in tasks] == [("Buy milk", "high")] * 2


def test_what_must_not_compile_fails_for_the_reason_beside_it(frontend: Frontend) -> None:
    text = (frontend.folder / "refusals.ts").read_text()
    # An error stands in the line below its comment.
    expected = {
        (number + 1, code) for number, line in enumerate(text.splitlines(), 1) for code in EXPECTED.findall(line)
    }
    (frontend.folder / "reasons.ts").write_text(text.replace("@ts-expect-error", "refused:"))
    project = {"extends": "./tsconfig.json", "include": ["reasons.ts"]}
    (frontend.folder / "reasons.json").write_text(json.dumps(project))
    said = frontend.compile("reasons.json")
    assert {(int(number), code) for number, code in REPORTED.findall(said)} == expected, said
    assert len(expected) == text.count("@ts-expect-error") > 20
