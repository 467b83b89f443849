"""Rows for tests."""

from typing import Any

from factory.declarations import Sequence, SubFactory
from factory.django import DjangoModelFactory
from factory.faker import Faker

from apps.accounts.models import User
from apps.tasks.models import Status, Task

PASSWORD = "a good long password"


class PersonFactory(DjangoModelFactory[User]):
    """Somebody whose tokens come from elsewhere."""

    class Meta:
        model = User

    subject = Sequence(lambda number: f"person-{number}")
    name = Faker("name")
    email = Faker("email")


class TaskFactory(DjangoModelFactory[Task]):
    class Meta:
        model = Task

    title = Faker("sentence", nb_words=4)
    description = Faker("text", max_nb_chars=200)
    status = Status.PENDING
    user = SubFactory(PersonFactory)


def local_account(login: str = "local@example.com", **fields: Any) -> User:
    return User.objects.create_user(login, PASSWORD, **fields)
