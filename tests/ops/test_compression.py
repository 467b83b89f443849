"""Pages and static files are sent with gzip to those who take it."""

import gzip
from typing import Any

import pytest
from django.test import Client

STYLES = "/static/unfold/css/styles.css"


def content(answer: Any) -> bytes:
    """All of it, which closes the file."""
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


@pytest.mark.parametrize("path", ["/admin/login/", "/openapi.json", STYLES])
@pytest.mark.django_db
def test_long_text_is_compressed_for_who_takes_it(client: Client, path: str) -> None:
    plain = client.get(path)
    packed = client.get(path, HTTP_ACCEPT_ENCODING="br, gzip")
    assert "Content-Encoding" not in plain
    assert packed["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in plain["Vary"]
    assert "Accept-Encoding" in packed["Vary"]
    whole, small = content(plain), content(packed)
    assert len(small) < len(whole) / 2
    if path == STYLES:
        assert gzip.decompress(small) == whole


@pytest.mark.parametrize("accepted", ["identity", "gzip;q=0", ""])
def test_nobody_gets_gzip_who_does_not_take_it(client: Client, accepted: str) -> None:
    answer = client.get(STYLES, HTTP_ACCEPT_ENCODING=accepted)
    assert content(answer).startswith(b"/*")
    assert "Content-Encoding" not in answer


def test_a_compressed_file_can_be_asked_for_again(client: Client) -> None:
    packed = client.get(STYLES, HTTP_ACCEPT_ENCODING="gzip")
    content(packed)
    again: Any = {"HTTP_IF_MODIFIED_SINCE": packed["Last-Modified"]}
    if "ETag" in packed:
        again["HTTP_IF_NONE_MATCH"] = packed["ETag"]
    known = client.get(STYLES, HTTP_ACCEPT_ENCODING="gzip", **again)
    assert (known.status_code, known["Vary"]) == (304, "Accept-Encoding")


def test_a_part_of_a_file_and_its_head_stay_plain(client: Client) -> None:
    part = client.get(STYLES, HTTP_ACCEPT_ENCODING="gzip", HTTP_RANGE="bytes=0-9999")
    assert part.status_code == 206
    assert len(content(part)) == 10_000
    assert "Content-Encoding" not in part
    head = client.head(STYLES, HTTP_ACCEPT_ENCODING="gzip")
    assert content(head) == b""
    assert part["Vary"] == head["Vary"] == "Accept-Encoding"


def test_what_is_compressed_already_stays_as_it_is(client: Client) -> None:
    answer = client.get("/static/unfold/fonts/inter/Inter-Regular.woff2", HTTP_ACCEPT_ENCODING="gzip")
    assert content(answer).startswith(b"wOF2")
    assert "Content-Encoding" not in answer
