"""Staff: a superuser, and one who may only look."""

import pytest
from django.test import Client

from tests.colleagues import staff_with, superuser


@pytest.fixture
def boss(db: None) -> Client:
    return superuser()


@pytest.fixture
def onlooker(db: None) -> Client:
    return staff_with("view_task", "view_user")
