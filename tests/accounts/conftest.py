"""Staff: a superuser, a colleague, and one who may change and deactivate people."""

import pytest
from django.test import Client

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
