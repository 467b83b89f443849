"""No page on which staff edit rows can leave out the comparison with the row."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.core.checks import run_checks
from django.forms import ModelForm

from apps.accounts.models import Session, User
from apps.backoffice.checks import editable_admins
from apps.backoffice.conflicts import ConflictsMixin
from apps.backoffice.models import SavedView
from apps.tasks.models import Task


def ids() -> set[str | None]:
    return {message.id for message in run_checks() if str(message.id).startswith("backoffice.")}


def test_there_is_nothing_to_find() -> None:
    assert ids() == set()


def test_each_editable_model_is_looked_at() -> None:
    assert {one.model for one in editable_admins()} == {Task, User, Group}


class Plain(admin.ModelAdmin):  # type: ignore[type-arg]  # not generic at run time
    pass


class WithPlainForm(ConflictsMixin, admin.ModelAdmin):  # type: ignore[type-arg]
    form = ModelForm


class WithInline(ConflictsMixin, admin.ModelAdmin):  # type: ignore[type-arg]
    class Inline(admin.TabularInline):  # type: ignore[type-arg]
        model = Session

    inlines = (Inline,)


class WithEditableList(ConflictsMixin, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("name", "query")
    list_editable = ("query",)


class ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg]  # not generic at run time
    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        return False


@pytest.fixture
def register() -> Iterator[Callable[[type[Any]], None]]:
    yield lambda options: admin.site.register(SavedView, options)
    admin.site.unregister(SavedView)


@pytest.mark.parametrize(
    ("options", "found"),
    [
        (Plain, {"backoffice.E001"}),
        (WithPlainForm, {"backoffice.E001"}),
        (WithInline, {"backoffice.E002"}),
        (WithEditableList, {"backoffice.E002"}),
        (ReadOnly, set()),
    ],
)
def test_a_page_that_would_overwrite_is_found(register: Any, options: type[Any], found: set[str]) -> None:
    register(options)
    assert ids() == found
