"""A password hasher that counts its runs."""

from typing import Any

from django.contrib.auth.hashers import MD5PasswordHasher


class Hasher(MD5PasswordHasher):
    """Fast, for the tests: nothing is to be kept safe."""

    runs = 0

    def encode(self, password: Any, salt: Any) -> str:
        Hasher.runs += 1
        return super().encode(password, salt)
