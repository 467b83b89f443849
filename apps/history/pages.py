"""The history page of one task or person in the back office: what the database recorded, as a readable diff."""

from typing import Any, ClassVar

from django.contrib.admin.utils import unquote
from django.http import HttpRequest, HttpResponse

from apps.history.models import Change, Kind

PAGE = 50


class RecordedHistoryMixin:
    """For a ModelAdmin. `recorded_kind` says which rows of history are the object's."""

    recorded_kind: ClassVar[Kind]
    object_history_template: Any = "history/object_history.html"

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Newest first; `?before=<id>` for what is older."""
        changes = (
            Change.objects.with_names().filter(kind=self.recorded_kind, object_id=unquote(object_id)).order_by("-id")
        )
        before = request.GET.get("before", "")
        if before.isdecimal():
            changes = changes.filter(id__lt=min(int(before), 2**63 - 1))
        found = list(changes[: PAGE + 1])
        context = {
            # The newest of all is the state as it is.
            "entries": [
                (change, bool(number or before) and change.after is not None and self.may_restore(request))
                for number, change in enumerate(found[:PAGE])
            ],
            "older": found[PAGE - 1].pk if len(found) > PAGE else None,
            **(extra_context or {}),
        }
        answer: HttpResponse = super().history_view(request, object_id, context)  # type: ignore[misc]  # ModelAdmin's
        return answer

    def may_restore(self, request: HttpRequest) -> bool:
        return False
