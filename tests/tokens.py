"""Real signed tokens of each kind, good and bad."""

import base64
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

import jwt
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa

from tests.environment import SHARED_SECRET

# Longer than a run on a busy machine: some are signed when the tests are collected.
LIFETIME_SECONDS = 6 * 3600


def claims(subject: Any = "alice", **changed: Any) -> dict[str, Any]:
    """Claims of a good token; a value of None leaves the claim out."""
    now = int(time.time())
    payload = {"sub": subject, "iat": now, "exp": now + LIFETIME_SECONDS, **changed}
    return {name: value for name, value in payload.items() if value is not None}


def shared_secret_token(subject: Any = "alice", secret: str = SHARED_SECRET, **changed: Any) -> str:
    # jwt.encode() checks some claims; whoever forges a token does not.
    return jwt.PyJWS().encode(json.dumps(claims(subject, **changed)).encode(), secret, algorithm="HS256")


def hmac_token(payload: Any, secret: bytes, **header: Any) -> str:
    """HS256 by hand: PyJWT will not sign with what looks like a public key, an attacker will."""
    return raw_token({"alg": "HS256", **header}, payload, lambda signed: hmac.digest(secret, signed, "sha256"))


def raw_token(header: Any, payload: Any, sign: Callable[[bytes], bytes]) -> str:
    """Of parts that need not be objects, nor JSON where they are bytes."""
    parts = [part if isinstance(part, bytes) else json.dumps(part).encode() for part in (header, payload)]
    signed = b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in parts)
    return (signed + b"." + base64.urlsafe_b64encode(sign(signed)).rstrip(b"=")).decode()


class SigningKey:
    """A key pair as Better Auth keeps one: `jwk` is published, `token` signs."""

    def __init__(self, algorithm: str, key_id: str, curve: str = "Ed25519", *, rsa_bits: int = 2048) -> None:
        self.algorithm, self.key_id = algorithm, key_id
        self._private: Any = _private_key(algorithm, curve, rsa_bits)

    @property
    def jwk(self) -> dict[str, Any]:
        """The public key (RFC 7517), with `alg` and `kid` as Better Auth writes them."""
        writer: Any = jwt.get_algorithm_by_name(self.algorithm)
        public: dict[str, Any] = writer.to_jwk(self._private.public_key(), as_dict=True)
        return {**public, "alg": self.algorithm, "kid": self.key_id}

    @property
    def spellings(self) -> dict[str, bytes]:
        """The public key as an attacker may try it for an HMAC secret."""
        public = self._private.public_key()
        pem, der = serialization.Encoding.PEM, serialization.Encoding.DER
        info = serialization.PublicFormat.SubjectPublicKeyInfo
        return {
            "PEM": public.public_bytes(pem, info),
            "PEM without its last line end": public.public_bytes(pem, info).rstrip(),
            "DER": public.public_bytes(der, info),
            "JWK": json.dumps(self.jwk).encode(),
            "JWKS": json.dumps({"keys": [self.jwk]}).encode(),
            "nothing": b"",
        }

    @property
    def private_jwk(self) -> dict[str, Any]:
        """The private key, as nobody should publish it."""
        writer: Any = jwt.get_algorithm_by_name(self.algorithm)
        private: dict[str, Any] = writer.to_jwk(self._private, as_dict=True)
        return {**private, "alg": self.algorithm, "kid": self.key_id}

    def sign(self, signed: bytes) -> bytes:
        """Whatever a header says. By hand: PyJWT warns of short keys."""
        if isinstance(self._private, rsa.RSAPrivateKey):
            return self._private.sign(signed, padding.PKCS1v15(), hashes.SHA256())
        signature: bytes = self._private.sign(signed)
        return signature

    def token(self, payload: dict[str, Any], **header: Any) -> str:
        headers = {name: value for name, value in {"kid": self.key_id, **header}.items() if value is not None}
        return jwt.PyJWS().encode(json.dumps(payload).encode(), self._private, self.algorithm, headers=headers)


def _private_key(algorithm: str, curve: str, rsa_bits: int) -> Any:
    if algorithm == "EdDSA":
        return ed448.Ed448PrivateKey.generate() if curve == "Ed448" else ed25519.Ed25519PrivateKey.generate()
    if algorithm == "ES256":
        return ec.generate_private_key(ec.SECP256R1())
    if algorithm == "ES512":
        return ec.generate_private_key(ec.SECP521R1())
    return rsa.generate_private_key(65537, rsa_bits)
