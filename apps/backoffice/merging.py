"""A form that writes what its user changed, and nothing else: other people's changes since it was opened stay."""

from functools import cached_property
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from apps.backoffice import versions

VERSION = "_version"
# Sent by the page of a conflict: the version that it showed, and the choice for each field.
SHOWN = "_shown"
CHOICE = "_choice-"
MINE, THEIRS = "mine", "theirs"
CONFLICT = "conflict"


class MergingForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """Compares what was sent with the version that the form was opened with, and with the row, which has to be locked.

    `kept` are the fields that stay as they are in the row, `changed_by_others` what other people changed since then and
    stays, `conflicts` the fields that both sides changed, for which nothing is chosen yet.
    """

    # Columns that are not in the form, but whose changes its user is told of: labels by name.
    watched: ClassVar[dict[str, str]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kept: set[str] = set()
        self.conflicts: list[str] = []
        self.changed_by_others: list[str] = []
        self.opened: versions.Values | None = None
        self.present: versions.Values = {}
        if not self.instance._state.adding:
            # Both are read before the form writes to the instance.
            self.row_name = str(self.instance)
            self.present = self._present()
            if self.is_bound:
                self.opened = versions.read(self.data.get(VERSION, ""), self.instance)
                self._merge()

    @cached_property
    def compared(self) -> list[str]:
        """The editable fields of the row. A secret is neither shown nor compared: it is always written."""
        options = self.instance._meta
        columns = {field.name for field in (*options.concrete_fields, *options.many_to_many)}
        return [n for n, field in self.fields.items() if n in columns and not field.disabled and not is_secret(field)]

    @property
    def version(self) -> str:
        """A form that is shown again keeps the version that it was opened with."""
        if self.is_bound:
            return str(self.data.get(VERSION, ""))
        return versions.signed(self.present, self.instance) if self.compared else ""

    @cached_property
    def changed_data(self) -> list[str]:
        return [name for name in super().changed_data if name not in self.kept]

    def label_of(self, name: str) -> str:
        return str(self[name].label) if name in self.fields else self.watched[name]

    def full_clean(self) -> None:
        """What stays as it is is not validated: the row may have values from before a rule."""
        fields = self.fields
        self.fields = {name: field for name, field in fields.items() if name not in self.kept}
        super().full_clean()
        self.fields = fields
        if self.conflicts and not self.errors:
            self.add_error(None, ValidationError("Somebody else changed the same fields.", code=CONFLICT))

    def _present(self) -> versions.Values:
        fields = {name: versions.plain(self.initial.get(name)) for name in self.compared}
        return fields | {name: versions.plain(getattr(self.instance, name)) for name in self.watched}

    def _merge(self) -> None:
        shown = versions.read(self.data.get(SHOWN, ""), self.instance) or {}
        for name in self.compared:
            if not self._differs(name, self.present[name]):
                self.kept.add(name)
            elif not self._was_edited(name):
                self.kept.add(name)
                self._note_change(name)
            elif self.opened is None or self.opened[name] != self.present[name]:
                is_up_to_date = name in shown and shown[name] == self.present[name]
                self._choose(name, self.data.get(CHOICE + name) if is_up_to_date else None)
        for name in self.watched:
            self._note_change(name)

    def _was_edited(self, name: str) -> bool:
        """By the person who sends the form. What it did not have when it was opened, they did not edit."""
        if self.opened is None:
            return True
        return name in self.opened and self._differs(name, self.opened[name])

    def _note_change(self, name: str) -> None:
        if self.opened is not None and name in self.opened and self.opened[name] != self.present[name]:
            self.changed_by_others.append(name)

    def _choose(self, name: str, choice: str | None) -> None:
        if choice == THEIRS:
            self.kept.add(name)
        elif choice != MINE:
            self.conflicts.append(name)

    def _differs(self, name: str, value: Any) -> bool:
        """Whether what was sent is something else than `value`, as a version has it."""
        field = self.fields[name]
        column: Any = self.instance._meta.get_field(name)
        # A form of its own, since it has the value as a form shows it, such as a time without microseconds.
        initial = forms.Form(initial={name: column.to_python(value)}).get_initial_for_field(field, name)
        sent = field.widget.value_from_datadict(self.data, self.files, self.add_prefix(name))
        return field.has_changed(initial, sent)


def is_secret(field: forms.Field) -> bool:
    return getattr(field.widget, "input_type", "") == "password"
