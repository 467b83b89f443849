"""The history page of one task or person in the back office: what the database recorded, as a readable diff."""

import re
from datetime import datetime
from typing import Any, ClassVar

from django.contrib.admin.utils import unquote
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse

from apps.history.models import Change, Kind

PAGE = 50


class RecordedHistoryMixin:
    """For a ModelAdmin. `recorded_kind` says which rows of history are the object's."""

    recorded_kind: ClassVar[Kind]
    object_history_template: Any = "history/object_history.html"
    get_object: Any

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Newest first; `?before=<id>` for what is older."""
        row = self.get_object(request, unquote(object_id))
        # As its column has it: a number may be written in many ways in an address.
        recorded = Change.objects.of(self.recorded_kind, str(row.pk)) if row else Change.objects.none()
        changes = recorded.with_names().order_by("-id")
        before = request.GET.get("before", "")
        if before and not re.fullmatch(r"[0-9]{1,19}", before):
            raise BadRequest(
                "“before” is the number of a change. Open the history from the page of the task or person."
            )
        if before:
            changes = changes.filter(id__lt=min(int(before), 2**63 - 1))
        found = list(changes[: PAGE + 1])
        states = recorded.states().filter(id__in=[change.pk for change in found])
        restorable = set(states.values_list("id", flat=True)) if row and self.restorable(request, row) else set()
        context = {
            # The newest of all is the state as it is.
            "entries": [
                (change, bool(number or before) and change.pk in restorable)
                for number, change in enumerate(found[:PAGE])
            ],
            "older": found[PAGE - 1].pk if len(found) > PAGE else None,
            **(extra_context or {}),
        }
        answer: HttpResponse = super().history_view(request, object_id, context)  # type: ignore[misc]  # ModelAdmin's
        return answer

    def changed_by(self, row: Any, name: str) -> tuple[str, datetime] | None:
        """Who last changed the field, empty for statements that name nobody, and when."""
        column = row._meta.get_field(name).attname
        changes = Change.objects.of(self.recorded_kind, str(row.pk)).filter(after__has_key=column)
        last: Any = changes.with_names().order_by("-id").first()
        return last and (last.actor_name or last.actor or "", last.at)

    def restorable(self, request: HttpRequest, row: Any) -> tuple[str, ...]:
        """The columns of `row` whose earlier values the caller may restore."""
        return ()
