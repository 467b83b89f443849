"""In these tests the second factor is asked for, as in production."""

from typing import Any

import pytest

from apps.accounts.models import User
from tests.second_factor import enrolled


@pytest.fixture(autouse=True)
def _second_factor(settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = True


@pytest.fixture
def staff(db: None) -> User:
    """A superuser with an authenticator."""
    return enrolled(is_superuser=True)
