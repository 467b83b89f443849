"""Two saves that reach the server at once: the second waits for the first, and is then compared with what it wrote."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.models import Group
from django.db import connections

from apps.accounts.models import User
from apps.tasks.models import Task
from tests.colleagues import superuser
from tests.forms import opened
from tests.locks import posted_during

pytestmark = pytest.mark.django_db(transaction=True)

ALICE = "/admin/accounts/user/alice/change/"


def page_of(task: Task) -> str:
    return f"/admin/tasks/task/{task.pk}/change/"


def test_what_is_being_written_stays(task: Task) -> None:
    client = superuser()
    form = opened(client, page_of(task))

    def write() -> None:
        Task.objects.filter(pk=task.pk).update(status="completed", description="A note")

    assert posted_during(write, client, page_of(task), {**form, "title": "Ann's title"}).status_code == 302
    stored = Task.objects.get(pk=task.pk)
    assert (stored.title, stored.status, stored.description) == ("Ann's title", "completed", "A note")


def test_the_same_field_that_is_being_written_is_asked_for(task: Task) -> None:
    client = superuser()
    form = opened(client, page_of(task))

    def write() -> None:
        Task.objects.filter(pk=task.pk).update(title="Ben's title")

    assert posted_during(write, client, page_of(task), {**form, "title": "Ann's title"}).status_code == 409
    assert Task.objects.get(pk=task.pk).title == "Ben's title"


def test_a_row_that_is_being_deleted_is_gone(task: Task) -> None:
    client = superuser()
    form = opened(client, page_of(task))
    answer = posted_during(task.delete, client, page_of(task), {**form, "title": "Ann's title"})
    assert (answer.status_code, "Ann&#x27;s title" in answer.content.decode()) == (404, True)
    assert not Task.objects.exists()


def test_a_person_who_is_being_erased_does_not_come_back(alice: User) -> None:
    client = superuser()
    form = opened(client, ALICE)
    assert posted_during(alice.delete, client, ALICE, {**form, "name": "Alicia"}).status_code == 404
    assert not User.objects.filter(pk="alice").exists()


def test_groups_that_are_being_given_stay(alice: User) -> None:
    client, team = superuser(), Group.objects.create(name="Team")
    form = opened(client, ALICE)

    def write() -> None:
        User.objects.select_for_update(no_key=True).get(pk="alice").groups.add(team)

    assert posted_during(write, client, ALICE, {**form, "name": "Alicia"}).status_code == 302
    assert (User.objects.get(pk="alice").name, alice.groups.get()) == ("Alicia", team)


@pytest.mark.parametrize("value", ["The same", "Another"])
def test_of_many_saves_at_once_none_is_lost(task: Task, value: str) -> None:
    """Each of eight colleagues has the form open; one field is everybody's own, the other is the same for all."""
    clients = [superuser(f"staff-{number}@example.com") for number in range(8)]
    forms = [opened(client, page_of(task)) for client in clients]

    def post(number: int) -> int:
        title = value if value == "The same" else f"{value} {number}"
        try:
            return clients[number].post(page_of(task), {**forms[number], "title": title}).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        answers = sorted(pool.map(post, range(8)))
    assert answers == ([302] * 8 if value == "The same" else [302] + [409] * 7)
    assert Task.objects.get(pk=task.pk).version == 2
