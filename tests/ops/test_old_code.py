"""The code of every version before runs on today's schema: in a deploy both are there, and one may have to go back.

What the models of a version were is kept in its migrations; what they send is what its code sends. A column that was
dropped or renamed, or that must be given and was unknown then, or a rule that old values break, fails here.
"""

import re
import uuid
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models
from django.db.migrations import RunSQL
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

OURS = ["accounts", "backoffice", "dashboard", "history", "idempotency", "limits", "staff", "tasks"]
# Its table refuses any change.
APPEND_ONLY = {"history.Change"}
LOADER = MigrationLoader(None)
# Each stands for the code that was there when it was the newest of its room.
VERSIONS = sorted(node for node in LOADER.graph.nodes if node[0] in OURS)
TAKES_AWAY = re.compile(r"\bDROP\s+(FUNCTION|TABLE|COLUMN|VIEW|TYPE)\b", re.IGNORECASE)

BY_KIND: dict[Any, Any] = {
    models.CharField: "old",
    models.TextField: "old",
    models.IntegerField: 1,
    models.DateTimeField: timezone.now(),
    models.DateField: timezone.now().date(),
    models.UUIDField: uuid.uuid4(),
    models.JSONField: {},
    models.BooleanField: False,
    models.GenericIPAddressField: "192.0.2.1",
}


def value_of(field: Any) -> Any:
    """Something that code of that version could have written."""
    if field.remote_field:
        target = field.remote_field.model
        return old_row(target).pk if target._meta.app_label in OURS else kept_by_django(target).pk
    if field.choices:
        return field.choices[0][0]
    kinds = [kind for kind in BY_KIND if isinstance(field, kind)]
    assert kinds, f"{field}: what may be in it?"
    return BY_KIND[kinds[0]]


def kept_by_django(target: Any) -> Any:
    model = apps.get_model(target._meta.label)
    return model._base_manager.first() or model._base_manager.create()


def is_left_out(field: Any) -> bool:
    """What code leaves to a default, or to the database."""
    return field.null or field.has_default() or field.has_db_default() or getattr(field, "auto_now_add", False)


def old_row(model: Any) -> Any:
    """Of a person there is one."""
    if model._meta.label == "accounts.User" and (there := model._base_manager.filter(pk="old").first()):
        return there
    needed = [field for field in model._meta.concrete_fields if not is_left_out(field) and not is_given(field)]
    return model._base_manager.create(**{field.attname: value_of(field) for field in needed})


def is_given(field: Any) -> bool:
    """By the database, a number for the row."""
    return isinstance(field, models.AutoField | models.BigAutoField)


@pytest.mark.django_db
@pytest.mark.parametrize("node", VERSIONS, ids=".".join)
def test_what_it_writes_and_reads(node: tuple[str, str]) -> None:
    state = LOADER.project_state(node)
    for model in [state.apps.get_model(*key) for key in state.models if key[0] == node[0]]:
        row = old_row(model)
        mine = model._base_manager.filter(pk=row.pk)
        stored = mine.values().get()
        assert {field.attname for field in model._meta.concrete_fields} == set(stored)
        if model._meta.label not in APPEND_ONLY:
            for field in model._meta.concrete_fields:
                if not field.primary_key:
                    assert mine.update(**{field.attname: stored[field.attname]}) == 1, field
            row.delete()
            assert not mine.exists()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def test_nothing_is_taken_from_under_its_sql() -> None:
    """Functions and tables that older statements name by hand."""
    for node in VERSIONS:
        for operation in LOADER.disk_migrations[node].operations:
            if isinstance(operation, RunSQL):
                assert not TAKES_AWAY.search(str(operation.sql)), node
