"""Packages and code beside the project's own: gone when the benchmark ends, and never in its lock."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers import ROOT

GIT = "git"
UV = str(Path(sys.executable).with_name("uv"))
INSTALL_SECONDS = 300


def python_for(folder: Path, *packages: str) -> str:
    """The Python of a new environment in `folder`. Raises CalledProcessError where the packages cannot be had."""
    python = str(folder / "bin" / "python")
    for words in (["venv", "--python", sys.executable, str(folder)], ["pip", "install", "--python", python, *packages]):
        subprocess.run(
            [UV, "--quiet", *words], cwd=ROOT, check=True, capture_output=True, text=True, timeout=INSTALL_SECONDS
        )
    return python


def same_lock(checkout: Path) -> bool:
    return (checkout / "requirements.lock").read_bytes() == (ROOT / "requirements.lock").read_bytes()


def short_name(commit: str) -> str:
    """Ends the process with git's own line where there is no such commit."""
    done = _git("rev-parse", "--verify", "--short", f"{commit}^{{commit}}")
    if done.returncode:
        sys.exit(done.stderr.strip())
    return done.stdout.strip()


def described() -> str:
    """The commit that is checked out, and whether files differ from it."""
    return _git("describe", "--always", "--dirty", "--exclude=*").stdout.strip() or "unknown"


@contextmanager
def checkout(commit: str, folder: Path) -> Iterator[Path]:
    """The files of a commit, in a worktree at `folder`."""
    done = _git("worktree", "add", "--detach", str(folder), commit)
    try:
        if done.returncode:
            sys.exit(done.stderr.strip())
        yield folder
    finally:
        _git("worktree", "remove", "--force", str(folder))


def _git(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([GIT, *words], cwd=ROOT, capture_output=True, text=True, timeout=60)
