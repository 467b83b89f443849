"""Password hashers that count what they do."""

from typing import Any

from django.contrib.auth.hashers import MD5PasswordHasher, PBKDF2PasswordHasher


class Hasher(MD5PasswordHasher):
    """Fast, for the tests: nothing is to be kept safe."""

    runs = 0

    def encode(self, password: Any, salt: Any) -> str:
        Hasher.runs += 1
        return super().encode(password, salt)


class Rounds(PBKDF2PasswordHasher):
    """Production's hasher, with few rounds."""

    iterations = 10
    spent = 0

    def encode(self, password: Any, salt: Any, iterations: Any = None) -> str:
        Rounds.spent += int(iterations or self.iterations)
        return super().encode(password, salt, iterations)
