"""What a file's rows would do to tasks, row by row, and why a row is refused; and the doing of it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any

from django import forms

from apps.backoffice.exports import as_text
from apps.backoffice.tables.table import key_of
from apps.history import diffs
from apps.tasks.models import Priority, Status, Task
from apps.tasks.office.columns import WRITTEN, Cells, Row
from apps.tasks.office.forms import LINE_END, TagsField, TextField
from apps.tasks.office.moments import moment_of
from apps.tasks.office.people import People
from apps.tasks.office.search import number
from apps.values.text import validate_line

# What may stand in a cell, by key_of: the word of the API, or the one that the back office shows.
STATUSES: dict[str, str] = {key_of(word): status.value for status in Status for word in (status.value, status.label)}
PRIORITIES: dict[str, int] = {
    key_of(word): priority.value
    for priority in Priority
    for word in (str(priority.value), priority.word, priority.label)
}


class WordField(forms.CharField):
    """One of a few words, in any case."""

    def __init__(self, known: dict[str, Any], words: str) -> None:
        super().__init__(required=False)
        self._known, self._words = known, words

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if text and key_of(text) not in self._known:
            raise forms.ValidationError(f"Select a valid choice. Write {self._words}.")
        return self._known[key_of(text)] if text else ""


class RowForm(forms.Form):
    """One row. An empty cell takes a description, a due time or tags away, and leaves a status or priority."""

    title = forms.CharField(max_length=200, validators=[validate_line])
    description = TextField(max_length=2000, required=False, strip=False, empty_value=None)
    status = WordField(STATUSES, "pending, in_progress or completed")
    priority = WordField(PRIORITIES, "low, normal, high or urgent")
    due_at = forms.CharField(required=False)
    tags = TagsField(required=False)

    def __init__(self, cells: Cells, zone: tzinfo, left: Collection[str], *, is_new: bool) -> None:
        """`left` are the columns that are not looked at."""
        super().__init__(cells)
        self._zone = zone
        for name in WRITTEN:
            # What the file does not name stays as it is; a new task needs a title.
            if name in left or (name not in cells and not (name == "title" and is_new)):
                del self.fields[name]

    def clean_due_at(self) -> datetime | None:
        return moment_of(self.cleaned_data["due_at"], self._zone)

    def values(self) -> dict[str, Any]:
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if value != "" or name not in {"status", "priority"}
        }


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
    """The outcomes of some rows against the tasks as they are now; reads them in a few statements.

    `zone` is that of times without an offset, `headings` are the file's names for our columns, `seen` the tasks
    that earlier rows of the file have changed.
    """

    def __init__(
        self, rows: list[Row], zone: tzinfo, headings: dict[str, str], seen: Iterable[int] = (), *, lock: bool = False
    ) -> None:
        self._zone, self._headings, self._seen = zone, headings, set(seen)
        numbers = {number(row.cells.get("id", "").strip()) for row in rows} - {0}
        tasks = Task.objects.select_for_update() if lock else Task.objects.all()
        self._tasks = {task.pk: task for task in tasks.filter(pk__in=numbers).order_by("pk")}
        self._people = People(row.cells.get("user_id", "") for row in rows)

    def outcome(self, row: Row) -> Outcome:
        cells = row.cells
        given = cells.get("id", "").strip()
        name = f"{given} {cells.get('title', '')}".strip()[:100]
        task = self._tasks.get(number(given))
        kept = [] if task is None else [column for column in WRITTEN if is_unchanged(task, column, cells)]
        form = RowForm(cells, self._zone, [*kept, *row.faults], is_new=not given)
        problems = {**dict(self._problems(given, task, row)), **_sentences(form), **row.faults}
        if problems:
            told = tuple(f"{self._headings.get(column, column)}: {why}" for column, why in problems.items())
            return Outcome(row.number, "refused", name, problems=told)
        values = form.values()
        if task is None:
            return Outcome(row.number, "create", name, values, owner=self._people.named(cells["user_id"]))
        self._seen.add(task.pk)
        changed = {column: value for column, value in values.items() if value != getattr(task, column)}
        return Outcome(row.number, "change" if changed else "same", name or str(task), changed, task)

    def _problems(self, given: str, task: Task | None, row: Row) -> Iterable[tuple[str, str]]:
        if given and task is None:
            yield "id", f"there is no task {given[:50]!r}."
        elif task is None:
            owner = row.cells.get("user_id", "")
            if "user_id" not in row.faults and (problem := self._people.problem(owner)):
                yield "user_id", problem
        elif "id" not in row.faults:
            yield from self._conflicts(task, row.cells)

    def _conflicts(self, task: Task, cells: Cells) -> Iterable[tuple[str, str]]:
        owner, seen = cells.get("user_id", ""), cells.get("updated_at", "").strip()
        if task.pk in self._seen:
            yield "id", "an earlier row of the file has the same task."
        if owner.strip() and owner != task.user_id and self._people.named(owner) != task.user_id:
            yield "user_id", "a task never changes hands."
        if seen and not self._is_moment(seen, task.updated_at):
            yield "updated_at", "the task was changed after the file was made."

    def _is_moment(self, text: str, moment: datetime) -> bool:
        try:
            return moment_of(text, self._zone) == moment
        except forms.ValidationError:
            return False


def is_unchanged(task: Task, column: str, cells: Cells) -> bool:
    """Whether the cell is what an export wrote of the task. Of line ends a spreadsheet may make others.

    Not asked of the value that the cell would give: the task may be older than a rule for it.
    """
    return column in cells and _lines(cells[column]) == _lines(as_text(getattr(task, column)))


def _lines(text: str) -> str:
    return LINE_END.sub("\n", text)


def apply(outcomes: Iterable[Outcome]) -> int:
    """Writes what the outcomes say, the changed columns alone; how many tasks that were. In a transaction."""
    written = [one for one in outcomes if one.kind in {"create", "change"}]
    Task.objects.bulk_create([Task(user_id=one.owner, **one.values) for one in written if one.task is None])
    for one in written:
        if one.task is not None:
            Task.objects.filter(pk=one.task.pk).update(**one.values)
    return len(written)


def _sentences(form: RowForm) -> dict[str, str]:
    return {name: " ".join(map(str, errors)) for name, errors in form.errors.items()}
