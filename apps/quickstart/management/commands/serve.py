"""The main job in one step: from a fresh clone to a running API and back office."""

import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from apps.accounts.tokens import shared_secret_token
from apps.quickstart.samples import SAMPLE_SUBJECT, STAFF_LOGIN, fill_empty_database

HOST = "127.0.0.1"
START_SECONDS = 30


class Command(BaseCommand):
    help = "Migrates, fills an empty database with samples, prints where everything is and runs gunicorn."

    def handle(self, *args: Any, **options: Any) -> None:
        port = int(settings.PORT)
        _refuse_taken(port)
        call_command("migrate", interactive=False, verbosity=0)
        password = fill_empty_database()
        server = subprocess.Popen(  # noqa: S603 - our own interpreter and our own settings
            [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py", "--bind", f"{HOST}:{port}"],
            cwd=settings.BASE_DIR,
        )
        _pass_on_signals(server)
        if _answers(server, port):
            self.stdout.write(_welcome(f"http://{HOST}:{port}", password))
            self.stdout.flush()
        status = server.wait()
        if status:
            raise CommandError(f"gunicorn ended with status {status}", returncode=max(status, 1))


def _refuse_taken(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise CommandError(f"Port {port} is taken; set PORT to a free one, or end what listens there.") from error


def _pass_on_signals(server: subprocess.Popen[bytes]) -> None:
    """What ends us ends gunicorn, and with our own exit the embedded database."""

    def stop(number: int, frame: FrameType | None) -> None:
        if server.poll() is None:
            server.send_signal(signal.SIGTERM)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)


def _answers(server: subprocess.Popen[bytes], port: int) -> bool:
    """Waits for the first answer. False where gunicorn ends before that; it has said why."""
    deadline = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://{HOST}:{port}/health", timeout=2):
                return True
        except urllib.error.HTTPError:
            return True
        except OSError:
            time.sleep(0.1)
    return False


def _welcome(base: str, password: str | None) -> str:
    login = (
        f"{STAFF_LOGIN}, password {password}"
        if password
        else f"as before (forgotten: manage.py changepassword {STAFF_LOGIN})"
    )
    lines = [
        "",
        f"  API          {base}/api/tasks",
        f"  Docs         {base}/docs",
        f"  Back office  {base}/admin/",
        f"  Login        {login}",
        "",
        *_try_it(base),
        "",
        "  Ctrl-C stops it all.",
        "",
    ]
    return "\n".join(lines)


def _try_it(base: str) -> list[str]:
    if not settings.BETTER_AUTH_SECRET:
        return [f"  Tokens come from {settings.BETTER_AUTH_URL}."]
    token = shared_secret_token(SAMPLE_SUBJECT)
    return [
        f"  Create a task as {SAMPLE_SUBJECT}, then find it in the back office (the token lives an hour):",
        "",
        f"curl -i {base}/api/tasks -H 'Authorization: Bearer {token}' "
        "-H 'Content-Type: application/json' -d '{\"title\": \"My first task\"}'",
    ]
