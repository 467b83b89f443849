"""How many rows a query finds: counted while that is cheap, else as the planner believes, and then said to be so."""

import json
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import QuerySet

# Counting as many off an index takes some milliseconds.
COUNTED = 10_000


@dataclass(frozen=True)
class Amount:
    rows: int
    exact: bool
    # So many are told of an estimate: the planner's statistics carry no more.
    digits: int = 2

    def __str__(self) -> str:
        if self.exact:
            return f"{self.rows:,}"
        size = 10 ** max(0, len(str(self.rows)) - self.digits)
        return f"about {round(self.rows / size) * size:,}"


def amount_of(rows: QuerySet[Any]) -> Amount:
    """Reads COUNTED + 1 rows at most, and one plan."""
    # In an order that an index has: so few of many the planner would else look for in the table itself.
    seen = rows.order_by("-pk")[: COUNTED + 1].count()
    if seen <= COUNTED:
        return Amount(seen, exact=True)
    return Amount(max(seen, planned_rows(rows)), exact=False)


def planned_rows(rows: QuerySet[Any]) -> int:
    """What PostgreSQL's planner expects."""
    try:
        sql, parameters = rows.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return 0
    with connections[rows.db].cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", parameters)
        (plan,) = cursor.fetchone()
    plans = json.loads(plan) if isinstance(plan, str) else plan
    return int(plans[0]["Plan"]["Plan Rows"])
