"""The task endpoints: each person's own tasks, and nothing that tells of another's."""

from typing import Any

from django.db import IntegrityError
from django.http import Http404
from django.urls import reverse
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import mixins, viewsets
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from apps.api.request import CallerIsGone
from apps.api.views import StrictAPIView
from apps.tasks.managers import TaskQuerySet
from apps.tasks.models import Task
from apps.tasks.serializers import TaskCreateSerializer, TaskSerializer, TaskUpdateSerializer

TIMESTAMPS = {"created_at", "updated_at"}

EXAMPLE = OpenApiExample(
    "A task",
    response_only=True,
    value={
        "id": 42,
        "title": "Write the quarterly report",
        "description": "Figures from finance, words from us.",
        "status": "pending",
        "user_id": "alice",
        "created_at": "2026-01-31T09:30:00.123456Z",
        "updated_at": "2026-01-31T09:30:00.123456Z",
    },
)
NEW = OpenApiExample(
    "A new task",
    request_only=True,
    value={"title": "Write the quarterly report", "description": "Figures from finance, words from us."},
)
DONE = OpenApiExample("Done", request_only=True, value={"status": "completed"})
LOCATION = OpenApiParameter("Location", str, OpenApiParameter.HEADER, response=[201], description="The task's address.")
BODY_RULE = (
    " A field that only the server sets (`id`, `user_id`, the timestamps) may be sent back unchanged or be left out;"
    " any other unknown field is a 422 that names it."
)


@extend_schema(tags=["tasks"])
@extend_schema_view(
    list=extend_schema(
        operation_id="listTasks",
        summary="List my tasks",
        examples=[EXAMPLE],
        description="The caller's tasks, oldest first, a page at a time.",
    ),
    create=extend_schema(
        operation_id="createTask",
        summary="Create a task",
        request=TaskCreateSerializer,
        parameters=[LOCATION],
        examples=[NEW, EXAMPLE],
        description="Creates a task of the caller's." + BODY_RULE,
    ),
    retrieve=extend_schema(
        operation_id="getTask",
        summary="Get a task",
        examples=[EXAMPLE],
        description="One task of the caller's. Another person's task is a 404, as one that never was.",
    ),
    update=extend_schema(
        operation_id="updateTask",
        summary="Change a task",
        request=TaskUpdateSerializer,
        examples=[DONE, EXAMPLE],
        description="Changes the fields that the body names, and no other; the same as PATCH." + BODY_RULE,
    ),
    partial_update=extend_schema(
        operation_id="patchTask",
        summary="Change a task (PATCH)",
        request=TaskUpdateSerializer,
        examples=[DONE, EXAMPLE],
        description="Changes the fields that the body names, and no other." + BODY_RULE,
    ),
    destroy=extend_schema(
        operation_id="deleteTask", summary="Delete a task", description="Deletes a task of the caller's."
    ),
)
class TaskViewSet(
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    StrictAPIView,
    viewsets.GenericViewSet[Task],
):
    queryset = Task.objects.none()
    serializer_class = TaskSerializer
    lookup_url_kwarg = "id"
    lookup_value_converter = "int"
    query_parameters = {"list": ("limit", "offset")}

    def get_queryset(self) -> TaskQuerySet:
        return Task.objects.owned_by(self.request.user.subject)

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        body = TaskCreateSerializer(data=request.data, context={"subject": self.request.user.subject})
        body.is_valid(raise_exception=True)
        try:
            task = Task.objects.create(user_id=self.request.user.subject, **body.validated_data)
        except IntegrityError as error:
            # Every other constraint has been checked: what is left is the owner's row.
            raise CallerIsGone from error
        address = reverse("task-detail", kwargs={"id": task.pk})
        return Response(self.get_serializer(task).data, status=201, headers={"Location": address})

    def update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        values = self._body_for_update(request).validated_data
        if not values:
            return Response(self.get_serializer(self.get_object()).data)
        tasks = self.get_queryset().filter(pk=self.kwargs["id"]).update_returning(**values)
        if not tasks:
            raise Http404
        return Response(self.get_serializer(tasks[0]).data)

    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.update(request, *args, **kwargs)

    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        deleted, _ = self.get_queryset().filter(pk=self.kwargs["id"]).delete()
        if not deleted:
            raise Http404
        return Response(status=204)

    def _body_for_update(self, request: Request) -> BaseSerializer[Any]:
        names = set(request.data) if isinstance(request.data, dict) else set()
        body = TaskUpdateSerializer(
            # The stored timestamps are needed only to see that those sent back are the same.
            instance=self.get_object() if names & TIMESTAMPS else None,
            data=request.data,
            context={"subject": self.request.user.subject, "task_id": self.kwargs["id"]},
        )
        body.is_valid(raise_exception=True)
        return body
