"""The task endpoints: each person's own tasks, and nothing that tells of another's."""

from functools import lru_cache, partial
from typing import Any, NoReturn

from django.http import Http404
from django.urls import reverse
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import viewsets
from rest_framework.request import Request

from apps.api.exceptions import PreconditionFailed
from apps.api.idempotency import idempotent
from apps.api.preconditions import UNCONDITIONAL, Preconditions, entity_tag, is_not_modified, preconditions
from apps.api.preferences import written
from apps.api.responses import ApiResponse
from apps.api.views import StrictAPIView
from apps.ops.replica import IS_SET
from apps.tasks import replica
from apps.tasks.models import Task
from apps.tasks.owned import OwnedTasks
from apps.tasks.queries import TaskQuerySerializer
from apps.tasks.rows import TaskJson
from apps.tasks.serializers import (
    KEPT_BY_SERVER,
    Addressee,
    TaskCreateSerializer,
    TaskPageSerializer,
    TaskSerializer,
    TaskUpdateSerializer,
    validated,
)
from apps.tasks.views import schema
from apps.tasks.views.pages import find


@extend_schema(tags=["tasks"])
@extend_schema_view(
    list=extend_schema(
        operation_id="listTasks",
        summary="List my tasks",
        parameters=[TaskQuerySerializer],
        responses=TaskPageSerializer,
        description="The caller's tasks, oldest first, a page at a time. A page by `cursor` costs the same wherever it"
        " is; `limit` and `offset` count their way there.",
    ),
    create=extend_schema(
        operation_id="createTask",
        summary="Create a task",
        request=TaskCreateSerializer,
        responses={201: TaskSerializer, 204: schema.MINIMAL},
        parameters=[
            schema.LOCATION,
            schema.ETAG,
            schema.IDEMPOTENCY_KEY,
            schema.REPLAYED,
            schema.PREFER,
            schema.APPLIED,
        ],
        examples=[schema.NEW, schema.TASK],
        description="Creates a task of the caller's." + schema.NEW_RULE + schema.NO_CONDITION,
    ),
    retrieve=extend_schema(
        operation_id="getTask",
        summary="Get a task",
        parameters=[schema.ETAG, schema.IF_NONE_MATCH],
        responses={200: TaskSerializer, 304: schema.NOT_MODIFIED},
        examples=[schema.TASK],
        description="One task of the caller's. Another person's task is a 404, as one that never was.",
    ),
    update=extend_schema(
        operation_id="updateTask",
        summary="Change a task",
        request=TaskUpdateSerializer,
        responses={200: TaskSerializer, 204: schema.MINIMAL},
        parameters=[schema.ETAG, schema.IF_MATCH, schema.PREFER, schema.APPLIED],
        examples=[schema.DONE, schema.TASK],
        description="Changes the fields that the body names, and no other; the same as PATCH."
        + schema.NO_CHANGE
        + schema.BODY_RULE,
    ),
    partial_update=extend_schema(
        operation_id="patchTask",
        summary="Change a task (PATCH)",
        request=TaskUpdateSerializer,
        responses={200: TaskSerializer, 204: schema.MINIMAL},
        parameters=[schema.ETAG, schema.IF_MATCH, schema.PREFER, schema.APPLIED],
        examples=[schema.DONE, schema.TASK],
        description="Changes the fields that the body names, and no other." + schema.NO_CHANGE + schema.BODY_RULE,
    ),
    destroy=extend_schema(
        operation_id="deleteTask",
        summary="Delete a task",
        parameters=[schema.ETAG_OF_REFUSAL, schema.IF_MATCH],
        description="Moves a task of the caller's to the trash, where it stays for 30 days.",
    ),
)
class TaskViewSet(StrictAPIView, viewsets.GenericViewSet[Task]):
    queryset = Task.objects.none()
    serializer_class = TaskSerializer
    pagination_class = None
    lookup_url_kwarg = "id"
    lookup_value_converter = "int"
    query_serializers = {"list": TaskQuerySerializer}
    compressed = ("list",)
    conditional = ("retrieve", "update", "partial_update", "destroy")
    problem_statuses = {
        "create": (409,),
        "update": (412,),
        "partial_update": (412,),
        "destroy": (412,),
    }

    @property
    def tasks(self) -> OwnedTasks:
        return OwnedTasks(self.request.user.subject)

    def list(self, request: Request) -> ApiResponse:
        if IS_SET:
            return ApiResponse(replica.read(self.request.user.subject, partial(find, self, request)))
        return ApiResponse(find(self, request))

    @idempotent
    def create(self, request: Request) -> ApiResponse:
        values = validated(TaskCreateSerializer, request.data, Addressee(self.request.user.subject))
        task = self.tasks.create(values)
        return written(request, task, 201, {"Location": f"{_list_address()}/{task['id']}", **tagged(task)})

    def retrieve(self, request: Request, id: int) -> ApiResponse:
        task = self._stored(id)
        required = preconditions(request.META).required
        if required is not None and task["version"] not in required:
            raise PreconditionFailed(entity_tag(task["version"]))
        if is_not_modified(request, task["version"]):
            return ApiResponse(status=304, headers=tagged(task))
        return ApiResponse(task, headers=tagged(task))

    def update(self, request: Request, id: int) -> ApiResponse:
        values = self._body_for_update(request, id)
        conditions = preconditions(request.META)
        task = self.tasks.update(id, values, conditions) or self._refuse(id, conditions)
        return written(request, task, 200, tagged(task))

    def partial_update(self, request: Request, id: int) -> ApiResponse:
        return self.update(request, id)

    def destroy(self, request: Request, id: int) -> ApiResponse:
        conditions = preconditions(request.META)
        if self.tasks.move_to_trash(id, conditions) is None:
            self._refuse(id, conditions)
        return ApiResponse(status=204)

    def _stored(self, task_id: int) -> TaskJson:
        task = self.tasks.get(task_id)
        if task is None:
            raise Http404
        return task

    def _refuse(self, task_id: int, conditions: Preconditions) -> NoReturn:
        """Why nothing was written: there is no such task of the caller's, or it is not as the caller knows it."""
        if conditions is UNCONDITIONAL:
            raise Http404
        raise PreconditionFailed(entity_tag(self._stored(task_id)["version"]))

    def _body_for_update(self, request: Request, task_id: int) -> dict[str, Any]:
        names = set(request.data) if isinstance(request.data, dict) else set()
        # The stored task is needed only to see that what the server keeps was sent back as it is.
        stored = self._stored(task_id) if names & KEPT_BY_SERVER else None
        addressee = Addressee(self.request.user.subject, task_id, stored)
        return validated(TaskUpdateSerializer, request.data, addressee)


@lru_cache(maxsize=1)
def _list_address() -> str:
    return reverse("task-list")


def tagged(task: TaskJson) -> dict[str, str]:
    return {"ETag": entity_tag(task["version"])}
