"""Tasks in the back office."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import quote
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget

from apps.tasks.models import Status, Task

COLOURS = {Status.PENDING: "warning", Status.IN_PROGRESS: "info", Status.COMPLETED: "success"}


class TextArea(UnfoldAdminTextareaWidget):
    # A browser drops a line end right behind <textarea>. Django's own template gives it one to drop.
    template_name = "django/forms/widgets/textarea.html"


class TextField(forms.CharField):
    """Text of several lines, as the API keeps it. A browser sends every line end as CRLF, changed or not."""

    def to_python(self, value: Any) -> str | None:
        text: str | None = super().to_python(value)
        return text and text.replace("\r\n", "\n")

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.to_python(initial), data)


@admin.register(Task)
class TaskAdmin(ModelAdmin):
    list_display = ("title", "show_status", "person", "created_at", "updated_at")
    list_filter = ("status", "created_at", "updated_at")
    list_select_related = ("user",)
    search_fields = ("title", "user__subject", "user__email", "user__name", "=id")
    search_help_text = "Title, person or number of the task"
    date_hierarchy = "created_at"
    ordering = ("-id",)
    show_full_result_count = False
    actions = ("complete", "reopen")

    fields = ("id", "title", "description", "status", "user", "person", "created_at", "updated_at")
    readonly_fields = ("id", "person", "created_at", "updated_at")
    autocomplete_fields = ("user",)

    @display(description="Status", ordering="status", label={colour.label: name for colour, name in COLOURS.items()})
    def show_status(self, task: Task) -> str:
        return Status(task.status).label

    @display(description="Person", ordering="user__subject")
    def person(self, task: Task) -> str:
        if task.user_id is None:
            return "-"
        address = reverse("admin:accounts_user_change", args=[quote(task.user_id)])
        return format_html('<a class="text-primary-600 dark:text-primary-500" href="{}">{}</a>', address, task.user)

    @admin.action(description="Complete the selected tasks", permissions=["change"])
    def complete(self, request: HttpRequest, tasks: QuerySet[Task]) -> None:
        self._set_status(request, tasks, Status.COMPLETED, "Completed")

    @admin.action(description="Reopen the selected tasks", permissions=["change"])
    def reopen(self, request: HttpRequest, tasks: QuerySet[Task]) -> None:
        self._set_status(request, tasks.filter(status=Status.COMPLETED), Status.PENDING, "Reopened")

    def get_readonly_fields(self, request: HttpRequest, obj: Task | None = None) -> tuple[str, ...]:
        # A task never changes hands; the API counts on it.
        return self.readonly_fields if obj is None else (*self.readonly_fields, "user")

    def get_fields(self, request: HttpRequest, obj: Task | None = None) -> tuple[str, ...]:
        hidden = {"person", "id", "created_at", "updated_at"} if obj is None else {"user"}
        return tuple(name for name in self.fields if name not in hidden)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "description":
            kwargs |= {"form_class": TextField, "widget": TextArea(), "strip": False}
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Task, form: Any, change: bool) -> None:
        """Writes the columns alone that differ from the row: a concurrent write to another column stays."""
        obj.save(update_fields=form.changed_data if change else None)

    def _set_status(self, request: HttpRequest, tasks: QuerySet[Task], status: Status, word: str) -> None:
        chosen = list(tasks.exclude(status=status))
        changed = Task.objects.filter(pk__in=[task.pk for task in chosen]).update(status=status)
        for task in chosen:
            self.log_change(request, task, f"{word}.")
        self.message_user(request, f"{word}: {changed}.", messages.SUCCESS)
