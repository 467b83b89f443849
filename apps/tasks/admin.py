"""Tasks in the back office."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import quote
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.html import format_html
from unfold.admin import ModelAdmin
from unfold.decorators import display

from apps.backoffice.conflicts import ConflictsMixin
from apps.backoffice.estimates import amount_of
from apps.backoffice.filters import DaysFilter
from apps.backoffice.forms import StoredChoicesForm
from apps.backoffice.pages import BoundedPaginator
from apps.backoffice.saved import SavedViewsMixin
from apps.backoffice.times import moment
from apps.history.models import Kind
from apps.history.pages import RecordedHistoryMixin
from apps.tasks.models import Priority, Status, Task
from apps.tasks.office import search
from apps.tasks.office.bulk_editing import BulkView, planned
from apps.tasks.office.exporting import ExportView
from apps.tasks.office.filters import (
    CompletedFilter,
    DueFilter,
    OpenFilter,
    PersonFilter,
    PriorityFilter,
    StatusFilter,
    TagFilter,
    TrashFilter,
)
from apps.tasks.office.forms import DueField, TagsField, TextArea, TextField
from apps.tasks.office.importing import FileView, ImportView
from apps.tasks.office.restoring import RESTORED, RestoreTaskView

COLOURS = {Status.PENDING: "warning", Status.IN_PROGRESS: "info", Status.COMPLETED: "success"}
PRIORITY_COLOURS = {Priority.HIGH: "warning", Priority.URGENT: "danger"}
MOST_AT_ONCE = 1_000
TOO_MANY = (
    "Nothing was changed: that would have been {amount} tasks at once. “Change status, due time, priority or tags …” "
    "shows what it would do to so many, works in batches and can be stopped."
)
SET_BY_SERVER = ("id", "created", "updated", "completed", "version", "deleted")


@admin.register(Task)
class TaskAdmin(SavedViewsMixin, RecordedHistoryMixin, ConflictsMixin, ModelAdmin):
    recorded_kind = Kind.TASK
    watched = {"deleted_at": "In the trash since"}
    when_empty = "People make tasks in their own application. Who may add or import tasks does it here."

    list_display = ("show_title", "show_status", "show_priority", "person", "due", "created")
    other_columns = ("number", "show_tags", "updated", "completed")
    list_before_template = "tasks/list_tools.html"
    list_filter = (
        StatusFilter,
        PriorityFilter,
        TrashFilter,
        DueFilter,
        OpenFilter,
        PersonFilter,
        TagFilter,
        ("created_at", DaysFilter),
        ("completed_at", CompletedFilter),
    )
    list_filter_submit = True
    list_select_related = ("user",)
    search_fields = ("title",)
    search_help_text = "Words, person or number"
    most_search_words = search.MOST_WORDS
    # What an index gives in order: tasks are numbered as they are created.
    sortable_by = ("created",)
    ordering = ("-id",)
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    paginator = BoundedPaginator
    actions = ("edit_many", "complete", "reopen", "move_to_trash", "take_out_of_trash")
    warn_unsaved_form = True

    fields = (
        "id",
        "title",
        "description",
        "status",
        "priority",
        "due_at",
        "tags",
        "user",
        "person",
        *SET_BY_SERVER[1:],
    )
    readonly_fields = ("person", *SET_BY_SERVER)
    autocomplete_fields = ("user",)
    form = StoredChoicesForm

    @display(description="Title")
    def show_title(self, task: Task) -> str:
        if task.deleted_at is None:
            return task.title
        return format_html('<s>{}</s> <span class="office-removed">in the trash</span>', task.title)

    @display(description="Status", label={colour.label: name for colour, name in COLOURS.items()})
    def show_status(self, task: Task) -> str:
        return task.get_status_display()

    @display(description="Priority", label={colour.label: name for colour, name in PRIORITY_COLOURS.items()})
    def show_priority(self, task: Task) -> str:
        return str(task.get_priority_display())

    @display(description="Person")
    def person(self, task: Task) -> str:
        if task.user_id is None:
            return "-"
        address = reverse("admin:accounts_user_change", args=[quote(task.user_id)])
        return format_html('<a class="office-link" href="{}">{}</a>', address, task.user)

    @display(description="Due")
    def due(self, task: Task) -> str:
        return moment(task.due_at)

    @display(description="Created", ordering="id")
    def created(self, task: Task) -> str:
        return moment(task.created_at)

    @display(description="Number")
    def number(self, task: Task) -> int:
        return task.pk

    @display(description="Tags")
    def show_tags(self, task: Task) -> str:
        return ", ".join(task.tags) or "-"

    @display(description="Updated")
    def updated(self, task: Task) -> str:
        return moment(task.updated_at)

    @display(description="Completed")
    def completed(self, task: Task) -> str:
        return moment(task.completed_at)

    @display(description="In the trash since")
    def deleted(self, task: Task) -> str:
        return moment(task.deleted_at)

    @admin.action(description="Change status, due time, priority or tags …", permissions=["change"])
    def edit_many(self, request: HttpRequest, tasks: QuerySet[Task]) -> HttpResponse:
        return planned(self, request, tasks)

    @admin.action(description="Complete the selected tasks", permissions=["change"])
    def complete(self, request: HttpRequest, tasks: QuerySet[Task]) -> None:
        self._change(request, tasks.exclude(status=Status.COMPLETED), "Completed", status=Status.COMPLETED)

    @admin.action(description="Reopen the selected tasks", permissions=["change"])
    def reopen(self, request: HttpRequest, tasks: QuerySet[Task]) -> None:
        self._change(request, tasks.filter(status=Status.COMPLETED), "Reopened", status=Status.PENDING)

    @admin.action(description="Move the selected tasks to the trash", permissions=["change"])
    def move_to_trash(self, request: HttpRequest, tasks: QuerySet[Task]) -> None:
        self._change(request, tasks.filter(deleted_at=None), "Moved to the trash", deleted_at=Now())

    @admin.action(description="Take the selected tasks out of the trash", permissions=["change"])
    def take_out_of_trash(self, request: HttpRequest, tasks: QuerySet[Task]) -> None:
        self._change(request, tasks.exclude(deleted_at=None), "Taken out of the trash", deleted_at=None)

    def response_action(
        self, request: HttpRequest, queryset: QuerySet[Task], *more: Any, **options: Any
    ) -> HttpResponse | None:
        """All that match may be a million: more than MOST_AT_ONCE are left to the one action that works in batches."""
        name = request.POST.get("action")
        if request.POST.get("select_across") == "1" and name not in {"", "edit_many"}:
            amount = amount_of(queryset)
            if amount.rows > MOST_AT_ONCE:
                self.message_user(request, TOO_MANY.format(amount=amount), messages.WARNING)
                return HttpResponseRedirect(request.get_full_path())
        answer: HttpResponse | None = super().response_action(request, queryset, *more, **options)
        return answer

    def get_urls(self) -> list[Any]:
        pages = {
            "restore": ("<path:object_id>/restore/<int:change>/", RestoreTaskView),
            "bulk": ("bulk/<uuid:job>/", BulkView),
            "export": ("export/", ExportView),
            "import": ("import/", FileView),
            "import_job": ("import/<uuid:job>/", ImportView),
        }
        return [
            *(
                path(route, self.admin_site.admin_view(page.as_view(model_admin=self)), name=f"tasks_task_{name}")
                for name, (route, page) in pages.items()
            ),
            *super().get_urls(),
        ]

    def restorable(self, request: HttpRequest, row: Task) -> tuple[str, ...]:
        return RESTORED if self.has_change_permission(request, row) else ()

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Task], search_term: str
    ) -> tuple[QuerySet[Task], bool]:
        if search_term.strip() and self.search_advice(search_term):
            return queryset.none(), False
        return search.found(queryset, search_term, self._people(request)), False  # type: ignore[arg-type]

    def _people(self, request: HttpRequest) -> Any:
        """Finds people as their own list does."""
        model = get_user_model()
        people = self.admin_site.get_model_admin(model)

        def subjects(word: str) -> list[str]:
            found, _ = people.get_search_results(request, model.objects.order_by(), word)
            return list(found.values_list("pk", flat=True)[: search.MOST_PEOPLE])

        return subjects

    def get_readonly_fields(self, request: HttpRequest, obj: Task | None = None) -> tuple[str, ...]:
        # A task never changes hands; the API counts on it.
        return self.readonly_fields if obj is None else (*self.readonly_fields, "user")

    def get_fields(self, request: HttpRequest, obj: Task | None = None) -> tuple[str, ...]:
        hidden = {"person", *SET_BY_SERVER} if obj is None else {"user"}
        # Who may only look sees any stored value; the admin shows one that is no choice as if there were none.
        shown = (
            {} if self.has_change_permission(request, obj) else {"status": "show_status", "priority": "show_priority"}
        )
        return tuple(shown.get(name, name) for name in self.fields if name not in hidden)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "description":
            kwargs |= {"form_class": TextField, "widget": TextArea(), "strip": False}
        if db_field.name == "tags":
            return TagsField(required=False, help_text="One a line.")
        if db_field.name == "due_at":
            return DueField(label="Due", required=False)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Task, form: Any, change: bool) -> None:
        """Writes only the columns that the form changed."""
        obj.save(update_fields=form.changed_data if change else None)

    def _change(self, request: HttpRequest, tasks: QuerySet[Task], word: str, **values: Any) -> None:
        # Locked, so that each is still in the state that the action is for.
        with transaction.atomic():
            chosen = list(tasks.order_by("pk").select_for_update(of=("self",), no_key=True))
            changed = Task.objects.filter(pk__in=[task.pk for task in chosen]).update(**values)
            for task in chosen:
                self.log_change(request, task, f"{word}.")
        self.message_user(request, f"{word}: {changed}.", messages.SUCCESS)
