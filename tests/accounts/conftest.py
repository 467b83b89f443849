"""Staff: a superuser, a colleague, and one who may change and deactivate people."""

import pytest
from django.test import Client

from apps.accounts import services
from apps.accounts.models import User
from tests.accounts.office import signed_in
from tests.colleagues import staff_with
from tests.factories import local_account


@pytest.fixture
def boss_account() -> User:
    return local_account("boss@example.com", is_staff=True, is_superuser=True)


@pytest.fixture
def boss(boss_account: User) -> Client:
    return signed_in(boss_account)


@pytest.fixture
def colleague() -> User:
    return local_account("colleague@example.com", is_staff=True)


@pytest.fixture
def careful() -> Client:
    return staff_with("view_user", "change_user", "deactivate_user", "erase_user")


@pytest.fixture
def renamed(alice: User) -> User:
    """First Alice, then Alicia, and deactivated at last."""
    User.objects.filter(pk="alice").update(name="Alicia")
    services.deactivate(["alice"], "Fraud")
    return User.objects.get(pk="alice")


@pytest.fixture
def moved() -> User:
    """A local account whose login was changed."""
    person = local_account("old@example.com", name="Old")
    User.objects.filter(pk=person.pk).update(login="new@example.com", email="new@example.com", name="New")
    return User.objects.get(pk=person.pk)
