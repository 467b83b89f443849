"""Pages of a list that may be long: none costs a count of everything, none lies further than the rows counted."""

import json
from functools import cached_property
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet

# Whoever pages further than this is better served by a search; OFFSET reads all that it skips.
REACHABLE_ROWS = 10_000


class BoundedPaginator(Paginator):  # type: ignore[type-arg]  # not generic at run time
    @cached_property
    def count(self) -> int:
        """The rows that can be paged to: all, where there are no more than REACHABLE_ROWS."""
        rows: QuerySet[Any] = self.object_list  # type: ignore[assignment]  # a list of the admin is one
        return rows[:REACHABLE_ROWS].count()

    @property
    def is_cut(self) -> bool:
        return self.count == REACHABLE_ROWS

    @cached_property
    def estimate(self) -> int:
        """How many rows the planner expects in all; it counts none."""
        rows: QuerySet[Any] = self.object_list  # type: ignore[assignment]  # as above
        plan = json.loads(rows.order_by().explain(format="json"))
        return max(int(plan[0]["Plan"]["Plan Rows"]), self.count)
