"""Members of staff, signed in."""

from django.contrib.auth.models import Permission
from django.test import Client

from tests.factories import local_account


def superuser(login: str = "boss@example.com") -> Client:
    client = Client()
    client.force_login(local_account(login, is_staff=True, is_superuser=True))
    return client


def staff_with(*rights: str, login: str = "staff@example.com") -> Client:
    """`rights` are names of permissions, such as view_task."""
    person = local_account(login, is_staff=True)
    person.user_permissions.set(Permission.objects.filter(codename__in=rights))
    assert person.user_permissions.count() == len(rights)
    client = Client()
    client.force_login(person)
    return client
