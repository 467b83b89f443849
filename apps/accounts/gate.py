"""Addresses that send bad tokens have to wait: counted for all processes, remembered in each."""

import math
import time
from collections.abc import Callable

from django.conf import settings

from apps.limits.quotas import Quota, Usage, quota_from, use
from apps.ops.addresses import is_shared, network_of

MOST_ADDRESSES = 10_000


class AddressGate:
    """Asks nothing of the counters for a good token: only a refusal is a hit."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._closed_until: dict[str, float] = {}

    def closed(self, address: str | None) -> Usage | None:
        """The used-up quota of an address that this process refuses unheard; None where it does not."""
        left = self._closed_until.get(network_of(address), 0.0) - self._clock()
        quota = _quota() if left > 0 else None
        return Usage(quota, 0, exceeded=True, resets_in=math.ceil(left)) if quota else None

    def count_refusal(self, address: str | None) -> None:
        quota = _quota()
        if quota is None or is_shared(address):
            return
        network = network_of(address)
        usage = use(quota, network)
        if usage and usage.exceeded:
            while len(self._closed_until) >= MOST_ADDRESSES:
                self._closed_until.pop(next(iter(self._closed_until)), None)
            self._closed_until[network] = self._clock() + usage.resets_in

    def open_all(self) -> None:
        self._closed_until.clear()


def _quota() -> Quota | None:
    return None if settings.API_RATE_LIMIT == "none" else quota_from("address", settings.ADDRESS_REFUSAL_LIMIT)


gate = AddressGate()
