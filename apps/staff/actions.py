"""What staff did in the back office, exports and sign-in matters included, as an auditor reads it."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import TextFilter
from unfold.decorators import display

from apps.backoffice.filters import DaysFilter, subjects_of
from apps.backoffice.pages import BoundedPaginator
from apps.backoffice.saved import SavedViewsMixin
from apps.backoffice.times import moment


class WhoFilter(TextFilter):
    title = "who"
    parameter_name = "who"

    def queryset(self, request: HttpRequest, queryset: QuerySet[LogEntry]) -> QuerySet[LogEntry]:
        return queryset.filter(user__in=subjects_of(request, self.value())) if self.value() else queryset


class NumberFilter(TextFilter):
    title = "number or subject"
    parameter_name = "object"

    def queryset(self, request: HttpRequest, queryset: QuerySet[LogEntry]) -> QuerySet[LogEntry]:
        return queryset.filter(object_id=self.value()) if self.value() else queryset


@admin.register(LogEntry)
class LogEntryAdmin(SavedViewsMixin, ModelAdmin):
    when_empty = "Each step that staff take in the back office appears here by itself."
    list_display = ("when", "user", "what", "message")
    other_columns = ("content_type", "object_id")
    list_select_related = ("user", "content_type")
    list_filter = (WhoFilter, NumberFilter, ("action_time", DaysFilter))
    list_filter_submit = True
    fields = readonly_fields = (*list_display, *other_columns)
    sortable_by = ()
    ordering = ("-id",)
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    paginator = BoundedPaginator
    actions = None

    @display(description="When")
    def when(self, entry: LogEntry) -> str:
        return moment(entry.action_time)

    @display(description="Of what")
    def what(self, entry: LogEntry) -> str:
        address = None if entry.is_deletion() else entry.get_admin_url()
        if not address:
            return entry.object_repr
        return format_html('<a class="office-link" href="{}">{}</a>', address, entry.object_repr)

    @display(description="What")
    def message(self, entry: LogEntry) -> str:
        return entry.get_change_message() or entry.get_action_flag_display()

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> Any:
        """An entry is a part of a history, and has none."""
        about = {"title": "A log entry has no history of its own", "action_list": []}
        return super().history_view(request, object_id, {**about, **(extra_context or {})})

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
