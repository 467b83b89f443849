"""One answer of the key server: bounded in time and size, from its own address, and of public keys alone."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from apps.accounts.claims import KeysUnavailable
from apps.accounts.jwks import parse_keys, public_set
from apps.accounts.key_server import FETCH_TIMEOUT_SECONDS, FetchFailed, fetch
from apps.accounts.keys import KeySet
from tests.certificates import loopback_certificate
from tests.clocks import wait_until
from tests.keyserver import DRIPS, KeyServer
from tests.tokens import SigningKey

EDDSA = SigningKey("EdDSA", "ed")


@pytest.fixture
def keyserver() -> Iterator[KeyServer]:
    with KeyServer(EDDSA.jwk) as server:
        yield server


@pytest.mark.parametrize("answer", [302, 404, b"not json", b"[]", b'{"keys": {}}', b'{"keys": []}', b"x" * 300_000])
def test_an_answer_that_is_no_key_set_is_an_outage(keyserver: KeyServer, answer: Any) -> None:
    keyserver.answer = answer
    with pytest.raises(KeysUnavailable):
        KeySet(keyserver.url).find("ed", "EdDSA")
    assert keyserver.requests == 1


@pytest.mark.parametrize("status", [301, 302, 307])
def test_a_redirect_is_not_followed(keyserver: KeyServer, status: int) -> None:
    keyserver.answer = status
    with pytest.raises(FetchFailed, match=f"status {status}"):
        fetch(keyserver.url)
    assert keyserver.paths == ["/api/auth/jwks"]


@pytest.mark.parametrize("drip", [*DRIPS, "hang"])
def test_a_server_that_drips_is_left_at_the_deadline(keyserver: KeyServer, drip: str) -> None:
    """A byte comes every 0.2 s, and each would start a socket's time-out anew."""
    keyserver.answer = drip
    with pytest.raises(FetchFailed, match="within"):
        fetch(keyserver.url)
    # The connection is closed, so that no thread of ours reads on.
    wait_until(lambda: keyserver.dripping == 0)


def test_https_is_bounded_alike_and_trusts_no_stranger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate, context = loopback_certificate(tmp_path)
    with KeyServer(EDDSA.jwk, tls=context) as server:
        with pytest.raises(FetchFailed, match="SSLCertVerificationError"):
            fetch(server.url)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert parse_keys(fetch(server.url))
        server.answer = "drip body"
        with pytest.raises(FetchFailed, match="within"):
            fetch(server.url)
        wait_until(lambda: server.dripping == 0)


def test_a_server_that_takes_a_connection_and_says_nothing_is_left_too() -> None:
    """As in a TLS handshake that never comes."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        for scheme in ("http", "https"):
            with pytest.raises(FetchFailed):
                fetch(f"{scheme}://127.0.0.1:{silent.getsockname()[1]}/keys")


def test_the_whole_fetch_ends_before_its_callers_leave() -> None:
    from apps.accounts.keys import WAIT_SECONDS

    assert FETCH_TIMEOUT_SECONDS < WAIT_SECONDS <= 2


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://127.0.0.1/keys", "http://127.0.0.1:1/keys", "http://[::"])
def test_only_http_is_fetched(url: str) -> None:
    with pytest.raises(FetchFailed):
        fetch(url)


def test_keys_of_another_use_are_passed_over() -> None:
    usable = EDDSA.jwk
    others = [
        {**EDDSA.jwk, "kid": "enc", "use": "enc"},
        {**EDDSA.jwk, "kid": "ops", "key_ops": ["sign"]},
        {**SigningKey("EdDSA", "private").private_jwk},
        SigningKey("RS256", "short", rsa_bits=1024).jwk,
        {**EDDSA.jwk, "kid": 5},
        {"kty": "oct", "k": "c2VjcmV0", "kid": "symmetric"},
        {"kty": "OKP", "crv": "Ed25519", "x": "broken", "kid": "broken"},
        {"kty": "EC", "crv": ["P-256"], "kid": "odd"},
        "not an object",
    ]
    assert set(parse_keys(json.dumps({"keys": [usable, *others]}).encode())) == {("ed", "EdDSA")}


def test_what_is_stored_of_a_set_are_its_usable_public_keys() -> None:
    """Else a key that may not verify would do so once it is read from the archive."""
    private = SigningKey("EdDSA", "private").private_jwk
    encrypting = {**SigningKey("EdDSA", "encrypting").jwk, "key_ops": ["encrypt"]}
    verifying = {**EDDSA.jwk, "key_ops": ["verify"], "extra": "x"}
    keys = [private, encrypting, verifying, SigningKey("RS256", "rsa").jwk]
    stored = public_set(json.dumps({"keys": keys}).encode())
    assert not [word for word in ("private", private["d"], "encrypting", "extra") if word in stored]
    assert set(parse_keys(stored)) == {("ed", "EdDSA"), ("rsa", "RS256")}
    assert stored == public_set(json.dumps({"keys": keys[::-1]}).encode())


def test_a_key_that_is_not_used_is_logged_with_the_reason(caplog: pytest.LogCaptureFixture) -> None:
    weak, twin = SigningKey("RS256", "short", rsa_bits=1024), SigningKey("EdDSA", "ed")
    parse_keys(json.dumps({"keys": [weak.jwk, EDDSA.jwk, EDDSA.jwk, twin.jwk]}).encode())
    assert [(record.getMessage(), record.__dict__["kid"]) for record in caplog.records] == [
        ("key passed over: an RSA key needs 2048 bits", "short"),
        ("two keys have the same kid and alg: the last is used", "ed"),
    ]
