"""The changes feed: what a client needs to hold exactly what the server holds."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from apps.api import cursors
from apps.api.exceptions import CursorGone, InvalidParameter
from apps.api.responses import ApiResponse
from apps.api.views import StrictAPIView
from apps.tasks import changes
from apps.tasks.changes import Place
from apps.tasks.queries import ChangesQuerySerializer
from apps.tasks.serializers import ChangesSerializer

PURPOSE = "changes"


class ChangesView(StrictAPIView):
    serializer_class = ChangesSerializer
    query_serializers = {"get": ChangesQuerySerializer}
    compressed = ("get",)
    problem_statuses = {"get": (410,)}

    @extend_schema(
        operation_id="listChanges",
        summary="What changed",
        tags=["tasks"],
        parameters=[ChangesQuerySerializer],
        responses=ChangesSerializer,
        description="The caller's tasks that were created, changed or deleted since `since`, each once in its last"
        " state. Without `since`, all of them. Put each `task` in its place by `id`, take out what is `deleted`, keep"
        " `next`: then the client holds exactly the server's state, unless `held_back` says that changes are still to"
        " come. A 410 says to begin without `since` once more.",
    )
    def get(self, request: Request) -> ApiResponse:
        subject = self.request.user.subject
        asked = self.parameters(request)
        try:
            found = changes.since(subject, _place(asked.get("since"), subject), asked["limit"])
        except changes.Gone as error:
            raise CursorGone from error
        results = [{"id": each.task_id, "deleted": each.task is None, "task": each.task} for each in found.changes]
        told = {"results": results, "next": _cursor(found.next, subject), "has_more": found.has_more}
        return ApiResponse({**told, "held_back": found.held_back})


def _place(cursor: str | None, subject: str) -> Place | None:
    """Raises InvalidParameter."""
    if cursor is None:
        return None
    try:
        position: list[Any] = cursors.read(PURPOSE, subject, cursor)
    except cursors.ForeignCursor:
        raise InvalidParameter({"since": "This is no cursor that you were given here."}, "foreign") from None
    return Place(*position)


def _cursor(place: Place, subject: str) -> str:
    return cursors.issue(PURPOSE, subject, [place.epoch, place.transaction, place.task_id, place.base])
