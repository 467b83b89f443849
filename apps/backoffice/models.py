"""What staff keep in the back office: views of lists, and long work that is under way."""

import uuid
from typing import Self

from django.conf import settings
from django.contrib.auth.models import Group
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def seen_by(self, subject: str, page: str) -> Self:
        """Their own, and those that are shared with a group of theirs."""
        groups = Group.objects.filter(user=subject)
        return self.filter(Q(owner=subject) | Q(group__in=groups), page=page).select_related("owner", "group")


class SavedView(models.Model):
    """A list as somebody wants to see it again: filters, order and columns, all in its query."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views")
    group = models.ForeignKey(
        Group, on_delete=models.CASCADE, null=True, blank=True, verbose_name="shared with", related_name="+"
    )
    # The list's model, such as "tasks.task".
    page = models.CharField(max_length=100)
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=2000, blank=True)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        ordering = ("name", "id")
        constraints = (models.UniqueConstraint(fields=["owner", "page", "name"], name="backoffice_savedview_name"),)

    def __str__(self) -> str:
        return self.name


class JobState(models.TextChoices):
    DRAFT = "draft", "Not started"
    RUNNING = "running", "Running"
    STOPPED = "stopped", "Stopped"
    FINISHED = "finished", "Finished"


class Job(models.Model):
    """Long work on rows of a list, done batch by batch by small requests of the page that shows it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # None where any colleague with the right to it may go on, and the work is kept until it is finished.
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="jobs")
    page = models.CharField(max_length=100)
    # The rows: those chosen one by one, or all that the list's query finds, up to the newest when the work was planned.
    chosen = ArrayField(models.BigIntegerField(), null=True)
    query = models.CharField(max_length=2000, blank=True)
    upper_id = models.BigIntegerField()
    # What is to be written.
    values = models.JSONField(default=dict)

    state = models.CharField(max_length=10, choices=JobState.choices, default=JobState.DRAFT)
    expected = models.BigIntegerField(default=0)
    # The last row that was looked at: work goes on behind it.
    last_id = models.BigIntegerField(default=0)
    seen = models.BigIntegerField(default=0)
    changed = models.BigIntegerField(default=0)
    refused = models.BigIntegerField(default=0)
    # What there is to say of the rows that were refused.
    report = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        # Those of one person that can go on, newest first.
        indexes = (models.Index(fields=["owner", "-created_at"], name="backoffice_job_owner"),)

    def __str__(self) -> str:
        return f"{self.get_state_display()}: {self.changed} changed"
