"""Keys drawn from the one secret, so that each purpose signs with its own."""

import hashlib
import hmac


def derived_key(secret: str, purpose: str) -> str:
    """128 hex digits: HMAC-SHA512 of `purpose` under `secret`; the extract step of HKDF (RFC 5869, 2.2)."""
    return hmac.new(secret.encode(), purpose.encode(), hashlib.sha512).hexdigest()
