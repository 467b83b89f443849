"""What a newcomer finds in an empty database: a staff login, and a person with some tasks."""

import secrets

from django.db import transaction

from apps.accounts.models import User
from apps.tasks.models import Status, Task

STAFF_LOGIN = "admin@example.com"
SAMPLE_SUBJECT = "alice"
SAMPLE_TASKS = (
    ("Read the tour of the API in the README", Status.COMPLETED),
    ("Create a task with the curl line", Status.IN_PROGRESS),
    ("Find it in the back office", Status.PENDING),
)


@transaction.atomic
def fill_empty_database() -> str | None:
    """Makes the staff login and the sample tasks where there is nobody yet. Returns the login's new password."""
    if User.objects.exists():
        return None
    password = secrets.token_urlsafe(12)
    User.objects.create_superuser(STAFF_LOGIN, password, name="Staff")
    person = User(subject=SAMPLE_SUBJECT, name="Alice Example", email="alice@example.com")
    person.set_unusable_password()
    person.save(force_insert=True)
    for title, status in SAMPLE_TASKS:
        Task.objects.create(user=person, title=title, status=status)
    return password
