"""Every attack on the door that we know of, a line each: a name, and the header lines that are sent."""

import base64
import hmac
import json
import time
from functools import partial
from typing import Any

import jwt
from django.conf import settings

from tests.environment import SHARED_SECRET
from tests.tokens import SigningKey, claims, hmac_token, raw_token, shared_secret_token

ED, OTHER_ED, RSA, EC = (
    SigningKey("EdDSA", "ed"),
    SigningKey("EdDSA", "other"),
    SigningKey("RS256", "rsa"),
    SigningKey("ES256", "es"),
)
# Nobody publishes it; it borrows the name of one that is.
STRANGER = SigningKey("EdDSA", "ed")
SAID: tuple[dict[str, Any], ...] = (
    *({"use": use} for use in ("enc", "SIG", "", None, ["sig"])),
    *({"key_ops": operations} for operations in (["sign"], [], "verify", None, {"verify": True})),
    {"use": "sig", "key_ops": ["encrypt"]},
    {"alg": "RS256"},
    {"alg": None},
    {"kty": "okp"},
    {"crv": "X25519"},
)
# Keys that a set may hold and that may not verify a token: a key each, and how it is published.
UNFIT: dict[str, tuple[SigningKey, dict[str, Any]]] = {
    **{f"an RSA key of {bits} bits": (SigningKey("RS256", f"rsa{bits}", rsa_bits=bits), {}) for bits in (1024, 2047)},
    **{f"a key with {said!r}": (SigningKey("EdDSA", f"unfit{number}"), said) for number, said in enumerate(SAID)},
    "a private key": (leaked := SigningKey("EdDSA", "leaked"), leaked.private_jwk),
    "a symmetric key beside a public one": (SigningKey("EdDSA", "symmetric"), {"k": "c2VjcmV0"}),
}
PUBLISHED = [
    *(key.jwk for key in (ED, OTHER_ED, RSA, EC)),
    *({**key.jwk, **said} for key, said in UNFIT.values()),
    {"kty": "oct", "kid": "oct", "alg": "HS256", "k": "c2VjcmV0" * 6},
    {**EC.jwk, "kid": "off the curve", "x": EC.jwk["y"]},
]
SECRET = SHARED_SECRET.encode()
UNSIGNED = b""

Attacks = dict[str, list[tuple[str, str]]]


def attacks(origin: str, trap: str, access: str, refresh: str) -> Attacks:
    """By name. `origin` is the issuer's; nothing may be fetched from `trap`; a local account's pair of tokens."""
    payload = claims("user", iss=origin, aud=origin)
    tokens = {
        **_algorithms(payload),
        **_unfit_keys(payload),
        **_headers(payload, trap),
        **_compact_forms(payload),
        **_issuers(origin, access),
        **_odd_claims(payload),
        **_other_kinds(payload, refresh),
    }
    bearer = {name: [("Authorization", f"Bearer {token}")] for name, token in tokens.items()}
    return {**bearer, **_header_lines(ED.token(payload), tokens["signed by a stranger"])}


def _algorithms(payload: dict[str, Any]) -> dict[str, str]:
    good, other = ED.token(payload), ED.token({**payload, "sub": "another"})
    return {
        **{f"alg {alg}": _unsigned(payload, alg) for alg in ("none", "None", "NONE", "nOnE", "", "null")},
        **{f"alg {alg!r}": _unsigned(payload, alg) for alg in (None, 0, ["EdDSA"], {"EdDSA": 1}, True)},
        "alg left out": raw_token({"kid": "ed"}, payload, ED.sign),
        "alg none over a good signature": raw_token({"alg": "none", "kid": "ed"}, payload, ED.sign),
        "alg in lower case": raw_token({"alg": "eddsa", "kid": "ed"}, payload, ED.sign),
        "signature cut off": good.rsplit(".", 1)[0] + ".",
        "signature left out": good.rsplit(".", 1)[0],
        "signature of another token": ".".join([*good.split(".")[:2], other.split(".")[2]]),
        "payload exchanged": ".".join([good.split(".")[0], other.split(".")[1], good.split(".")[2]]),
        "signed by a stranger": STRANGER.token(payload),
        "signed with another published key": OTHER_ED.token(payload, kid="ed"),
        "EdDSA under the kid of RSA": ED.token(payload, kid="rsa"),
        "RS256 under the kid of EdDSA": RSA.token(payload, kid="ed"),
        "PS256 under a key for RS256": raw_token({"alg": "PS256", "kid": "rsa"}, payload, lambda signed: bytes(256)),
        "ES256 with a signature of zeros": raw_token({"alg": "ES256", "kid": "es"}, payload, lambda signed: bytes(64)),
        "EdDSA with a signature of zeros": raw_token({"alg": "EdDSA", "kid": "ed"}, payload, lambda signed: bytes(64)),
        **{
            f"HMAC with the public {kind} key as {name}": hmac_token(payload, spelling, kid=key.key_id)
            for kind, key in (("RSA", RSA), ("Ed25519", ED), ("EC", EC))
            for name, spelling in key.spellings.items()
        },
        **{
            f"{alg} with the shared secret": raw_token(
                {"alg": alg}, payload, partial(hmac.digest, SECRET, digest=digest)
            )
            for alg, digest in (("HS384", "sha384"), ("HS512", "sha512"), ("EdDSA", "sha512"), ("RS256", "sha256"))
        },
        "an empty secret": hmac_token(payload, b""),
        "the secret of Better Auth's default": hmac_token(payload, b"better-auth-secret-12345678901234567890"),
    }


def _unsigned(payload: dict[str, Any], alg: Any) -> str:
    return raw_token({"alg": alg, "kid": "ed"}, payload, lambda signed: UNSIGNED)


def _unfit_keys(payload: dict[str, Any]) -> dict[str, str]:
    return {
        **{
            name: raw_token({"alg": key.algorithm, "kid": key.key_id}, payload, key.sign)
            for name, (key, _) in UNFIT.items()
        },
        "a symmetric key of the set": hmac_token(payload, b"secret" * 6, kid="oct"),
        "a point that is not on the curve": raw_token(
            {"alg": "ES256", "kid": "off the curve"}, payload, lambda signed: b"1" * 64
        ),
    }


def _compact_forms(payload: dict[str, Any]) -> dict[str, str]:
    """Good tokens but for the way in which they are written."""
    header, body, signature = hmac_token(payload, SECRET).split(".")

    def signed(head: bytes, text: bytes, padding: bytes = b"") -> str:
        """The signature holds: it is over what is sent."""
        parts = b".".join(base64.urlsafe_b64encode(each).rstrip(b"=") + padding for each in (head, text))
        return f"{parts.decode()}.{base64.urlsafe_b64encode(hmac.digest(SECRET, parts, 'sha256')).decode().rstrip('=')}"

    # Both need padding, were it allowed.
    head, text = b'{"alg":"HS256" }', json.dumps(payload).encode()
    head += b" " * (-(len(head) + 1) % 3)
    text += b" " * (-(len(text) + 1) % 3)
    assert signed(head, text).count("=") == 0
    sub, twice = json.dumps(payload)[1:].encode(), b'{"alg":"none","alg":"HS256"}'
    return {
        "padding behind header and payload": signed(head[:-1], text[:-1], b"="),
        "padding behind the signature": f"{header}.{body}.{signature}=",
        "two signs of padding": f"{header}.{body}.{signature}==",
        "another last character of the same bytes": f"{header}.{body}.{signature[:-1]}{chr(ord(signature[-1]) + 1)}",
        "a plus in place of a minus": f"{header}.{body}.{signature[:-2]}+{signature[-1]}",
        "a percent sign": f"{header}.{body}.{signature}%3D",
        "an empty payload": signed(head, b""),
        "alg twice, the good one last": signed(twice, text),
        "alg twice, the good one first": signed(b'{"alg":"HS256","alg":"none"}', text),
        "alg twice, spelt differently": signed(b'{"alg":"HS256","\\u0061lg":"HS256"}', text),
        "sub twice": signed(head, b'{"sub":"another",' + sub),
        "a member within a claim twice": signed(head, b'{"user":{"a":1,"a":2},' + sub),
        "NaN in the header": signed(b'{"alg":"HS256","x":NaN}', text),
        "a byte order mark": signed(b"\xef\xbb\xbf" + head, text),
        "UTF-16": signed('{"alg":"HS256"}'.encode("utf-16"), text),
        "a comment behind the header": signed(head + b"//", text),
        "a token in a token": signed(b'{"alg":"HS256","cty":"JWT"}', signed(head, text).encode()),
        "cty names a token": signed(b'{"alg":"HS256","cty":"jwt"}', text),
        "the header a string": signed(b'"HS256"', text),
        "the header null": signed(b"null", text),
    }


def _headers(payload: dict[str, Any], trap: str) -> dict[str, str]:
    kids: list[Any] = ["", None, 0, True, ["ed"], {"ed": 1}, "ED", "ed ", "ed\x00", "never published"]
    kids += ["../../dev/null", "/dev/null", "' OR '1'='1", "ed'; SELECT pg_sleep(9)--", "| id", "ed\r\nX: y", trap]
    own = OTHER_ED.jwk
    stranger = {"jwk": STRANGER.jwk, "jku": trap, "x5u": trap, "x5c": ["MIIB"], "x5t": "abc", "iss": trap}
    named = {name: {"alg": "EdDSA", "kid": "ed", name: value} for name, value in stranger.items()}
    unnamed = {name: {"alg": "EdDSA", name: value} for name, value in stranger.items()}
    crit: list[Any] = [["exp"], ["b64"], ["x"], ["alg"], ["b64", "b64"], [], "exp", [1], {"exp": 1}, None, False, ""]
    return {
        **{f"kid {kid!r}": raw_token({"alg": "EdDSA", "kid": kid}, payload, ED.sign) for kid in kids},
        "kid left out": raw_token({"alg": "EdDSA"}, payload, ED.sign),
        **{f"{name} of a stranger": raw_token(header, payload, STRANGER.sign) for name, header in named.items()},
        **{f"{name} and no kid": raw_token(header, payload, STRANGER.sign) for name, header in unnamed.items()},
        "jwk of another published key": raw_token({"alg": "EdDSA", "kid": "ed", "jwk": own}, payload, OTHER_ED.sign),
        **{f"crit {value!r}": hmac_token(payload, SECRET, crit=value) for value in crit},
        "b64 false (RFC 7797)": hmac_token(payload, SECRET, b64=False, crit=["b64"]),
        "b64 true in crit (RFC 7797)": hmac_token(payload, SECRET, b64=True, crit=["b64"]),
        "crit over a good EdDSA signature": raw_token(
            {"alg": "EdDSA", "kid": "ed", "crit": ["b64"], "b64": True}, payload, ED.sign
        ),
        **{f"b64 {value!r} and no crit": hmac_token(payload, SECRET, b64=value) for value in (False, 0, "false", None)},
        "header no JSON": raw_token(b"{", payload, ED.sign),
        "header no object": raw_token([], payload, ED.sign),
        "header not UTF-8": raw_token(b'{"alg": "\xff"}', payload, ED.sign),
        "header nested": raw_token(b'{"a":' * 900, payload, ED.sign),
        "encrypted, in five parts": ".".join(["e30"] * 5),
        "JSON in place of the compact form": '{"payload":"e30","signatures":[]}',
        "no dots": "e" * 100,
        "dots alone": "..",
        "base64 of another alphabet": ED.token(payload).replace("e", "+"),
    }


def _issuers(origin: str, access: str) -> dict[str, str]:
    def signed(**changed: Any) -> str:
        return ED.token(claims("user", **{"iss": origin, "aud": origin, **changed}))

    issuers: list[Any] = [
        None,
        "",
        "https://evil.example",
        f"{origin}/",
        f"{origin}/api/auth",
        f"{origin}.evil.example",
    ]
    issuers += [origin.upper(), f" {origin}", [origin], {"iss": origin}, 5, True, "urn:tasks-backend:local"]
    audiences: list[Any] = [None, "", "https://evil.example", f"{origin}/", [], ["x"], {origin: 1}, 5, True, [[origin]]]
    local = access.split(".")
    foreign = {**jwt.decode(access, options={"verify_signature": False}), "iss": origin, "aud": origin}
    sign_locally = partial(hmac.digest, settings.SIMPLE_JWT["SIGNING_KEY"].encode(), digest="sha512")
    return {
        **{f"iss {issuer!r}": signed(iss=issuer) for issuer in issuers},
        **{f"aud {audience!r}": signed(aud=audience) for audience in [*audiences, "urn:tasks-backend:api"]},
        "our own issuer and audience": signed(iss="urn:tasks-backend:local", aud="urn:tasks-backend:api"),
        "Better Auth's issuer under the key of local accounts": raw_token({"alg": "HS512"}, foreign, sign_locally),
        "another person under the signature of a local account": f"{local[0]}.{signed().split('.')[1]}.{local[2]}",
    }


def _odd_claims(payload: dict[str, Any]) -> dict[str, str]:
    subjects: list[Any] = [None, "", 0, 42, 1.5, True, ["user"], {"id": "user"}, "x" * 256, "a\x00", "a\nb", "\ud800"]
    subjects += [
        " ",
        "   ",
        " a",
        "a ",
        "\ta",
        "a\r\n",
        "\u00a0",
        "a\u00a0",
        "\u3000a",
        "a\u2003",
        "\u200b",
        "a\u200b",
        "\ufeffa",
    ]
    subjects += [
        "\u2800",
        "\u3164",
        "a\u3164",
        "\u2800a",
        "\u115f\u1160",
        "\ufe0f",
        "\u034f \u034f",
        "\U000e0100",
        "\u00ad",
        "\u202ea",
    ]
    ends: list[Any] = [None, "", "soon", "9999999999", "1", True, False, [], {}, 10**400, -(10**400)]
    moments: list[Any] = ["now", "1", True, None, [], {}, 10**400, int(time.time()) + 3600]
    raw = {
        "exp Infinity": b'{"sub": "user", "exp": Infinity}',
        "exp NaN": b'{"sub": "user", "exp": NaN}',
        "exp 1e999": b'{"sub": "user", "exp": 1e999}',
        "exp -1e999": b'{"sub": "user", "exp": -1e999}',
        "nbf 1e999": b'{"sub": "user", "exp": 9999999999, "nbf": 1e999}',
        "iat NaN": b'{"sub": "user", "exp": 9999999999, "iat": NaN}',
        "a claim of NaN": b'{"sub": "user", "exp": 9999999999, "level": NaN}',
        "payload no JSON": b"{",
        "payload no object": b'["user"]',
        "payload a string": b'"user"',
        "payload null": b"null",
        "payload empty": b"",
        "payload not UTF-8": b'{"sub": "\xff"}',
        "payload nested": b'{"sub":' * 700,
    }
    return {
        **{f"sub {str(value)[:9]!a}": hmac_token({**payload, "sub": value}, SECRET) for value in subjects},
        **{f"exp {str(value)[:9]!r}": hmac_token({**payload, "exp": value}, SECRET) for value in ends},
        **{f"nbf {value!r}": hmac_token({**payload, "nbf": value}, SECRET) for value in moments},
        **{f"iat {value!r}": hmac_token({**payload, "iat": value}, SECRET) for value in moments},
        "sub left out": hmac_token({name: value for name, value in payload.items() if name != "sub"}, SECRET),
        **{name: hmac_token(body, SECRET) for name, body in raw.items()},
    }


def _other_kinds(payload: dict[str, Any], refresh: str) -> dict[str, str]:
    cache = {"aud": "better-auth:session-cache", "session": {}, "user": {"id": "user"}}
    return {
        "our refresh token": refresh,
        "the bearer plugin's session token": "s" * 32,
        "the bearer plugin's signed session token": "s" * 32 + "." + "t" * 43 + "%3D",
        "the session-cache JWT": hmac_token({**payload, **cache}, SECRET, typ="better-auth.session-cache+jwt"),
        "the session-cache JWT without its typ": hmac_token({**cache, "exp": payload["exp"]}, SECRET),
        "the session-cache JWT of a published key": ED.token(payload, typ="better-auth.session-cache+jwt"),
        "the e-mail verification JWT": hmac_token({"email": "a@example.com", "userId": "u", "exp": 2**33}, SECRET),
        "a logout token": hmac_token(payload, SECRET, typ="logout+jwt"),
        "a DPoP proof": ED.token(payload, typ="dpop+jwt"),
        "an id": "0b5bf2b5-6a5c-4f0c-9c1e-3f1c2d7c8a90",
        "a key of an API": "sk_live_" + "0" * 24,
    }


def _header_lines(good: str, bad: str) -> Attacks:
    """What stands around a token."""
    name, secret = "Authorization", shared_secret_token()
    return {
        "no header": [],
        "an empty header": [(name, "")],
        "the scheme alone": [(name, "Bearer")],
        "the token alone": [(name, good)],
        "two spaces and no token": [(name, "Bearer  ")],
        "a tab": [(name, f"Bearer\t{good}")],
        "a comma behind": [(name, f"Bearer {good},")],
        "parameters behind": [(name, f'Bearer {good}, realm="x"')],
        "two tokens": [(name, f"Bearer {good} {good}")],
        "not ASCII": [(name, "Bearer é.é.é")],
        "Basic": [(name, "Basic dXNlcjpwYXNz")],
        "Token": [(name, f"Token {good}")],
        "the same header twice": [(name, f"Bearer {good}")] * 2,
        "two headers, the good one first": [(name, f"Bearer {good}"), (name, f"Bearer {bad}")],
        "two headers, the bad one first": [(name, f"Bearer {bad}"), (name, f"Bearer {good}")],
        "two headers of two kinds": [(name, f"Bearer {good}"), (name, f"Bearer {secret}")],
        "two headers in two spellings": [(name, f"Bearer {good}"), (name.lower(), f"Bearer {good}")],
        "an empty header before": [(name, ""), (name, f"Bearer {good}")],
        "Proxy-Authorization": [("Proxy-Authorization", f"Bearer {good}")],
        "X-Forwarded-Authorization": [("X-Forwarded-Authorization", f"Bearer {good}")],
        "a cookie": [("Cookie", f"access_token={good}; better-auth.session_token={good}")],
        "a token of 15 KB": [(name, "Bearer " + hmac_token({"sub": "x" * 11_000}, b"x" * 32))],
    }


def oversized() -> dict[str, str]:
    """Good tokens but for their size: they are refused before they are parsed."""

    def padded(size: int) -> str:
        return shared_secret_token(image="data:image/png;base64," + "A" * size)

    return {f"{len(padded(size)) // 1024} KB": padded(size) for size in (13_000, 40_000, 120_000, 400_000)}


def secrets_of(lines: list[tuple[str, str]]) -> list[str]:
    """What of an attack no log line may hold."""
    return [json.dumps(value.split(" ")[-1])[1:-1] for _, value in lines if len(value) > 60]
