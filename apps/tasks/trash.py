"""A person's deleted tasks, until they are gone for good."""

from apps.tasks import lists
from apps.tasks.lists import Page, Span
from apps.tasks.models import Task

# The latest first.
ORDERING = "-deleted_at"


def page(subject: str, span: Span) -> Page:
    return lists.page(Task.objects.owned_by(subject).trashed(), span)


def empty(subject: str) -> None:
    """For good; each task leaves its tombstone."""
    Task.objects.owned_by(subject).trashed().delete()
