"""All that is kept of a person as one JSON document, written piece by piece (GDPR, article 20)."""

import json
from collections.abc import Iterator
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import QuerySet
from django.utils import timezone

from apps.accounts.holdings import Holding, holdings
from apps.accounts.models import User
from apps.ops import bounds

PERSON_COLUMNS = (
    *("subject", "email", "name", "login", "is_staff", "is_active", "deactivation_reason"),
    *("created_at", "last_login", "signed_out_at"),
)
ROWS_A_PIECE = 500


def document(person: User) -> Iterator[str]:
    """Never the whole in memory: a person may own any number of rows."""
    yield f'{{"exported_at": {_json(timezone.now())},\n"person": {_json(_record(person))}'
    for holding in holdings(person):
        yield from _list(holding.name, _rows(holding))
    yield from _list("actions of staff on the person", _actions_on(person))
    yield "}\n"


def _record(person: User) -> dict[str, Any]:
    return {column: getattr(person, column) for column in PERSON_COLUMNS}


def _list(name: str, rows: Iterator[dict[str, Any]]) -> Iterator[str]:
    yield f",\n{_json(name)}: ["
    for number, row in enumerate(rows):
        yield f"{',' if number else ''}\n{_json(row)}"
    yield "]"


def _rows(holding: Holding) -> Iterator[dict[str, Any]]:
    yield from _by_key(holding.rows.values(*holding.columns), holding.model._meta.pk.attname)


def _by_key(rows: QuerySet[Any, dict[str, Any]], key: str) -> Iterator[dict[str, Any]]:
    """In pieces, each begun behind the last row of the one before: a pooled connection has no server-side cursor."""
    piece = list(rows.order_by(key)[:ROWS_A_PIECE])
    while piece:
        yield from piece
        bounds.answer_goes_on()
        piece = list(rows.filter(**{f"{key}__gt": piece[-1][key]}).order_by(key)[:ROWS_A_PIECE])


def _actions_on(person: User) -> Iterator[dict[str, Any]]:
    """Without the names of those who acted: they are other people's data."""
    kind = ContentType.objects.get_for_model(User)
    for entry in LogEntry.objects.filter(content_type=kind, object_id=person.pk).order_by("pk"):
        yield {"at": entry.action_time, "action": entry.get_change_message() or entry.get_action_flag_display()}


def _json(value: Any) -> str:
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)
