"""What was changed, by whom, when and by which request. Written by triggers, and by nothing else."""

from typing import Self

from django.contrib.auth import get_user_model
from django.contrib.postgres.indexes import HashIndex
from django.db import models
from django.db.models import OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, Now, NullIf


class Kind(models.TextChoices):
    TASK = "task", "Task"
    PERSON = "person", "Person"


class Operation(models.TextChoices):
    CREATE = "create", "Created"
    UPDATE = "update", "Changed"
    DELETE = "delete", "Deleted"
    ERASE = "erase", "Erased"


class ChangeQuerySet(models.QuerySet["Change"]):
    def of_task(self, number: int | str) -> Self:
        return self.filter(kind=Kind.TASK, object_id=str(number))

    def made_by(self, *subjects: str) -> Self:
        """By the API people change only what is theirs, so that the index by owner serves and none by actor is kept."""
        return self.filter(Q(owner__in=subjects, source="api") | (Q(actor__in=subjects) & ~Q(source="api")))

    def with_names(self) -> Self:
        """`actor_name` and `owner_name`, by name, else by e-mail address; None of who was erased."""
        people = get_user_model()._default_manager
        name = Coalesce(NullIf("name", Value("")), NullIf("email", Value("")))
        return self.annotate(
            **{
                f"{whose}_name": Subquery(people.filter(pk=OuterRef(whose)).values(told=name)[:1])
                for whose in ("actor", "owner")
            }
        )


class Change(models.Model):
    """One row that one statement changed, with the changed columns before and after."""

    at = models.DateTimeField("when", db_default=Now(), editable=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    object_id = models.CharField("number or subject", max_length=255)
    operation = models.CharField("what", max_length=10, choices=Operation.choices)
    # `api`, `admin`, `import`, `bulk`, `command:<name>`; `sql` where the statement had no note.
    source = models.CharField(max_length=50)
    # Subjects, not foreign keys: what a person did outlives their record.
    actor = models.CharField("who", max_length=255, null=True)
    owner = models.CharField("whose", max_length=255, null=True)
    request_id = models.CharField("request", max_length=64, null=True)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    objects = ChangeQuerySet.as_manager()

    class Meta:
        ordering = ("-at", "-id")
        # Every write of the API pays for the first four; the partial ones cost it nothing.
        indexes = (
            # The auditor's list and the purge: SELECT … ORDER BY at DESC, id DESC; DELETE … WHERE at < ?
            models.Index(fields=["at", "id"], name="history_change_at"),
            # One task's or person's history.
            models.Index(fields=["kind", "object_id", "id"], name="history_change_object"),
            # What belongs to one person, and what they did to it: made_by(), the erasure.
            models.Index(fields=["owner", "at", "id"], name="history_change_owner"),
            # SELECT … WHERE request_id = ?: random as they are, a hash of four bytes is the cheapest to keep.
            HashIndex(fields=["request_id"], name="history_change_request"),
            models.Index(fields=["actor", "at", "id"], name="history_change_actor", condition=~Q(source="api")),
            models.Index(fields=["at", "id"], name="history_change_source", condition=~Q(source="api")),
            models.Index(fields=["at", "id"], name="history_change_person", condition=Q(kind="person")),
            models.Index(
                fields=["at", "id"], name="history_change_gone", condition=Q(operation__in=["delete", "erase"])
            ),
        )

    @property
    def has_before(self) -> bool:
        return self.before is not None

    @property
    def has_after(self) -> bool:
        return self.after is not None

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.object_id}: {self.get_operation_display().lower()}"
