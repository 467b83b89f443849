"""Steps of staff that reach more than one row, in Django's log of the admin: it has a line for one row alone."""

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.admin.options import get_content_type_for_model
from django.db.models import F, Func, Model, TextField, Value
from django.db.models.functions import Concat
from django.http import HttpRequest

# Stands before the address of a list in a message.
ADDRESS_MARK = ": ?"


def note(request: HttpRequest, model: type[Model], step: str, message: str) -> None:
    LogEntry.objects.create(
        user_id=str(request.user.pk),
        content_type=get_content_type_for_model(model),
        object_repr=step[:200],
        action_flag=CHANGE,
        change_message=message,
    )


def cut_at(mark: str) -> Concat:
    """For an update of entries: their message up to `mark`, which the log lets an erasure do."""
    beginning = Func(F("change_message"), Value(mark), Value(1), function="split_part", output_field=TextField())
    return Concat(beginning, Value("."), output_field=TextField())
