"""The tags that a person uses."""

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Count, F, Func

from apps.tasks.models import Task


def most_used(subject: str, limit: int, using: str = DEFAULT_DB_ALIAS) -> list[tuple[str, int]]:
    """Each tag and on how many of the subject's tasks it is, the most used first, then by name."""
    tags = Task.objects.using(using).owned_by(subject).alive().exclude(tags=[]).order_by()
    counts = tags.values(tag=Func(F("tags"), function="unnest")).annotate(count=Count("id")).order_by("-count", "tag")
    return list(counts.values_list("tag", "count")[:limit])
