"""The version of a row that a form was opened with: the values it showed, signed, for a hidden input."""

from typing import Any

from django.core import signing
from django.db.models import Model, QuerySet

Values = dict[str, Any]


def plain(value: Any) -> Any:
    """`value` as JSON has it, equal for equal values. Rows become their keys, in one order."""
    if isinstance(value, Model):
        return plain(value.pk)
    if isinstance(value, (list, tuple, QuerySet)):
        items = [plain(item) for item in value]
        return sorted(items, key=str) if any(isinstance(item, Model) for item in value) else items
    return value if value is None or isinstance(value, (bool, int, str)) else str(value)


def signed(values: Values, row: Model) -> str:
    return signing.dumps(values, salt=_salt(row), compress=True)


def read(text: str, row: Model) -> Values | None:
    """None for what is no version of this row, or was altered."""
    try:
        values: Values = signing.loads(text, salt=_salt(row))
    except signing.BadSignature:
        return None
    return values


def _salt(row: Model) -> str:
    return f"backoffice.version:{row._meta.label_lower}:{row.pk}"
