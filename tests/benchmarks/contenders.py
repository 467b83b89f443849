"""Who is measured, and how each is started: two processes, as its own documentation says."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.surroundings import python_for, same_lock
from tests.servers import ROOT

RIVALS = ROOT / "tests" / "benchmarks" / "rivals"
PROJECT, FLOOR, FASTAPI = "project", "the floor", "FastAPI + SQLModel"


@dataclass(frozen=True)
class Contender:
    """`prepare` makes its tables, `serve` its server on the port that stands for {port}; both run in `folder`."""

    name: str
    folder: Path
    prepare: tuple[str, ...]
    serve: tuple[str, ...]


def project(name: str = PROJECT, folder: Path = ROOT, python: str = sys.executable) -> Contender:
    serve = (python, "-m", "gunicorn", "--config", "config/gunicorn.py", "--bind", "127.0.0.1:{port}")
    return Contender(name, folder, (python, "manage.py", "migrate", "--no-input"), serve)


def floor() -> Contender:
    serve = "-m gunicorn --worker-class gthread --threads 4 --workers 2 --bind 127.0.0.1:{port} floor:application"
    return Contender(FLOOR, RIVALS, (sys.executable, "floor.py"), (sys.executable, *serve.split()))


def fastapi(surroundings: Path) -> Contender | None:
    """None, and a line, where its packages cannot be had."""
    try:
        python = python_for(surroundings / "fastapi", "-r", str(RIVALS / "fastapi.txt"))
    except subprocess.CalledProcessError as error:
        print(f"without FastAPI, whose packages cannot be installed: {error.stderr[-300:]}", file=sys.stderr)
        return None
    # Without its line a request, which the project writes: to its favour.
    serve = "-m uvicorn --workers 2 --no-access-log --host 127.0.0.1 --port {port} fastapi_app:app"
    return Contender(FASTAPI, RIVALS, (python, "fastapi_app.py"), (python, *serve.split()))


def commit(name: str, checkout: Path, surroundings: Path) -> Contender:
    """The project as it was, with the packages that it had."""
    if same_lock(checkout):
        return project(name, checkout)
    lock = str(checkout / "requirements.lock")
    return project(name, checkout, python_for(surroundings / "commit", "--require-hashes", "-r", lock))
