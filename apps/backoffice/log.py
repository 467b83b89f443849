"""Steps of staff that reach more than one row, in Django's log of the admin: it has a line for one row alone."""

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.admin.options import get_content_type_for_model
from django.db.models import Model
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
