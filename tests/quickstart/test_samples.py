"""An empty database gets a login and some tasks, once; one with people in it is left alone."""

import pytest

from apps.accounts.models import User
from apps.quickstart.samples import SAMPLE_SUBJECT, SAMPLE_TASKS, STAFF_LOGIN, fill_empty_database
from apps.tasks.models import Task

pytestmark = pytest.mark.django_db


def test_an_empty_database_is_filled() -> None:
    password = fill_empty_database()
    assert password is not None
    staff = User.objects.get(login=STAFF_LOGIN)
    assert staff.check_password(password)
    assert staff.is_staff
    assert staff.is_superuser
    tasks = Task.objects.owned_by(SAMPLE_SUBJECT)
    assert [(task.title, task.status) for task in tasks] == list(SAMPLE_TASKS)


def test_the_sample_person_cannot_sign_in() -> None:
    fill_empty_database()
    alice = User.objects.get(subject=SAMPLE_SUBJECT)
    assert not alice.has_usable_password()
    assert (alice.is_staff, alice.is_superuser, alice.login) == (False, False, None)


def test_the_second_time_nothing_happens() -> None:
    fill_empty_database()
    assert fill_empty_database() is None
    assert (User.objects.count(), Task.objects.count()) == (2, len(SAMPLE_TASKS))


def test_passwords_differ() -> None:
    first = fill_empty_database()
    User.objects.all().delete()
    assert first != fill_empty_database()


@pytest.mark.usefixtures("bob")
def test_people_are_left_alone() -> None:
    assert fill_empty_database() is None
    assert (User.objects.count(), Task.objects.count()) == (1, 0)
