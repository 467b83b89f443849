"""The auditor's filters, each read off an index."""

from typing import Any

from django.http import HttpRequest
from unfold.contrib.filters.admin import TextFilter

from apps.backoffice.filters import ChoiceFilter, subjects_of

SOURCES = (
    ("api", "API"),
    ("admin", "Back office"),
    ("bulk", "Bulk change"),
    ("import", "Import"),
    ("command", "Command"),
    ("sql", "Plain SQL"),
)


class SourceFilter(ChoiceFilter):
    title = "source"
    parameter_name = "source"

    def lookups(self, request: HttpRequest, model_admin: Any) -> tuple[tuple[str, str], ...]:
        return SOURCES

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() is None:
            return queryset
        if self.value() == "api":
            return queryset.filter(source="api")
        # A command has its name behind it. The index holds all that did not come by the API.
        return queryset.exclude(source="api").filter(source__startswith=str(self.value()))


class ActorFilter(TextFilter):
    title = "who"
    parameter_name = "who"

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.made_by(*subjects_of(request, self.value())) if self.value() else queryset


class OwnerFilter(TextFilter):
    title = "whose"
    parameter_name = "whose"

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(owner__in=subjects_of(request, self.value())) if self.value() else queryset


class RequestFilter(TextFilter):
    title = "request"
    parameter_name = "request"

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(request_id=self.value()) if self.value() else queryset
