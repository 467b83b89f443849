"""A task's JSON, out and in."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from apps.api.fields import StringField, WordField
from apps.api.serializers import StrictSerializer
from apps.tasks.models import Status, Task

LONGEST: dict[str, Any] = {"max_length": "This has more than {max_length} characters."}
# A JavaScript Date, which a frontend may have put in between, keeps no more of a timestamp.
CLIENT_PRECISION = timedelta(milliseconds=1)
TIMESTAMP = serializers.DateTimeField()


class TaskSerializer(serializers.ModelSerializer[Task]):
    """A task."""

    id = serializers.IntegerField(min_value=1)
    title = serializers.CharField(min_length=1, max_length=200)
    description = serializers.CharField(allow_null=True, max_length=2000)
    status = serializers.ChoiceField(Status.choices)
    user_id = serializers.CharField(help_text="The owner: the `sub` of the token that created the task.")

    class Meta:
        model = Task
        fields = ("id", "title", "description", "status", "user_id", "created_at", "updated_at")


class TaskUpdateSerializer(StrictSerializer):
    """The fields to change, all optional. What only the server sets may be sent back unchanged."""

    # context: `subject` is the caller, `task_id` the addressed task. `instance` is the stored task, given only where
    # the body names a timestamp.

    title = StringField(required=False, min_length=1, max_length=200, error_messages=LONGEST)
    description = StringField(
        required=False,
        allow_null=True,
        allow_blank=True,
        trim_whitespace=False,
        max_length=2000,
        error_messages=LONGEST,
    )
    status = WordField(Status.choices, required=False)

    def refusal(self, name: str, value: Any) -> ErrorDetail | None:
        unchanged: dict[str, Callable[[], bool]] = {
            "id": lambda: type(value) is int and value == self.context.get("task_id"),
            "user_id": lambda: bool(value == self.context["subject"]),
            "created_at": lambda: self._is_timestamp(value, "created_at"),
            "updated_at": lambda: self._is_timestamp(value, "updated_at"),
        }
        if name not in unchanged:
            return super().refusal(name, value)
        if unchanged[name]():
            return None
        return ErrorDetail("Only the server sets this; leave it out, or send it back unchanged.", "read_only")

    def _is_timestamp(self, value: Any, name: str) -> bool:
        """True where `value` is what the server once gave: of `updated_at`, an earlier one is as good."""
        task: Task | None = self.instance
        try:
            given: datetime = TIMESTAMP.run_validation(value)
        except serializers.ValidationError:
            return False
        if task is None:
            return False
        earliest = task.created_at - CLIENT_PRECISION
        latest: datetime = getattr(task, name)
        return earliest < given <= latest


class TaskCreateSerializer(TaskUpdateSerializer):
    """A new task; `status` is `pending` if left out."""

    title = StringField(min_length=1, max_length=200, error_messages=LONGEST)
