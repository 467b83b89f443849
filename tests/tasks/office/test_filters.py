"""The filters of the list of tasks, which has everybody's."""

import pytest

from apps.accounts.models import User
from tests.colleagues import staff_with
from tests.factories import TaskFactory


@pytest.mark.parametrize(
    ("tag", "titles"), [("home", {"Alice's", "Bob's"}), ("hom", set()), ("@ alice", set()), ("home\x1falice", set())]
)
def test_a_tag_is_found_with_everybody(tag: str, titles: set[str], alice: User, bob: User) -> None:
    TaskFactory.create(user=alice, title="Alice's", tags=["home", "work"])
    TaskFactory.create(user=alice, title="Another", tags=["work"])
    TaskFactory.create(user=bob, title="Bob's", tags=["home"])
    page = staff_with("view_task").get("/admin/tasks/task/", {"tag": tag})
    assert {task.title for task in page.context["cl"].result_list} == titles
