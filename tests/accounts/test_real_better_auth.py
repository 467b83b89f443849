"""The real Better Auth with its JWT plugin: from sign-up to the first task, and through a rotation of its keys."""

import json
import os
import shutil
import subprocess
import urllib.request
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

import pytest

from apps.accounts.verifiers import verify
from tests.clocks import wait_until
from tests.servers import Gunicorn, free_port

FOLDER = Path(__file__).resolve().parent.parent / "better_auth"

pytestmark = [
    pytest.mark.skipif(not shutil.which("node"), reason="Node is not installed"),
    pytest.mark.skipif(
        not (FOLDER / "node_modules").exists(), reason="better-auth is not installed: npm ci in tests/better_auth"
    ),
]


class BetterAuth:
    """A running server, and one person's browser with its cookies."""

    def __init__(self, algorithm: str) -> None:
        self.origin = f"http://127.0.0.1:{free_port()}"
        self._environment = {**os.environ, "PORT": self.origin.rsplit(":")[-1], "ALGORITHM": algorithm}
        self._browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def __enter__(self) -> "BetterAuth":
        self._process = subprocess.Popen(
            [str(shutil.which("node")), "server.mjs"],
            cwd=FOLDER,
            env=self._environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "listening\n"
        return self

    def __exit__(self, *_: Any) -> None:
        self._process.terminate()
        self._process.communicate(timeout=60)

    def sign_up_and_in(self) -> str:
        """The opaque session token."""
        person = {"email": "ada@example.com", "password": "correct horse battery", "name": "Ada"}
        self._post("/api/auth/sign-up/email", person)
        token: str = self._post("/api/auth/sign-in/email", person)["token"]
        return token

    def token(self) -> str:
        token: str = self._open(f"{self.origin}/api/auth/token")["token"]
        return token

    def rotate(self) -> None:
        with self._browser.open(f"{self.origin}/rotate", timeout=60):
            pass

    def _post(self, path: str, body: dict[str, str]) -> dict[str, Any]:
        headers = {"Content-Type": "application/json", "Origin": self.origin}
        return self._open(urllib.request.Request(self.origin + path, json.dumps(body).encode(), headers))

    def _open(self, request: str | urllib.request.Request) -> dict[str, Any]:
        with self._browser.open(request, timeout=60) as response:
            answer: dict[str, Any] = json.load(response)
            return answer


@pytest.fixture
def better_auth(request: pytest.FixtureRequest) -> Iterator[BetterAuth]:
    with BetterAuth(getattr(request, "param", "EdDSA")) as server:
        yield server


def test_from_sign_up_to_the_first_task_and_through_a_rotation(
    better_auth: BetterAuth, django_db_setup: None, django_db_blocker: Any
) -> None:
    session = better_auth.sign_up_and_in()
    # With a slash, as people write it.
    with django_db_blocker.unblock(), Gunicorn(BETTER_AUTH_URL=f"{better_auth.origin}/") as server:
        token = better_auth.token()
        created = server.call("POST", "/api/tasks", token=token, body={"title": "The first"})
        assert created.status == 201
        assert server.call("GET", "/api/auth/me", token=token).json["email"] == "ada@example.com"
        assert server.call("GET", "/api/tasks", token=session).status == 401
        better_auth.rotate()
        rotated = better_auth.token()

        def is_known_everywhere() -> bool:
            # A connection each, so that both workers answer, and learn of the new key.
            return {server.call("GET", "/api/tasks", token=rotated).status for _ in range(20)} == {200}

        wait_until(is_known_everywhere)
        assert server.call("GET", "/api/tasks", token=rotated).json["count"] == 1
        assert server.call("GET", "/api/tasks", token=token).status == 200


@pytest.mark.parametrize("better_auth", ["EdDSA", "ES256", "ES512", "RS256", "PS256"], indirect=True)
def test_each_algorithm_it_can_sign_with(better_auth: BetterAuth, settings: Any) -> None:
    settings.BETTER_AUTH_URL = better_auth.origin
    better_auth.sign_up_and_in()
    assert verify(better_auth.token()).email == "ada@example.com"
