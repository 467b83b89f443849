"""History as an auditor reads it: a list with filters, and nothing to change."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import quote
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from unfold.admin import ModelAdmin
from unfold.decorators import display

from apps.backoffice.filters import DaysFilter
from apps.backoffice.pages import BoundedPaginator
from apps.backoffice.saved import SavedViewsMixin
from apps.backoffice.times import moment
from apps.history import diffs
from apps.history.filters import ActorFilter, OwnerFilter, RequestFilter, SourceFilter
from apps.history.models import Change, Kind, Operation

PAGES: dict[str, str] = {Kind.TASK: "admin:tasks_task_history", Kind.PERSON: "admin:accounts_user_history"}
# Enough to tell one from another; the whole is behind it.
SHOWN_OF_REQUEST = 8
COLOURS = {Operation.CREATE: "success", Operation.UPDATE: "info", Operation.DELETE: "danger", Operation.ERASE: "danger"}


@admin.register(Change)
class ChangeAdmin(SavedViewsMixin, ModelAdmin):
    when_empty = "Each change of a task or a person appears here by itself, for as long as HISTORY_DAYS says."
    list_display = ("when", "show_operation", "what", "fields_changed", "who", "source", "by_request")
    other_columns = ("whose",)
    list_display_links = ("when",)
    list_filter = (
        "kind",
        "operation",
        SourceFilter,
        ActorFilter,
        OwnerFilter,
        RequestFilter,
        ("at", DaysFilter),
    )
    list_filter_submit = True
    search_fields = ("request_id",)
    search_help_text = "Number, subject or request"
    sortable_by = ()
    ordering = ("-at", "-id")
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    paginator = BoundedPaginator
    actions = None

    fields = ("when", "show_operation", "what", "who", "source", "request_id", "whose", "show_diff")
    readonly_fields = fields

    @display(description="When")
    def when(self, change: Change) -> str:
        return moment(change.at)

    @display(description="What", label={operation.label: colour for operation, colour in COLOURS.items()})
    def show_operation(self, change: Change) -> str:
        return change.get_operation_display()

    @display(description="Of what")
    def what(self, change: Change) -> str:
        name = f"{change.get_kind_display()} {change.object_id}".strip()
        try:
            page = reverse(PAGES[change.kind], args=[quote(change.object_id)])
        except (KeyError, NoReverseMatch):
            return name
        return format_html('<a class="office-link" href="{}">{}</a>', page, name)

    @display(description="Who")
    def who(self, change: Change) -> str:
        return person_link(change.actor, getattr(change, "actor_name", None))

    @display(description="Whose")
    def whose(self, change: Change) -> str:
        return person_link(change.owner, getattr(change, "owner_name", None))

    @display(description="Request")
    def by_request(self, change: Change) -> str:
        if not change.request_id:
            return "-"
        address = f"{reverse('admin:history_change_changelist')}?{urlencode({'request': change.request_id})}"
        shown = change.request_id[:SHOWN_OF_REQUEST]
        return format_html('<a class="office-link" href="{}" title="{}">{}</a>', address, change.request_id, shown)

    @display(description="Fields")
    def fields_changed(self, change: Change) -> str:
        return diffs.summary(change)

    @display(description="Change")
    def show_diff(self, change: Change) -> str:
        return render_to_string("history/diff.html", {"change": change})

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Change], search_term: str
    ) -> tuple[QuerySet[Change], bool]:
        """Whole words alone, each found by an index."""
        word = search_term.strip()
        if word and self.search_advice(word):
            return queryset.none(), False
        if word:
            queryset = queryset.filter(
                Q(kind=Kind.TASK, object_id=word) | Q(kind=Kind.PERSON, object_id=word) | Q(request_id=word)
            )
        return queryset, False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Change]:
        changes: QuerySet[Change] = super().get_queryset(request).with_names()
        return changes

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Change | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Change | None = None) -> bool:
        return False

    def history_view(self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None) -> Any:
        """A change has no history of its own: its page is the one of what was changed."""
        return super().history_view(request, object_id, {"action_list": [], **(extra_context or {})})


def person_link(subject: str | None, name: str | None) -> str:
    """To the page of whoever bore it; who was erased has neither page nor name."""
    if subject is None:
        return "-"
    if name is None:
        return subject
    address = reverse("admin:accounts_user_change", args=[quote(subject)])
    return format_html('<a class="office-link" href="{}" title="{}">{}</a>', address, subject, name)
