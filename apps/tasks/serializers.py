"""A task's JSON, out and in."""

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema_field, extend_schema_serializer
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from apps.api.fields import StoredInstantField, StringField, WordField, whole_number
from apps.api.pages import PageSerializer
from apps.api.schema import ConstantField
from apps.api.serializers import StrictSerializer, reader
from apps.tasks.models import LONGEST_TAG, MOST_TAGS, Priority, Status, Task
from apps.tasks.rows import NAMES, PRIORITY_WORDS, TaskJson
from apps.values import times
from apps.values.text import LINE, composed, validate_line

LONGEST: dict[str, Any] = {"max_length": "This has more than {max_length} characters."}
PRIORITIES = [(priority.word, priority.label) for priority in Priority]
# A JavaScript Date, which a frontend may have put in between, keeps no more of a timestamp.
CLIENT_PRECISION = timedelta(milliseconds=1)
DUE_AT = (
    "RFC 3339, section 5.6, with `T` between date and time, from 0001-01-03T00:00:00Z to 9999-12-29T23:59:59.999999Z."
    " Digits beyond microseconds are cut off. A leap second (23:59:60 UTC on the last day of a month) is stored as the"
    " second after it."
)


class PriorityField(WordField):
    """A word to the API, a number to the table."""

    def __init__(self, **options: Any) -> None:
        super().__init__(PRIORITIES, **options)

    def to_internal_value(self, data: Any) -> Any:
        return Priority[super().to_internal_value(data).upper()].value

    def to_representation(self, value: Any) -> str:
        return PRIORITY_WORDS[value]


class LineField(StringField):
    """Text of one line that shows something, without control characters (C0 and C1)."""

    pattern = LINE

    def __init__(self, **options: Any) -> None:
        super().__init__(validators=[validate_line], min_length=1, error_messages=LONGEST, **options)


class TagField(LineField):
    """Kept in Unicode's NFC: composed or decomposed, it is one tag."""

    def to_internal_value(self, data: Any) -> str:
        return composed(super().to_internal_value(data))


class TagsField(serializers.ListField):
    """A set: a tag that is named twice is there once."""

    child = TagField(max_length=LONGEST_TAG)
    default_error_messages = {
        "not_a_list": "This is not a list.",
        "max_length": "These are more than {max_length} tags.",
    }

    def to_internal_value(self, data: Any) -> list[str]:
        if not isinstance(data, list):
            self.fail("not_a_list")
        # Before what it holds is looked at: else each of ten thousand wrong ones has an error of its own.
        if len(data) > MOST_TAGS:
            self.fail("max_length", max_length=MOST_TAGS)
        return list(dict.fromkeys(super().to_internal_value(data)))


class TaskSerializer(serializers.ModelSerializer[Task]):
    """A task."""

    id = serializers.IntegerField(min_value=1)
    title = serializers.CharField(min_length=1, max_length=200)
    description = serializers.CharField(allow_null=True, max_length=2000)
    status = serializers.ChoiceField(Status.choices)
    priority = PriorityField()
    due_at = serializers.DateTimeField(allow_null=True)
    tags = serializers.ListField(
        child=serializers.CharField(min_length=1, max_length=LONGEST_TAG), max_length=MOST_TAGS
    )
    completed_at = serializers.DateTimeField(
        allow_null=True, help_text="Since when it is completed; the server keeps it."
    )
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    user_id = serializers.CharField(help_text="The owner: the `sub` of the token that created the task.")
    version = serializers.IntegerField(min_value=1, help_text="Raised by every change; the ETag is this in quotes.")

    class Meta:
        model = Task
        fields = NAMES


@extend_schema_serializer(many=False)
class TaskPageSerializer(PageSerializer):
    """A page of tasks."""

    results = TaskSerializer(many=True)


@dataclass(frozen=True)
class Addressee:
    """Whose body it is, and of which task; `stored` is that task as it is, where the body names what we keep."""

    subject: str
    task_id: int | None = None
    stored: TaskJson | None = None


sent_to: ContextVar[Addressee] = ContextVar("sent_to")


def validated(serializer: type[StrictSerializer], body: Any, addressee: Addressee) -> dict[str, Any]:
    """The validated data of a body. Raises ValidationError."""
    token = sent_to.set(addressee)
    try:
        values: dict[str, Any] = reader(serializer).run_validation(body)
    finally:
        sent_to.reset(token)
    return values


class TaskUpdateSerializer(StrictSerializer):
    """The fields to change, all optional. What only the server sets may be sent back unchanged."""

    title = LineField(required=False, max_length=200)
    description = StringField(
        required=False,
        allow_null=True,
        allow_blank=True,
        trim_whitespace=False,
        max_length=2000,
        error_messages=LONGEST,
    )
    status = WordField(Status.choices, required=False)
    priority = PriorityField(required=False)
    due_at = StoredInstantField(required=False, allow_null=True, help_text=DUE_AT)
    tags = TagsField(required=False, max_length=MOST_TAGS)

    def refusal(self, name: str, value: Any) -> ErrorDetail | None:
        unchanged: dict[str, Callable[[], bool]] = {
            "id": lambda: whole_number(value) is not None and whole_number(value) == sent_to.get().task_id,
            "user_id": lambda: bool(value == sent_to.get().subject),
            "created_at": lambda: _was(value, "created_at"),
            "updated_at": lambda: _was(value, "updated_at"),
            "completed_at": lambda: value is None or _was(value, "updated_at"),
            "version": lambda: 1 <= (whole_number(value) or 0) <= _stored("version", 0),
        }
        if name not in unchanged:
            return super().refusal(name, value)
        if unchanged[name]():
            return None
        return ErrorDetail("Only the server sets this; leave it out, or send it back unchanged.", "read_only")


def _stored(name: str, missing: Any) -> Any:
    task = sent_to.get().stored
    return missing if task is None else task[name]  # type: ignore[literal-required]


def _was(value: Any, name: str) -> bool:
    """True where `value` is what the server once gave: of a time that moves on, an earlier one is as good."""
    try:
        given = times.instant(value) if isinstance(value, str) else None
    except times.NotATime:
        return False
    created_at, latest = _stored("created_at", None), _stored(name, None)
    return None not in (given, latest) and created_at - CLIENT_PRECISION < given <= latest


class TaskCreateSerializer(TaskUpdateSerializer):
    """A new task; what is left out is pending, of normal priority, without a due time and without tags."""

    title = LineField(max_length=200)


# What the server keeps and a client may send back: to judge it, the stored task is needed.
KEPT_BY_SERVER = {"created_at", "updated_at", "completed_at", "version"}


class TrashedTaskSerializer(TaskSerializer):
    """A task in the trash."""

    deleted_at = serializers.DateTimeField(help_text="Since when it is in the trash; after 30 days it is gone.")

    class Meta(TaskSerializer.Meta):
        fields = (*TaskSerializer.Meta.fields, "deleted_at")  # type: ignore[assignment]  # one more than its parent has


@extend_schema_serializer(many=False)
class TrashPageSerializer(PageSerializer):
    """A page of the trash."""

    results = TrashedTaskSerializer(many=True)


class TrashRestSerializer(serializers.Serializer[Any]):
    """What is left of the trash."""

    remaining = serializers.IntegerField(min_value=1, help_text="How many tasks are still to be deleted.")


class TagCountSerializer(serializers.Serializer[Any]):
    """A tag, and on how many of the caller's tasks it is."""

    tag = serializers.CharField()
    count = serializers.IntegerField(min_value=1)


class TagListSerializer(serializers.Serializer[Any]):
    """The caller's tags, the most used first."""

    results = TagCountSerializer(many=True)


class ChangedTaskSerializer(serializers.Serializer[Any]):
    """The last state of a task that was created or changed."""

    id = serializers.IntegerField(min_value=1)
    deleted = ConstantField(False)
    task = TaskSerializer()


class DeletedTaskSerializer(serializers.Serializer[Any]):
    """A task that was deleted."""

    id = serializers.IntegerField(min_value=1)
    deleted = ConstantField(True)
    task = ConstantField(None)


@extend_schema_field(
    PolymorphicProxySerializer("Change", [ChangedTaskSerializer, DeletedTaskSerializer], resource_type_field_name=None)
)
class ChangeField(serializers.DictField):
    """The one or the other; `deleted` tells which."""


class ChangesSerializer(serializers.Serializer[Any]):
    """What changed, each task once."""

    results = serializers.ListField(child=ChangeField())
    next = serializers.CharField(help_text="For `since`, the next time: at once where `has_more`, else when you like.")
    has_more = serializers.BooleanField()
    held_back = serializers.BooleanField(
        help_text="Changes of yours are committed that cannot be told yet, because an older transaction is still open."
        " Ask again with `next` in a few seconds."
    )
