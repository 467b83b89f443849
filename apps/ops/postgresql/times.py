"""Reads every time that PostgreSQL can hold; psycopg2 raises on years that Python lacks, and a list would be gone."""

from datetime import datetime
from typing import Any

from psycopg2.extensions import new_type

from apps.values.times import from_database

TIMESTAMPTZ_OID = 1184


def _instant(text: Any, cursor: Any) -> datetime | None:
    return None if text is None else from_database(text)


INSTANT = new_type((TIMESTAMPTZ_OID,), "INSTANT", _instant)
