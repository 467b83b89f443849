"""Rows for tests."""

from typing import Any

import factory

from apps.accounts.models import User
from apps.tasks.models import Status, Task

PASSWORD = "a good long password"


class PersonFactory(factory.django.DjangoModelFactory):
    """Somebody whose tokens come from elsewhere."""

    class Meta:
        model = User

    subject = factory.Sequence(lambda number: f"person-{number}")
    name = factory.Faker("name")
    email = factory.Faker("email")


class TaskFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Task

    title = factory.Faker("sentence", nb_words=4)
    description = factory.Faker("text", max_nb_chars=200)
    status = Status.PENDING
    user = factory.SubFactory(PersonFactory)


def local_account(login: str = "local@example.com", **fields: Any) -> User:
    return User.objects.create_user(login, PASSWORD, **fields)
