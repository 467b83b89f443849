"""A list without rows says what to do next: where rows come from, or how to see them again."""

from typing import Any

import pytest
from django.test import Client

from apps.accounts.admin import UserAdmin
from apps.accounts.models import Refusal, User
from apps.history.admin import ChangeAdmin
from apps.staff.actions import LogEntryAdmin
from tests.colleagues import staff_with, superuser

pytestmark = pytest.mark.django_db

BACK = '<a href="?" class="office-button office-primary">'
TASKS, PEOPLE = "/admin/tasks/task/", "/admin/accounts/user/"
HISTORY, REFUSALS = "/admin/history/change/", "/admin/accounts/refusal/"
ACTIONS = "/admin/admin/logentry/"


@pytest.fixture
def auditor() -> Client:
    return staff_with("view_task", "view_user", "view_change", "view_refusal")


@pytest.mark.parametrize(
    ("page", "heading", "advice"),
    [
        (TASKS, "No tasks yet", "import tasks does it here"),
        (REFUSALS, "No refusals yet", "appear here within"),
        (f"{TASKS}?q=nosuchtask", "No tasks match", "fewer or shorter words, or clear the search."),
        (f"{TASKS}?priority__exact=3", "No tasks match", "Take a filter away"),
        (f"{TASKS}?q=x&priority__exact=3", "No tasks match", "clear the search and the filters"),
        (f"{PEOPLE}?q=nobody", "No people match", "clear the search"),
        (f"{PEOPLE}?is_active__exact=0", "No people match", "Take a filter away"),
        (f"{HISTORY}?who=nobody", "No changes match", "Take a filter away"),
        (f"{REFUSALS}?proved__exact=1", "No refusals match", "Take a filter away"),
    ],
)
def test_it_says_what_to_do(auditor: Client, page: str, heading: str, advice: str) -> None:
    shown = auditor.get(page).content.decode()
    assert heading in shown
    assert advice in shown
    assert (f"{BACK}Show all" in shown) == ("?" in page)
    assert "No results found" not in shown


@pytest.mark.parametrize(
    ("model_admin", "page", "heading", "advice"),
    [
        (UserAdmin, PEOPLE, "No people yet", "when they first sign in to their application"),
        (ChangeAdmin, HISTORY, "No changes yet", "appears here by itself"),
        (LogEntryAdmin, ACTIONS, "No log entries yet", "Each step that staff take"),
    ],
)
def test_it_says_where_the_first_rows_come_from(
    monkeypatch: pytest.MonkeyPatch, model_admin: Any, page: str, heading: str, advice: str
) -> None:
    """Whoever looks is a person with a history, so that these two are never quite empty: as if they were."""
    client = superuser()
    monkeypatch.setattr(model_admin, "get_queryset", lambda self, request: self.model.objects.none())
    shown = client.get(page).content.decode()
    assert heading in shown
    assert advice in shown


def test_nobody_is_sent_to_a_page_that_they_may_not_open(auditor: Client) -> None:
    assert "/add/" not in auditor.get(TASKS).content.decode()
    assert f"{TASKS}add/" in staff_with("view_task", "add_task", login="adder@example.com").get(TASKS).content.decode()


def test_columns_alone_are_no_filter(auditor: Client) -> None:
    assert "No tasks yet" in auditor.get(f"{TASKS}?columns=due").content.decode()


def test_rows_have_no_such_words(auditor: Client, alice: User) -> None:
    Refusal.objects.create(subject="alice", proved=True, reason="expired", times=1)
    for page in (PEOPLE, REFUSALS, HISTORY):
        assert "nothing-here" not in auditor.get(page).content.decode()
