"""A field that two people changed, with both values as people read them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Model, QuerySet
from django.utils import timezone

from apps.backoffice.merging import MergingForm

EMPTY = "(empty)"


@dataclass(frozen=True)
class Difference:
    """Lines of a value, each with whether the other value lacks it. `author` changed the field last, at `at`."""

    name: str
    label: str
    mine: list[tuple[str, bool]]
    theirs: list[tuple[str, bool]]
    author: str = ""
    at: datetime | None = None


def difference(form: MergingForm, name: str, last: tuple[str, datetime] | None) -> Difference:
    """`last` says who changed the field, and when."""
    field = form.fields[name]
    mine, theirs = shown(field, form.cleaned_data[name]), shown(field, form.initial.get(name))
    return Difference(name, form.label_of(name), _marked(mine, theirs), _marked(theirs, mine), *(last or ()))


def shown(field: forms.Field, value: Any) -> list[str]:
    """One line for each of several values."""
    if isinstance(value, (list, tuple, QuerySet)):
        lines = [_text(field, item) for item in value]
        return (sorted(lines) if any(isinstance(item, Model) for item in value) else lines) or [EMPTY]
    return [_text(field, value)]


def unmarked(lines: list[str]) -> list[tuple[str, bool]]:
    return [(line, False) for line in lines]


def _text(field: forms.Field, value: Any) -> str:
    if value is None or value == "":
        return EMPTY
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, datetime):
        # To the second and with its offset, so that two times that differ look different.
        return timezone.localtime(value).isoformat(" ", "seconds")
    has_labels = isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField)
    labels: dict[Any, Any] = dict(field.choices) if has_labels else {}  # type: ignore[attr-defined]  # of ChoiceField
    return str(labels.get(value, value))


def _marked(lines: list[str], others: Collection[str]) -> list[tuple[str, bool]]:
    """Only among several: a single value differs as a whole."""
    several = len(lines) > 1 or len(others) > 1
    return [(line, several and line not in others) for line in lines]
