"""Pages of lists that may have a million rows: no full count, and no page so deep that reaching it reads them all."""

from django.core.paginator import Paginator
from django.utils.functional import cached_property

from apps.backoffice.estimates import COUNTED, Amount, amount_of


class BoundedPaginator(Paginator):  # type: ignore[type-arg]  # not generic at run time
    """Shows the first COUNTED rows; behind those a search or a filter leads further than a page number would."""

    template_name = "backoffice/pagination.html"

    @cached_property
    def amount(self) -> Amount:
        return amount_of(self.object_list)  # type: ignore[arg-type]  # the admin's lists are querysets

    @cached_property
    def count(self) -> int:
        return min(self.amount.rows, COUNTED)

    @property
    def is_cut(self) -> bool:
        return not self.amount.exact
