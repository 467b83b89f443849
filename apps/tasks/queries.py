"""What a list of tasks may be asked: the parameters, their rules, and what they mean to the table."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.contrib.postgres.fields import ArrayField
from django.db.models import Q, TextField, Value
from django.db.models.functions import Now
from django.db.models.lookups import GreaterThanOrEqual, LessThan
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.api.fields import FlagField, InstantField, StringField, WholeNumberField, WordField
from apps.api.pages import DEFAULT_LIMIT, LARGEST_LIMIT, LARGEST_OFFSET
from apps.tasks.expressions import DUE, OWNER_MARK, TAG_KEYS, Contains, Overlaps
from apps.tasks.managers import TaskQuerySet
from apps.tasks.models import LONGEST_TAG, MOST_TAGS, Priority, Status
from apps.tasks.orderings import ORDERINGS
from apps.values import times
from apps.values.text import composed

PRIORITIES = [(priority.word, priority.label) for priority in Priority]
MOST_TAGS_LISTED = 500
DAYS = {"today": 0, "tomorrow": 1}


@extend_schema_field({"anyOf": [{"enum": [*DAYS]}, {"type": "string", "format": "date"}]})
class DayField(serializers.DateField):
    """`today`, `tomorrow` or a date: days after today, or the date."""

    default_error_messages = {"invalid": "This must be today, tomorrow or a date such as 2026-01-31."}

    def to_internal_value(self, value: Any) -> Any:
        try:
            return DAYS[value] if value in DAYS else times.day(value)
        except times.NotATime:
            self.fail("invalid")


@lru_cache(maxsize=1)
def zone_names() -> frozenset[str]:
    """Those of the IANA database: a machine has files beside them that say what it is set to itself."""
    return frozenset(available_timezones()) - {"localtime", "posixrules", "Factory"}


class TimeZoneField(serializers.CharField):
    default_error_messages = {"unknown": "This is no time zone of the IANA database, such as Europe/Berlin."}

    def to_internal_value(self, data: Any) -> Any:
        name = super().to_internal_value(data)
        if name not in zone_names():
            self.fail("unknown")
        return ZoneInfo(name)


def words(choices: Any, help_text: str) -> serializers.ListField:
    return serializers.ListField(child=WordField(choices), required=False, help_text=help_text)


def instant(help_text: str) -> InstantField:
    return InstantField(required=False, help_text=help_text)


class TagWordField(StringField):
    """A tag to look for, in the form in which tags are kept."""

    def to_internal_value(self, data: Any) -> str:
        return composed(super().to_internal_value(data))


def tags(help_text: str) -> serializers.ListField:
    child = TagWordField(max_length=LONGEST_TAG)
    return serializers.ListField(child=child, required=False, max_length=MOST_TAGS, help_text=help_text)


class PageQuerySerializer(serializers.Serializer[Any]):
    """How much of a list, and from where."""

    limit = WholeNumberField(
        min_value=1, max_value=LARGEST_LIMIT, default=DEFAULT_LIMIT, help_text="How many tasks at most."
    )
    offset = WholeNumberField(
        min_value=0,
        max_value=LARGEST_OFFSET,
        required=False,
        help_text="How many tasks to pass over. Not with `cursor`.",
    )
    cursor = serializers.CharField(
        required=False,
        max_length=4096,
        help_text="Where to go on: `next_cursor` or `previous_cursor` of a page in the same `ordering`. It costs the"
        " same on any page, and rows that come and go move nothing.",
    )
    count = FlagField(
        required=False, help_text="Whether to count all that match; left out, a page by `cursor` does not count."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "cursor" in attrs and "offset" in attrs:
            raise serializers.ValidationError({"offset": ["A page has a cursor or an offset, not both."]}, "conflict")
        return attrs


class TaskQuerySerializer(PageQuerySerializer):
    """Which tasks, and in which order."""

    ordering = WordField(
        [(sign + name, name) for name in ORDERINGS for sign in ("", "-")],
        default="id",
        help_text="`-` turns it around. Equal ones are ordered by id. A task without the time comes behind all that"
        " have it; turned around, before them.",
    )
    status = words(Status.choices, "Repeatable: any of them.")
    priority = words(PRIORITIES, "Repeatable: any of them.")
    search = StringField(
        required=False,
        max_length=200,
        help_text="Words; each begins a word of the title or the description, in any case of letters, with or without"
        " accents. Chinese, Japanese, Thai and the like are found within a sentence; an emoji is a word.",
    )
    tags_any = tags("Repeatable: tasks with any of these tags.")
    tags_all = tags("Repeatable: tasks with all of these tags.")
    overdue = FlagField(required=False, help_text="Whether the due time has passed and the task is not completed.")
    due_on = DayField(required=False, help_text="`today`, `tomorrow` or a date, in `time_zone`.")
    time_zone = TimeZoneField(
        required=False, help_text="Where `due_on` is: a name of the IANA database, such as Europe/Berlin; else UTC."
    )
    due_after = instant("Due later than this (RFC 3339).")
    due_before = instant("Due earlier than this.")
    created_after = instant("Created later than this.")
    created_before = instant("Created earlier than this.")
    updated_after = instant("Last changed later than this.")
    updated_before = instant("Last changed earlier than this.")
    completed_after = instant("Completed later than this.")
    completed_before = instant("Completed earlier than this.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        if "time_zone" in attrs and "due_on" not in attrs:
            raise serializers.ValidationError({"time_zone": ["This is of use with due_on alone."]}, "conflict")
        if "due_on" in attrs:
            try:
                attrs["due_between"] = day_of(attrs.pop("due_on"), attrs.get("time_zone", UTC))
            except OverflowError:
                raise serializers.ValidationError({"due_on": ["This day is out of range."]}, "invalid") from None
        return attrs


class TrashQuerySerializer(PageQuerySerializer):
    """How much of the trash, and from where."""


class ChangesQuerySerializer(serializers.Serializer[Any]):
    """From where in the feed, and how much."""

    since = serializers.CharField(
        required=False, max_length=4096, help_text="`next` of the answer before; left out, from the beginning."
    )
    limit = WholeNumberField(
        min_value=1, max_value=LARGEST_LIMIT, default=LARGEST_LIMIT, help_text="How many changes at most."
    )


class TagsQuerySerializer(serializers.Serializer[Any]):
    """How many tags."""

    limit = WholeNumberField(
        min_value=1, max_value=MOST_TAGS_LISTED, default=MOST_TAGS_LISTED, help_text="How many tags at most."
    )


def day_of(day: int | date, zone: Any, now: datetime | None = None) -> tuple[datetime, datetime]:
    """Where a day begins and ends in `zone`; a number counts days from today. Raises OverflowError."""
    if isinstance(day, int):
        day = (now or datetime.now(UTC)).astimezone(zone).date() + timedelta(days=day)
    midnights = (datetime.combine(each, time(), zone) for each in (day, day + timedelta(days=1)))
    begin, end = (midnight.astimezone(UTC) for midnight in midnights)
    return begin, end


def narrowed(tasks: TaskQuerySet, subject: str, asked: dict[str, Any]) -> TaskQuerySet:
    """Those of the subject's `tasks` that fit what was asked (validated by TaskQuerySerializer), its words aside."""
    for name, value in asked.items():
        if name in CONDITIONS:
            tasks = tasks.filter(CONDITIONS[name](value, subject))
    return tasks


def _keys(tags: list[str], subject: str) -> Value:
    """The owner stands in the index, so that it alone tells whose tasks have the tags."""
    return Value([tag + OWNER_MARK + subject for tag in tags], output_field=ArrayField(TextField()))


def _has_all_tags(values: list[str], subject: str) -> Any:
    return Q(Contains(TAG_KEYS, _keys(values, subject)), tags__contains=values)


def _has_any_tag(values: list[str], subject: str) -> Any:
    return Q(Overlaps(TAG_KEYS, _keys(values, subject)), tags__overlap=values)


def _is_overdue(wanted: bool, subject: str) -> Q:
    is_past, is_completed = Q(LessThan(DUE, Now())), Q(status=Status.COMPLETED)
    return is_past & ~is_completed if wanted else ~is_past | is_completed


CONDITIONS: dict[str, Any] = {
    "status": lambda values, _: Q(status__in=values),
    "priority": lambda values, _: Q(priority__in=[Priority[value.upper()] for value in values]),
    "tags_any": _has_any_tag,
    "tags_all": _has_all_tags,
    "overdue": _is_overdue,
    "due_between": lambda day, _: Q(GreaterThanOrEqual(DUE, day[0]), LessThan(DUE, day[1])),
    **{
        f"{name}_{side}": (lambda value, _, lookup=lookup: Q(**{lookup: value}))
        for name in ("due", "created", "updated", "completed")
        for side, lookup in (("after", f"{name}_at__gt"), ("before", f"{name}_at__lt"))
    },
}
