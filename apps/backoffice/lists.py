"""Lists whose columns staff choose, and the rows that a list's address finds, read anew for work behind it."""

import copy
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from unfold.views import ChangeList

COLUMNS = "columns"
# What of an address says neither filter, order nor columns.
NOT_KEPT = ("p", "e", "all", "_changelist_filters", "_popup", "_to_field")


class ColumnsChangeList(ChangeList):
    """`?columns=a,b` shows these; it filters nothing."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        # What unfold would say of these two at the head of the page is wrong where no list is counted whole.
        self.full_result_count = self.result_count

    def get_filters_params(self, params: Any = None) -> Any:
        return {name: value for name, value in super().get_filters_params(params).items() if name != COLUMNS}


class RowsAlone(ColumnsChangeList):
    """No page of them, and no count."""

    def get_results(self, request: HttpRequest) -> None:
        self.result_list: list[Any] = []


def kept(query: QueryDict | str) -> str:
    """The part of a list's address that a saved view or a job keeps, in one order."""
    given = QueryDict(query) if isinstance(query, str) else query
    pairs = QueryDict(mutable=True)
    for name in sorted(given):
        if name not in NOT_KEPT:
            pairs.setlist(name, [value for value in given.getlist(name) if value])
    return pairs.urlencode()


def matching_rows(model_admin: Any, request: HttpRequest, query: str) -> QuerySet[Any]:
    """What a ModelAdmin's list shows at `?query`, in no order. Raises IncorrectLookupParameters."""
    asked = copy.copy(request)
    asked.GET = QueryDict(query)
    rows = RowsAlone(
        asked,
        model_admin.model,
        list_display=model_admin.list_display,
        list_display_links=None,
        list_filter=model_admin.get_list_filter(asked),
        date_hierarchy=None,
        search_fields=model_admin.get_search_fields(asked),
        list_select_related=False,
        list_per_page=1,
        list_max_show_all=0,
        list_editable=(),
        model_admin=model_admin,
        sortable_by=(),
        search_help_text=None,
    )
    found: QuerySet[Any] = rows.queryset.order_by().select_related(None)
    return found
