"""Rows that are a person's without a foreign key that says so: rooms register them, and an erasure deletes them."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import QuerySet

# The rows of a subject, in an order that an index gives.
Rows = Callable[[str], QuerySet[Any]]

_registered: list[Rows] = []
registered: Sequence[Rows] = _registered


def belongs(rows: Rows) -> Rows:
    _registered.append(rows)
    return rows
