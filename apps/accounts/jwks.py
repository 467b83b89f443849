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
PUBLIC_MEMBERS = ("kty", "kid", "use", "alg", "crv", "x", "y", "n", "e")

Keys = Mapping[tuple[str, str], Any]


def parse_keys(body: bytes | str) -> Keys:
    """The usable public keys of a JWK set. A key of another use or kind is passed over. Raises FetchFailed."""
    try:
        keys = [key for entry in _entries(body) for key in _keys_of(entry)]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise FetchFailed("the answer is not a JWK set") from error
    if not keys:
        raise FetchFailed("the answer holds no usable key")
    return dict(keys)


def public_set(body: bytes) -> str:
    """A JWK set that was parsed, without what is private or unknown here, and the same however it was ordered."""
    entries = sorted((_public(entry) for entry in _entries(body)), key=json.dumps)
    return json.dumps({"keys": entries}, sort_keys=True)


def _entries(body: bytes | str) -> list[dict[str, Any]]:
    return [entry for entry in json.loads(body)["keys"] if isinstance(entry, dict)]


def _public(entry: dict[str, Any]) -> dict[str, Any]:
    return {name: entry[name] for name in PUBLIC_MEMBERS if name in entry}


def _keys_of(entry: dict[str, Any]) -> list[tuple[tuple[str, str], Any]]:
    """One key under each algorithm that it may be used with; old versions of Better Auth leave `alg` out."""
    kind = (str(entry.get("kty")), None if entry.get("kty") == "RSA" else str(entry.get("crv")))
    key_id = entry.get("kid")
    if not isinstance(key_id, str) or entry.get("use", "sig") != "sig" or kind not in ALGORITHMS_BY_KEY_TYPE:
        return []
    try:
        return [
            ((key_id, algorithm), jwt.PyJWK(_public(entry), algorithm=algorithm).key)
            for algorithm in ALGORITHMS_BY_KEY_TYPE[kind]
            if entry.get("alg", algorithm) == algorithm
        ]
    except (jwt.PyJWTError, ValueError, TypeError) as error:
        logger.warning("key passed over: %s", type(error).__name__, extra={"kid": key_id})
        return []
