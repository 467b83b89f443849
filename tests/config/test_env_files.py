"""A secret may come from a file; one that cannot be read is named, and what is in it is not told."""

from pathlib import Path

import pytest

from config.env import read_environment
from tests.config.environments import SECRETS, lines


@pytest.mark.parametrize("name", SECRETS)
@pytest.mark.parametrize("ending", ["", "\n", "\r\n", "\n\n"])
def test_a_secret_from_a_file(good: pytest.MonkeyPatch, dotenv: Path, tmp_path: Path, name: str, ending: str) -> None:
    value = {"DATABASE": "postgresql://other@host/tasks", "CACHE_UR": "redis://:p@host"}.get(name[:8], "f" * 64)
    (tmp_path / "secret").write_bytes((value + ending).encode())
    good.delenv(name, raising=False)
    good.setenv(f"{name}_FILE", str(tmp_path / "secret"))
    field = {"DJANGO_SECRET_KEY": "secret_key"}.get(name, name.lower())
    assert getattr(read_environment(dotenv), field) == value


def test_the_file_may_be_named_in_dotenv(good: pytest.MonkeyPatch, dotenv: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("f" * 64)
    good.delenv("BETTER_AUTH_SECRET")
    dotenv.write_text(f"BETTER_AUTH_SECRET_FILE={tmp_path / 'secret'}\n")
    assert read_environment(dotenv).better_auth_secret == "f" * 64


@pytest.mark.parametrize("name", SECRETS)
@pytest.mark.parametrize("content", [None, b"\xff\xfe" + b"x" * 64], ids=["missing", "not-utf-8"])
def test_a_file_that_cannot_be_read(
    good: pytest.MonkeyPatch, dotenv: Path, tmp_path: Path, name: str, content: bytes | None
) -> None:
    if content:
        (tmp_path / "secret").write_bytes(content)
    good.setenv(f"{name}_FILE", str(tmp_path / "secret"))
    assert lines(dotenv) == [f"{name}_FILE: names no file that can be read as UTF-8 text"]


def test_a_folder_in_place_of_a_file(good: pytest.MonkeyPatch, dotenv: Path, tmp_path: Path) -> None:
    good.setenv("DJANGO_SECRET_KEY_FILE", str(tmp_path))
    assert lines(dotenv) == ["DJANGO_SECRET_KEY_FILE: names no file that can be read as UTF-8 text"]


def test_an_empty_file_is_an_empty_value(good: pytest.MonkeyPatch, dotenv: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("\n")
    good.setenv("DJANGO_SECRET_KEY_FILE", str(tmp_path / "secret"))
    assert lines(dotenv) == ["DJANGO_SECRET_KEY: is required and is empty"]


@pytest.mark.parametrize("content", [b"PORT=\xff\n", None], ids=["not-utf-8", "a-folder"])
def test_a_dotenv_that_cannot_be_read(good: pytest.MonkeyPatch, dotenv: Path, content: bytes | None) -> None:
    if content is None:
        dotenv.mkdir()
    else:
        dotenv.write_bytes(content)
    assert lines(dotenv) == [".env: cannot be read as UTF-8 text"]
