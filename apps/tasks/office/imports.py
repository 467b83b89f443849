"""What a file's rows would do to tasks, row by row, and why a row is refused; and the doing of it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django import forms
from django.contrib.auth import get_user_model

from apps.history import diffs
from apps.tasks.models import Priority, Status, Task
from apps.tasks.office.forms import TagsField, TextField
from apps.tasks.office.search import number
from apps.tasks.office.sheets import WRITTEN, Cells
from apps.values.text import validate_line

PRIORITIES: dict[str, int] = {
    **{str(value): value for value in Priority.values},
    **{priority.word: priority.value for priority in Priority},
}


class RowForm(forms.Form):
    """One row. An empty cell takes a description, a due time or tags away, and leaves a status or priority."""

    title = forms.CharField(max_length=200, validators=[validate_line])
    description = TextField(max_length=2000, required=False, strip=False, empty_value=None)
    status = forms.ChoiceField(choices=Status.choices, required=False)
    priority = forms.ChoiceField(choices=[(word, word) for word in PRIORITIES], required=False)
    due_at = forms.CharField(required=False)
    tags = TagsField(required=False)

    def __init__(self, cells: Cells) -> None:
        super().__init__(cells)
        # What the file does not name stays as it is; a new task needs a title.
        optional = [name for name in WRITTEN if name != "title" or cells.get("id", "").strip()]
        for name in optional:
            if name not in cells:
                del self.fields[name]

    def clean_due_at(self) -> datetime | None:
        return moment_of(self.cleaned_data["due_at"])

    def clean_tags(self) -> list[str]:
        tags: list[str] = self.cleaned_data["tags"]
        if len(set(tags)) < len(tags):
            raise forms.ValidationError("A tag is named twice.")
        return tags

    def values(self) -> dict[str, Any]:
        kept = {
            name: value
            for name, value in self.cleaned_data.items()
            if value != "" or name not in {"status", "priority"}
        }
        return {**kept, "priority": PRIORITIES[kept["priority"]]} if "priority" in kept else kept


@dataclass(frozen=True)
class Outcome:
    """Of one row: `kind` is create, change, same or refused."""

    row: int
    kind: str
    name: str
    values: dict[str, Any] = field(default_factory=dict)
    task: Task | None = None
    owner: str = ""
    problems: tuple[str, ...] = ()

    @property
    def lines(self) -> list[diffs.Line]:
        before = {name: getattr(self.task, name) for name in self.values} if self.task else {}
        return diffs.lines(before, self.values)


class Rehearsal:
    """The outcomes of some rows against the tasks as they are now; reads them in two statements."""

    def __init__(self, rows: list[Cells], *, lock: bool = False) -> None:
        numbers = {number(cells.get("id", "").strip()) for cells in rows} - {0}
        tasks = Task.objects.select_for_update() if lock else Task.objects.all()
        self._tasks = {task.pk: task for task in tasks.filter(pk__in=numbers).order_by("pk")}
        owners = {cells.get("user_id", "").strip() for cells in rows if not cells.get("id", "").strip()}
        self._people = set(get_user_model()._default_manager.filter(pk__in=owners).values_list("pk", flat=True))
        self._seen: set[int] = set()

    def outcome(self, row: int, cells: Cells) -> Outcome:
        given = cells.get("id", "").strip()
        name = f"{given} {cells.get('title', '')}".strip()[:100]
        task = self._tasks.get(number(given))
        form = RowForm(cells)
        problems = (*self._problems(given, task, cells), *_sentences(form))
        if problems:
            return Outcome(row, "refused", name, problems=problems)
        values = form.values()
        if task is None:
            return Outcome(row, "create", name, values, owner=cells["user_id"].strip())
        self._seen.add(task.pk)
        changed = {column: value for column, value in values.items() if value != getattr(task, column)}
        return Outcome(row, "change" if changed else "same", name or str(task), changed, task)

    def _problems(self, given: str, task: Task | None, cells: Cells) -> Iterable[str]:
        owner = cells.get("user_id", "").strip()
        if not given:
            if owner not in self._people:
                yield f"user_id: there is no person {owner!r}." if owner else "user_id: a new task needs a person."
        elif task is None:
            yield f"id: there is no task {given!r}."
        else:
            yield from self._conflicts(task, owner, cells.get("updated_at", "").strip())

    def _conflicts(self, task: Task, owner: str, seen: str) -> Iterable[str]:
        if task.pk in self._seen:
            yield "id: an earlier row of the file has the same task."
        if owner and owner != task.user_id:
            yield "user_id: a task never changes hands."
        if seen and not _is_moment(seen, task.updated_at):
            yield "updated_at: the task was changed after the file was made."


def apply(outcomes: Iterable[Outcome]) -> int:
    """Writes what the outcomes say, the changed columns alone; how many tasks that were. In a transaction."""
    written = [one for one in outcomes if one.kind in {"create", "change"}]
    Task.objects.bulk_create([Task(user_id=one.owner, **one.values) for one in written if one.task is None])
    for one in written:
        if one.task is not None:
            Task.objects.filter(pk=one.task.pk).update(**one.values)
    return len(written)


def moment_of(text: str) -> datetime | None:
    """Raises ValidationError."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise forms.ValidationError("This is no time such as 2027-01-31T09:30:00Z.") from None
    if moment.tzinfo is None:
        raise forms.ValidationError("The time names no zone: write 2027-01-31T09:30:00Z.")
    return moment


def _is_moment(text: str, moment: datetime) -> bool:
    try:
        return moment_of(text) == moment
    except forms.ValidationError:
        return False


def _sentences(form: RowForm) -> Iterable[str]:
    for name, errors in form.errors.items():
        yield f"{name}: {' '.join(map(str, errors))}"
