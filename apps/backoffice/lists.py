"""Lists that refuse what they cannot read, and the rows that a list's address finds, read again for work behind it."""

import copy
from typing import Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from unfold.views import ChangeList

from apps.backoffice.parameters import FiltersRefused, Refused, filters_of, given_to, refusals


class StrictChangeList(ChangeList):
    """Shows no row while a parameter of the address cannot be read; `refused` says which.

    `?columns=a,b` shows these columns; it filters nothing.
    """

    def get_filters_params(self, params: Any = None) -> dict[str, list[str]]:
        return dict(self._given)

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Any]:
        filters = filters_of(self.model_admin, request)
        offered = {name for one in filters for name in one.expected_parameters()}
        given = given_to(filters, request.GET)
        # What the page does not offer never reaches the ORM: any field could be asked for by any lookup.
        self._given = {name: values for name, values in given.items() if name in offered}
        self.refused: list[Refused] = refusals(self.model_admin, request)
        return self._nothing(request) if self.refused else self._found(request, exclude_parameters)

    def _found(self, request: HttpRequest, exclude_parameters: Any) -> QuerySet[Any]:
        try:
            rows: QuerySet[Any] = super().get_queryset(request, exclude_parameters)
        except IncorrectLookupParameters as error:
            # The admin would redirect to the list without filters.
            self.refused = [Refused("filters", request.GET.urlencode(), f"They do not fit together: {error}")]
            return self._nothing(request)
        return rows

    def _nothing(self, request: HttpRequest) -> QuerySet[Any]:
        self.filter_specs, self.has_filters, *_ = self.get_filters(request)
        self.has_active_filters = True
        self.clear_all_filters_qs = "?"
        nothing: QuerySet[Any] = self.root_queryset.none()
        return nothing

    def get_results(self, request: HttpRequest) -> None:
        try:
            super().get_results(request)
        except IncorrectLookupParameters:  # There is no such page.
            self.page_num = 1
            super().get_results(request)
        # What unfold would say of these two at the head of the page is wrong where no list is counted whole.
        self.full_result_count = self.result_count


class RowsAlone(StrictChangeList):
    """No page of them, and no count."""

    def get_results(self, request: HttpRequest) -> None:
        self.result_list: list[Any] = []


def matching_rows(model_admin: Any, request: HttpRequest, query: str) -> QuerySet[Any]:
    """What a ModelAdmin's list shows at `?query`, in no order. Raises FiltersRefused."""
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
    if rows.refused:
        raise FiltersRefused(rows.refused)
    found: QuerySet[Any] = rows.queryset.order_by().select_related(None)
    return found
