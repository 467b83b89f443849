"""Addresses that send bad tokens have to wait: counted for all processes, remembered in each."""

import time
from collections.abc import Callable

from django.conf import settings

from apps.limits.quotas import quota_from, use
from apps.ops.addresses import is_shared, network_of

MOST_ADDRESSES = 10_000


class AddressGate:
    """Asks nothing of the counters for a good token: only a refusal is a hit."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._closed_until: dict[str, float] = {}

    def closed_seconds(self, address: str | None) -> float:
        """For how long this process refuses the address unheard; 0 where it does not."""
        until = self._closed_until.get(network_of(address), 0.0)
        return max(until - self._clock(), 0.0)

    def count_refusal(self, address: str | None) -> None:
        quota = quota_from("address", settings.ADDRESS_REFUSAL_LIMIT)
        if quota is None or settings.API_RATE_LIMIT == "none" or is_shared(address):
            return
        network = network_of(address)
        usage = use(quota, network)
        if usage and usage.exceeded:
            while len(self._closed_until) >= MOST_ADDRESSES:
                self._closed_until.pop(next(iter(self._closed_until)), None)
            self._closed_until[network] = self._clock() + usage.resets_in

    def open_all(self) -> None:
        self._closed_until.clear()


gate = AddressGate()
