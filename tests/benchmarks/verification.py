"""CPU of a token's verification, new and remembered: `python -m tests.benchmarks.verification`."""

import statistics
import time

from tests import environment

import django  # isort: skip

django.setup()

from django.conf import settings  # noqa: E402

from apps.accounts.verifiers import memory, verifiers, verify  # noqa: E402
from tests.keyserver import KeyServer  # noqa: E402
from tests.tokens import SigningKey, claims, shared_secret_token  # noqa: E402

TIMES = 2000
ROUNDS = 5


def microseconds(token: str, *, remembered: bool) -> float:
    """The median of ROUNDS, for one verification."""
    verify(token)
    rounds = []
    for _ in range(ROUNDS):
        started = time.process_time()
        for _ in range(TIMES):
            if not (remembered and memory.recall(token)):
                verify(token)
        rounds.append((time.process_time() - started) / TIMES * 1e6)
    return statistics.median(rounds)


def main() -> None:
    kinds = {name: SigningKey(name, name) for name in ("EdDSA", "ES256", "ES512", "RS256", "PS256")}
    with KeyServer(*(key.jwk for key in kinds.values())) as server:
        settings.BETTER_AUTH_URL = server.origin
        verifiers.cache_clear()
        payload = claims("user", iss=server.origin, aud=server.origin)
        tokens = {"HS256": shared_secret_token(), **{name: key.token(payload) for name, key in kinds.items()}}
        print(f"{'':8}{'new us':>10}{'known us':>10}{'ratio':>8}")
        for name, token in tokens.items():
            new, known = microseconds(token, remembered=False), microseconds(token, remembered=True)
            print(f"{name:8}{new:10.1f}{known:10.1f}{new / known:8.0f}")
    environment.pytest_unconfigure()


if __name__ == "__main__":
    main()
