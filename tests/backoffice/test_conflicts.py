"""Two people edit one row at once: what only one of them changed is kept, and what both changed is asked for."""

from collections.abc import Callable
from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.core import signing
from django.test import Client
from rest_framework.test import APIClient

from apps.accounts import services
from apps.accounts.claims import Claims
from apps.accounts.models import User
from apps.history.models import Change
from apps.tasks.models import Task
from tests.colleagues import staff_with, superuser
from tests.factories import local_account
from tests.forms import opened, save, sendable, untouched

pytestmark = pytest.mark.django_db

KEPT = "Since you opened the page, somebody else changed: {}. Their changes were kept."
ALICE = "/admin/accounts/user/alice/change/"


@pytest.fixture
def ann(db: None) -> Client:
    client = superuser("ann@example.com")
    User.objects.filter(login="ann@example.com").update(name="Ann")
    return client


@pytest.fixture
def ben(db: None) -> Client:
    client = superuser("ben@example.com")
    User.objects.filter(login="ben@example.com").update(name="Ben")
    return client


def page_of(task: Task) -> str:
    return f"/admin/tasks/task/{task.pk}/change/"


def values(row: Any, *names: str) -> tuple[Any, ...]:
    return tuple(type(row).objects.filter(pk=row.pk).values_list(*names).get())


def text_of(answer: Any) -> str:
    return " ".join(unescape(answer.content.decode()).split())


def messages_of(answer: Any) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def in_conflict(answer: Any) -> dict[str, tuple[list[str], list[str]]]:
    """Labels of the fields that the page asks for, with both values."""
    assert answer.status_code == 409
    return {
        one.label: ([line for line, _ in one.mine], [line for line, _ in one.theirs])
        for one in answer.context["differences"]
    }


def chosen(client: Client, path: str, answer: Any, **choices: str) -> Any:
    """Sends the page of a conflict with `choices`, mine or theirs, by field."""
    body = sendable(untouched(answer.content.decode(), "conflict_form"))
    return client.post(path, {**body, **{f"_choice-{name}": choice for name, choice in choices.items()}}, follow=True)


# --- What only one of them changed


def test_what_one_changed_is_saved_and_what_the_other_changed_stays(ann: Client, ben: Client, task: Task) -> None:
    path = page_of(task)
    form = opened(ann, path)
    save(ben, path, status="completed", description="A note")
    answer = ann.post(path, {**form, "title": "Ann's title"}, follow=True)
    assert values(task, "title", "status", "description") == ("Ann's title", "completed", "A note")
    assert KEPT.format("Description, Status") in messages_of(answer)


def test_what_is_on_record_is_what_each_changed(ann: Client, ben: Client, task: Task) -> None:
    form = opened(ann, page_of(task))
    save(ben, page_of(task), status="completed")
    ann.post(page_of(task), {**form, "title": "Ann's title"})
    entries = LogEntry.objects.order_by("pk")
    assert [entry.get_change_message() for entry in entries] == ["Changed Status.", "Changed Title."]
    last = Change.objects.of_task(task.pk).latest("id")
    assert (last.before, last.after) == ({"title": "Alice's task"}, {"title": "Ann's title"})


def test_a_call_of_the_api_meanwhile_stays(ann: Client, api: APIClient, task: Task) -> None:
    form = opened(ann, page_of(task))
    assert api.patch(f"/api/tasks/{task.pk}", {"status": "completed", "tags": ["home"]}).status_code == 200
    assert ann.post(page_of(task), {**form, "title": "Ann's title"}).status_code == 302
    assert values(task, "title", "status", "tags") == ("Ann's title", "completed", ["home"])


def test_a_save_of_staff_fails_the_precondition_of_the_api(ann: Client, api: APIClient, task: Task) -> None:
    tag = api.get(f"/api/tasks/{task.pk}")["ETag"]
    save(ann, page_of(task), title="Ann's title")
    assert api.patch(f"/api/tasks/{task.pk}", {"title": "Alice's"}, headers={"If-Match": tag}).status_code == 412
    assert values(task, "title") == ("Ann's title",)


def test_an_untouched_form_puts_nothing_back(ann: Client, ben: Client, task: Task) -> None:
    form = opened(ann, page_of(task))
    save(ben, page_of(task), title="Ben's title", due_at_0="2026-05-06", due_at_1="07:08:09", tags="one\ntwo")
    before = Task.objects.values().get(pk=task.pk)
    assert ann.post(page_of(task), form).status_code == 302
    assert Task.objects.values().get(pk=task.pk) == before


def test_what_is_not_touched_is_not_validated(ann: Client, ben: Client, task: Task) -> None:
    """A due time in the hour that occurs twice, with microseconds, is what it was."""
    due = datetime(2026, 10, 25, 1, 30, 0, 123456, tzinfo=UTC)
    Task.objects.filter(pk=task.pk).update(due_at=due)
    ann.cookies["back_office_zone"] = "Europe/Berlin"
    assert save(ann, page_of(task), title="Ann's title").status_code == 302
    assert values(task, "title", "due_at") == ("Ann's title", due)


def test_the_same_value_is_no_conflict(ann: Client, ben: Client, task: Task) -> None:
    forms = [opened(client, page_of(task)) for client in (ann, ben)]
    for client, form in zip((ann, ben), forms, strict=True):
        assert client.post(page_of(task), {**form, "title": "The same"}).status_code == 302
    assert values(task, "title", "version") == ("The same", 2)


def test_a_form_that_is_sent_twice_is_no_conflict(ann: Client, task: Task) -> None:
    """A double click, or back and again."""
    form = {
        **opened(ann, page_of(task)),
        "title": "Twice",
        "tags": "b\na",
        "due_at_0": "2026-05-06",
        "due_at_1": "07:08",
    }
    for _ in range(2):
        answer = ann.post(page_of(task), form, follow=True)
        assert not any("somebody else" in message for message in messages_of(answer))
    assert values(task, "title", "tags", "version") == ("Twice", ["b", "a"], 2)


def test_who_goes_on_editing_saves_again(ann: Client, ben: Client, task: Task) -> None:
    answer = save(ann, page_of(task), title="One", _continue="1")
    assert answer["Location"] == page_of(task)
    save(ben, page_of(task), priority="3")
    assert save(ann, page_of(task), title="Two", _continue="1").status_code == 302
    assert values(task, "title", "priority") == ("Two", 3)


def test_a_move_to_the_trash_meanwhile_is_told(ann: Client, api: APIClient, task: Task) -> None:
    form = opened(ann, page_of(task))
    assert api.delete(f"/api/tasks/{task.pk}").status_code == 204
    answer = ann.post(page_of(task), {**form, "title": "Ann's title"}, follow=True)
    assert KEPT.format("In the trash since") in messages_of(answer)
    assert Task.objects.get(pk=task.pk).deleted_at is not None


# --- What both changed


def conflict(ann: Client, ben: Client, task: Task, **edited: Any) -> Any:
    """Both change the title, and Ben the status too."""
    form = opened(ann, page_of(task))
    save(ben, page_of(task), title="Ben's <title>", status="completed")
    return ann.post(page_of(task), {**form, "title": "Ann's title", **edited})


def test_what_both_changed_is_shown_and_not_saved(ann: Client, ben: Client, task: Task) -> None:
    answer = conflict(ann, ben, task, priority="3")
    assert in_conflict(answer) == {"Title": (["Ann's title"], ["Ben's <title>"])}
    page = text_of(answer)
    assert "Ben's &lt;title&gt;" in " ".join(answer.content.decode().replace("&#x27;", "'").split())
    assert "Changed by Ben, <time" in page
    assert "Your other changes are saved too: Priority." in page
    assert "Their other changes are kept: Status." in page
    assert values(task, "title", "status", "priority") == ("Ben's <title>", "completed", 1)
    assert LogEntry.objects.count() == 1


@pytest.mark.parametrize(("choice", "title"), [("mine", "Ann's title"), ("theirs", "Ben's <title>")])
def test_the_chosen_value_is_kept_with_all_else(ann: Client, ben: Client, task: Task, choice: str, title: str) -> None:
    answer = chosen(ann, page_of(task), conflict(ann, ben, task, priority="3"), title=choice)
    assert answer.redirect_chain == [("/admin/tasks/task/", 302)]
    assert values(task, "title", "status", "priority") == (title, "completed", 3)


def test_each_field_is_chosen_by_itself(ann: Client, ben: Client, task: Task) -> None:
    form = opened(ann, page_of(task))
    theirs = {"title": "Ben's", "description": "Ben's\nlines", "tags": "a\nb", "status": "completed", "priority": "0"}
    save(ben, page_of(task), **theirs, due_at_0="2026-01-02", due_at_1="03:04:05")
    mine = {"title": "Ann's", "description": "Ann's", "tags": "b\nc", "status": "in_progress", "priority": "3"}
    answer = ann.post(page_of(task), {**form, **mine, "due_at_0": "2027-01-02", "due_at_1": "03:04:05"})
    asked = in_conflict(answer)
    assert list(asked) == ["Title", "Description", "Status", "Priority", "Due", "Tags"]
    assert asked["Status"] == (["In progress"], ["Completed"])
    assert asked["Priority"] == (["Urgent"], ["Low"])
    assert asked["Tags"] == (["b", "c"], ["a", "b"])
    assert asked["Due"] == (["2027-01-02 03:04:05+00:00"], ["2026-01-02 03:04:05+00:00"])
    choices = dict.fromkeys(("title", "status", "tags"), "mine") | dict.fromkeys(
        ("description", "priority", "due_at"), "theirs"
    )
    chosen(ann, page_of(task), answer, **choices)
    assert values(task, "title", "status", "tags") == ("Ann's", "in_progress", ["b", "c"])
    assert values(task, "description", "priority", "due_at") == (
        "Ben's\nlines",
        0,
        datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    )


def test_what_is_taken_away_is_a_change_too(ann: Client, ben: Client, task: Task) -> None:
    form = opened(ann, page_of(task))
    save(ben, page_of(task), description="")
    answer = ann.post(page_of(task), {**form, "description": "Ann's"})
    assert in_conflict(answer) == {"Description": (["Ann's"], ["(empty)"])}


@pytest.mark.parametrize("choices", [{}, {"title": "both"}, {"title": ""}, {"status": "mine"}], ids=str)
def test_nothing_is_saved_without_a_choice(ann: Client, ben: Client, task: Task, choices: dict[str, str]) -> None:
    answer = chosen(ann, page_of(task), conflict(ann, ben, task), **choices)
    assert list(in_conflict(answer)) == ["Title"]
    assert values(task, "title") == ("Ben's <title>",)


@pytest.mark.parametrize("choice", ["mine", "theirs"])
def test_a_choice_is_asked_for_again_where_the_row_changed_again(
    ann: Client, ben: Client, task: Task, choice: str
) -> None:
    answer = conflict(ann, ben, task)
    save(ben, page_of(task), title="Ben's third")
    answer = chosen(ann, page_of(task), answer, title=choice)
    assert in_conflict(answer) == {"Title": (["Ann's title"], ["Ben's third"])}
    assert values(task, "title") == ("Ben's third",)
    chosen(ann, page_of(task), answer, title="mine")
    assert values(task, "title") == ("Ann's title",)


def test_what_changes_while_one_chooses_stays(ann: Client, ben: Client, task: Task) -> None:
    answer = conflict(ann, ben, task)
    save(ben, page_of(task), description="Written meanwhile")
    chosen(ann, page_of(task), answer, title="mine")
    assert values(task, "title", "description") == ("Ann's title", "Written meanwhile")


def test_one_goes_on_editing_after_a_conflict(ann: Client, ben: Client, task: Task) -> None:
    answer = chosen(ann, page_of(task), conflict(ann, ben, task, _continue="1"), title="mine")
    assert answer.redirect_chain == [(page_of(task), 302)]


def test_the_filters_of_the_list_survive_a_conflict(ann: Client, ben: Client, task: Task) -> None:
    form = opened(ann, page_of(task))
    save(ben, page_of(task), title="Ben's")
    path = page_of(task) + "?_changelist_filters=status__exact%3Dpending"
    answer = chosen(ann, path, ann.post(path, {**form, "title": "Ann's"}), title="mine")
    assert answer.redirect_chain == [("/admin/tasks/task/?status__exact=pending", 302)]


# --- People and groups


def test_a_person_is_merged_field_by_field(ann: Client, ben: Client, alice: User) -> None:
    team, other = Group.objects.create(name="Team"), Group.objects.create(name="Other")
    form = opened(ann, ALICE)
    save(ben, ALICE, is_staff="on", groups=[team.pk, other.pk])
    answer = ann.post(ALICE, {**form, "name": "Alicia"}, follow=True)
    assert values(alice, "name", "is_staff") == ("Alicia", True)
    assert set(alice.groups.all()) == {team, other}
    assert KEPT.format("Staff, Groups") in messages_of(answer)
    assert LogEntry.objects.latest("pk").get_change_message() == "Changed Name."


@pytest.mark.parametrize(("choice", "left"), [("mine", {"Other", "Third"}), ("theirs", {"Team", "Other"})])
def test_groups_that_both_changed_are_asked_for(
    ann: Client, ben: Client, alice: User, choice: str, left: set[str]
) -> None:
    team, other, third = (Group.objects.create(name=name) for name in ("Team", "Other", "Third"))
    alice.groups.set([team])
    form = opened(ann, ALICE)
    save(ben, ALICE, groups=[team.pk, other.pk])
    answer = ann.post(ALICE, {**form, "groups": [other.pk, third.pk]})
    assert in_conflict(answer) == {"Groups": (["Other", "Third"], ["Other", "Team"])}
    assert "Changed by Ben, <time" in text_of(answer)
    assert set(alice.groups.all()) == {team, other}
    chosen(ann, ALICE, answer, groups=choice)
    assert set(alice.groups.values_list("name", flat=True)) == left


def test_all_groups_and_rights_are_taken_away_meanwhile(ann: Client, ben: Client, alice: User) -> None:
    alice.groups.set([Group.objects.create(name="Team")])
    alice.user_permissions.set(Permission.objects.all()[:3])
    form = opened(ann, ALICE)
    save(ben, ALICE, groups=None, user_permissions=None)
    assert ann.post(ALICE, {**form, "name": "Alicia"}).status_code == 302
    assert not alice.groups.exists()
    assert not alice.user_permissions.exists()


def test_a_box_that_one_cleared_stays_cleared(ann: Client, ben: Client, alice: User) -> None:
    User.objects.filter(pk="alice").update(is_staff=True)
    form = opened(ann, ALICE)
    save(ben, ALICE, is_staff=None)
    ann.post(ALICE, {**form, "name": "Alicia"})
    assert values(alice, "is_staff", "name") == (False, "Alicia")


def test_a_name_that_a_token_told_meanwhile_is_a_conflict(ann: Client, alice: User) -> None:
    form = opened(ann, ALICE)
    services.update_profile(Claims("alice", "alice@example.com", "By her token", issued_at=0, expires_at=0))
    answer = ann.post(ALICE, {**form, "name": "By staff"})
    assert in_conflict(answer) == {"Name": (["By staff"], ["By her token"])}


def test_a_login_that_both_changed_is_asked_for_with_its_address(ann: Client, ben: Client) -> None:
    person = local_account("old@example.com")
    path = f"/admin/accounts/user/{person.pk.replace('_', '_5F').replace(':', '_3A')}/change/"
    form = opened(ann, path)
    save(ben, path, login="ben@elsewhere.example")
    answer = ann.post(path, {**form, "login": "ann@elsewhere.example"})
    assert list(in_conflict(answer)) == ["Login"]
    assert values(person, "login", "email") == ("ben@elsewhere.example",) * 2
    chosen(ann, path, answer, login="mine")
    assert values(person, "login", "email") == ("ann@elsewhere.example",) * 2


def test_a_sign_in_meanwhile_is_no_conflict(ann: Client, alice: User) -> None:
    form = opened(ann, ALICE)
    User.objects.filter(pk="alice").update(last_login=datetime(2026, 1, 2, tzinfo=UTC), signed_out_at=None)
    answer = ann.post(ALICE, {**form, "name": "Alicia"}, follow=True)
    assert not any("somebody else" in message for message in messages_of(answer))
    assert values(alice, "name") == ("Alicia",)


def test_a_deactivation_meanwhile_stays_and_is_told(ann: Client, alice: User) -> None:
    form = opened(ann, ALICE)
    services.deactivate(["alice"], "Fraud")
    answer = ann.post(ALICE, {**form, "name": "Alicia"}, follow=True)
    assert values(alice, "name", "is_active", "deactivation_reason") == ("Alicia", False, "Fraud")
    assert any("Active, Deactivation reason" in message for message in messages_of(answer))


def test_a_group_is_merged_and_asked_for(ann: Client, ben: Client) -> None:
    first, second, third = Permission.objects.order_by("pk")[:3]
    group = Group.objects.create(name="Team")
    path = f"/admin/auth/group/{group.pk}/change/"
    form = opened(ann, path)
    save(ben, path, permissions=[first.pk, second.pk])
    assert ann.post(path, {**form, "name": "The team"}).status_code == 302
    assert set(group.permissions.all()) == {first, second}
    answer = ann.post(path, {**form, "name": "The team", "permissions": [third.pk]})
    assert in_conflict(answer) == {"Permissions": ([str(third)], sorted([str(first), str(second)]))}
    chosen(ann, path, answer, permissions="mine")
    assert set(group.permissions.all()) == {third}


def test_no_secret_is_in_a_version(ann: Client, alice: User) -> None:
    User.objects.filter(pk="alice").update(password="argon2$a-digest")
    version = signing.loads(opened(ann, ALICE)["_version"], salt="backoffice.version:accounts.user:alice")
    assert {"name", "groups", "is_staff"} < set(version)
    assert "password" not in version
    assert "digest" not in str(version)


# --- What goes wrong


def test_a_form_with_an_error_keeps_its_version(ann: Client, ben: Client, task: Task) -> None:
    form = opened(ann, page_of(task))
    answer = ann.post(page_of(task), {**form, "title": ""})
    assert answer.status_code == 200
    again = sendable(untouched(answer.content.decode(), "task_form"))
    assert again["_version"] == form["_version"]
    save(ben, page_of(task), title="Ben's", status="completed")
    answer = ann.post(page_of(task), {**again, "title": "Ann's"})
    assert list(in_conflict(answer)) == ["Title"]
    assert values(task, "title", "status") == ("Ben's", "completed")


def test_an_error_comes_before_a_conflict(ann: Client, ben: Client, task: Task) -> None:
    form = opened(ann, page_of(task))
    save(ben, page_of(task), title="Ben's")
    answer = ann.post(page_of(task), {**form, "title": "x" * 201})
    assert list(answer.context["adminform"].form.errors) == ["title"]
    again = sendable(untouched(answer.content.decode(), "task_form"))
    assert again["title"] == "x" * 201
    assert list(in_conflict(ann.post(page_of(task), {**again, "title": "Ann's"}))) == ["Title"]
    assert values(task, "title") == ("Ben's",)


UNREADABLE: dict[str, Callable[[dict[str, Any]], str | None]] = {
    "missing": lambda form: None,
    "empty": lambda form: "",
    "forged": lambda form: form["_version"][:-1] + ("a" if form["_version"][-1] != "a" else "b"),
    "nonsense": lambda form: "1",
    "not ASCII": lambda form: "é:é:é",
    "NUL": lambda form: "\0",
    "long": lambda form: "x" * 100_000,
}


@pytest.mark.parametrize("kind", UNREADABLE)
def test_a_version_that_cannot_be_read_saves_nothing_unseen(ann: Client, task: Task, kind: str) -> None:
    form = opened(ann, page_of(task))
    form = sendable({**form, "title": "Ann's title", "_version": UNREADABLE[kind](form)})
    answer = ann.post(page_of(task), form)
    assert in_conflict(answer) == {"Title": (["Ann's title"], ["Alice's task"])}
    assert "Nothing was saved." in text_of(answer)
    assert "open the page again" in text_of(answer)
    assert values(task, "title", "version") == ("Alice's task", 1)
    chosen(ann, page_of(task), answer, title="mine")
    assert values(task, "title") == ("Ann's title",)


def test_the_version_of_another_row_is_none_of_this(ann: Client, task: Task, bobs_task: Task) -> None:
    form = {
        **opened(ann, page_of(task)),
        "title": "Ann's title",
        "_version": opened(ann, page_of(bobs_task))["_version"],
    }
    assert in_conflict(ann.post(page_of(task), form)) == {"Title": (["Ann's title"], ["Alice's task"])}
    assert values(task, "title") == ("Alice's task",)


GONE: dict[str, Callable[[Task], Any]] = {
    "deleted": lambda task: task.delete(),
    "erased with its owner": lambda task: User.objects.get(pk="alice").delete(),
}


@pytest.mark.parametrize("how", GONE)
def test_what_was_typed_into_a_row_that_is_gone_is_shown(ann: Client, task: Task, how: str) -> None:
    typed = {"title": "A <long> title", "description": "Two\r\nlines", "tags": "a\r\nb", "priority": "3"}
    form = {**opened(ann, page_of(task)), **typed, "due_at_0": "2027-01-02", "due_at_1": "soon"}
    GONE[how](task)
    answer = ann.post(page_of(task), form)
    assert answer.status_code == 404
    page = text_of(answer)
    assert "This task is gone" in page
    for text in ("A <long> title", "Two lines", "Urgent", "2027-01-02", "soon"):
        assert text in page
    assert "<long>" not in answer.content.decode()
    assert not Task.objects.exists()


def test_what_was_typed_of_a_person_who_is_gone_is_shown(ann: Client, alice: User) -> None:
    form = {**opened(ann, ALICE), "name": "Alicia", "groups": [Group.objects.create(name="Team").pk]}
    alice.delete()
    answer = ann.post(ALICE, form)
    assert (answer.status_code, "Alicia" in text_of(answer), "Team" in text_of(answer)) == (404, True, True)
    assert not User.objects.filter(pk="alice").exists()


@pytest.mark.parametrize(
    "path", ["tasks/task/abc/change/", f"tasks/task/{'9' * 30}/change/", "accounts/user/_00/change/"]
)
def test_an_odd_address_is_no_crash(ann: Client, path: str) -> None:
    assert ann.post(f"/admin/{path}", {"title": "x", "name": "x"}).status_code in {302, 400, 404}


def test_a_key_of_another_column_is_no_crash(ann: Client, task: Task) -> None:
    answer = ann.post(page_of(task) + "?_to_field=nosuch", opened(ann, page_of(task)))
    assert answer.status_code == 400


# --- Who may


def test_who_may_only_look_learns_and_changes_nothing(ann: Client, task: Task) -> None:
    onlooker = staff_with("view_task")
    form = opened(ann, page_of(task))
    assert "_version" not in opened(onlooker, page_of(task))
    assert onlooker.post(page_of(task), {**form, "title": "x"}).status_code == 403
    task.delete()
    assert onlooker.post(page_of(task), {**form, "title": "x"}).status_code == 403


def test_rights_that_one_may_not_change_are_neither_asked_for_nor_written(ben: Client, alice: User) -> None:
    careful = staff_with("view_user", "change_user")
    form = opened(careful, ALICE)
    save(ben, ALICE, groups=[Group.objects.create(name="Team").pk])
    body = {**form, "name": "Alicia", "is_superuser": "on", "groups": []}
    assert careful.post(ALICE, body).status_code == 302
    assert values(alice, "name", "is_superuser") == ("Alicia", False)
    assert alice.groups.count() == 1


def test_who_became_staff_meanwhile_is_out_of_reach(ben: Client, alice: User) -> None:
    careful = staff_with("view_user", "change_user")
    form = opened(careful, ALICE)
    save(ben, ALICE, is_staff="on")
    assert careful.post(ALICE, {**form, "name": "Alicia"}).status_code == 403
    assert values(alice, "name", "is_staff") == ("Alice", True)


def test_a_field_that_one_was_not_shown_stays(ann: Client, alice: User) -> None:
    """Rights that one won after the page was opened: the form did not have their boxes, so that it cleared none."""
    User.objects.filter(pk="alice").update(is_staff=True)
    alice.groups.set([Group.objects.create(name="Team")])
    User.objects.filter(login="ann@example.com").update(is_superuser=False)
    ann_herself = User.objects.get(login="ann@example.com")
    ann_herself.user_permissions.set(Permission.objects.filter(codename__in=["view_user", "change_user"]))
    User.objects.filter(pk="alice").update(is_staff=False)
    form = opened(ann, ALICE)
    assert "groups" not in form
    User.objects.filter(login="ann@example.com").update(is_superuser=True)
    assert ann.post(ALICE, {**form, "name": "Alicia"}).status_code == 302
    assert values(alice, "name") == ("Alicia",)
    assert alice.groups.count() == 1
