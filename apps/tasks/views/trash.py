"""The trash: what was deleted, back again or gone for good."""

from typing import NoReturn

from django.http import Http404
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import viewsets
from rest_framework.request import Request

from apps.api.exceptions import PreconditionFailed
from apps.api.idempotency import idempotent
from apps.api.preconditions import UNCONDITIONAL, Preconditions, entity_tag, preconditions
from apps.api.preferences import written
from apps.api.responses import ApiResponse
from apps.api.views import StrictAPIView
from apps.tasks import trash
from apps.tasks.models import Task
from apps.tasks.owned import OwnedTasks
from apps.tasks.queries import TrashQuerySerializer
from apps.tasks.rows import DELETED_AT, task_json
from apps.tasks.serializers import TaskSerializer, TrashPageSerializer, TrashRestSerializer
from apps.tasks.views import schema
from apps.tasks.views.pages import page_json, span_of

PURPOSE = "trash"


@extend_schema(tags=["trash"])
@extend_schema_view(
    list=extend_schema(
        operation_id="listTrash",
        summary="List my trash",
        parameters=[TrashQuerySerializer],
        responses=TrashPageSerializer,
        description="The caller's deleted tasks, the latest first. After 30 days a task is gone from here too.",
    ),
    destroy=extend_schema(
        operation_id="deleteTaskForGood",
        summary="Delete a task for good",
        parameters=[schema.ETAG_OF_REFUSAL, schema.IF_MATCH],
        description="Deletes one task out of the caller's trash for good.",
    ),
)
class TrashViewSet(StrictAPIView, viewsets.GenericViewSet[Task]):
    queryset = Task.objects.none()
    serializer_class = TaskSerializer
    pagination_class = None
    lookup_url_kwarg = "id"
    query_serializers = {"list": TrashQuerySerializer}
    bodiless = ("restore",)
    compressed = ("list",)
    conditional = ("restore", "destroy")
    problem_statuses = {"restore": (409, 412), "destroy": (412,)}

    def list(self, request: Request) -> ApiResponse:
        subject = self.request.user.subject
        span = span_of({"ordering": trash.ORDERING, **self.parameters(request)}, subject, PURPOSE)
        page = trash.page(subject, span)
        results = [{**task_json(row), "deleted_at": row[DELETED_AT]} for row in page.rows]
        return ApiResponse(page_json(request, page, span, subject, PURPOSE) | {"results": results})

    @extend_schema(
        operation_id="emptyTrash",
        summary="Empty the trash",
        responses={204: None, 200: TrashRestSerializer},
        description="Deletes all that is in the caller's trash for good. A 200 says how many tasks remain, where there"
        " were too many for one request: send it again." + schema.NO_CONDITION,
    )
    def empty(self, request: Request) -> ApiResponse:
        remaining = trash.empty(self.request.user.subject)
        return ApiResponse({"remaining": remaining}) if remaining else ApiResponse(status=204)

    @property
    def tasks(self) -> OwnedTasks:
        return OwnedTasks(self.request.user.subject)

    def destroy(self, request: Request, id: int) -> ApiResponse:
        conditions = preconditions(request.META)
        if self.tasks.delete_from_trash(id, conditions) is None:
            self._refuse(id, conditions)
        return ApiResponse(status=204)

    @extend_schema(
        operation_id="restoreTask",
        summary="Restore a task",
        request=None,
        responses={200: TaskSerializer, 204: schema.MINIMAL},
        parameters=[
            schema.ETAG,
            schema.IF_MATCH,
            schema.IDEMPOTENCY_KEY,
            schema.REPLAYED,
            schema.PREFER,
            schema.APPLIED,
        ],
        examples=[schema.TASK],
        description="Takes a task of the caller's out of the trash, as it was.",
    )
    @idempotent
    def restore(self, request: Request, id: int) -> ApiResponse:
        conditions = preconditions(request.META)
        task = self.tasks.restore(id, conditions) or self._refuse(id, conditions)
        return written(request, task, 200, {"ETag": entity_tag(task["version"])})

    def _refuse(self, task_id: int, conditions: Preconditions) -> NoReturn:
        """Why nothing was written: the caller has no such task in the trash, or it is not as the caller knows it."""
        stored = None if conditions is UNCONDITIONAL else self.tasks.get_from_trash(task_id)
        if stored is None:
            raise Http404
        raise PreconditionFailed(entity_tag(stored["version"]))
