"""The cast: Alice owns tasks, Bob owns others, Carol is deactivated."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, settings
from rest_framework.test import APIClient

from apps.accounts.gate import gate
from apps.accounts.journal import journal
from apps.accounts.models import User
from apps.accounts.roster import roster
from apps.accounts.verifiers import memory
from apps.tasks.models import Task
from config.database import database_name
from tests.factories import PersonFactory, TaskFactory
from tests.servers import Gunicorn, end_sessions
from tests.tokens import shared_secret_token

# The gate tries the same examples each time. `--hypothesis-profile=default` draws others.
settings.register_profile(
    "gate",
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
settings.load_profile("gate")

NO_TRUNCATE = {
    "backoffice_log_no_truncate": "django_admin_log",
    "history_change_no_truncate": "history_change",
    "history_person_no_truncate": "accounts_user",
    "history_task_no_truncate": "tasks_task",
}


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Tests of transactions empty the tables behind them, which these triggers exist to refuse."""
    name = connection.settings_dict["NAME"]
    # Where no test of the run asks for a database, none was made, and this is the one that DATABASE_URL names.
    if name == database_name(os.environ["DATABASE_URL"]):
        yield
        return
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        for trigger, table in NO_TRUNCATE.items():
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")
    yield
    connection.close()
    end_sessions(name)


@pytest.fixture(autouse=True)
def _strangers_to_this_process() -> Iterator[None]:
    """What a process remembers of people must not outlive the rows of a test."""
    for forget in (roster.forget_everyone, memory.forget_all, gate.open_all, journal.forget):
        forget()
    yield
    roster.forget_everyone()


@pytest.fixture(autouse=True)
def _fast_passwords(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["tests.hashers.Hasher"]


@pytest.fixture
def alice(db: None) -> User:
    return PersonFactory.create(subject="alice", name="Alice", email="alice@example.com")


@pytest.fixture
def bob(db: None) -> User:
    return PersonFactory.create(subject="bob", name="Bob", email="bob@example.com")


@pytest.fixture
def carol(db: None) -> User:
    return PersonFactory.create(subject="carol", name="Carol", email="carol@example.com", is_active=False)


@pytest.fixture
def task(alice: User) -> Task:
    return TaskFactory.create(user=alice, title="Alice's task")


@pytest.fixture
def bobs_task(bob: User) -> Task:
    return TaskFactory.create(user=bob, title="Bob's task")


def client_for(subject: str) -> APIClient:
    client = APIClient(raise_request_exception=False)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {shared_secret_token(subject)}")
    return client


@pytest.fixture
def api(alice: User) -> APIClient:
    """Alice's client, already known to the process."""
    client = client_for("alice")
    assert client.get("/api/auth/me").status_code == 200
    return client


@pytest.fixture
def anonymous() -> APIClient:
    return APIClient(raise_request_exception=False)


@pytest.fixture(scope="session")
def live(django_db_setup: None, django_db_blocker: Any) -> Iterator[Gunicorn]:
    """The real server, two workers, on a database of its own."""
    with django_db_blocker.unblock(), Gunicorn() as server:
        yield server
