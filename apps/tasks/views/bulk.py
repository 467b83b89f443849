"""Many changes in one request."""

from django.conf import settings
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request

from apps.api.idempotency import idempotent
from apps.api.preferences import written
from apps.api.responses import ApiResponse
from apps.api.views import StrictAPIView
from apps.tasks import bulk
from apps.tasks.bulk_serializers import BulkDoneSerializer, BulkSerializer, not_found
from apps.tasks.serializers import Addressee, validated
from apps.tasks.views import schema

EXAMPLE = OpenApiExample(
    "A bit of each",
    request_only=True,
    value={
        "create": [{"title": "Write the minutes"}, {"title": "Send them", "priority": "high"}],
        "update": {"ids": [41, 42], "changes": {"status": "completed"}},
        "delete": [7],
    },
)


class BulkView(StrictAPIView):
    serializer_class = BulkSerializer
    body_limit_bytes = settings.API_BULK_BODY_LIMIT_BYTES
    compressed = ("post",)
    problem_statuses = {"post": (409,)}

    @extend_schema(
        operation_id="changeTasks",
        summary="Change many tasks",
        tags=["tasks"],
        request=BulkSerializer,
        responses={200: BulkDoneSerializer, 204: schema.MINIMAL},
        parameters=[schema.IDEMPOTENCY_KEY, schema.REPLAYED, schema.PREFER, schema.APPLIED],
        examples=[EXAMPLE],
        description="Up to 100 tasks created, changed or moved to the trash, all of them or none. A 422 names the place"
        " in the body; a task of another person's is there the same as one that never was."
        + schema.NO_CHANGE
        + schema.NO_CONDITION,
    )
    @idempotent
    def post(self, request: Request) -> ApiResponse:
        subject = self.request.user.subject
        asked = validated(BulkSerializer, request.data, Addressee(subject))
        update = asked.get("update", {"ids": [], "changes": {}})
        delete = asked.get("delete", [])
        changes = bulk.Changes(asked.get("create", ()), update["ids"], update["changes"], delete)
        try:
            done = bulk.apply(subject, changes)
        except bulk.NotOwned as error:
            raise not_found(error, update["ids"], delete) from error
        answer = {"created": done.created, "updated": done.updated, "deleted": done.deleted}
        return written(request, answer, 200, {})
