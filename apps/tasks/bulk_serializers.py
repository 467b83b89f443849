"""The body of many changes at once, and its answer."""

from typing import Any

from rest_framework import serializers

from apps.api.fields import whole_number
from apps.api.serializers import StrictSerializer
from apps.tasks.bulk import NotOwned
from apps.tasks.owned import LARGEST_ID
from apps.tasks.serializers import TaskCreateSerializer, TaskSerializer, TaskUpdateSerializer

MOST = 100
REPEATED = serializers.ErrorDetail("This id stands here before.", "repeated")
NOT_FOUND = serializers.ErrorDetail("You have no such task.", "not_found")


class IdField(serializers.IntegerField):
    """The number of a task; JSON's true and "1" are none."""

    default_error_messages = {"invalid": "This is not the number of a task."}

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=1, max_value=LARGEST_ID, **options)

    def to_internal_value(self, data: Any) -> int:
        number = whole_number(data)
        if number is None:
            self.fail("invalid")
        return number


class IdsField(serializers.ListField):
    """Numbers of tasks, each once."""

    child = IdField()

    def to_internal_value(self, data: Any) -> list[int]:
        # Before what it holds is looked at: a megabyte of numbers would be compared with one another for minutes.
        if isinstance(data, list) and len(data) > MOST:
            self.fail("max_length", max_length=MOST)
        ids: list[int] = super().to_internal_value(data)
        repeated: dict[str, Any] = {str(index): [REPEATED] for index, each in enumerate(ids) if each in ids[:index]}
        if repeated:
            raise serializers.ValidationError(repeated)
        return ids


class BulkUpdateSerializer(StrictSerializer):
    """One set of changes for many tasks."""

    ids = IdsField(allow_empty=False, max_length=MOST)
    changes = TaskUpdateSerializer()

    def validate_changes(self, changes: dict[str, Any]) -> dict[str, Any]:
        if not changes:
            raise serializers.ValidationError("This names no field to change.", "empty")
        return changes


class BulkSerializer(StrictSerializer):
    """Up to 100 changes in all: tasks to create, tasks to change, tasks to move to the trash."""

    create = TaskCreateSerializer(many=True, required=False, max_length=MOST)  # type: ignore[assignment, call-arg]  # of its list
    update = BulkUpdateSerializer(required=False)  # type: ignore[assignment]  # a declared field
    delete = IdsField(required=False, max_length=MOST)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        ids, doomed = attrs.get("update", {}).get("ids", []), attrs.get("delete", [])
        asked = len(attrs.get("create", [])) + len(ids) + len(doomed)
        if not 1 <= asked <= MOST:
            raise serializers.ValidationError(f"These are {asked} changes; a call makes 1 to {MOST}.", "count")
        both: dict[str, Any] = {str(index): [REPEATED] for index, each in enumerate(doomed) if each in ids}
        if both:
            raise serializers.ValidationError({"delete": both})
        return attrs


class BulkDoneSerializer(serializers.Serializer[Any]):
    """What was done, in the order in which it was asked for."""

    created = TaskSerializer(many=True)
    updated = TaskSerializer(many=True)
    deleted = serializers.ListField(child=serializers.IntegerField(min_value=1))


def not_found(error: NotOwned, update: list[int], delete: list[int]) -> serializers.ValidationError:
    """The errors of a body that names tasks which the caller does not have, at the places where it names them."""
    places = {
        ("update", "ids"): {index: [NOT_FOUND] for index, each in enumerate(update) if each in error.ids},
        ("delete",): {index: [NOT_FOUND] for index, each in enumerate(delete) if each in error.ids},
    }
    detail: dict[str, Any] = {}
    for (first, *rest), found in places.items():
        if found:
            detail[first] = {rest[0]: found} if rest else found
    return serializers.ValidationError(detail)
