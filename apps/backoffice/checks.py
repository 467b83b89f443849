"""System checks of the back office: one function an id."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.core.checks import CheckMessage, Error, Tags, register
from django.http import HttpRequest

from apps.backoffice.conflicts import ConflictsMixin
from apps.backoffice.merging import MergingForm


@register(Tags.admin)
def check_edits_are_compared(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """backoffice.E001"""
    hint = "Put ConflictsMixin before ModelAdmin among its bases, and derive its form from MergingForm."
    return [
        _error("Two people who edit a row at once overwrite each other.", hint, one, "backoffice.E001")
        for one in editable_admins()
        if not (isinstance(one, ConflictsMixin) and issubclass(one.form, MergingForm))
    ]


@register(Tags.admin)
def check_nothing_is_edited_beside_the_form(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """backoffice.E002"""
    hint = "Leave inlines and list_editable empty: only the fields of the form itself are compared with the row."
    return [
        _error("Rows are edited that are not compared.", hint, one, "backoffice.E002")
        for one in editable_admins()
        if one.inlines or one.list_editable
    ]


def editable_admins() -> Iterator[Any]:
    """Those whose rows a superuser may edit."""
    request = HttpRequest()
    request.user = get_user_model()(is_active=True, is_superuser=True)
    for model in apps.get_models():
        if admin.site.is_registered(model):
            model_admin = admin.site.get_model_admin(model)
            if model_admin.has_change_permission(request):
                yield model_admin


def _error(sentence: str, hint: str, model_admin: Any, name: str) -> Error:
    return Error(sentence, hint=hint, obj=type(model_admin), id=name)
