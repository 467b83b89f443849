"""One change to many tasks: what is asked for, and one batch of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldBooleanWidget

from apps.tasks.models import MOST_TAGS, Priority, Status, Task
from apps.tasks.office.forms import DueField, TagsField
from apps.values.times import EARLIEST, LATEST

KEEP = ("", "Leave as it is")
BATCH = 1_000


class BulkForm(forms.Form):
    """What is left empty stays as it is in each task."""

    status = forms.ChoiceField(choices=[KEEP, *Status.choices], required=False, widget=UnfoldAdminSelectWidget)
    priority = forms.TypedChoiceField(
        choices=[KEEP, *Priority.choices], coerce=int, empty_value=None, required=False, widget=UnfoldAdminSelectWidget
    )
    due_at = DueField(label="Due", required=False)
    no_due = forms.BooleanField(label="Take the due time away", required=False, widget=UnfoldBooleanWidget)
    add_tags = TagsField(required=False, help_text="One a line.")
    remove_tags = TagsField(required=False, help_text="One a line.")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("due_at") and cleaned.get("no_due"):
            self.add_error("no_due", "Either set a due time or take it away.")
        if set(cleaned.get("add_tags") or ()) & set(cleaned.get("remove_tags") or ()):
            self.add_error("remove_tags", "A tag is either added or removed.")
        if not self.errors and not self.plan():
            raise forms.ValidationError("Choose at least one thing to change.")
        return cleaned

    def plan(self) -> dict[str, Any]:
        """As JSON, for the job."""
        cleaned = self.cleaned_data
        values: dict[str, Any] = {name: cleaned[name] for name in ("status",) if cleaned[name]}
        if cleaned["priority"] is not None:
            values["priority"] = cleaned["priority"]
        if cleaned["due_at"] or cleaned["no_due"]:
            values["due_at"] = cleaned["due_at"].isoformat() if cleaned["due_at"] else None
        for name in ("add_tags", "remove_tags"):
            if cleaned[name]:
                values[name] = cleaned[name]
        return values


@dataclass(frozen=True)
class BulkChange:
    """`columns` are set as they are, tags are added to and removed from what each task has."""

    columns: dict[str, Any]
    added: list[str]
    removed: list[str]

    @classmethod
    def of(cls, plan: dict[str, Any]) -> "BulkChange":
        """A due time that was planned before it was bounded becomes the nearest that may be stored."""
        columns: dict[str, Any] = {name: plan[name] for name in ("status", "priority", "due_at") if name in plan}
        if columns.get("due_at"):
            columns["due_at"] = min(max(datetime.fromisoformat(columns["due_at"]), EARLIEST), LATEST)
        return cls(columns, plan.get("add_tags", []), plan.get("remove_tags", []))

    def tags_of(self, task: Task) -> list[str]:
        kept = [tag for tag in task.tags if tag not in self.removed]
        return kept + [tag for tag in self.added if tag not in kept]

    def values_for(self, task: Task) -> dict[str, Any] | None:
        """What differs from the task; None where it would have too many tags."""
        tags = self.tags_of(task)
        if len(tags) > MOST_TAGS:
            return None
        wanted = {**self.columns, "tags": tags}
        return {name: value for name, value in wanted.items() if value != getattr(task, name)}

    def applied_to(self, tasks: QuerySet[Task]) -> tuple[int, int]:
        """Changes the tasks that differ; how many, and how many were refused. In a transaction of the caller's."""
        if not (self.added or self.removed):
            return tasks.filter(self._differs()).update(**self.columns), 0
        changed, refused = [], 0
        for task in tasks.select_for_update(of=("self",)).order_by("pk"):
            values = self.values_for(task)
            if values is None:
                refused += 1
            elif values:
                for name, value in values.items():
                    setattr(task, name, value)
                changed.append(task)
        if changed:
            Task.objects.bulk_update(changed, [*self.columns, "tags"])
        return len(changed), refused

    def _differs(self) -> Q:
        differs = Q()
        for name, value in self.columns.items():
            differs |= Q(**{f"{name}__isnull": False}) if value is None else ~Q(**{name: value})
        return differs
