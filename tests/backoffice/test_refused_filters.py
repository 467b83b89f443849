"""A filter that cannot be read matches no row and says so, on every list, and no action or export reaches a row."""

from html import unescape
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import Model
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.backoffice.lists import StrictChangeList
from apps.backoffice.models import Job, SavedView
from apps.backoffice.parameters import filters_of
from apps.tasks.models import Status, Task
from tests.colleagues import superuser
from tests.factories import TaskFactory
from tests.house.test_admin_pages import ROWS
from tests.tasks.office.pages import TASKS, listed, messages_of

pytestmark = pytest.mark.django_db

MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)
NOWHERE = {
    "foo": "bar",
    "status": "xyz",
    "pk__regex": "[",
    "_changelist_filters": "q=x",
    "": "1",
    "x\0": "\0",
}
SEARCHES = [",,,", "\u2013", "a\0b", " ".join("abcdefghijklmnopqrstuvwxyz"), '""', "'"]
SHOWN = ["p=99999", "p=-1", "p=x", f"p={'9' * 5000}", "o=x", "o=99.-98", "q=", "q=+", "e=1"]


def list_of(model: type[Model]) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def parameters(model: type[Model]) -> list[str]:
    """Of each filter of the list."""
    request: Any = None
    return [
        name for one in filters_of(admin.site.get_model_admin(model), request) for name in one.expected_parameters()
    ]


@pytest.fixture
def boss(db: None) -> Client:
    client = superuser()
    for make in ROWS.values():
        make()
    return client


def assert_refused(client: Client, model: type[Model], query: Any, name: str) -> None:
    answer = client.get(list_of(model), query)
    shown = unescape(answer.content.decode())
    changelist = answer.context["cl"]
    assert answer.status_code == 200
    assert [one.name for one in changelist.refused] == [name.replace("\0", "\ufffd")]
    assert (changelist.result_count, list(changelist.result_list)) == (0, [])
    assert 'role="alert"' in shown
    assert changelist.refused[0].advice in shown


@pytest.mark.parametrize("model", MODELS)
def test_each_list_refuses_what_it_cannot_read(model: type[Model]) -> None:
    request: Any = None
    assert issubclass(admin.site.get_model_admin(model).get_changelist(request), StrictChangeList)


@pytest.mark.parametrize("model", MODELS)
def test_a_filter_that_a_list_does_not_have_matches_nothing(boss: Client, model: type[Model]) -> None:
    for name, value in NOWHERE.items():
        assert_refused(boss, model, {name: value}, name)


@pytest.mark.parametrize("model", MODELS)
def test_a_value_that_a_filter_cannot_read_matches_nothing(boss: Client, model: type[Model]) -> None:
    for name in parameters(model):
        for value in ("x\0y", ["1", "2"]):
            assert_refused(boss, model, {name: value}, name)


@pytest.mark.parametrize("model", MODELS)
def test_an_odd_value_never_matches_every_row(boss: Client, model: type[Model]) -> None:
    """Where any text may be looked for, as a tag may, there is nothing to refuse; still it matches nothing."""
    for name in parameters(model):
        for value in ("urgent", "31.01.2099", "9" * 5000, " "):
            changelist = boss.get(list_of(model), {name: value}).context["cl"]
            assert (changelist.result_count, list(changelist.result_list)) == (0, []), (name, value)


@pytest.mark.parametrize("model", MODELS)
def test_a_search_for_nothing_that_can_be_found_matches_nothing(boss: Client, model: type[Model]) -> None:
    for text in (*SEARCHES, ["a", "b"]):
        assert_refused(boss, model, {"q": text}, "q")


@pytest.mark.parametrize("model", MODELS)
def test_how_rows_are_shown_chooses_none(boss: Client, model: type[Model]) -> None:
    usual = boss.get(list_of(model)).context["cl"]
    assert not usual.refused
    assert usual.result_count > 0
    for query in SHOWN:
        changelist = boss.get(f"{list_of(model)}?{query}").context["cl"]
        assert (changelist.refused, changelist.result_count) == ([], usual.result_count), query


# --- Tasks


BAD = [
    ("created_at_from=31.01.2099", "created_at_from", "2027-01-31"),
    ("completed_at_to=tomorrow", "completed_at_to", "2027-01-31"),
    ("trash=maybe", "trash", "no (Not in the trash), yes (In the trash)"),
    ("priority__exact=urgent", "priority__exact", "3 (Urgent)"),
    ("priority__exact=", "priority__exact", "3 (Urgent)"),
    ("status__exact=xyz", "status__exact", "in_progress (In progress)"),
    ("status__exact=pending&status__exact=completed", "status__exact", "one value"),
    ("status__exact=pending&status=xyz", "status", "It has: status__exact"),
    ("user__exact=nobody", "user__exact", "no person with this subject"),
    ("title__regex=[", "title__regex", "no such filter"),
    ("title__regex=.", "title__regex", "no such filter"),
    ("user__password__startswith=a", "user__password__startswith", "no such filter"),
    ("q=one two three four five six seven eight nine", "q", "8 at most"),
]


@pytest.fixture
def tasks(boss: Client, alice: User) -> list[Task]:
    Task.objects.all().delete()
    return [TaskFactory.create(user=alice, title=f"One two {number}") for number in range(3)]


@pytest.mark.parametrize(("query", "name", "advice"), BAD)
def test_what_is_allowed_is_said(boss: Client, tasks: list[Task], query: str, name: str, advice: str) -> None:
    assert_refused(boss, Task, QueryDict(query).dict() if query.count(name) < 2 else QueryDict(query), name)
    assert advice in unescape(boss.get(f"{TASKS}?{query}").content.decode())


@pytest.mark.parametrize(("query", "name", "advice"), BAD)
def test_no_action_reaches_a_row(boss: Client, tasks: list[Task], query: str, name: str, advice: str) -> None:
    for action, across in (("complete", "1"), ("move_to_trash", "0"), ("edit_many", "1"), ("delete_selected", "1")):
        body = {"action": action, "_selected_action": [tasks[0].pk], "select_across": across, "post": "yes"}
        told = messages_of(boss.post(f"{TASKS}?{query}", body, follow=True))
        assert "Nothing was changed." in told[0]
        assert name in told[0]
    assert Task.objects.filter(status=Status.PENDING, deleted_at=None).count() == 3
    assert not Job.objects.exists()


@pytest.mark.parametrize(("query", "name", "advice"), BAD)
def test_a_job_of_such_a_list_reaches_no_row(
    boss: Client, tasks: list[Task], query: str, name: str, advice: str
) -> None:
    owner = User.objects.get(login="boss@example.com")
    job = Job.objects.create(owner=owner, page="tasks.task", query=query, upper_id=2**62)
    page = f"{TASKS}bulk/{job.pk}/"
    shown = unescape(boss.get(page).content.decode())
    assert "This reaches no task." in shown
    assert advice in shown
    Job.objects.update(state="running", values={"status": "completed"})
    answer = boss.post(page, {"do": "step"})
    assert (answer.status_code, name in unescape(answer.content.decode())) == (400, True)
    assert Task.objects.filter(status=Status.PENDING).count() == 3


@pytest.mark.parametrize(("query", "name", "advice"), BAD)
def test_an_export_says_so(boss: Client, tasks: list[Task], query: str, name: str, advice: str) -> None:
    answer = boss.get(f"{TASKS}export/?format=csv&{query}")
    assert (answer.status_code, answer["Content-Type"]) == (400, "text/html; charset=utf-8")
    assert advice in unescape(answer.content.decode())


@pytest.mark.parametrize(("query", "name", "advice"), BAD)
def test_a_saved_view_says_so(boss: Client, tasks: list[Task], query: str, name: str, advice: str) -> None:
    owner = User.objects.get(login="boss@example.com")
    SavedView.objects.create(owner=owner, page="tasks.task", name="Old", query=query)
    page = boss.get(TASKS)
    assert f'href="{TASKS}?{query}" class="office-button"' in unescape(page.content.decode())
    answer = boss.post(f"{TASKS}views/save/", {"name": "New", "query": query}, follow=True)
    assert [one.name for one in answer.context["cl"].refused] == [name]


def test_a_form_that_was_left_empty_filters_nothing(boss: Client, tasks: list[Task]) -> None:
    empty = "tag=&created_at_from=&created_at_to=&completed_at_from=&completed_at_to=&user__exact="
    assert len(listed(boss, **QueryDict(empty).dict())) == 3
    # unfold's form repeats what its date inputs held before.
    assert boss.get(f"{TASKS}?{empty}&created_at_from=2999-01-01").context["cl"].result_count == 0
    assert boss.get(f"{TASKS}?created_at_from=2999-01-01&{empty}").context["cl"].result_count == 0


def test_the_form_of_the_other_filters_keeps_the_chosen_value(boss: Client, tasks: list[Task]) -> None:
    shown = boss.get(f"{TASKS}?status__exact=pending&trash=no").content.decode()
    form = shown.partition('id="filter-form"')[2].partition("</form>")[0]
    assert '<input type="hidden" name="status__exact" value="pending"' in form
    assert '<input type="hidden" name="trash" value="no"' in form


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "9999-12-31Z"])
@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_the_ends_of_the_calendar_are_days(boss: Client, tasks: list[Task], day: str, zone: str) -> None:
    boss.cookies["back_office_zone"] = zone
    assert len(listed(boss, created_at_from=day)) == (3 if day.startswith("0") else 0)
    assert len(listed(boss, created_at_to=day)) == (0 if day.startswith("0") else 3)


@pytest.mark.parametrize("across", ["2", "on", "true", "\0"])
def test_all_that_match_is_asked_for_in_one_way(boss: Client, tasks: list[Task], across: str) -> None:
    body = {"action": "complete", "_selected_action": [tasks[0].pk], "select_across": across}
    assert boss.post(TASKS, body).status_code == 400
    assert Task.objects.filter(status=Status.PENDING).count() == 3


def test_an_address_too_long_for_a_job_plans_none(boss: Client, tasks: list[Task]) -> None:
    body = {"action": "edit_many", "_selected_action": [tasks[0].pk], "select_across": "1"}
    answer = boss.post(f"{TASKS}?tag={'x' * 2000}", body, follow=True)
    assert not Job.objects.exists()
    assert "more than 2,000 characters" in " ".join(messages_of(answer))


@pytest.mark.parametrize("length", [1_990, 1_996, 2_000, 10_000])
def test_an_address_too_long_for_a_view_is_not_saved(boss: Client, length: int) -> None:
    answer = boss.post(f"{TASKS}views/save/", {"name": "Long", "query": f"q={'é' * length}"}, follow=True)
    assert not SavedView.objects.exists()
    assert "more than 2,000 characters" in " ".join(messages_of(answer)) or "2000" in " ".join(messages_of(answer))


def test_counts_agree_with_what_the_list_shows(boss: Client) -> None:
    """Of a list that offers counts beside its filters."""
    Group.objects.create(name="Another")
    page = boss.get("/admin/accounts/refusal/?_facets&proved__exact=maybe")
    assert page.context["cl"].result_count == 0
    assert "(1)" not in page.content.decode().partition('id="changelist-filter"')[2]


@pytest.mark.parametrize("query", ["user__exact=alice", "status__exact=pending", "open=day", "q=one"])
def test_what_the_pages_link_to_is_read(boss: Client, tasks: list[Task], query: str) -> None:
    assert boss.get(f"{TASKS}?{query}").context["cl"].result_count == 3


def test_people_of_the_overview_are_read(boss: Client) -> None:
    assert boss.get("/admin/accounts/user/?created_at__gte=2020-01-01+00:00:00Z").context["cl"].result_count > 0
    assert boss.get("/admin/accounts/user/?created_at__gte=2020-01-01+00:00:00").context["cl"].refused
