"""A restoration waits for whoever is writing the person, and then finds that it is not what was decided on."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections, transaction
from django.test import Client

from apps.accounts.models import User
from tests.accounts.restoring import restore_page
from tests.locks import await_waiting

pytestmark = pytest.mark.django_db(transaction=True)


def rename() -> None:
    User.objects.filter(pk="alice").update(name="By her token")


def delete() -> None:
    User.objects.get(pk="alice").delete()


@pytest.mark.parametrize(("write", "status", "left"), [(rename, 302, ["By her token"]), (delete, 404, [])])
def test_what_is_being_written_is_not_overwritten(
    boss: Client, renamed: User, write: Callable[[], None], status: int, left: list[str]
) -> None:
    path = restore_page(renamed, 0)
    seen = boss.get(path).context["seen"]

    def post() -> Any:
        try:
            return boss.post(path, {"seen": seen})
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            write()
            posted = pool.submit(post)
            await_waiting()
        assert posted.result().status_code == status
    assert list(User.objects.filter(pk="alice").values_list("name", flat=True)) == left
    assert not User.objects.filter(pk="alice", is_active=True).exists()
