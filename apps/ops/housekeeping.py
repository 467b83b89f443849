"""What `manage.py purge` deletes: each room registers what it keeps for a time."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

Purge = Callable[[], int]

_registered: dict[str, Purge] = {}
registered: Mapping[str, Purge] = MappingProxyType(_registered)


def purges(what: str) -> Callable[[Purge], Purge]:
    """Registers a function that deletes what has had its time, named `what`, and says how many rows it deleted."""

    def register(purge: Purge) -> Purge:
        _registered[what] = purge
        return purge

    return register
