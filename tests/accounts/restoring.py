"""Earlier states of people, as staff restore them in the tests."""

from typing import Any

from django.contrib.admin.utils import quote
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.history.models import Change


def restore_page(person: User, state: int) -> str:
    """Of the person's states, counted from the first."""
    change = Change.objects.of_person(person.pk).order_by("id")[state]
    return reverse("admin:accounts_user_restore", args=[quote(person.pk), change.pk])


def shown(client: Client, person: User, state: int) -> dict[str, tuple[str | None, str | None]]:
    lines = client.get(restore_page(person, state)).context["lines"]
    return {line.field: (line.before, line.after) for line in lines}


def remarks(client: Client, person: User, state: int) -> str:
    return " ".join(client.get(restore_page(person, state)).context["remarks"])


def restored(client: Client, person: User, state: int, **more: str) -> Any:
    path = restore_page(person, state)
    return client.post(path, {"seen": client.get(path).context["seen"], **more}, follow=True)
