"""What a quota allows, and what is left of it."""

import logging
import math
from dataclasses import dataclass

from apps.limits.stores import StoreUnavailable, store

logger = logging.getLogger("limits")

SECONDS = {"sec": 1, "min": 60, "hour": 3600, "day": 86400}


@dataclass(frozen=True)
class Quota:
    """`limit` hits in `window_seconds`, under a `name` that the headers carry."""

    name: str
    limit: int
    window_seconds: int


@dataclass(frozen=True)
class Usage:
    """Of one quota, after a hit: how many remain, and in how many seconds the window ends."""

    quota: Quota
    remaining: int
    exceeded: bool
    resets_in: int


def quota_from(name: str, rate: str) -> Quota | None:
    """The quota of a rate such as "600/min"; None for "none"."""
    if rate == "none":
        return None
    limit, _, period = rate.partition("/")
    return Quota(name, int(limit), SECONDS[period])


def use(quota: Quota, key: str) -> Usage | None:
    """Counts a hit of `key`. None where the counters cannot be reached: people come before limits."""
    try:
        hits, ends_in = store().hit(f"{quota.name}:{key}", quota.window_seconds)
    except StoreUnavailable as error:
        logger.warning("hit not counted: %s", error.__cause__, extra={"quota": quota.name})
        return None
    return Usage(quota, max(quota.limit - hits, 0), hits > quota.limit, max(math.ceil(ends_in), 1))
