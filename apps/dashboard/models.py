"""What happened on each day that is over, counted once: the front page reads sixty rows in place of a million."""

from django.db import models


class Day(models.Model):
    """A day of UTC, as it was counted when somebody first looked behind its end."""

    day = models.DateField(primary_key=True)
    tasks_created = models.IntegerField()
    tasks_completed = models.IntegerField()
    people_created = models.IntegerField()

    def __str__(self) -> str:
        return self.day.isoformat()
