"""JWK sets (RFC 7517): which of their keys verify tokens here, and what of them may be stored."""

import json
import logging
from collections.abc import Mapping
from typing import Any

import jwt

from apps.accounts.key_server import FetchFailed

logger = logging.getLogger("accounts.keys")

ALGORITHMS_BY_KEY_TYPE = {
    ("OKP", "Ed25519"): ("EdDSA",),
    ("OKP", "Ed448"): ("EdDSA",),
    ("EC", "P-256"): ("ES256",),
    ("EC", "P-521"): ("ES512",),
    ("RSA", None): ("RS256", "PS256"),
}
# RFC 7518, section 6: none of them tells a private key.
PUBLIC_MEMBERS = ("kty", "kid", "use", "key_ops", "alg", "crv", "x", "y", "n", "e")
# Of a private or a symmetric key (RFC 7518, section 6).
SECRET_MEMBERS = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}
# RFC 7518, sections 3.3 and 3.5.
SMALLEST_RSA_BITS = 2048

Keys = Mapping[tuple[str, str], Any]


class Unusable(Exception):
    """Why a key of a set verifies nothing here."""


def parse_keys(body: bytes | str) -> Keys:
    """The usable public keys of a JWK set; the others are passed over. Raises FetchFailed."""
    keys: dict[tuple[str, str], Any] = {}
    for entry in _entries(body):
        try:
            found = _keys_of(entry)
        except Unusable as error:
            logger.warning("key passed over: %s", error, extra={"kid": _key_id(entry)})
            continue
        if any(keys.get(slot, key) != key for slot, key in found.items()):
            logger.warning("two keys have the same kid and alg: the last is used", extra={"kid": _key_id(entry)})
        keys |= found
    if not keys:
        raise FetchFailed("the answer holds no usable key")
    return keys


def unusable_keys(body: bytes | str) -> list[tuple[str, str]]:
    """The key id of each key of a JWK set that is passed over, and why. Raises FetchFailed."""
    return [(_key_id(entry), flaw) for entry in _entries(body) if (flaw := _flaw(entry))]


def public_set(body: bytes) -> str:
    """The usable keys of a JWK set, without what is unknown here, and the same however they were ordered."""
    entries = sorted((_public(entry) for entry in _entries(body) if not _flaw(entry)), key=json.dumps)
    return json.dumps({"keys": entries}, sort_keys=True)


def _entries(body: bytes | str) -> list[dict[str, Any]]:
    try:
        return [entry for entry in json.loads(body)["keys"] if isinstance(entry, dict)]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise FetchFailed("the answer is not a JWK set") from error


def _public(entry: dict[str, Any]) -> dict[str, Any]:
    return {name: entry[name] for name in PUBLIC_MEMBERS if name in entry}


def _key_id(entry: dict[str, Any]) -> str:
    """As a log or a terminal can show it."""
    return str(entry.get("kid"))[:128].encode("utf-8", "backslashreplace").decode()


def _flaw(entry: dict[str, Any]) -> str | None:
    try:
        _keys_of(entry)
    except Unusable as error:
        return str(error)
    return None


def _keys_of(entry: dict[str, Any]) -> dict[tuple[str, str], Any]:
    """One key under each algorithm that it may be used with; old versions of Better Auth leave `alg` out.

    Raises Unusable.
    """
    kind = (str(entry.get("kty")), None if entry.get("kty") == "RSA" else str(entry.get("crv")))
    algorithms = [
        algorithm for algorithm in ALGORITHMS_BY_KEY_TYPE.get(kind, ()) if entry.get("alg", algorithm) == algorithm
    ]
    _check_purpose(entry, algorithms)
    try:
        keys = {(entry["kid"], algorithm): jwt.PyJWK(_public(entry), algorithm).key for algorithm in algorithms}
    except (jwt.PyJWTError, ValueError, TypeError, AttributeError, OverflowError) as error:
        raise Unusable(f"it cannot be read ({type(error).__name__})") from None
    if kind[0] == "RSA" and any(key.key_size < SMALLEST_RSA_BITS for key in keys.values()):
        raise Unusable(f"an RSA key needs {SMALLEST_RSA_BITS} bits")
    return keys


def _check_purpose(entry: dict[str, Any], algorithms: list[str]) -> None:
    """Raises Unusable where the key says that it does something else (RFC 7517, sections 4.2 and 4.3)."""
    if not isinstance(entry.get("kid"), str):
        raise Unusable("it has no kid")
    if not algorithms:
        raise Unusable("tokens of its kty, crv and alg are not accepted here")
    if SECRET_MEMBERS & entry.keys():
        raise Unusable("it is not a public key: whoever reads the set can sign tokens")
    if entry.get("use", "sig") != "sig":
        raise Unusable("its use is not sig")
    operations = entry.get("key_ops", ["verify"])
    if not isinstance(operations, list) or "verify" not in operations:
        raise Unusable("its key_ops do not name verify")
