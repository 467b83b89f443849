"""What `serve` does around gunicorn: the port, the signals, the words."""

import io
import shlex
import signal
import socket
import subprocess
import urllib.error
from collections.abc import Iterator
from email.message import Message
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from apps.accounts.models import User
from apps.accounts.verifiers import verify
from apps.quickstart.management.commands import serve
from tests.servers import Gunicorn, free_port

BASE = "http://127.0.0.1:8000"
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Process:
    """Stands in for gunicorn's process."""

    def __init__(self, status: int | None = None) -> None:
        self.status = status
        self.signals: list[int] = []

    def poll(self) -> int | None:
        return self.status

    def wait(self) -> int | None:
        return self.status

    def send_signal(self, number: int) -> None:
        self.signals.append(number)


@pytest.fixture(autouse=True)
def _signals() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in SIGNALS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def run(monkeypatch: pytest.MonkeyPatch, gunicorn: Any, *, answers: bool = True) -> str:
    """The output of `serve` with a stand-in for gunicorn."""
    monkeypatch.setattr(serve, "call_command", lambda *_, **__: None)
    monkeypatch.setattr(subprocess, "Popen", lambda *_, **__: gunicorn)
    monkeypatch.setattr(serve, "_answers", lambda *_: answers)
    output = io.StringIO()
    call_command("serve", stdout=output)
    return output.getvalue()


@pytest.fixture
def port(settings: Any) -> int:
    settings.PORT = free_port()
    return int(settings.PORT)


@pytest.mark.django_db
def test_it_welcomes_and_ends_with_gunicorn(monkeypatch: pytest.MonkeyPatch, port: int) -> None:
    output = run(monkeypatch, Process(0))
    assert f"http://127.0.0.1:{port}/admin/" in output
    assert User.objects.filter(login="admin@example.com").exists()


@pytest.mark.django_db
@pytest.mark.usefixtures("port")
def test_gunicorns_failure_is_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CommandError, match="gunicorn ended with status 3") as caught:
        run(monkeypatch, Process(3), answers=False)
    assert caught.value.returncode == 3


def test_a_taken_port_is_named(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        settings.PORT = other.getsockname()[1]
        with pytest.raises(CommandError, match=f"Port {settings.PORT} is taken"):
            run(monkeypatch, Process())


@pytest.mark.parametrize("number", SIGNALS)
@pytest.mark.parametrize(("status", "passed_on"), [(None, [signal.SIGTERM]), (0, [])])
def test_what_ends_us_ends_gunicorn(number: signal.Signals, status: int | None, passed_on: list[int]) -> None:
    gunicorn: Any = Process(status)
    serve._pass_on_signals(gunicorn)
    signal.raise_signal(number)
    assert gunicorn.signals == passed_on


def test_it_waits_for_an_answer(live: Gunicorn, monkeypatch: pytest.MonkeyPatch) -> None:
    gunicorn: Any = Process()
    assert serve._answers(gunicorn, live.port)
    monkeypatch.setattr(serve, "START_SECONDS", 0.2)
    assert not serve._answers(gunicorn, free_port())


def test_a_refusal_is_an_answer_too(live: Gunicorn, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(url: str, timeout: float) -> None:
        raise urllib.error.HTTPError(url, 400, "Bad Request", Message(), None)

    gunicorn: Any = Process()
    monkeypatch.setattr("urllib.request.urlopen", refuse)
    assert serve._answers(gunicorn, live.port)


def test_a_dead_gunicorn_is_not_waited_for() -> None:
    gunicorn: Any = Process(1)
    assert not serve._answers(gunicorn, free_port())


def test_the_password_is_told_once() -> None:
    assert "admin@example.com, password s3cret" in serve._welcome(BASE, "s3cret")
    assert "as before (forgotten: manage.py changepassword admin@example.com)" in serve._welcome(BASE, None)


def test_the_curl_line_bears_a_good_token() -> None:
    words = shlex.split(serve._try_it(BASE)[-1])
    assert verify(words[4].removeprefix("Authorization: Bearer ")).subject == "alice"


def test_without_a_shared_secret_it_says_where_tokens_come_from(settings: Any) -> None:
    settings.BETTER_AUTH_SECRET = ""
    settings.BETTER_AUTH_URL = "https://auth.example.com"
    assert serve._try_it(BASE) == ["  Tokens come from https://auth.example.com."]
